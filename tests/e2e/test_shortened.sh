# Logs that somebody makes shorter while they are written (log rotation, `: > trace.log`): the program goes on without one.
source "$TESTS/e2e/books.sh"
program=$PROGRAMS/log_shortened

# goes_on WAY THREADS BYTES PAIRS: as without the tracer, which says one line
goes_on() {
    touch trace.log
    native "$program" "$@"
    rm -f trace.log
    traced "$program" "$@"
    equal "exit status of $*" "$native_status" "$status"
    cmp native.out out || fail "the output of $* changes"
    equal "lines of the tracer for $*" 1 "$(bare err | grep -c '^libtrace: ')"
    has err "$PWD/trace.log was truncated by another program"
    has_not err SUMMARY
}
# told: the report says what happened
told() {
    report trace.log
    equal 'exit status of leakreport' 2 "$status"
    has report.err 'trace.log was truncated by another program' 'what it recorded is lost'
}
test_emptied_at_any_moment() {
    for pairs in 1 100 1000 5000 20000 39999; do
        for threads in 1 4; do
            goes_on default $threads 0 $pairs
            told
        done
    done
}
test_cut_in_the_middle() {
    for bytes in 1 4096 60000 131072; do
        goes_on default 1 $bytes 30000
        goes_on default 3 $bytes 30000
    done
    told
}
# Nobody touches it any more, but for the end.
test_emptied_at_the_end() {
    goes_on late 1 0 0
    told
    goes_on late 2 50000 0
    goes_on term 1 0 0
    equal 'exit status' 143 "$status"
    told
}
test_emptied_and_long_again() { goes_on grown 1 0 20000 && goes_on grown 3 0 20000; }
# A SIGBUS of the program's own is its own still: sent to it, or of its own files.
test_programs_own_handler() {
    for way in handler once sent; do
        goes_on $way 1 0 20000
        goes_on $way 3 70000 20000
    done
    has out 'calls 0, handler 1'
}
test_programs_own_fault_is_deadly() {
    ulimit -c 0
    goes_on fault 1 0 20000
    equal 'exit status' 135 "$status"
    # Without a loss, too.
    LD_PRELOAD=$LIBTRACE "$program" fault 1 0 -1 >out 2>err || status=$?
    equal 'exit status' 135 "$status"
    has err 'HEAP SUMMARY'
}
test_children_go_on() {
    goes_on fork 1 0 0
    goes_on fork 3 60000 0
}
# Those with logs of their own keep them: two were made before.
test_traced_children_go_on() {
    OPTIONS=--trace-children=yes traced "$program" fork 2 0 0
    equal 'exit status' 7 "$status"
    has out 'went on'
    equal 'losses told' 1 "$(grep -c 'truncated by' err)"
    report "$(ls trace.*.log | head -n 1)"
    has report 'HEAP SUMMARY'
}
test_no_leak_check() {
    OPTIONS=--leak-check=no goes_on default 2 0 20000
    OPTIONS=-q goes_on default 2 0 20000
}
# It is a log that nobody writes: the next run has the name again.
test_next_run_takes_its_place() {
    goes_on default 1 0 20000
    OPTIONS=-q traced /bin/true
    report trace.log
    has report 'Command: /bin/true'
}
