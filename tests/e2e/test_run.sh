# leakreport PROGRAM: the program runs as if it had been started without leakreport, and its report comes when it has
# ended. leakreport --run PROGRAM with an option of the report is the same.
source "$TESTS/e2e/books.sh"
leaky="$PROGRAMS/end_ways return"

# runs COMMAND…: leakreport COMMAND into ./out, ./err, $status; nothing is left behind
runs() {
    status=0
    mkdir -p tmp
    TMPDIR=$PWD/tmp "$REPORT" "$@" >out 2>err || status=$?
    equal 'what is left in TMPDIR' '' "$(ls tmp)"
}
# as_native COMMAND…: the same output and exit status under leakreport -q, which says nothing
as_native() {
    native "$@"
    runs -q --show-leak-kinds=none "$@"
    equal "exit status of $*" "$native_status" "$status"
    diff native.out out || fail "the output of $* changes"
    diff native.err err || fail "the error output of $* changes"
}

# --- the report ---------------------------------------------------------------------------------

test_report_comes_on_standard_error() {
    runs $leaky
    equal 'exit status' 3 "$status"
    has err "Command: $leaky" 'It ended with exit status 3.' '150 (100 direct, 50 indirect) bytes in 1 blocks are definitely lost in loss record' \
        'definitely lost: 100 bytes in 1 blocks' 'ERROR SUMMARY: 1 errors from 1 contexts'
    has_not err 'Log: ' 'libtrace:' 'To see where'
    has_not out '=='
    [ ! -e trace.log ] || fail 'a log was left'
    equal 'summaries' 1 "$(grep -c 'LEAK SUMMARY' err)"
}
test_exit_status() {
    local run
    for run in '' --run; do
        runs $run --error-exitcode=9 $leaky
        equal "exit status with a leak $run" 9 "$status"
        runs --error-exitcode=9 $run -q --errors-for-leak-kinds=none $leaky
        equal "exit status without errors $run" 3 "$status"
        runs $run --error-exitcode=9 true
        equal "exit status of true $run" 0 "$status"
        runs $run --error-exitcode=9 false
        equal "exit status of false $run" 1 "$status"
        runs $run --error-exitcode=2 $leaky
        equal "exit status 2 with a leak $run" 2 "$status"
    done
}
# What cannot work is known before.
test_program_is_not_started() {
    local option
    for option in --suppressions=no-such-file --error-exitcode=x --show-leak-kinds=some --log-file=%; do
        runs $option sh -c 'touch started'
        equal "exit status with $option" 2 "$status"
        runs --run --peak $option sh -c 'touch started'
        equal "exit status with --run $option" 2 "$status"
        [ ! -e started ] || fail "started in spite of $option"
    done
    runs --error-exitcode=9 --run no-such-program
    equal 'exit status' 127 "$status"
    has err 'no-such-program is not in any directory of PATH'
    runs --no-such-option true
    equal 'exit status' 2 "$status"
    has err '--no-such-option'
}
# What is there and cannot be run, and what is not there.
test_statuses_are_valgrinds() {
    local program
    printf '#!/no/such/interpreter\n' >script
    cp script unexecutable
    cp "$PROGRAMS/end_ways" no_x
    chmod +x script
    chmod -x no_x
    mkdir folder
    for program in ./script ./unexecutable ./no_x ./folder ./no-such-program no-such-program; do
        native valgrind -q $program --option
        for run in '' --run; do
            runs $run $program --option
            equal "exit status of $run $program" "$native_status" "$status"
            equal "lines about $program" 1 "$(wc -l <err)"
        done
        runs --error-exitcode=9 $program --option
        equal "exit status of $program" "$native_status" "$status"
    done
    # A name of a log is a log's.
    runs no-such.log
    equal 'exit status' 2 "$status"
    printf 'int main(void) { return 0; }\n' >main.c
    gcc -static -o static main.c
    gcc -Wl,--dynamic-linker=/lib/ld-musl-x86_64.so.1 -o musl main.c
    for program in static musl; do
        runs ./$program
        equal "exit status of $program" 126 "$status"
    done
    has err './musl is built for musl, and libtrace.so is for glibc'
}
test_suppressions_and_other_options() {
    printf '{\n  all\n  Memcheck:Leak\n  ...\n  fun:leak\n}\n' >all.supp
    runs --error-exitcode=9 --suppressions=all.supp $leaky
    equal 'exit status' 3 "$status"
    has err 'suppressed: 1 from 1'
    runs --show-leak-kinds=all --log-file=%p.txt $leaky
    equal 'standard error' '' "$(cat err)"
    has "$(ls ./*.txt)" 'still reachable in loss record' "$(basename "$(ls ./*.txt)" .txt)"
    runs -q --peak $leaky
    has err 'PEAK MEMORY CONSUMERS:'
    runs --leak-check=no --error-exitcode=9 $leaky
    equal 'exit status' 3 "$status"
    runs --leak-check-heuristics=none --track-origins=yes --tool=memcheck $leaky
    has err 'Note: --track-origins is ignored'
    has_not err '--leak-check-heuristics is ignored'
}
test_no_leak_kinds_are_no_success() {
    runs -q --error-exitcode=9 sh -c 'exec true'
    equal 'exit status' 0 "$status"
    runs -q --error-exitcode=9 --follow-exec=no sh -c 'exec true'
    equal 'exit status' 2 "$status"
    has err 'sh -c exec true: it is not known whether there are errors: the process became /'
}
test_death_by_a_signal_is_repeated() {
    local way
    for way in SEGV abort by_TERM by_KILL by_INT; do
        "$PROGRAMS/end_status" "$PROGRAMS/end_ways" $way >native 2>native.err
        "$PROGRAMS/end_status" "$REPORT" -q --leak-check=no --error-exitcode=9 "$PROGRAMS/end_ways" $way >traced 2>traced.err
        diff native traced || fail "the end of $way changes"
    done
}
test_log_that_is_named_stays() {
    traced "$PROGRAMS/end_ways" return
    mv trace.log older.log
    runs -q --trace-file=named.%p.log $leaky
    equal 'logs' 2 "$(ls ./*.log | wc -l)"
    has err '150 (100 direct, 50 indirect) bytes'
    equal 'records' 1 "$(grep -c 'loss record' err)"
    report ./named.*.log
    has report "Command: $leaky"
    # Its children's are its, and nobody else's.
    mkdir logs
    cp older.log logs
    runs --trace-children=yes --trace-file=logs/%p.log sh -c "$leaky; $leaky"
    has err 'SUMMARY OF 3 PROCESSES' 'Log: ./logs/'
}
test_children_in_a_place_of_their_own() {
    runs --trace-children=yes --error-exitcode=9 sh -c "$leaky & $leaky; wait"
    equal 'exit status' 9 "$status"
    has err 'SUMMARY OF 3 PROCESSES'
    has_not err libtrace: 'Log: '
}

# --- errors as they happen ---------------------------------------------------------------------------

live=$PROGRAMS/live_errors
# order FILE: what is said, one word for each error and for each line of the program's
order() { grep -oE '(Invalid free|Mismatched free|^[a-z ]+: (before|behind)|^behind the loop|HEAP SUMMARY|ERROR SUMMARY.*)' "$1"; }
test_errors_stand_where_they_happen_as_in_valgrind() {
    local way
    for way in '' exec; do
        runs --leak-check=summary $live $way
        equal 'exit status' 4 "$status"
        valgrind --command-line-only=yes $live $way 2>native.err || true
        # valgrind leaves a program that becomes another one
        diff <(order native.err | sed '/HEAP/,$d; s/loop:.*//') <(order err | sed '/HEAP/,$d; s/loop:.*//' | head -n "$(order native.err | sed '/HEAP/,$d' | wc -l)") || fail "the order differs: $way"
    done
    runs $live
    equal 'errors' 3 "$(grep -c 'Invalid free' err)"
    equal 'the end' 'ERROR SUMMARY: 5 errors from 3 contexts (suppressed: 0 from 0)' "$(order err | tail -n 1)"
    valgrind -q --command-line-only=yes $live 2>native.err || true
    runs -q --log-file=said $live
    equal 'errors' 3 "$(grep -c 'Invalid free' said)"
    diff <(grep -v '^==' native.err | head -n 9) err
    runs -s $live
    equal 'errors, and their list' 6 "$(grep -c 'Invalid free' err)"
}
test_errors_as_they_happen_and_suppressions() {
    printf '{\n  one\n  Memcheck:Free\n  fun:free\n  fun:twice\n}\n' >twice.supp
    runs -s --suppressions=twice.supp $live
    equal 'errors, and their list' 2 "$(grep -c 'Invalid free' err)"
    has err 'suppressed: 4 from 2' 'used_suppression:      4 one'
    runs --gen-suppressions=all $live
    equal 'entries' 3 "$(grep -c 'Memcheck:Free' err)"
}
test_errors_as_they_happen_in_children_and_threads() {
    runs --trace-children=yes $live forks
    equal 'exit status' 4 "$status"
    equal 'errors' 4 "$(grep -c 'Invalid free' err)"
    has err 'SUMMARY OF 2 PROCESSES'
    runs $live threads
    equal 'errors' 4 "$(grep -c 'Invalid free' err)"
    has err '13 errors from 4 contexts'
}
# Who reads the log later has not seen them.
test_errors_of_a_log_that_is_kept() {
    runs --trace-file=kept.log $live
    equal 'errors' 3 "$(grep -c 'Invalid free' err)"
    report kept.log
    equal 'errors' 3 "$(grep -c 'Invalid free' report)"
    runs --xml=yes --xml-file=said.xml $live
    equal 'errors' 3 "$(grep -c '<kind>InvalidFree' said.xml)"
}
test_errors_that_nobody_reads() {
    runs --log-fd=9 $live 9> >(head -n 1 >first)
    equal 'exit status' 4 "$status"
}
test_report_on_a_descriptor_and_a_socket() {
    runs --log-fd=9 $leaky 9>descriptor
    equal 'exit status' 3 "$status"
    has descriptor 'definitely lost: 100 bytes in 1 blocks' 'ERROR SUMMARY: 1 errors'
    equal 'standard error' "$(cat err)" ''
    python3 -c '
import os, socket
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], file=open("port.new", "w"))
os.rename("port.new", "port")
connection = listener.accept()[0]
open("heard", "wb").write(b"".join(iter(lambda: connection.recv(65536), b"")))' &
    until [ -e port ]; do sleep 0.05; done
    runs --log-socket="127.0.0.1:$(cat port)" $leaky
    wait
    diff <(bare descriptor | sed 's/0x[0-9A-F]*//') <(bare heard | sed 's/0x[0-9A-F]*//')
    # As in valgrind it goes to standard error then.
    for option in --log-fd=77 --log-socket=127.0.0.1:1; do
        runs $option $leaky
        equal "exit status with $option" 3 "$status"
        has err 'the report goes to standard error instead' 'definitely lost: 100 bytes'
    done
    traced $leaky
    report --log-fd=9 trace.log 9>descriptor
    has descriptor 'definitely lost: 100 bytes'
    NAME='a b' runs '--log-file=%q{NAME}.%n.%%' $leaky
    has 'a b.1.%' 'definitely lost: 100 bytes'
}

