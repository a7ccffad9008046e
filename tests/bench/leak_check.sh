#!/usr/bin/env bash
# leak_check.sh [ROUNDS]: the whole run of a program that leaves 2 million blocks, under the tracer with its leak
# check and without, and built with clang's LeakSanitizer: wall milliseconds, the median of ROUNDS. Needs clang.
# Shapes: random (two pointers in each block, nearly all lost), array, list, lost.
source "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
rounds=${1:-5}
have clang || { echo "clang is missing: LeakSanitizer is not measured"; exit 0; }

printf '%-14s %8s %8s %8s %8s   %s\n' '2M blocks, ms' native nocheck libtrace lsan 'libtrace / lsan'
for shape in RANDOM_GRAPH ARRAY LIST LOST; do
    gcc -std=gnu11 -O0 -g -D$shape -o graph "$BENCH/leak_check.c" || exit 2
    clang -std=gnu11 -O0 -g -D$shape -fsanitize=leak -o graph.lsan "$BENCH/leak_check.c" || exit 2
    rm -f used.*
    for ((round = 0; round < rounds; round++)); do
        under native used.native ./graph
        under libtrace-nocheck used.nocheck ./graph
        under libtrace used.libtrace ./graph
        under native used.lsan ./graph.lsan
    done
    printf '%-14s' $shape
    for tool in native nocheck libtrace lsan; do printf ' %8d' $(($(median used.$tool 2) / 1000)); done
    echo "   $(ratio "$(median used.libtrace 2)" "$(median used.lsan 2)")"
    aim "$shape, of LeakSanitizer's time" "$(ratio "$(median used.libtrace 2)" "$(median used.lsan 2)")" 1.00
done
