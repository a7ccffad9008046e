# Signals at 1 kHz, on stacks of their own, left by siglongjmp, blocked altogether.
source "$TESTS/e2e/books.sh"

# lives WAY [always]: ends as without the tracer, with true totals but for what libc itself allocates
lives() {
    local preload=$LIBTRACE
    [ $# -lt 2 ] || preload="$LIBTRACE $PROGRAMS/libapi_bump.so"
    status=0
    LD_PRELOAD=$preload "$PROGRAMS/signal_ways" "$@" >out 2>err || status=$?
    equal 'exit status' 0 "$status"
    has out 'truth: '
    has_not err ERRORS
    report trace.log
    equal 'exit status of leakreport' 0 "$status"
}
true_totals() { equal 'totals' "$(truth out)" "$(usage err)"; }
# beside ALLOCS: as many at most are not in the books: libc's for its threads, and those after which a handler left
# before they were counted
beside() {
    local least most
    least=$(truth out | awk '{ print $4 }') most=$(usage err | awk '{ print $4 }')
    [ "$least" -le "$most" ] && [ "$most" -le $((least + $1)) ] || fail "$least allocations, $most traced"
}
test_handler_on_a_stack_of_its_own() {
    lives alternate
    true_totals
    has_not err 'without a call stack' 'outermost frames'
}
test_handler_on_a_stack_of_its_own_inside_the_tracer() {
    lives alternate always
    true_totals
}
test_handlers_on_stacks_of_threads() {
    lives alternate_in_threads
    beside 4
    has_not err 'without a call stack'
    if libc_since 32; then has_not err 'outermost frames'; else cut_in_clone; fi
}
# Before 2.32 a signal may strike a new thread in the first instructions of clone, which nothing describes.
cut_in_clone() {
    report --top=1000,calls --num-callers=100 trace.log
    ! grep -B1 'the outer frames were not recorded' report | grep -vE 'the outer|^--$|: clone \(clone.S' || fail 'other stacks are cut'
}
test_handlers_on_stacks_of_threads_inside_the_tracer() { lives alternate_in_threads always; }
test_siglongjmp_out_of_a_handler() {
    lives jumps
    beside 400
    has_not err 'without a call stack' 'outermost frames'
}
test_siglongjmp_off_the_stack_of_a_handler() {
    lives jumps_from_alternate
    beside 400
    has_not err 'without a call stack' 'outermost frames'
}
# Out of the tracer's own work, hundreds of times: each may cost a stack or a few, and they are counted.
few_without_a_stack() {
    local without
    without=$(sed -nE 's/.*libtrace: ([0-9,]+) allocations were recorded without.*/\1/p' err | tr -d ,)
    [ "${without:-0}" -lt 20000 ] || fail "$without allocations without a stack"
}
test_siglongjmp_out_of_the_tracer() {
    lives jumps always
    few_without_a_stack
    lives jumps_from_alternate always
    few_without_a_stack
}
test_faults_that_the_program_expects() {
    lives faults
    true_totals
    has_not err 'without a call stack' 'outermost frames'
}
# Turns are taken on a timer. As a program must that uses glibc's malloc, not inside of it: nothing differs.
turns() { # turns [apart]: the same books and sums natively and traced
    native "$PROGRAMS/signal_coroutines" 20000 "$@"
    equal 'exit status' 0 "$native_status"
    OPTIONS='-v --verify-stacks=yes' traced "$PROGRAMS/signal_coroutines" 20000 "$@"
    equal 'exit status' 0 "$status"
    cmp native.out out
    has err '320,001 allocs, 318,976 frees' ' 0 different' 'libtrace: 1 allocations were recorded without'
    has_not err ERRORS
}
test_coroutines_that_a_timer_switches() {
    turns
    turns apart
}
# libc's thread for SIGEV_THREAD waits for signal 32, which nothing may let in meanwhile.
test_timers_that_start_threads() {
    lives timers
    lives timers always
}
# libunwind blocks signals by sigprocmask, or since 1.8 by pthread_sigmask, which cannot put 32 and 33 back.
test_signals_that_are_libcs_own_stay_blocked() {
    traced "$PROGRAMS/masked_32"
    equal output 'the mask is what it was' "$(cat out)"
}
test_handlers_upon_handlers() {
    lives nested
    true_totals
    lives nested always
    true_totals
}
# The three other threads cannot be held; their stacks are searched all the same.
test_everything_blocked() {
    lives blocks
    beside 3
    has err '3 threads did not stop for the leak check'
    has report 'definitely lost: 500 bytes in 1 blocks' ': block_everything (signal_ways.c:'
}
