# Files that leakreport writes are there when they are whole; on a terminal it says what takes long.

# two logs, trace.1.log and trace.2.log, and $first, $second, the processes' numbers
two_logs() {
    traced "$PROGRAMS/leak_direct"
    mv trace.log trace.1.log
    traced "$PROGRAMS/leak_direct"
    mv trace.log trace.2.log
    first=$("$REPORT" trace.1.log | sed -n '1s/==\([0-9]*\)==.*/\1/p')
    second=$("$REPORT" trace.2.log | sed -n '1s/==\([0-9]*\)==.*/\1/p')
}
unfinished() { find "${1:-.}" -maxdepth 1 -name '.leakreport-*'; }
until_true() { until eval "$1"; do sleep 0.02; done; }
blocked_opening() { # blocked_opening PID: it waits for the reader of a fifo
    until_true "grep -qs '^257 ' /proc/$1/syscall && grep -qs '^State:.S' /proc/$1/status || ! kill -0 $1 2>/dev/null"
    kill -0 "$1" || fail "it has ended"
}
# Stands still between the first process and the second, whose callgrind file is a fifo without a reader.
held_report() { # held_report ARGUMENT…: leakreport's number in $held
    mkfifo "tree.$second"
    env --default-signal "$REPORT" --xtree-leak=yes --xtree-leak-file=tree.%p "$@" trace.1.log trace.2.log >held.out 2>held.err &
    held=$!
    blocked_opening "$held"
}

test_interrupted_report_leaves_nothing() {
    two_logs
    for signal in INT TERM HUP; do
        for format in $([ $signal = INT ] && formats prometheus || echo html); do
            case $format in xml) file='--xml=yes --xml-file=made' ;; *) file="--format=$format --log-file=made" ;; esac
            echo older >made
            # shellcheck disable=SC2086
            held_report $file
            [ -n "$(unfinished)" ] || fail "$format: the first process's part is not there yet"
            kill -"$signal" "$held"
            status=0
            { wait "$held"; } 2>/dev/null || status=$?
            equal "$format: exit status" $((128 + $(kill -l "$signal"))) "$status"
            equal "$format: the file after SIG$signal" older "$(cat made)"
            equal "$format: left behind" '' "$(unfinished)"
            rm -f tree.* made*
        done
    done
}
test_killed_report_does_not_touch_the_file() {
    two_logs
    echo older >made.json
    held_report --format=json --log-file=made.json
    kill -KILL "$held"
    wait "$held" || true
    equal 'the file' older "$(cat made.json)"
}
test_ignored_signal_does_not_end_it() {
    two_logs
    mkfifo "tree.$second"
    (trap '' HUP; exec "$REPORT" --xtree-leak=yes --xtree-leak-file=tree.%p --format=json --log-file=made.json trace.1.log trace.2.log) &
    held=$!
    blocked_opening "$held"
    kill -HUP "$held"
    cat "tree.$second" >/dev/null
    wait "$held"
    jq -e '.processes | length == 2' made.json >/dev/null || fail "it is not whole"
    equal 'left behind' '' "$(unfinished)"
}

test_full_disk_leaves_what_was_there() {
    traced "$PROGRAMS/leak_direct"
    cp trace.log ../full.$$.log
    status=0
    unshare -Urm bash -c "
        set -e
        mkdir small
        mount -t tmpfs -o size=64k,mode=755 none small
        echo older >small/page.html
        status=0
        '$REPORT' --html=small/page.html ../full.$$.log 2>err || status=\$?
        echo \$status >status
        cat small/page.html >after
        ls -A small >left" || status=$?
    rm ../full.$$.log
    equal 'unshare' 0 "$status"
    equal 'exit status' 2 "$(cat status)"
    has err 'No space left on device'
    equal 'the page' older "$(cat after)"
    equal 'the folder' page.html "$(cat left)"
    report --html=/dev/full trace.log
    equal '/dev/full' 2 "$status"
    has report.err 'No space left on device'
    ulimit -f 40
    echo older >page.html
    { "$REPORT" --html=page.html trace.log; } 2>report.err && status=0 || status=$?
    [ "$status" != 0 ] || fail "a page of 90 kB was written with a limit of 40"
    equal 'the page with ulimit -f' older "$(cat page.html)"
    equal 'left behind' '' "$(unfinished)"
}

