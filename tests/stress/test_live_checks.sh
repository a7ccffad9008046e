# The checks of tests/e2e/test_live_checks.sh, many more of them, while each of what may be in their way goes on.
source "$TESTS/e2e/live.sh"

CHECKS=${CHECKS:-2000}

# check_on WHAT…: CHECKS checks; each finds the same.
check_on() {
    serve
    for what; do tell "$what"; done
    for n in $(seq "$CHECKS"); do
        report --check "$server" --num-callers=2
        has report 'definitely lost: 336 bytes in 7 blocks' 'indirectly lost: 1,008 bytes in 14 blocks' 'possibly lost: 0 bytes in 0 blocks'
        rm t."$server".*.log
    done
    unharmed
}
test_checks_among_threads() { check_on; }
test_checks_among_forks() { check_on fork; }
test_checks_among_libraries() { check_on open; }
test_checks_among_forks_and_libraries() { check_on fork open; }

# A signal each few milliseconds, which is the server's own, and its checks by another.
test_checks_by_signals() {
    serve --check-on-signal=USR2
    for n in $(seq "$CHECKS"); do
        kill -USR2 "$server"
        kill -CONT "$server"
        kill -WINCH "$server"
        rm -f t."$server".*.log
    done
    unharmed
}

# Servers that end while they are checked.
test_ends_during_checks() {
    for n in $(seq $((CHECKS / 20))); do
        mkdir "$n" && cd "$n"
        serve
        "$REPORT" --check "$server" >report 2>&1 &
        local asked=$!
        [ $((n % 2)) = 0 ] || sleep 0.0$((n % 10))
        unharmed
        wait $asked || true
        "$REPORT" t.log >report
        has report 'definitely lost: 336 bytes in 7 blocks'
        cd .. && rm -r "$n"
    done
}

# Programs that become another one while they are asked: none dies of it.
test_checks_among_execs() {
    for n in $(seq 300); do
        LIBTRACE_OPTIONS="-q --follow-exec=no --trace-file=$PWD/t.log" LD_PRELOAD=$LIBTRACE \
            perl -e 'select undef, undef, undef, rand 0.06; delete $ENV{LD_PRELOAD}; exec "sleep", "0.2"' 2>err &
        program=$!
        for _ in 1 2 3; do "$REPORT" --check $program >answer 2>&1 || true; done
        status=0
        wait $program || status=$?
        equal "exit status of program $n" 0 "$status"
        rm -f t.*log
    done
}
