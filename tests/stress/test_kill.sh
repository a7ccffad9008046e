# The kills of tests/e2e/test_kill.sh, a thousand of them.
source "$TESTS/e2e/test_kill.sh"
unset -f test_killed_100_times test_reading_while_the_program_runs test_reading_a_stopped_program
test_killed_1000_times() { kill_rounds 1000 80; }