test_file_is_replaced_as_if_it_were_written_in_place() {
    traced "$PROGRAMS/leak_direct"
    # a new one has the mode of any other file, an old one keeps its own
    (umask 027; "$REPORT" --html=new.html trace.log)
    equal 'mode of a new file' 640 "$(stat -c %a new.html)"
    echo older >old.html
    chmod 604 old.html
    ln -s old.html link.html
    "$REPORT" --html=link.html trace.log
    equal 'mode of an old file' 604 "$(stat -c %a old.html)"
    [ -L link.html ] || fail "the link was replaced"
    has old.html '<!DOCTYPE html>'
    # a link to nothing makes what it leads to
    mkdir folder
    ln -s folder/far.html dangling.html
    "$REPORT" --html=dangling.html trace.log
    has folder/far.html '<!DOCTYPE html>'
    # both names of one file
    echo older >one
    ln one two
    "$REPORT" --log-file=one trace.log
    cmp one two || fail "the other name has another file now"
    has two 'LEAK SUMMARY'
    equal 'left behind' '' "$(unfinished; unfinished folder)"
}
test_devices_and_pipes_are_written_at_once() {
    traced "$PROGRAMS/leak_direct"
    "$REPORT" --format=json --log-file=plain.json trace.log
    mkfifo fifo
    cat fifo >through.fifo &
    "$REPORT" --format=json --log-file=fifo trace.log
    wait $!
    cmp plain.json through.fifo
    "$REPORT" --format=json --log-file=/dev/stdout trace.log | cat >through.pipe
    cmp plain.json through.pipe
    # who has opened the file goes on with it
    { "$REPORT" --format=json --log-file=/dev/stdout trace.log; echo behind; } >>through.file
    cat plain.json <(echo behind) | cmp - through.file
    "$REPORT" --format=json --log-file=/dev/fd/7 trace.log 7>through.fd
    cmp plain.json through.fd
    "$REPORT" --format=json --log-file=/dev/null trace.log
    [ -c /dev/null ] || fail "/dev/null is no device any more"
    equal 'left behind' '' "$(unfinished)"
}
# As root nothing is refused by modes: somebody else tries.
test_folder_that_cannot_be_written_to() {
    mkdir closed
    traced "$PROGRAMS/leak_direct"
    cp trace.log closed/
    echo older >closed/writable
    echo older >closed/readonly
    chmod 755 . closed
    chmod 644 closed/trace.log closed/readonly
    chmod 666 closed/writable
    as=''
    if [ "$(id -u)" = 0 ]; then as='setpriv --reuid=65534 --regid=65534 --clear-groups'; cp "$REPORT" closed/leakreport; else cp "$REPORT" closed/leakreport; chmod 444 closed/readonly; chmod 555 closed; fi
    $as closed/leakreport --log-file=closed/writable closed/trace.log
    has closed/writable 'LEAK SUMMARY'
    status=0
    $as closed/leakreport --log-file=closed/readonly closed/trace.log 2>err || status=$?
    equal 'exit status of a file that is read-only' 2 "$status"
    has err 'closed/readonly cannot be written: Permission denied'
    equal 'it' older "$(cat closed/readonly)"
    status=0
    $as closed/leakreport --log-file=closed/new closed/trace.log 2>err || status=$?
    equal 'exit status of a new file' 2 "$status"
    chmod 755 closed
    equal 'left behind' '' "$(unfinished closed)"
}
test_place_that_cannot_be_written_is_told_before_the_program_runs() {
    status=0
    for option in --html=no/folder/page.html --log-file=no/log "--log-file=$PWD" --log-file=folder/ '--xml=yes --xml-file=no/file'; do
        # shellcheck disable=SC2086
        "$REPORT" $option sh -c 'echo it ran' >out 2>err && fail "$option was taken"
        has err 'cannot be written'
        has_not out 'it ran'
    done
}
# What is written while the program runs is for who reads it meanwhile.
test_log_of_a_run_grows_in_place() {
    "$REPORT" --log-file=log "$PROGRAMS/live_errors" >/dev/null 2>err || true
    has log 'Invalid free()' 'HEAP SUMMARY'
    "$REPORT" --log-file=log sh -c 'ls -i log >before; exec '"$PROGRAMS/live_errors" >/dev/null 2>err || true
    cut -d" " -f1 before | grep -qx "$(stat -c %i log)" || fail 'it is another file than before'
    equal 'left behind' '' "$(unfinished)"
}

# --- progress ----------------------------------------------------------------------------------------------------

# Held by a fifo, so it takes longer than a second however fast the machine is.
on_terminal() { # on_terminal COMMAND: its terminal's output goes to ./screen
    mkfifo -m 600 held
    script -qefc "$1" typescript >screen </dev/null &
    screen=$!
}
test_progress_shows_what_takes_longer_than_a_second() {
    traced "$PROGRAMS/leak_direct"
    on_terminal "NO_COLOR=1 '$REPORT' --format=json --log-file=held trace.log"
    until_true "grep -q 'leakreport: [a-z]' screen"
    cat held >made.json
    wait "$screen"
    tr '\r' '\n' <screen | grep -a . >lines
    has lines 'leakreport: writing held'
    has_not lines "$(printf '\033')"
    equal 'left on the terminal' '' "$(tail -1 lines | tr -d ' \n')"
    jq . made.json >/dev/null
}
test_interrupt_wipes_the_line() {
    traced "$PROGRAMS/leak_direct"
    on_terminal "echo \$\$ >number; exec '$REPORT' --format=json --log-file=held trace.log"
    until_true "grep -q 'leakreport: [a-z]' screen"
    kill -TERM "$(cat number)"
    wait "$screen" || true
    equal 'left on the terminal' '' "$(tr '\r' '\n' <screen | grep -a . | tail -1 | tr -d ' \n')"
}
test_quiet_shows_no_progress() {
    traced "$PROGRAMS/leak_direct"
    on_terminal "echo \$\$ >number; exec '$REPORT' -q --format=json --log-file=held trace.log"
    until_true '[ -s number ]'
    blocked_opening "$(cat number)"
    equal 'threads' 1 "$(ls "/proc/$(cat number)/task" | wc -l)"
    cat held >made.json
    wait "$screen"
    equal 'the terminal' '' "$(cat screen)"
}
