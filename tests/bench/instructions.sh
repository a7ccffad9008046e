#!/usr/bin/env bash
# instructions.sh [--write]: the tracer's instructions per pair of malloc and free, by callgrind, at three depths of a
# stack that does not change. "was" is what instructions.expected has, from the commit that last changed it; exit
# status 1 when one is more than 5 % above it. --write puts today's figures there: do that in the commit
# that makes them better, or that says why they are worse. Instructions do not depend on the machine's load.
source "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
expected=$BENCH/instructions.expected
have valgrind.bin || { echo "instructions: valgrind is missing"; exit 2; }
gcc -O2 -fno-optimize-sibling-calls -g -pthread -o pairs "$BENCH/pairs.c" || exit 2

# valgrind itself is a shell script, which would take LD_PRELOAD away from what it starts.
instructions() { # instructions PRELOAD DEPTH COUNT: of a whole run
    env LD_PRELOAD="$1" LIBTRACE_OPTIONS='-q --leak-check=no --trace-children=yes' VALGRIND_LIB=/usr/libexec/valgrind valgrind.bin \
        --tool=callgrind --callgrind-out-file=/dev/null ./pairs /dev/null "$2" 0 "$3" 2>&1 | sed -n 's/.*Collected : //p'
}
per_pair() { # per_pair PRELOAD DEPTH: two runs' difference has neither start nor end in it
    echo $((($(instructions "$1" "$2" 3000) - $(instructions "$1" "$2" 1000)) / 2000))
}
for depth in 1 20 60; do
    echo "$depth $(($(per_pair "$BUILD/libtrace.so" $depth) - $(per_pair '' $depth)))"
done >now

[ "${1:-}" != --write ] || cp now "$expected"
awk 'FNR == NR { was[$1] = $2; next }
    { worse = $2 > was[$1] * 1.05; bad += worse
      printf "depth %2d: was %5d, is %5d instructions per pair%s\n", $1, was[$1], $2, worse ? "  MORE" : "" }
    END { exit bad > 0 }' "$expected" now