# --- what is a program -----------------------------------------------------------------------------

test_a_log_is_known_by_what_is_in_it() {
    traced "$PROGRAMS/end_ways" return
    chmod 700 trace.log
    report ./trace.log
    has report 'Log: ./trace.log'
    # One that bears a program's name.
    mv trace.log true
    report true
    has report 'Log: true'
    printf 'leak' >cut
    report cut
    has report.err 'cut is truncated: it ends at byte 4'
    # Damaged, it is still nothing to be run.
    mv true damaged.log
    printf 'echo run >&2\n' | dd of=damaged.log conv=notrunc status=none
    report ./damaged.log
    equal 'exit status' 2 "$status"
    has report.err './damaged.log is not a trace log'
}
test_scripts_paths_and_arguments() {
    printf '#!/bin/sh\nprintf "%%s|" "$@"\nexit 42\n' >script
    chmod +x script
    runs ./script 'a b' --error-exitcode=7 -q -- '' --run
    equal 'exit status' 42 "$status"
    equal output 'a b|--error-exitcode=7|-q|--||--run|' "$(cat out)"
    has err 'Command: /bin/sh ./script a b'
    runs -q -- ./script x
    equal output 'x|' "$(cat out)"
    mkdir bin
    mv script bin
    PATH=$PWD/bin:$PATH runs -q script x
    equal output 'x|' "$(cat out)"
    runs --help ./script
    has out 'leakreport [OPTIONS] PROGRAM'
}

