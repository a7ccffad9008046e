# The checks of tests/e2e/test_checks.sh, 10,000 of them.
source "$TESTS/e2e/test_checks.sh"
unset -f $(declare -F | awk '$3 ~ /^test_/ { print $3 }')

test_ten_thousand_checks_find_the_same_and_take_no_more_memory() {
    traced "$PROGRAMS/check_repeat" 10000 2
    equal 'exit status' 0 "$status"
    has out 'definitely 60000 in 1500, indirectly 60000 in 1500, possibly 40 in 1' 'different 0, not made 0' 'more memory: no'
    [ "$(stat -c %s trace.log)" -lt 2000000 ] || fail "the log has $(stat -c %s trace.log) bytes"
    report trace.log
    has report 'Note: Of 10,000 leak checks that were made while it ran, the latest, '
}
test_ten_thousand_checks_among_threads_forks_libraries_and_signals() { churn 5000 "$PROGRAMS/libloader_twin.so"; }
test_ten_thousand_checks_among_traced_children() { OPTIONS='-q --trace-children=yes --trace-file=t.%p.log' traced "$PROGRAMS/check_churn" 5000; equal 'checks and children' 'failed 0, different 0, bad children 0' "$(cat out)"; }
