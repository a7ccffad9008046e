#!/usr/bin/env bash
# leak_check.sh [RUNS]: the whole run of a program that leaves 2 million blocks, under the tracer with
# its leak check and under LeakSanitizer, in turns; the ratio of the medians is the result. Needs clang.
# Shapes: random (two pointers in each block, nearly all lost), array, list, lost.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
BUILD=${BUILD:-$here/../../build}
runs=${1:-7}
command -v clang >/dev/null || { echo "leak_check: clang is missing: LeakSanitizer is not measured"; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

for shape in RANDOM_GRAPH ARRAY LIST LOST; do
    gcc -std=gnu11 -O0 -g -D$shape -o $shape "$here/leak_check.c"
    clang -std=gnu11 -O0 -g -D$shape -fsanitize=leak -o $shape.lsan "$here/leak_check.c"
done

seconds() { # seconds COMMAND…: how long it takes, in seconds
    local begun=$EPOCHREALTIME
    "$@" >/dev/null 2>&1 || true
    echo "$EPOCHREALTIME $begun" | awk '{ printf "%.4f\n", $1 - $2 }'
}
median() { sort -n "$1" | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'; }

traced() { LD_PRELOAD=$BUILD/libtrace.so LIBTRACE_OPTIONS=${2:-} "$1"; }

printf '%-14s %9s %9s %9s %9s   %s\n' "2M blocks" native "no check" traced lsan "traced / lsan"
for shape in RANDOM_GRAPH ARRAY LIST LOST; do
    rm -f native none traced lsan
    for _ in $(seq "$runs"); do
        seconds "./$shape" >>native
        seconds traced "./$shape" --leak-check=no >>none
        seconds traced "./$shape" >>traced
        seconds "./$shape.lsan" >>lsan
    done
    printf '%-14s %9s %9s %9s %9s   %s\n' $shape "$(median native)" "$(median none)" "$(median traced)" "$(median lsan)" \
        "$(echo "$(median traced) $(median lsan)" | awk '{ printf "%.2f", $1 / $2 }')"
done