# --- the seat -----------------------------------------------------------------------------------

test_what_the_program_is_given() {
    printf 'one\ntwo\n' >in
    runs -q sh -c 'cat; cat >&2; exit 5' <in
    equal 'exit status' 5 "$status"
    cmp in out
    as_native sh -c 'echo words; echo others >&2; exit 5'
    export TMPDIR=$PWD/tmp
    as_native sh -c 'env | grep -v "^_="'
    as_native sh -c 'ulimit -a; ulimit -Ha; umask; pwd'
    as_native sh -c 'ls -l /proc/self/fd >list; sed -E "s/.* ([0-9]+) -> /\1 /; /.proc.[0-9]/d; s/(native\.)?(out|err)$/\2/" list' 7</dev/null
    # Signals 32 and 33 are libc's own, which no program sees; make leaves them ignored (posix_spawn), and the tracer asks with 33.
    local signals='function bit(d) { return index("0123456789abcdef", d) - 1 } /^SigIgn/ { h = bit(substr($2, 8, 1)); l = bit(substr($2, 9, 1));
        $2 = substr($2, 1, 7) (h - h % 2) (l % 8) substr($2, 10) } /^(Sig(Blk|Ign)|NoNewPrivs|Seccomp|CapEff)/'
    as_native awk "$signals" /proc/self/status
    (trap '' HUP USR1 CHLD; as_native awk "$signals" /proc/self/status)
    as_native sh -c 'ps -o pgid=,sid=,tty= -p $$'
}
test_output_that_the_program_closes_is_closed() {
    set -o pipefail
    "$REPORT" -q --leak-check=no "$PROGRAMS/run_seat" close eof | { cat; touch eof; } || fail 'its reader waited for leakreport'
}

