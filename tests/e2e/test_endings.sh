# Every way to end: the parent is told what it is told without the tracer, the log says how it ended, and
# totals and leak kinds are valgrind's.
source "$TESTS/e2e/books.sh"
valgrind_logs=$(mktemp -d)
trap 'rm -rf "$valgrind_logs"' EXIT

# end_ways' ways, how its parent must see it end, and what the log must say of it. A way that is marked
# + ends with threads, whose DTVs valgrind counts differently, one marked - without a leak check, and one
# marked = differs too little from others to be tried in valgrind too.
ways() {
    cat <<'END'
return                      exited 3  It ended with exit status 3.
exit                        exited 4  It ended with exit status 4.
exit_thread+                exited 7  It ended with exit status 7.
exit_threads+               exited 5  It ended with exit status 5.
pthread_exit+               exited 0  It ended with exit status 0.
quick_exit                  exited 6  It ended through quick_exit with exit status 6.
_exit                       exited 8  It ended through _exit with exit status 8.
_Exit                       exited 1  It ended through _exit with exit status 1.
exit_group-                 exited 11 It ended without recording how
abort                       signal 6  SIGABRT
abort.handler_returns       signal 6  SIGABRT
abort.handler_exits=        exited 9  It ended with exit status 9.
abort.handler_jumps=        exited 0  It ended with exit status 0.
abort.ignored               signal 6  SIGABRT
abort.blocked               signal 6  SIGABRT
abort.blocked_handler       signal 6  SIGABRT
abort.blocked_ignored       signal 6  SIGABRT
abort.threads+              signal 6  SIGABRT
SEGV                        signal 11 SIGSEGV
SEGV_thread+                signal 11 SIGSEGV
BUS                         signal 7  SIGBUS
FPE                         signal 8  SIGFPE
ILL=                        signal 4  SIGILL
TRAP=                       signal 5  SIGTRAP
PIPE                        signal 13 SIGPIPE
overflow-                   signal 11 It ended without recording how
by_HUP=                     signal 1  SIGHUP
by_INT=                     signal 2  SIGINT
by_QUIT=                    signal 3  SIGQUIT
by_ILL=                     signal 4  SIGILL
by_ABRT=                    signal 6  SIGABRT
by_BUS=                     signal 7  SIGBUS
by_FPE=                     signal 8  SIGFPE
by_KILL-                    signal 9  It ended without recording how
by_USR1=                    signal 10 SIGUSR1
by_SEGV                     signal 11 SIGSEGV
by_USR2=                    signal 12 SIGUSR2
by_ALRM=                    signal 14 SIGALRM
by_TERM                     signal 15 SIGTERM
by_XCPU=                    signal 24 SIGXCPU
by_SYS=                     signal 31 SIGSYS
by_RT-                      signal 34 It ended without recording how
by_CHLD=                    exited 0  It ended with exit status 0.
by_TERM.threads+            signal 15 SIGTERM
by_TERM.handler_exits=      exited 9  It ended with exit status 9.
by_TERM.handler_exits_fast= exited 10 It ended through _exit with exit status 10.
by_TERM.handler_returns=    exited 0  It ended with exit status 0.
by_TERM.handler_dies        signal 15 SIGTERM
by_TERM.reset               signal 15 SIGTERM
by_TERM.restored=           signal 15 SIGTERM
by_TERM.ignored=            exited 0  It ended with exit status 0.
by_SEGV.handler_exits=      exited 9  It ended with exit status 9.
by_SEGV.handler_dies        signal 11 SIGSEGV
by_SEGV.reset               signal 11 SIGSEGV
END
}

# ended WAY…: the program natively into ./native, traced into ./traced; both are the same
ended() {
    local program=$1
    shift
    "$PROGRAMS/end_status" "$program" "$@" >native 2>native.err </dev/null
    "$PROGRAMS/end_status" env LD_PRELOAD="$LIBTRACE" LIBTRACE_OPTIONS="--log-file=summary ${OPTIONS:-}" "$program" "$@" >traced 2>traced.err </dev/null
    diff native traced
    diff native.err traced.err
    report --show-leak-kinds=all trace.log
    equal 'exit status of leakreport' 0 "$status"
}

