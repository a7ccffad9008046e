#!/usr/bin/env bash
# holders.sh [ROUNDS]: the leak check with --heap-graph=yes beside the one without, on 2 million blocks (the least of ROUNDS, in
# milliseconds), bytes of log for each pointer, and the dominators of graphs of up to 10 million blocks and 20 million
# pointers: seconds of a processor and the process's peak; and all of leakreport with a log of as many.
source "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
rounds=${1:-5}
top=$BENCH/../..

cat >said.c <<'X'
#include <stdio.h>
#include "trace_format.h"
int main(int count, char **arguments)
{
    struct trace_header header;
    FILE *log = fopen(arguments[1], "rb");
    if (!log || fread(&header, sizeof header, 1, log) != 1)
        return 1;
    printf("%.1f\n", header.check.duration_ns / 1e6);
}
X
gcc -I"$top/tracer" -o said said.c || exit 2
check() { # check GRAPH PROGRAM
    LIBTRACE_OPTIONS="-q --heap-graph=$1 --trace-file=$SCRATCH/log" LD_PRELOAD=$BUILD/libtrace.so "./$2"
    ./said log >>"$2.$1"
    stat -c '%b %B' log | awk '{ print $1 * $2 }' >"$2.$1.size"
}
printf '%-14s %8s %8s %8s %14s\n' '2M blocks, ms' without with ratio 'bytes a pointer'
for shape in RANDOM_GRAPH:4000000 ARRAY:2000000 LIST:2000000 LOST:1; do
    name=${shape%:*} pointers=${shape#*:}
    gcc -std=gnu11 -O0 -g -D"$name" -o "$name" "$BENCH/leak_check.c" || exit 2
    for ((round = 0; round < rounds; round++)); do check no "$name"; check yes "$name"; done
    without=$(sort -n "$name.no" | head -1) with=$(sort -n "$name.yes" | head -1)
    awk -v name="$name" -v a="$without" -v b="$with" -v p="$pointers" -v c="$(cat "$name.no.size")" -v d="$(cat "$name.yes.size")" \
        'BEGIN { printf "%-14s %8.0f %8.0f %8.2f %14.1f\n", name, a, b, b / a, (p > 1 ? (d - c) / p : 0) }'
    rm -f log
done

gcc -D_GNU_SOURCE -O2 -I"$top/report" -o holders "$BENCH/holders.c" "$top/report/holders/dominators.c" \
    "$top/report/base/memory.c" || exit 2
printf '\n%10s %10s %10s %8s %14s\n' blocks pointers seconds MiB 'ns a pointer'
for nodes in 1000000 2500000 5000000 10000000; do
    ./holders $nodes | awk '{ printf "%10d %10d %10.2f %8d %14.0f\n", $1, $2, $3, $4, $3 * 1e9 / $2 }'
done

sed 's/BLOCKS = 2000000/BLOCKS = 10000000/' "$BENCH/leak_check.c" >large.c
gcc -std=gnu11 -O0 -g -DRANDOM_GRAPH -o large large.c || exit 2
LIBTRACE_OPTIONS="-q --heap-graph=yes --trace-file=$SCRATCH/log" LD_PRELOAD=$BUILD/libtrace.so ./large
printf '\n'
/usr/bin/time -f '%U %S %M' "$BUILD/leakreport" -q --leak-check=no --retained log 2>used >/dev/null
awk '{ printf "leakreport --retained, 10 M blocks and 20 M pointers: %.1f s of a processor (aim: 20), %d MiB (2,048)\n", $1 + $2, $3 / 1024 }' used
