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
