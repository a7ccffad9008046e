# A fault is one with the tracer too: nothing of the tracer's lies where the program's stray accesses land, and what
# is deadly stays so, whatever has come to be in memory meanwhile.

faults() { # faults STATUS RUNS WORD…: end_fault ends with STATUS, natively and traced
    local expected=$1 runs=$2
    shift 2
    native "$PROGRAMS/end_fault" "$@"
    equal "exit status of $* without the tracer" "$expected" "$native_status"
    for _ in $(seq "$runs"); do
        traced "$PROGRAMS/end_fault" "$@"
        equal "exit status of $*" "$expected" "$status"
        has err 'definitely lost: 100 bytes in 1 blocks'
    done
} 2>/dev/null
test_a_fault_below_a_block() {
    for bytes in 4000 10000 100000 400000; do faults 139 5 below $bytes; done
}
test_a_fault_below_the_stack_of_a_thread() {
    for bytes in 4000 100000 1000000; do faults 139 3 thread $bytes; done
}

# struck COMMAND…: the last signal that a debugger sees, and the end, are those without the tracer
struck() {
    "$PROGRAMS/end_watch" "$@" >native 2>/dev/null </dev/null
    "$PROGRAMS/end_watch" env LD_PRELOAD="$LIBTRACE" LIBTRACE_OPTIONS=-q "$@" >traced 2>err </dev/null
    diff native traced
    [ -s trace.log ] || fail "$* was not traced"
    rm trace.log
}
test_memory_that_comes_too_late() {
    struck "$PROGRAMS/end_fault" file
    equal 'what struck' 'signal 7 code 2 page offset 0 ended by signal 7' "$(echo $(cat traced))"
}
test_the_cause_of_death_is_the_true_one() {
    struck "$PROGRAMS/end_fault" below 4000
    has traced 'signal 11 code 1 page offset '
    for way in SEGV SEGV_thread BUS FPE ILL TRAP abort by_TERM by_SEGV; do struck "$PROGRAMS/end_ways" $way; done
}
