# The threads of tests/e2e/test_threads.sh, more of them and for longer.
source "$TESTS/e2e/test_threads.sh"
unset -f $(declare -F | awk '$3 ~ /^test_/ { print $3 }')

test_sixteen_threads_free_each_others_blocks() { exact "$PROGRAMS/thread_exchange" '16 0' '16 500000'; }
test_sixty_threads_free_each_others_blocks() { exact "$PROGRAMS/thread_exchange" '60 0' '60 50000'; }
test_a_hundred_thousand_short_threads() {
    exact "$PROGRAMS/thread_many" 8 100000
    [ "$(stat -c %s trace.log)" -lt 10000000 ] || fail "the log has $(stat -c %s trace.log) bytes"
}
test_sixteen_threads_with_stacks_compared() {
    OPTIONS='--verify-stacks=yes -v' traced "$PROGRAMS/thread_exchange" 16 20000
    equal 'exit status' 0 "$status"
    has err 'compared with libunwind, 0 different'
}
test_handler_that_interrupts_the_tracer_for_long() {
    status=0
    LD_PRELOAD="$LIBTRACE $PROGRAMS/libapi_bump.so" "$PROGRAMS/thread_signals" 30000 always >out 2>err || status=$?
    equal 'exit status' 0 "$status"
    equal 'totals' "$(truth out)" "$(usage err)"
}
test_detached_threads_alive_at_the_end_100_times() {
    for round in $(seq 100); do
        OPTIONS=-q traced "$PROGRAMS/thread_detached"
        equal 'exit status' 7 "$status"
        report --leak-check=summary trace.log
        equal 'exit status of leakreport' 0 "$status"
    done
}