# begin_seat WORD…: WORD… "$PROGRAMS/run_seat" signals seen in the background, in a group of its own; $group, $reporter
# (leakreport) and $pid (the program)
begin_seat() {
    rm -f seen
    setsid "$@" "$REPORT" -q --leak-check=no ${chain:-} "$PROGRAMS/run_seat" signals seen >out 2>err &
    group=$!
    until [ -s seen ]; do kill -0 $group || fail "it does not run: $(cat err)"; sleep 0.01; done
    pid=$(head -1 seen)
    reporter=$(ps -o ppid= -p "$pid" | tr -d ' ')
}
end_seat() {
    kill -USR2 "$reporter"
    wait $group || fail "exit status $?: $(cat err)"
}
seen() { tail -n +2 seen | tr '\n' ,; }
wait_seen() { # wait_seen LINES
    for round in $(seq 1000); do [ "$(tail -n +2 seen | wc -l)" -lt "$1" ] || return 0; sleep 0.01; done
    fail "signals seen: $(seen)"
}
test_signals_to_leakreport_reach_the_program() {
    local expected='' name count=0
    begin_seat
    equal 'process group' "$(ps -o pgid= -p "$reporter")" "$(ps -o pgid= -p "$pid")"
    for name in TERM INT HUP QUIT USR1 ALRM PIPE TTOU WINCH CONT 34 64; do
        kill -$name "$reporter"
        wait_seen $((count += 1))
        expected="$expected$(case $name in [0-9]*) echo "$name" ;; *) kill -l $name ;; esac) 0,"
    done
    equal 'signals seen' "$expected" "$(seen)"
    end_seat
    equal 'signals seen' "${expected}12 0," "$(seen)"
}
test_signals_to_the_group_come_once() {
    local expected='' round
    begin_seat
    for round in $(seq 40); do
        kill -INT -- -$group
        wait_seen "$round"
        expected="${expected}2 0,"
    done
    # Each once, and the last one is behind all of them.
    equal 'signals seen' "$expected" "$(seen)"
    end_seat
    equal 'signals seen' "${expected}12 0," "$(seen)"
}
# Through all that a process becomes.
test_signals_and_stops_behind_a_chain() {
    local chain='env -i nice stdbuf -oL'
    test_signals_to_leakreport_reach_the_program
    test_signals_to_the_group_come_once
    test_stop_and_continue
}
test_timeout_ends_both() {
    status=0
    timeout -s TERM 1 "$REPORT" --error-exitcode=9 sleep 100 >out 2>err || status=$?
    equal 'exit status' 124 "$status"
    has err 'Command: sleep 100' '(SIGTERM)'
}
test_killed_leakreport_leaves_no_program() {
    begin_seat
    kill -KILL "$reporter"
    for round in $(seq 1000); do [ -d /proc/"$pid" ] && [ "$(ps -o stat= -p "$pid" | cut -c1)" != Z ] || break; sleep 0.01; done
    [ "$round" -lt 1000 ] || fail 'the program runs on'
    rm -rf /tmp/leakreport-??????/"$pid".log
}
state() { ps -o stat= -p "$1" | cut -c1; }
wait_state() { # wait_state STATES: leakreport's and the program's
    for round in $(seq 1000); do [ "$(state "$reporter")$(state "$pid")" != "$1" ] || return 0; sleep 0.01; done
    fail "states $(state "$reporter")$(state "$pid"), not $1"
}
# Both stop, whoever is asked, and both go on.
test_stop_and_continue() {
    local target
    begin_seat
    for target in "$reporter" "-$group" "$pid"; do
        kill -STOP "$pid"
        wait_state TT
        kill -CONT -- "$([ "$target" = "$pid" ] && echo "-$group" || echo "$target")"
        wait_state SS
    done
    end_seat
}
test_a_signal_to_the_group_at_once_comes_once() {
    # Eight side by side: leakreport is late.
    seq 64 | xargs -P 8 -I@ setsid "$REPORT" -q --leak-check=no "$PROGRAMS/run_seat" early >counts 2>err
    equal 'what 64 runs counted' '64 1' "$(sort counts | uniq -c | tr -s ' ' | sed 's/^ //')"
}
# A terminal sends ^C to the whole foreground group.
test_control_c_on_a_terminal() {
    local chain
    for chain in '' 'env nice' "sh -c 'exec \"\$@\"' sh stdbuf -oL"; do
        rm -f seen keys
        mkfifo keys
        script -qec "'$REPORT' -q --leak-check=no $chain '$PROGRAMS/run_seat' signals seen" /dev/null <keys >screen 2>&1 &
        local shell=$!
        exec 9>keys
        until [ -s seen ]; do kill -0 $shell || fail "it does not run: $(cat screen)"; sleep 0.01; done
        printf '\003' >&9
        wait_seen 1
        printf '\003' >&9
        wait_seen 2
        kill -USR2 "$(head -1 seen)"
        exec 9>&-
        wait $shell || fail "exit status $?: $(cat screen)"
        equal "signals seen behind $chain" '2 0,2 0,12 0,' "$(seen)"
    done
}
# The reader of the report does not come, and so the report is not done when the signal strikes.
test_a_signal_during_the_report_leaves_nothing() {
    local name
    mkdir -p tmp
    for name in INT TERM HUP QUIT; do
        rm -f ran to
        mkfifo to
        TMPDIR=$PWD/tmp env --default-signal=INT,QUIT "$REPORT" --log-file=to sh -c 'true >ran' &
        local reporter=$!
        until [ -e ran ] && ! pgrep -P $reporter >/dev/null; do sleep 0.01; done
        [ -n "$(ls tmp)" ] || fail 'there is no folder to be removed'
        kill -$name $reporter
        status=0
        wait $reporter || status=$?
        equal "status after SIG$name" $((128 + $(kill -l $name))) "$status"
        equal "what SIG$name leaves" '' "$(ls tmp)"
    done
}
