# Checks of a process that goes on: leakreport --check, --check-on-signal.
source "$TESTS/e2e/live.sh"

# Three times one figure, then one more: each log is of its moment, and can be read at any time.
test_check_of_a_server_finds_what_is_lost_now() {
    serve
    for n in 1 2 3; do
        report --check "$server"
        equal 'exit status' 0 "$status"
        has report "snapshot $n, taken at" '; it went on.' "Log: $PWD/t.$server.$n.log" 'in use when it was checked: ' \
            'definitely lost: 336 bytes in 7 blocks' 'indirectly lost: 1,008 bytes in 14 blocks' 'possibly lost: 0 bytes in 0 blocks' \
            'by 0x' 'lose (live_server.c'
        has_not report 'damaged' 'Note:'
    done
    tell lose
    report --check t.log
    has report 'snapshot 4, taken at' 'definitely lost: 384 bytes in 8 blocks' 'indirectly lost: 1,152 bytes in 16 blocks'
    report t."$server".2.log
    has report 'definitely lost: 336 bytes in 7 blocks'
    unharmed
    # What its end finds is no less.
    report t.log
    has report 'definitely lost: 384 bytes in 8 blocks' 'indirectly lost: 1,152 bytes in 16 blocks'
    report t."$server".4.log
    has report 'snapshot 4, taken at' 'definitely lost: 384 bytes in 8 blocks'
}

test_every_form_of_report_reads_a_snapshot() {
    serve
    report --check "$server" --format=json
    "$REPORT" --format=json t."$server".1.log >json
    has json '"ending":"snapshot"' '"has_kinds":true'
    for format in $(formats text prometheus); do
        report --format=$format t."$server".1.log
        equal "exit status of $format" 0 "$status"
        [ -s report ] || fail "$format is empty"
    done
    report --peak --top=3 --timeline t."$server".1.log
    has report 'live_server.c'
    report -q --error-exitcode=9 --check "$server"
    equal 'exit status' 9 "$status"
    unharmed
}

test_checks_among_forks_and_libraries_disturb_nobody() {
    serve
    tell fork
    tell open
    for n in $(seq 30); do
        report --check "$server"
        has report 'definitely lost: 336 bytes in 7 blocks' 'indirectly lost: 1,008 bytes in 14 blocks'
        rm t."$server".*.log
    done
    has_not /proc/"$server"/status 'State:	Z'
    equal 'children that are left' '' "$(for f in /proc/[0-9]*/stat; do awk -v p="$server" '$4 == p && $3 == "Z" && $2 !~ /live_server/ { print $1 }' "$f" 2>/dev/null || true; done)"
    tell wait 'interrupted 0, foreign children 0, ended badly 0'
    kill -9 "$server"
}

# SIGCHLD, SIGCONT and SIGWINCH, which nothing handles, come all the time.
test_signals_without_effect_disturb_no_call() {
    serve --check-on-signal=USR2
    storm 17 18 28
    for n in $(seq 20); do
        kill -USR2 "$server"
        sleep 0.1
    done
    calm
    tell wait 'interrupted 0, foreign children 0, ended badly 0'
    kill -9 "$server"
}

# As a program does that the process becomes, at some moment of the check. Nobody dies of it.
test_a_log_that_is_emptied_under_a_check() {
    for n in $(seq 10); do
        mkdir "$n" && cd "$n"
        serve
        "$REPORT" --check "$server" >report 2>&1 &
        local asked=$!
        sleep "0.0$((n % 5 + 1))"
        : >t.log
        status=0
        wait $asked || status=$?
        [ $status = 0 ] || { equal 'exit status' 2 "$status" && has report 'leakreport: '; }
        kill -9 "$server"
        cd .. && rm -r "$n"
    done
}

test_signal_asks_for_a_check() {
    serve --check-on-signal=USR2
    kill -USR2 "$server"
    for n in $(seq 600); do [ -e t."$server".1.log ] && grep -q leaklog t."$server".1.log && break; sleep 0.1; done
    report t."$server".1.log
    has report 'snapshot 1, taken at' 'definitely lost: 336 bytes in 7 blocks'
    unharmed
    LIBTRACE_OPTIONS=--check-on-signal=KILL LD_PRELOAD=$LIBTRACE "$PROGRAMS/live_server" >out 2>err </dev/null || status=$?
    equal 'exit status' 2 "$status"
    has err 'a signal is expected that the program does not use' 'not «KILL»'
}

