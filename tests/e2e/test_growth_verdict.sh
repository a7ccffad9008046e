# leakreport --growth: which stacks grow without end.
source "$TESTS/e2e/live.sh"

# A leak of 64 bytes in 1 of 1,000 requests beside a cache that fills and a queue that comes and goes.
test_leak_in_one_of_a_thousand_requests_is_named_and_nothing_else() {
    traced "$PROGRAMS/growth_kinds" 120000
    equal 'exit status' 0 "$status"
    report --growth trace.log
    has report 'GROWTH: by ' ' bytes an hour more (' 'bytes in 120 blocks at exit, in stack 1 of 1' 'lose (growth_kinds.c' 'main (growth_kinds.c' 'Of other stacks'
    has_not report put_into_cache put_into_queue 'LEAK SUMMARY'
    report --growth --leak-check=full trace.log
    has report 'GROWTH: by ' 'definitely lost: 7,680 bytes in 120 blocks'
}

test_growth_of_a_short_run_is_not_known() {
    traced "$PROGRAMS/growth_kinds" 100
    report --growth trace.log
    has report 'GROWTH: by ' 'too few to tell: 16 are needed'
    has_not report 'an hour more'
}

test_snapshot_has_the_past() {
    serve
    sleep 2
    report --check "$server" --growth
    has report 'snapshot 1, taken at' 'GROWTH: by ' ' moments in '
    has_not report 'by 0 moments' 'by 1 moments'
    unharmed
}
