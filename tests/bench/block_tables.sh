#!/usr/bin/env bash
# block_tables.sh [ROUNDS]: three designs of the block table side by side, each in the log, at malloc's own addresses; the least
# of ROUNDS of each figure (block_tables.c says what they are). tracer/tables/README.md has the outcome.
source "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
rounds=${1:-3}
top=$BENCH/../..
make -C "$top" --no-print-directory BUILD="$BUILD" "$BUILD/obj/tracer.a" >/dev/null || exit 2
gcc -std=gnu11 -D_GNU_SOURCE -O2 -g -mcx16 -I"$top/tracer" -o block_tables "$BENCH"/block_table{s,_radix,_lines}.c \
    "$BUILD/obj/tracer.a" -pthread -ldl || exit 2

printf '%-9s %-8s %-29s %8s %9s %8s %8s %8s\n' live threads design fill slowest near far bytes
for load in '10000 1' '1000000 1' '10000000 1' '1000000 8'; do
    read -r live threads <<<"$load"
    for ((round = 0; round < rounds; round++)); do
        for design in 0 1 2; do ./block_tables $design "$SCRATCH/log" "$live" "$threads" >>"$live.$threads.$design" && rm -f log; done
    done
    for design in 0 1 2; do
        awk -F';' -v live="$live" -v threads="$threads" '
            { for (i = 2; i <= NF; i++) if (NR == 1 || $i < least[i]) least[i] = $i; name = $1 }
            END { printf "%-9d %-8d %-29s %8.1f %9.1f %8.1f %8.1f %8.1f\n", live, threads, name, least[2], least[3], least[4], least[5], least[6] }' \
            "$live.$threads.$design"
    done
done
