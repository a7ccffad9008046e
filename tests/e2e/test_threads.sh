# Threads: totals to the block, short threads, small stacks, threads alive at the end, signal handlers.
source "$TESTS/e2e/books.sh"

# beside_the_books PROGRAM ARGUMENT…: what was allocated and freed beside the program's truth: libc's and the loader's own
beside_the_books() {
    traced "$@"
    equal "exit status of $*" 0 "$status"
    [ -s out ] || fail "$1 has no books"
    no_errors "$1"
    difference out err
}
# difference BOOKS SUMMARY: the tracer's totals less the program's
difference() { paste -d' ' <(truth "$1") <(usage "$2") | tr -d ,: | awk '{ print $10 - $1, $12 - $3, $13 - $4, $15 - $6, $17 - $8 }'; }
# exact PROGRAM FEW MANY: what lies beside the books does not depend on how much the threads do, so the totals are exact
exact() {
    local program=$1 few many
    # shellcheck disable=SC2086
    few=$(beside_the_books "$program" $2) || fail "$few"
    # shellcheck disable=SC2086
    many=$(beside_the_books "$program" $3) || fail "$many"
    equal "beside the books of $program" "$few" "$many"
}

test_four_threads_free_each_others_blocks() { exact "$PROGRAMS/thread_exchange" '4 0' '4 200000'; }
test_ten_threads_free_each_others_blocks() { exact "$PROGRAMS/thread_exchange" '10 0' '10 20000'; }
test_thousands_of_short_threads_on_small_stacks() { exact "$PROGRAMS/thread_many" 8 4000; }

# Each freed address is another thread's in the next moment, before free has returned.
test_addresses_that_change_hands_at_once() {
    status=0
    LD_PRELOAD="$LIBTRACE $PROGRAMS/libapi_hot.so" "$PROGRAMS/thread_exchange" 4 0 >few 2>few.err || status=$?
    equal 'exit status' 0 "$status"
    LD_PRELOAD="$LIBTRACE $PROGRAMS/libapi_hot.so" "$PROGRAMS/thread_exchange" 4 50000 >out 2>err || status=$?
    equal 'exit status' 0 "$status"
    equal 'allocs and frees beside the books' "$(difference few few.err)" \
        "$(difference out err)"
    no_errors thread_exchange
    live_blocks_agree
}

# The log lists the live blocks one by one; their sum is the books', too.
live_blocks_agree() {
    report --show-leak-kinds=all trace.log
    equal 'live blocks of the threads' "$(sed -n 's/^truth: \([0-9]*\) bytes in \([0-9]*\) blocks.*/\1 \2/p' out)" \
        "$(block_of run | awk '{ bytes += $1; blocks += $4 } END { print bytes, blocks }')"
}
test_live_blocks_of_four_threads() {
    traced "$PROGRAMS/thread_exchange" 4 50000
    live_blocks_agree
}
test_threads_of_one_after_another_share_a_record() {
    traced "$PROGRAMS/thread_many" 4000
    [ "$(stat -c %s trace.log)" -lt 2000000 ] || fail "4,000 threads made a log of $(stat -c %s trace.log) bytes"
}

test_detached_threads_alive_at_the_end() {
    for round in 1 2 3 4 5; do
        native "$PROGRAMS/thread_detached"
        traced "$PROGRAMS/thread_detached"
        equal 'exit status' 7 "$status"
        cmp native.out out
        report --show-leak-kinds=all trace.log
        equal 'exit status of leakreport' 0 "$status"
        equal 'the block of the thread that waits' '4321 bytes in 1 blocks by malloc' "$(block_of wait_for_ever)"
    done
}
test_handler_that_allocates() {
    traced "$PROGRAMS/thread_signals" 800
    equal 'exit status' 0 "$status"
    equal 'totals' "$(truth out)" "$(usage err)"
    no_errors thread_signals
}
# Here the handler comes inside the tracer as well. Its blocks may lack a stack, not a count.
test_handler_that_interrupts_the_tracer() {
    status=0
    LD_PRELOAD="$LIBTRACE $PROGRAMS/libapi_bump.so" "$PROGRAMS/thread_signals" 1500 always >out 2>err || status=$?
    equal 'exit status' 0 "$status"
    equal 'totals' "$(truth out)" "$(usage err)"
    report trace.log
    has_not report Invalid Mismatched 'could not'
}

# ends WAY STATUS: as without the tracer; what libc allocates for threads is beside the books
ends() {
    native "$PROGRAMS/thread_ends" "$1"
    traced "$PROGRAMS/thread_ends" "$1"
    equal 'exit status' "$2" "$status"
    equal 'exit status without the tracer' "$2" "$native_status"
    no_errors "$1"
}
test_threads_that_are_cancelled() { ends deferred 0; has err 'in use at exit: 0 bytes in 0 blocks'; }
test_threads_that_are_cancelled_anywhere() {
    status=0
    LD_PRELOAD="$LIBTRACE $PROGRAMS/libapi_bump.so" "$PROGRAMS/thread_ends" asynchronous >out 2>err || status=$?
    equal 'exit status' 0 "$status"
    has err 'HEAP SUMMARY'
}
test_destructors_that_allocate_again() {
    ends destructors 0
    has err 'in use at exit: 1,401,400 bytes in 1,400 blocks'
}
test_deep_in_the_smallest_stacks() { ends smallest 0; has err 'in use at exit: 0 bytes in 0 blocks'; }
# Whichever of them comes last, the books are closed before the process goes.
test_exit_from_many_threads_at_once() {
    for _ in 1 2 3 4 5 6 7 8; do
        ends exits 7
        equal 'summaries' 1 "$(grep -c 'HEAP SUMMARY' err)"
        report trace.log
        has report 'It ended with exit status 7.'
    done
}
# Each thread has memory of the tracer's own, where the block that it allocated last is named.
test_losses_of_fifteen_hundred_threads() {
    traced "$PROGRAMS/thread_losses" 1500
    equal 'exit status' 0 "$status"
    has err 'definitely lost: 115,500 bytes in 1,500 blocks'
}

test_thread_that_the_kernel_holds() {
    native "$PROGRAMS/thread_ends" stuck
    traced "$PROGRAMS/thread_ends" stuck
    equal 'exit status' "$native_status" "$status"
    has err '1 threads did not stop for the leak check' 'definitely lost: 0 bytes in 0 blocks'
}
