#!/usr/bin/env bash
# log_size.sh [MILLIONS…]: bytes of the log of a program that keeps 1,000 blocks alive, after so many million mallocs
# and frees (1, 10 and 100), and of heaptrack's file beside it. The goal: the log stays within a tenth.
source "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
gcc -O1 -fno-optimize-sibling-calls -g -o steady "$BENCH/steady.c" || exit 2

printf '%-22s %12s %12s\n' 'bytes of the file' libtrace heaptrack
for millions in ${*:-1 10 100}; do
    rm -f trace.log heaptrack.zst heaptrack.gz
    under libtrace used ./steady $((millions * 1000000))
    if works heaptrack; then under heaptrack used ./steady $((millions * 1000000)); fi
    sizes="${sizes:-} $(stat -c %s trace.log)"
    printf '%-22s %12s %12s\n' "$millions million events" "$(stat -c %s trace.log)" "$(stat -c %s heaptrack.zst heaptrack.gz 2>/dev/null | head -1)"
done
echo "$sizes" | awk '{ for (i = 1; i <= NF; i++) { if (i == 1 || $i < low) low = $i; if ($i > high) high = $i }
    printf "largest log / smallest: %.2f\n", high / low }'
