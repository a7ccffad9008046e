# The leak check in surroundings that hinder other tools: debuggers, containers, sandboxes, no privileges. The
# leak kinds are the same in all of them. (kernel.yama.ptrace_scope, where a kernel has it, restricts what
# PR_SET_DUMPABLE 0 and a filter on ptrace restrict here.)
source "$TESTS/e2e/books.sh"
program=$PROGRAMS/end_surroundings

# told FILE: the leak kinds that it tells, in one line
told() { sed -nE 's/^(\[)?==[0-9]+== +(definitely|indirectly|possibly|still) (lost|reachable): ([0-9,]+ bytes in [0-9,]+ blocks)/\2 \4/p' "$1" | tr '\n' ' '; }
# The thread's DTV, the 300 and the 200.
usual='definitely 100 bytes in 1 blocks indirectly 50 bytes in 1 blocks possibly 70 bytes in 1 blocks still 804 bytes in 3 blocks '

# endures COMMAND…: like traced, without putting the tracer there
endures() {
    status=0
    "$@" >out 2>err </dev/null || status=$?
    equal 'exit status' 3 "$status"
    has out endured
    equal 'leak kinds' "$usual" "$(told err)"
    report --show-leak-kinds=all trace.log
    equal 'leak kinds of the report' "$usual" "$(told report)"
    has report ': leak (end_surroundings.c:' ': hold (end_surroundings.c:' 'It ended with exit status 3.'
}
traced_env=(env "LD_PRELOAD=$LIBTRACE")

test_nothing_special() { endures "${traced_env[@]}" "$program"; }
test_not_dumpable() { endures "${traced_env[@]}" "$program" undumpable; }
test_filter_forbids_ptrace_and_process_vm_readv() { endures "${traced_env[@]}" "$program" no_ptrace; }
test_no_processes_left() { endures "${traced_env[@]}" "$program" no_processes; }
# Where no child can be made libc's caches stay: stdout's buffer is among the reachable blocks.
test_filter_forbids_fork() {
    traced "$program" no_fork
    equal 'exit status' 3 "$status"
    equal 'leak kinds' "${usual/804 bytes in 3/4,900 bytes in 4}" "$(told err)"
    has err 'leak checks had to run inside the program'
}
# /proc cannot be read: nothing is told, and nothing breaks.
test_no_file_descriptors_left() {
    traced "$program" no_files
    equal 'exit status' 3 "$status"
    has out endured
    has err '7 allocs, ' ' 5,120 bytes allocated' 'Leak kinds are not known: no leak check was made: no file descriptor was left'
    report trace.log
    has report 'It ended with exit status 3.' 'Leak kinds are not known: no leak check was made: no file descriptor was left.' \
        'could not be stopped at the end (no file descriptor was left)'
}
# The tracer's may lie above the program's limit.
test_no_file_descriptors_left_below_the_limit() { endures "${traced_env[@]}" "$program" few_files; }
test_chroot_to_a_folder_without_proc() {
    traced "$program" chroot alone
    equal 'exit status' 3 "$status"
    has err 'definitely lost: 100 bytes in 1 blocks' 'indirectly lost: 50 bytes in 1 blocks' 'possibly lost: 70 bytes in 1 blocks' \
        'still reachable: 300 bytes in 1 blocks'
    has_not err 'in place'
    # Before 2.32 libc does not tell that there is one thread only.
    ! libc_since 32 || has_not err 'could not be stopped'
    traced "$program" chroot
    has err 'definitely lost: 100 bytes in 1 blocks' 'could not be stopped at the end: the program cannot see /proc'
    report trace.log
    has report 'could not be stopped at the end (the program cannot see /proc'
}
test_chroot_that_nobody_sees() {
    traced "$program" bare_chroot
    equal 'exit status' 3 "$status"
    has err 'Leak kinds are not known: no leak check was made: the program cannot see /proc'
    report trace.log
    has report 'Leak kinds are not known: no leak check was made: the program cannot see /proc'
}

can() { "$@" >/dev/null 2>&1 || { echo "    skipped: $* is not possible here"; return 1; }; }

test_strace() {
    can strace -o strace.log true || return 0
    endures strace -f -o strace.log "${traced_env[@]}" "$program"
    has strace.log end_surroundings
}
# gdb's own words end up in the middle of a line now and then.
gdb_runs() {
    can gdb -nx -batch -ex 'show version' || return 0
    local handle=()
    # gdb 10 does not know that this signal is not for it (README, Limits).
    [ "$(gdb --version | sed -n '1s/.* \([0-9]*\)\..*/\1/p')" -gt 10 ] || handle=(-ex 'handle SIG33 nostop noprint pass')
    gdb -nx -batch "$@" "${handle[@]}" -ex run "$program" >gdb.out 2>&1 </dev/null
    has gdb.out endured 'exited with code 03'
    equal 'leak kinds' "$usual" "$(told gdb.out)"
    report trace.log
    has report 'It ended with exit status 3.'
}
test_gdb_with_a_wrapper() { gdb_runs -ex "set exec-wrapper env LD_PRELOAD=$LIBTRACE"; }
test_gdb_with_its_environment() { gdb_runs -ex 'set startup-with-shell off' -ex "set environment LD_PRELOAD $LIBTRACE"; }
test_gdb_sees_a_fault_where_it_is() {
    can gdb -nx -batch -ex 'show version' || return 0
    gdb -nx -batch -ex "set exec-wrapper env LD_PRELOAD=$LIBTRACE" -ex run -ex bt -ex continue -ex continue --args "$PROGRAMS/end_ways" SEGV >gdb.out 2>&1 </dev/null
    has gdb.out 'received signal SIGSEGV' '#0  fault () at' 'Program terminated with signal SIGSEGV'
    has_not gdb.out end_by_signal
    report trace.log
    has report 'signal 11 (SIGSEGV)' ': fault (end_ways.c:' 'definitely lost: 100 bytes in 1 blocks'
}

