#!/usr/bin/env bash
# instructions.sh [--write]: the tracer's instructions per pair of malloc and free of 64 bytes, by callgrind, at three
# depths of a stack that does not change, and at depth 1 without a leak check. "was" is what instructions.expected has, from the commit that last changed it; exit
# status 1 when one is more than 5 % above it. --write puts today's figures there: do that in the commit
# that makes them better, or that says why they are worse. Instructions do not depend on the machine's load.
source "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
expected=$BENCH/instructions.expected
[ -e "$BUILD/libtrace.so" ] || { echo "instructions: there is no $BUILD/libtrace.so"; exit 2; }
have valgrind.bin || { echo "instructions: valgrind is missing"; exit 2; }
gcc -O2 -fno-optimize-sibling-calls -g -pthread -o pairs "$BENCH/pairs.c" || exit 2

# valgrind itself is a shell script, which would take LD_PRELOAD away from what it starts. Nothing is live at the
# end, so that no child is made for a leak check.
instructions() { # instructions PRELOAD OPTION DEPTH COUNT: of a whole run
    env LD_PRELOAD="$1" LIBTRACE_OPTIONS="-q $2 --trace-children=yes" VALGRIND_LIB=/usr/libexec/valgrind valgrind.bin \
        --tool=callgrind --callgrind-out-file=/dev/null ./pairs /dev/null "$3" 0 "$4" 2>&1 | sed -n 's/.*Collected : //p'
}
per_pair() { # per_pair PRELOAD OPTION DEPTH: two runs' difference has neither start nor end in it
    echo $((($(instructions "$@" 3000) - $(instructions "$@" 1000)) / 2000))
}
added() { echo $(($(per_pair "$BUILD/libtrace.so" "$1" "$2") - $(per_pair '' "$1" "$2"))); } # added OPTION DEPTH
for depth in 1 20 60; do
    echo "$depth $(added --leak-check=full $depth)"
done >now
echo "unchecked $(added --leak-check=no 1)" >>now

[ "${1:-}" != --write ] || cp now "$expected"
awk 'FNR == NR { was[$1] = $2; next }
    { worse = $2 > was[$1] * 1.05; bad += worse
      printf "%9s: was %5d, is %5d instructions per pair%s\n", $1, was[$1], $2, worse ? "  MORE" : "" }
    END { exit bad > 0 }' "$expected" now
worse=$?
while read -r depth limit; do
    aim "instructions per pair at depth $depth" "$(awk -v d="$depth" '$1 == d { print $2 }' now)" "$limit"
done <<<$'1 300\n20 350\n60 400'
exit $worse
