# Stacks that are not one function calling the next: each walk ends, is whole or counted as cut, and agrees with
# libunwind; the program does what it always does, and its leaks are found.
source "$TESTS/e2e/books.sh"

# moves WAY LOST: the program's output, and what it loses
moves() {
    native "$PROGRAMS/stack_moves" "$1"
    equal 'exit status without the tracer' 3 "$native_status"
    traced "$PROGRAMS/stack_moves" "$1"
    equal 'exit status' 3 "$status"
    cmp native.out out
    has err "definitely lost: $2" 'still reachable: 1,000 bytes in 1 blocks'
    has_not err 'without a call stack' ERRORS
}
# whole: no stack is cut, and none differs from libunwind's
whole() {
    has_not err 'call stacks are truncated'
    compared "$1"
}
# libunwind 1.3 (Debian 11) itself goes on from code that nothing describes to addresses that are none.
compared() {
    OPTIONS='--verify-stacks=yes -v' traced "$PROGRAMS/stack_moves" "$1"
    equal 'exit status' 3 "$status"
    [ "$1" != made_at_run_time ] || pkg-config --atleast-version=1.6 libunwind || return 0
    has err 'compared with libunwind, 0 different'
}
lost='19,000 bytes in 19 blocks'
test_coroutines_by_makecontext() {
    moves contexts "$lost"
    compared contexts
}
test_coroutines_of_cxx20() {
    moves coroutines '119,000 bytes in 119 blocks'
    whole coroutines
}
test_exceptions_at_depth() {
    moves exceptions "$lost"
    whole exceptions
}
test_frames_of_every_size() {
    moves frames "$lost"
    whole frames
}
test_longjmp_out_of_frames() {
    moves jumps "$lost"
    whole jumps
}
test_assembly_without_a_description() {
    moves undescribed "$lost"
    compared undescribed
    report trace.log
    has report 'leak_one()' 'churn_and_leak()'
}
test_code_made_at_run_time() {
    moves made_at_run_time "$lost"
    compared made_at_run_time
}
test_stacks_in_odd_places() {
    moves elsewhere "$lost"
    compared elsewhere
    has err 'call stacks are truncated'
}
test_stack_in_pieces() {
    native_status=4
    while [ $native_status = 4 ]; do native "$PROGRAMS/stack_split"; done
    status=4
    while [ $status = 4 ]; do OPTIONS='--verify-stacks=yes -v' traced "$PROGRAMS/stack_split"; done
    equal 'exit status' 3 "$status"
    cmp native.out out
    # The last one's address stays in a piece of the main stack that is kept for later.
    has err 'definitely lost: 5,000 bytes in 5 blocks' 'compared with libunwind, 0 different'
    has_not err 'call stacks are truncated'
    report --num-callers=500 trace.log
    equal 'frames of the lost blocks' 201 "$(grep -c ': deep (stack_split.c:' report)"
}
test_smashed_stack() {
    moves smashed '39,000 bytes in 39 blocks'
    has err 'call stacks are truncated'
}