# The server goes on as before, and can be checked when there is what was missing.
test_no_process_no_memory_no_disk_leaves_the_server_alone() {
    serve
    # Its log has grown to what it needs: within a limit on files it could not.
    report --check "$server"
    rm t."$server".1.log
    prlimit --pid "$server" --as=$(($(awk '/VmSize/ { print $2 }' /proc/"$server"/status) * 1024 + 65536)):unlimited
    report --check "$server"
    equal 'exit status' 2 "$status"
    equal 'without memory' "leakreport: process $server was not checked: there is too little memory" "$(cat report.err)"
    prlimit --pid "$server" --as=unlimited
    prlimit --pid "$server" --fsize=50000:unlimited
    report --check "$server"
    equal 'exit status' 2 "$status"
    equal 'without a disk' "leakreport: process $server was not checked: no log can be written beside $PWD/t.log: File too large" "$(cat report.err)"
    prlimit --pid "$server" --fsize=unlimited
    equal 'logs that are left' t.log "$(ls -- *.log)"
    report --check "$server"
    has report 'definitely lost: 336 bytes in 7 blocks'
    tell limit
    report --check "$server"
    equal 'exit status' 2 "$status"
    equal 'without a process' "leakreport: process $server was not checked: it cannot fork: Resource temporarily unavailable" "$(cat report.err)"
    tell wait 'interrupted 0, foreign children 0, ended badly 0'
    kill -9 "$server"
}

test_who_cannot_be_checked_is_told_so() {
    serve
    report --check 1999999999
    equal 'exit status' 2 "$status"
    report --check 999999999
    has report.err 'leakreport: there is no process 999999999'
    report --check
    has report.err 'leakreport: no process is given: leakreport --check PID, or --check trace.log'
    unharmed
    report --check t.log
    equal 'exit status' 2 "$status"
    has report.err 'leakreport: t.log: its process has ended; leakreport t.log says'
    report --check "$server"
    has report.err "leakreport: there is no process $server"
}

# Which must not find a child that it has not made.
test_program_that_a_checked_one_becomes_has_no_child() {
    serve --follow-exec=no
    report --check "$server"
    has report 'definitely lost: 336 bytes in 7 blocks'
    "$REPORT" --check "$server" >second 2>&1 &
    asked=$!
    echo exec >&8
    until [ "$(cat /proc/"$server"/comm)" = cat ]; do sleep 0.05; done
    echo 'became cat' >&8
    served 'became cat'
    wait $asked || true
    equal 'its children' '' "$(cat /proc/"$server"/task/*/children)"
    report --check "$server"
    has report 'Nobody traced the process'
    kill "$server"
}

# The signal that asks would be deadly to a program that the process becomes after the look and before the signal: exec
# waits for who asks, and drops what was asked. strace holds the signal back until the process has called exec.
test_asked_in_the_instant_of_an_exec() {
    mkfifo go
    LIBTRACE_OPTIONS=--follow-exec=no LD_PRELOAD=$LIBTRACE perl -e 'open(my $r, ">", "ready"); close $r; open(my $g, "<", "go"); <$g>;
        delete $ENV{LD_PRELOAD}; exec "sleep", "2"' 2>err &
    program=$!
    until [ -e ready ]; do sleep 0.05; done
    strace -f -o calls -e trace=fcntl,pidfd_send_signal -e inject=pidfd_send_signal:delay_enter=600000 "$REPORT" --check $program >answer 2>&1 &
    for _ in $(seq 50); do
        ! grep -q F_OFD_SETLK calls 2>/dev/null || break
        sleep 0.1
    done
    echo on >go
    status=0
    wait $program || status=$?
    equal 'exit status of what it became' 0 "$status"
    wait
    has answer 'has ended, or become another program'
}
