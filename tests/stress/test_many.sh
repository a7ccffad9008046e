# Ten million live blocks, and as many distinct stacks as two functions make: programs end, logs can be read, counts
# are right. The programs' times per event are shown, and nothing depends on them.

# ends PROGRAM ARGUMENT…: ./out has how many blocks were made and lost
ends() {
    OPTIONS=$OPTIONS traced "$@"
    equal 'exit status' 0 "$status"
    has_not err 'No space' 'no room'
    sed -n 's/^million/    million/p' err
}
# lost_blocks BYTES: so many bytes each; summary and report agree with what the program printed
lost_blocks() {
    local made lost allocs
    read -r made lost <out
    allocs=$(sed -n 's/.*total heap usage: \([0-9,]*\) allocs.*/\1/p' err | tr -d ,)
    # libc's buffer for standard output is the one more
    equal 'allocations' $((made + 1)) "$allocs"
    report trace.log
    equal 'exit status of leakreport' 0 "$status"
    has_not report 'Note:'
    equal 'definitely lost' "$((lost * $1)) bytes in $lost blocks" "$(sed -n 's/.*definitely lost: //p' report | tr -d ,)"
}

test_ten_million_live_blocks() {
    OPTIONS= ends "$PROGRAMS/many_blocks" 10
    has err '10,000,001 allocs'
    report trace.log
    equal 'exit status of leakreport' 0 "$status"
    has report '600,000,000 bytes in 10,000,001 blocks' 'definitely lost: 520,000 bytes in 10,000 blocks' \
        'still reachable: 599,480,000 bytes in 9,990,001 blocks'
    has_not report 'Note:'
}
test_a_killed_program_with_ten_million_live_blocks() {
    mkfifo ended
    (LIBTRACE_OPTIONS=-q LD_PRELOAD=$LIBTRACE exec "$PROGRAMS/many_blocks" 10 wait >out 2>err <ended) &
    local program=$!
    exec 9>ended
    until grep -q 'million 10' err; do kill -0 $program || fail 'it ended'; sleep 0.2; done
    kill -9 $program
    wait $program 2>waited || true
    report trace.log
    equal 'exit status of leakreport' 0 "$status"
    has report '600,000,000 bytes in 10,000,001 blocks'
    has_not report 'Note:'
}
test_recursion_a_thousand_deep() {
    OPTIONS= ends "$PROGRAMS/many_ways" deep 1000
    lost_blocks 40
}
test_two_million_stacks_one_after_the_other() {
    OPTIONS= ends "$PROGRAMS/many_ways" tree
    equal 'blocks made' 2097151 "$(cut -d' ' -f1 out)"
    lost_blocks 40
}
test_two_million_stacks_in_another_order() {
    OPTIONS= ends "$PROGRAMS/many_ways" mutual 2097152
    lost_blocks 40
}
