#!/usr/bin/env bash
# report.sh [ROUNDS [UNITS]]: leakreport beside heaptrack, which looks names up while it records
# (heaptrack_interpret) and prints them later (heaptrack_print): processor time and memory, on the same runs
#   stacks  100,000 distinct call stacks of live blocks, few functions
#   python  the json program of slowdown.sh
#   debug   200 functions in each of UNITS C files, 100,000 with 500, and 0.9 MB of debug information each; building
#           that takes minutes, so it is left out unless UNITS is given
# Lists are printed in full by both. The least of ROUNDS counts. Needs heaptrack.
source "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
rounds=${1:-5} units=${2:-0}
have heaptrack_print || { echo "heaptrack is missing"; exit 0; }
interpret=$(ls /usr/lib/heaptrack/libexec/heaptrack_interpret /usr/lib/*/heaptrack/libexec/heaptrack_interpret 2>/dev/null | head -1)
python3 "$BENCH/inputs.py" . || exit 2

gcc -std=gnu11 -O0 -g -o stacks "$BENCH/../programs/many_stacks.c" || exit 2
programs='stacks python'
export PYTHONMALLOC=malloc
if [ "$units" -gt 0 ]; then
    mkdir sources
    python3 "$BENCH/big_debug.py" sources "$units" 200
    (cd sources && ls ./*.c | nice xargs -P2 -n1 gcc -g -O1 -fno-eliminate-unused-debug-types -c && gcc -o ../debug ./*.o) || exit 2
    rm -r sources
    programs="$programs debug"
fi
command_of() {
    case $1 in
    python) echo /usr/bin/python3 work.py ;;
    *) echo "./$1" ;;
    esac
}

printf '%-10s %-20s %10s %10s\n' program reader 'CPU ms' 'MB'
for program in $programs; do
    # shellcheck disable=SC2046
    under libtrace used $(command_of $program)
    # shellcheck disable=SC2046
    heaptrack --raw -o raw $(command_of $program) >/dev/null 2>&1 </dev/null
    zstd -qdf raw.raw.zst -o raw
    "$interpret" <raw >interpreted 2>/dev/null
    rm -f leakreport heaptrack_interpret heaptrack_print
    for ((round = 0; round < rounds; round++)); do
        ./usage leakreport "$BUILD/leakreport" trace.log >listing 2>&1
        ./usage heaptrack_interpret "$interpret" <raw >listing 2>/dev/null
        ./usage heaptrack_print heaptrack_print -m 0 -n 1000000 -s 1000000 -p 0 -a 0 -T 0 -l 1 interpreted >listing 2>&1
    done
    for reader in leakreport heaptrack_interpret heaptrack_print; do
        printf '%-10s %-20s %10d %10d\n' $program $reader $(($(least $reader 1) / 1000)) $(($(least $reader 3) / 1024))
    done
done