run_valgrind() { # run_valgrind PROGRAM WAY: its log goes to $valgrind_logs
    local program=${1%% *} way=${1#* }
    (cd "$(mktemp -d -p "$valgrind_logs")"
        # shellcheck disable=SC2086
        timeout 120 valgrind --command-line-only=yes --leak-check=full --show-leak-kinds=all --child-silent-after-fork=yes \
            --log-file="$valgrind_logs/$1.part" "$PROGRAMS/$program" ${way/./ } >/dev/null 2>&1 </dev/null) 2>/dev/null || true
    mv "$valgrind_logs/$1.part" "$valgrind_logs/$1.log"
}

leak_summary() { bare "$1" | sed -n '/^LEAK SUMMARY:/,/suppressed:/p; /no leaks are possible/p'; }
# ending_stack FILE: the frames below "Process terminating", without addresses. Which frames libc has inside abort, and in
# which line it raises, is a release's own (before glibc 2.34 raise holds signals back until it has sent its own, and valgrind
# lets that through at once); the second time, where nobody sees it, is ours to do.
ending_stack() {
    bare "$1" | awk '/^Process terminating/ { on = 1 } on && /^   (at|by) / {
            sub(/0x[0-9A-F]+: /, "")
            if (/ abort \(abort.c:/) { stack = ""; $0 = "   at abort" }
            if (/ at raise \(raise.c:/) $0 = "   at raise"
            stack = stack $0 "\n"; found = 1; next
        }
        found { exit }
        END { printf "%s", stack }'
}

# event FILE: what the signal was, without addresses. Of an illegal instruction the kernel says that its operand is.
event() { bare "$1" | sed -n '/^Process terminating/{n; s/0x[0-9A-F]*/0x/; s/Illegal opcode/Illegal operand/; /^ [A-Z]/p;}'; }

valgrind_agrees_on() { # PROGRAM WAY
    [ -f "$valgrind_logs/$1 $2.log" ] || run_valgrind "$1 $2"
    equal 'totals' "$(usage "$valgrind_logs/$1 $2.log")" "$(usage report)"
    equal 'event' "$(event "$valgrind_logs/$1 $2.log")" "$(event report)"
    equal 'LEAK SUMMARY' "$(leak_summary "$valgrind_logs/$1 $2.log")" "$(leak_summary report)"
    # A signal that is blocked by its own handler strikes when that returns; valgrind does not wait for that.
    [ "$2" = by_SEGV.handler_dies ] || equal 'stack of the ending' "$(ending_stack "$valgrind_logs/$1 $2.log")" "$(ending_stack report)"
}

check_way() { # check_way WAY MARK STATUS TEXT
    # shellcheck disable=SC2086
    ended "$PROGRAMS/end_ways" ${1/./ }
    equal 'end of the output' "$3" "$(tail -n 1 traced)"
    case $4 in SIG*) has report "Process terminating with default action of signal ${3#signal } ($4)" ': main (end_ways.c:' ;; *) has report "$4" ;; esac
    has report '50 bytes in 1 blocks' ': leak (end_ways.c:' ': main (end_ways.c:'
    case $2 in
    -) has report 'in use when it ended: 450 bytes in 3 blocks' '3 allocs, 0 frees, 450 bytes allocated' 'Leak kinds are not known' ;;
    +) has report 'definitely lost: 100 bytes in 1 blocks' 'indirectly lost: 50 bytes in 1 blocks' 'possibly lost: 0 bytes' ;;
    =) has report 'definitely lost: 100 bytes in 1 blocks' 'indirectly lost: 50 bytes in 1 blocks' 'possibly lost: 0 bytes' 'still reachable: 300 bytes in 1 blocks' ;;
    *) valgrind_agrees_on end_ways "$1" ;;
    esac
}
while read -r way kind number text; do
    mark=${way//[^-+=]/} name=${way%[-+=]}
    a_case "way_${name/./_}" check_way "$name" "$mark" "$kind $number" "$text"
done < <(ways)
# Its blocks are freed by its handler, so that only the lost ones are left.
test_way_quick_exit() {
    ended "$PROGRAMS/end_ways" quick_exit
    valgrind_agrees_on end_ways quick_exit
    has report 'It ended through quick_exit with exit status 6.' 'in use at exit: 150 bytes in 2 blocks'
    has traced at_quick_exit 'exited 6'
}

# Rust gives each thread a signal stack of 8 KiB; the kernel's own frame takes 3 of them.
test_death_on_a_small_signal_stack() {
    local words
    for words in '8192 plain' '16384 handler'; do
        # shellcheck disable=SC2086
        native "$PROGRAMS/end_small_stack" $words
        # shellcheck disable=SC2086
        traced "$PROGRAMS/end_small_stack" $words
        equal "exit status without the tracer ($words)" 143 "$native_status"
        equal "exit status ($words)" 143 "$status"
        has err 'definitely lost: 100 bytes in 1 blocks' 'To see where'
        report trace.log
        has report 'Process terminating with default action of signal 15 (SIGTERM)' ': main (end_small_stack.c:'
    done
}

# What comes while stock is taken waits until the log is whole, and is what the parent is told.
test_signal_at_the_last_moment() {
    traced "$PROGRAMS/end_late_signal"
    equal 'exit status' 142 "$status"
    has err 'in use at exit: 6,400,000 bytes in 200,000 blocks' 'still reachable: 6,400,000 bytes' 'To see where'
    report trace.log
    has report 'Process terminating with default action of signal 14 (SIGALRM)'
}

test_core_is_dumped_as_without() {
    ulimit -S -c "$(ulimit -H -c)"
    ended "$PROGRAMS/end_ways" abort
    ended "$PROGRAMS/end_ways" SEGV
}
# libc finds the damage itself; nobody else can say what is lost then.
test_abort_in_mallocs_own_check() {
    ended "$PROGRAMS/end_ways" corrupt
    has native.err 'corruption'
    equal 'end of the output' 'signal 6' "$(sed 's/, core dumped//' traced | tail -n 1)"
    has report 'signal 6 (SIGABRT)' ': malloc_printerr (' ': corrupt (end_ways.c:' '6 allocs, 1 frees, 6,450 bytes allocated' 'LEAK SUMMARY'
}
test_hangup_ignored_from_the_start() {
    (trap '' HUP; ended "$PROGRAMS/end_ways" by_HUP)
    has traced 'after the signal' 'exited 0'
    report trace.log
    has report 'It ended with exit status 0.'
}
test_what_the_program_sees_of_its_signals() {
    native "$PROGRAMS/end_view"
    OPTIONS=--log-file=summary traced "$PROGRAMS/end_view"
    has out 'start: signal 15: default flags 0 mask 0' 'children at exit: -1 1'
    diff native.out out
    diff native.err err
    equal 'exit status' "$native_status" "$status"
    (trap '' TERM USR1; native "$PROGRAMS/end_view"; traced "$PROGRAMS/end_view"; has out 'start: signal 15: ignored'; diff native.out out)
}

# --- children and other programs -------------------------------------------------------------------

children='vfork_exec vfork_exit vfork_exec_fails spawn system popen fork_exit fork__exit fork_quick_exit
    fork_abort fork_fault fork_exec fork_bad_free fork_outlives raw_clone exec_fails'
check_child() {
    ended "$PROGRAMS/end_children" "$1"
    has traced 'exited 3'
    has report 'It ended with exit status 3.'
    valgrind_agrees_on end_children "$1"
    equal 'logs' trace.log "$(echo trace*.log)"
}
for way in $children; do a_case "parent_of_$way" check_child "$way"; done

check_exec() { # WAY NAME: the log is the new program's; with --follow-exec=no it is what it was at that moment
    ended "$PROGRAMS/end_children" "$1"
    has report 'Command: sh -c' 'Note: before an exec this process was: ' '(3 allocs, 0 frees, 450 bytes allocated, 0 errors).'
    grep -qE 'exit status [56]\.$' report || fail "another program's end"
    has_not summary 'this process becomes'
    OPTIONS=--follow-exec=no ended "$PROGRAMS/end_children" "$1"
    grep -qE '^exited [56]$' traced || fail "the other program did not run: $(cat traced)"
    has report "It became another program: $2" 'in use at exit: 450 bytes in 3 blocks' '3 allocs, 0 frees, 450 bytes allocated' \
        '100 bytes in 1 blocks are in use at exit in record 2 of 3' 'no leak check is made when a process becomes another program'
    has summary 'this process becomes'
}
for way in execv execve execveat execl execle; do a_case "$way" check_exec "$way" /bin/sh.; done
for way in execvp execvpe execlp; do a_case "$way" check_exec "$way" sh.; done
test_execveat_fd() { check_exec execveat_fd 'a file given by descriptor'; }
test_fexecve() { check_exec fexecve 'a file given by descriptor'; }
test_failed_exec_is_taken_back() {
    ended "$PROGRAMS/end_children" exec_fails
    has_not summary 'becomes' 'exec failed'
    OPTIONS=--follow-exec=no ended "$PROGRAMS/end_children" exec_fails
    has traced '-1 2, -1 2, -1 13'
    has summary 'becomes no-such-program-anywhere' 'exec failed; the program continues'
    has_not summary 'becomes /nonexistent' 'becomes /etc/passwd'
}
# The kernel is the one to find out that a name is no memory.
test_exec_of_what_cannot_be_read() {
    ended "$PROGRAMS/end_exec_bad"
    has_not summary 'becomes' 'exec failed'
    OPTIONS=--follow-exec=no ended "$PROGRAMS/end_exec_bad"
    has traced 'execve(null, words, environ): -1, EFAULT' 'execveat(root, cut, words, environ, 0): -1, EFAULT' 'exited 0'
    has summary 'definitely lost: 100 bytes in 1 blocks' 'becomes /bin/true' 'exec failed; the program continues'
    has_not summary 'xxxx'
    OPTIONS='-q --trace-children=yes --trace-file=%p.log' traced "$PROGRAMS/end_exec_bad"
    diff <(sed '$d' native) out
}
test_threads_that_leave_at_once() {
    for _ in 1 2 3 4 5 6 7 8; do
        traced "$PROGRAMS/end_race"
        has err 'HEAP SUMMARY' 'LEAK SUMMARY' 'definitely lost: 100 bytes in 1 blocks'
        report trace.log
        has_not report 'without recording how'
    done
}

# All of valgrind's runs beforehand, several at a time, unless one case was asked for.
if [ -z "${only:-}" ]; then
    export -f run_valgrind
    export valgrind_logs
    { ways | awk '$1 !~ /[-+=]$/ { print "end_ways " $1 }'
        for way in $children; do echo "end_children $way"; done; } |
        xargs -P "$(nproc)" -I{} bash -c 'run_valgrind "{}"' 2>/dev/null
fi
