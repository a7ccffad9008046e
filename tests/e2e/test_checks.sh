# Leak checks that a program makes while it runs (leakreport.h), and what is left of them in the log.

# The kinds of valgrind on the same program at its end, but for what was freed by then.
test_a_hundred_checks_of_one_heap_find_the_same() {
    traced "$PROGRAMS/check_repeat" 100
    equal 'exit status' 0 "$status"
    has out 'definitely 60000 in 1500, indirectly 60000 in 1500, possibly 40 in 1, reachable 120 in 3' 'different 0, not made 0'
    has err 'definitely lost: 60,000 bytes in 1,500 blocks' 'indirectly lost: 60,000 bytes in 1,500 blocks' 'total heap usage: 3,017 allocs, 13 frees,'
    report trace.log
    has report 'Note: Of 100 leak checks that were made while it ran the latest, ' \
        ' s after the start, found 60,000 bytes in 1,500 blocks definitely lost, 60,000 bytes in 1,500 blocks indirectly lost and 40 bytes in 1 blocks possibly lost.'
    has_not report 'damaged' 'in place'
}

test_threads_at_work_change_nothing() {
    traced "$PROGRAMS/check_repeat" 60 3
    equal 'exit status' 0 "$status"
    has out 'definitely 60000 in 1500, indirectly 60000 in 1500, possibly 40 in 1' 'different 0, not made 0'
}

# What a check needs is kept for the next one; of the checks the log keeps the last.
test_many_checks_take_no_more_memory_or_storage_than_a_few() {
    local few many
    traced "$PROGRAMS/check_repeat" 100
    few=$(stat -c %b trace.log)
    traced "$PROGRAMS/check_repeat" 600
    many=$(stat -c %b trace.log)
    has out 'more memory: no'
    [ "$many" -le $((few + 16)) ] || fail "after 100 checks the log has $few sectors, after 600 $many"
}

test_without_the_tracer_nothing_is_asked() {
    native "$PROGRAMS/check_repeat" 3
    equal 'exit status' 0 "$native_status"
    has native.out 'no check' 'different 0, not made 2'
}

# A held call is begun anew: nobody sees that the threads were stopped.
test_no_call_of_other_threads_is_cut_short() {
    native "$PROGRAMS/check_calls"
    traced "$PROGRAMS/check_calls"
    equal 'what the calls returned' "$(cat native.out)" "$(cat out)"
}

# churn CHECKS: with threads, forks, libraries and signals coming and going; exit is called while a check is under way.
churn() {
    traced "$PROGRAMS/check_churn" "$1" "$PROGRAMS/libloader_twin.so"
    equal 'exit status' 3 "$status"
    equal 'checks and children' 'failed 0, different 0, bad children 0' "$(cat out)"
    has err 'definitely lost: 40 bytes in 1 blocks' 'indirectly lost: 0 bytes in 0 blocks'
}
test_threads_forks_libraries_and_signals_do_not_disturb() { churn 40; }
test_traced_children_do_not_disturb() { OPTIONS='--trace-children=yes --trace-file=t.%p.log' churn 40; }