namespace=(unshare -Urpf --mount-proc)
test_container() {
    can "${namespace[@]}" true || return 0
    endures "${namespace[@]}" "${traced_env[@]}" "$program"
    has err '==1== '
}
test_container_without_a_proc_of_its_own() {
    can unshare -Urpf true || return 0
    endures unshare -Urpf "${traced_env[@]}" "$program"
}
# The kernel keeps the first process of a pid namespace from dying of signals at their default.
test_first_process_of_a_container_lives_on() {
    can "${namespace[@]}" true || return 0
    for name in TERM INT HUP USR1 SEGV; do
        native_status=0
        "${namespace[@]}" "$PROGRAMS/end_ways" by_$name >native.out || native_status=$?
        status=0
        "${namespace[@]}" "${traced_env[@]}" "$PROGRAMS/end_ways" by_$name >out 2>err || status=$?
        has native.out 'after the signal'
        diff native.out out
        equal "exit status after $name" "$native_status" "$status"
        equal 'summaries' 1 "$(grep -c 'HEAP SUMMARY' err)"
        report trace.log
        has report 'It ended with exit status 0.' 'definitely lost: 100 bytes in 1 blocks'
    done
}
test_first_process_of_a_container_faults() {
    can "${namespace[@]}" true || return 0
    for way in SEGV FPE abort 'abort handler_returns'; do
        # shellcheck disable=SC2086
        native "${namespace[@]}" "$PROGRAMS/end_ways" $way
        status=0
        # shellcheck disable=SC2086
        "${namespace[@]}" "${traced_env[@]}" "$PROGRAMS/end_ways" $way >out 2>err || status=$?
        diff native.out out
        equal "exit status of $way" "$native_status" "$status"
        report trace.log
        has report 'Process terminating with default action of signal' 'definitely lost: 100 bytes in 1 blocks'
    done
}

unprivileged=(setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --no-new-privs)
# A folder and a copy of the files that anybody may enter.
as_nobody() {
    can "${unprivileged[@]}" true || return 0
    chmod 777 .
    cp "$program" "$LIBTRACE" .
    if ! "${unprivileged[@]}" test -x ./end_surroundings; then echo '    skipped: nobody may come here'; return 0; fi
    endures "${unprivileged[@]}" env LD_PRELOAD="$PWD/libtrace.so" ./end_surroundings "$@"
    equal 'owner of the log' 65534 "$(stat -c %u trace.log)"
    equal 'mode of the log' 600 "$(stat -c %a trace.log)"
}
test_nobody() { as_nobody; }
test_nobody_undumpable() { as_nobody undumpable; }
test_nobody_under_a_filter() { as_nobody no_ptrace; }
test_no_capabilities() {
    can setpriv --bounding-set=-all --inh-caps=-all --no-new-privs true || return 0
    endures setpriv --bounding-set=-all --inh-caps=-all --no-new-privs "${traced_env[@]}" "$program"
}

# Memory that is locked, with the usual limit: the tracer's does not count, and is not locked.
test_locked_memory() {
    ulimit -l 8192
    same "$PROGRAMS/api_locked"
    equal 'exit status' 0 "$status"
}
test_locked_memory_of_nobody() {
    can "${unprivileged[@]}" true || return 0
    chmod 777 .
    cp "$PROGRAMS/api_locked" "$PROGRAMS/locked_leaks" "$LIBTRACE" .
    if ! "${unprivileged[@]}" test -x ./api_locked; then echo '    skipped: nobody may come here'; return 0; fi
    ulimit -l 8192
    native "${unprivileged[@]}" ./api_locked
    has native.out 'all: 0 Success' 'much: -1 Cannot allocate memory'
    status=0
    "${unprivileged[@]}" env LD_PRELOAD="$PWD/libtrace.so" ./api_locked >out 2>err || status=$?
    equal 'exit status' 0 "$status"
    cmp native.out out || fail "$(diff native.out out)"
    # The tables grow though the limit is near.
    "${unprivileged[@]}" env LD_PRELOAD="$PWD/libtrace.so" ./locked_leaks >out 2>err || status=$?
    equal 'exit status' 0 "$status"
    has err 'definitely lost: 312,000 bytes in 13,000 blocks' 'still reachable: 2,808,000 bytes in 117,000 blocks'
    has_not err 'libtrace: '
}
