# Threads that are stopped for the leak check stay so: nobody sees a call cut short, and nothing runs after the
# books are closed, unless the process could not end without it.

# ends_in_silence RUNS OPTIONS WAY…: what is on standard error and in the exit status is what it is without the tracer
ends_in_silence() {
    local runs=$1 options=$2 way expected
    shift 2
    for way; do
        expected=0
        case $way in abort) expected=134 ;; fault) expected=139 ;; by_TERM) expected=143 ;; esac
        for _ in $(seq "$runs"); do
            OPTIONS="-q $options" traced "$PROGRAMS/end_waits" "$way"
            equal "exit status of $way $options" $expected "$status"
            equal "standard error of $way $options" '' "$(cat err)"
        done
    done
} 2>/dev/null
every_way='return exit exit_thread _exit quick_exit abort fault by_TERM'

test_no_wait_comes_back_before_the_end() { ends_in_silence 2 '' $every_way; }
test_no_wait_comes_back_without_a_leak_check() { ends_in_silence 1 --leak-check=no $every_way; }

# ends_with WAY HOW LAST-LINE
ends_with() {
    OPTIONS=-q traced "$PROGRAMS/end_waits" "$1" "$2"
    equal 'exit status' 0 "$status"
    equal 'standard error' '' "$(cat err)"
    equal 'last lines' "the last words $3" "$(echo $(cat out))"
}
test_nobody_runs_while_libc_flushes() {
    for way in return exit exit_thread; do ends_with $way flush 'nobody counts'; done
}
# A lock that a held thread has; a pipe that one reads which waits in poll: it does not see that it was held.
test_what_the_last_flush_waits_for_goes_on() {
    for way in return exit_thread; do
        ends_with $way lock 'somebody counts'
        ends_with $way pipe 'somebody counts'
    done
}
