# The threads of tests/e2e/test_unwritten.sh, 100 times: what is where depends on how they take turns.
source "$TESTS/e2e/test_unwritten.sh"
unset -f $(declare -F | awk '$3 ~ /^test_/ { print $3 }')

test_blocks_that_go_across_threads_100_times() {
    for _ in $(seq 100); do
        lost 240,000 960 unwritten_threads
    done
}
