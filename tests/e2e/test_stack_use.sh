# The tracer spends little of its caller's stack: threads of 16 KiB and small signal stacks exist.

test_a_known_call_site_costs_less_than_512_bytes_of_stack() {
    native "$PROGRAMS/stack_use"
    OPTIONS=-q traced "$PROGRAMS/stack_use"
    equal 'exit status' 0 "$status"
    equal 'calls measured' 'malloc free calloc realloc' "$(awk '{ print $1 }' out | paste -sd' ')"
    paste -d' ' out native.out | while read -r name traced _ plain; do
        [ "$traced" -gt "$plain" ] || fail "$name: $traced bytes of stack traced, $plain without: it was not traced"
        [ $((traced - plain)) -lt 512 ] || fail "$name: $((traced - plain)) bytes of stack more than without the tracer"
    done
}
# libunwind is asked on a stack of the tracer's own. What the same call takes the second time is malloc's
# own, and the tracer's for a known call.
test_a_new_call_site_costs_less_than_1536_bytes_more() {
    OPTIONS=-q traced "$PROGRAMS/stack_use_first"
    equal 'exit status' 0 "$status"
    equal 'calls measured' 20 "$(wc -l < out)"
    while read -r first _ again; do
        [ $((first - again)) -lt 1536 ] || fail "the first call took $first bytes of stack, the next one $again"
    done < out
}
