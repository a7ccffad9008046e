# leakreport --check of processes that nobody prepared.
source "$TESTS/e2e/live.sh"

no_child_is_left() {
    equal 'children that are left' '' "$(for f in /proc/[0-9]*/stat; do awk -v p="$server" '$4 == p && $3 == "Z" && $2 !~ /live_server/ { print $1 }' "$f" 2>/dev/null || true; done)"
}

test_process_that_nobody_prepared_is_checked() {
    serve_with
    report --show-leak-kinds=all --check "$server"
    equal 'exit status' 0 "$status"
    equal 'standard error' '' "$(cat report.err)"
    has report 'Nobody traced the process' 'it went on' 'in 7 blocks are definitely lost' 'blocks of up to '
    grep -q 'indirectly lost: .* in 14 blocks' report || fail "$(cat report)"
    has_not /proc/"$server"/maps libtrace
    has /proc/"$server"/status 'TracerPid:	0'
    no_child_is_left
    unharmed
}

test_checks_disturb_no_call_and_leave_no_child() {
    serve_with
    tell fork
    for n in $(seq 20); do
        report --check "$server"
        grep -q 'definitely lost: .* in 7 blocks' report || fail "check $n: $(cat report report.err)"
    done
    no_child_is_left
    tell wait 'interrupted 0, foreign children 0, ended badly 0'
    kill -9 "$server"
}

# Signals that the kernel drops, but keeps while a thread is traced, wake nobody out of an epoll_wait.
test_signals_without_effect_disturb_no_call() {
    serve_with
    storm 17
    local made=0
    for n in $(seq 15); do
        report --check "$server"
        # A block that a thread is just handed may be the eighth.
        if grep -q 'definitely lost: .* in [78] blocks' report; then made=$((made + 1)); else grep -q 'cannot be checked now' report.err || fail "$(cat report report.err)"; fi
    done
    calm
    [ $made -gt 0 ] || fail 'no check was made'
    tell wait 'interrupted 0, foreign children 0, ended badly 0'
    kill -9 "$server"
}

# 16 threads besides the first: as many as the list of them has room for at first.
test_the_first_thread_of_many_has_room() {
    python3 -c 'import threading, time
for _ in range(16):
    threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
print("in", flush=True)
time.sleep(1000)' >many.out &
    local many=$!
    trap "kill -9 $many 2>/dev/null || true" EXIT
    until [ -s many.out ]; do sleep 0.1; done
    equal 'threads' 17 "$(ls /proc/$many/task | wc -l)"
    status=0
    valgrind -q --error-exitcode=9 "$REPORT" --check $many >report 2>errors || status=$?
    equal 'exit status' 0 "$status"
    has_not errors Invalid
    has report 'HEAP SUMMARY'
    kill -9 $many
}

test_what_cannot_be_checked_is_refused_with_the_reason() {
    refused() { # refused SENTENCE PID
        report --check "$2"
        equal "exit status of $1" 2 "$status"
        has report.err "$1"
        equal 'lines' 1 "$(wc -l <report.err)"
    }
    refused 'there is no process 4194999' 4194999
    serve_with
    kill -STOP "$server"
    until grep -q '^State:.T' /proc/"$server"/status; do sleep 0.1; done
    refused 'it is stopped' "$server"
    kill -CONT "$server"
    strace -f -o strace.out -p "$server" 2>strace.err &
    strace=$!
    until grep -q 'TracerPid:.[1-9]' /proc/"$server"/status; do sleep 0.1; done
    refused "process $strace traces it" "$server"
    kill "$strace"
    wait "$strace" || true
    python3 -c '
import ctypes, time
libc = ctypes.CDLL(None)
allow = (ctypes.c_ushort * 4)(6, 0, 0, 0x7fff)
program = (ctypes.c_ulong * 2)(1, ctypes.addressof(allow))
libc.prctl(38, 1, 0, 0, 0)
libc.prctl(22, 2, ctypes.byref(program), 0, 0)
print("in", flush=True)
time.sleep(1000)' >sandbox.out &
    sandbox=$!
    until grep -q in sandbox.out; do sleep 0.1; done
    refused 'it is in a seccomp sandbox' "$sandbox"
    kill -9 "$sandbox"
    gcc -static -o static -xc - <<<'#include <unistd.h>
int main(void) { for (;;) pause(); }'
    ./static &
    refused 'it has no libc, because it is linked statically' $!
    kill -9 $!
    kill -9 "$server" # what STOP and strace did to its calls is not to be counted
}
