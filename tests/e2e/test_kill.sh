# SIGKILL at any moment, and a reader at any moment: the log is true. thread_kill counts its own live blocks in a file.
source "$TESTS/e2e/model.sh"

kill_rounds() { # kill_rounds COUNT LONGEST-MILLISECONDS
    counted=0
    for round in $(seq "$1"); do
        start killed.log
        sleep "$(printf '0.%03d' $((RANDOM % $2)))"
        kill -9 $pid
        wait $pid 2>/dev/null || true
        judge killed.log
        has report 'Leak kinds are not known'
    done
    [ $counted -gt $(($1 * 100)) ] || fail "only $counted live blocks in all"
}

test_killed_100_times() { kill_rounds 100 40; }

# The same log, read again and again under way: never an error, and the count never far off, given that the program
# goes on while it is read.
test_reading_while_the_program_runs() {
    start running.log
    for round in $(seq 25); do
        report --show-leak-kinds=all running.log
        equal "exit status of leakreport ($(head -1 report.err))" 0 "$status"
        has report 'still running'
        live=$(live_by_log)
        [ "$live" -gt 100 ] && [ "$live" -lt 2100 ] || fail "the log has $live live blocks"
    done
    kill -9 $pid
    wait $pid 2>/dev/null || true
    counted=0
    judge running.log
}
# Stopped, it can be compared exactly.
test_reading_a_stopped_program() {
    start stopped.log
    counted=0
    for round in $(seq 10); do
        kill -STOP $pid
        until grep -q '^State:.T' /proc/$pid/status; do sleep 0.01; done
        judge stopped.log
        kill -CONT $pid
        sleep 0.01
    done
    kill -9 $pid
    wait $pid 2>/dev/null || true
}
