#!/usr/bin/env bash
# pairs.sh [ROUNDS [COUNT]]: nanoseconds of wall time per pair of malloc and free by depth of the stack and by
# number of threads, measured inside the program; COUNT pairs a thread, the least of ROUNDS. "scaling" is the
# throughput of N threads, that of one thread beside main being 1: the goal is 1.8 for two.
source "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
rounds=${1:-5} count=${2:-1000000}
tools=$(for tool in native libtrace heaptrack; do if works $tool; then echo $tool; fi; done)
gcc -O2 -fno-optimize-sibling-calls -g -pthread -o pairs "$BENCH/pairs.c" || exit 2

sample() { # sample DEPTH THREADS: every tool once a round, into DEPTH.THREADS.TOOL
    local round tool
    for ((round = 0; round < rounds; round++)); do
        for tool in $tools; do under "$tool" used ./pairs "$1.$2.$tool" "$1" "$2" "$count"; done
    done
}
row() { # row WHAT FILE COLUMN: a figure of each tool
    local tool
    printf '%-22s' "$1"
    for tool in $tools; do printf ' %10s' "$(least "$2.$tool" "$3")"; done
    echo
}
printf '%-22s' 'ns per pair'
printf ' %10s' $tools
echo
for depth in 1 5 20 60; do
    sample $depth 0
    row "depth $depth" $depth.0 1
done
for threads in 1 2 4 8; do
    sample 5 $threads
    row "depth 5, +$threads threads" 5.$threads 1
done
best() { sort -n -k2,2 "$1" | awk '{ most = $2 } END { print most }'; }
for threads in 2 4 8; do
    printf '%-22s' "scaling, $threads threads"
    for tool in $tools; do printf ' %10s' "$(ratio "$(best "5.$threads.$tool")" "$(best "5.1.$tool")")"; done
    echo
done
