#!/usr/bin/env bash
# report.sh [RUNS [UNITS]]: leakreport beside heaptrack, which looks names up while it records
# (heaptrack_interpret) and prints them later (heaptrack_print): processor time and memory on
#   stacks  100,000 distinct call stacks of live blocks, few functions
#   debug   200 functions in each of UNITS C files, 100,000 with the default, and 0.9 MB of debug
#           information each; building it takes minutes
# Lists are printed in full by both. The least of RUNS counts. Needs heaptrack.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
BUILD=$(cd "${BUILD:-$here/../../build}" && pwd)
runs=${1:-5} units=${2:-500}
command -v heaptrack_print >/dev/null || { echo "report: heaptrack is missing"; exit 0; }
interpret=$(ls /usr/lib/heaptrack/libexec/heaptrack_interpret /usr/lib/*/heaptrack/libexec/heaptrack_interpret 2>/dev/null | head -1)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

gcc -std=gnu11 -O0 -g -o stacks "$here/../programs/many_stacks.c"
mkdir sources
python3 "$here/big_debug.py" sources "$units" 200
(cd sources && ls ./*.c | nice xargs -P2 -n1 gcc -g -O1 -fno-eliminate-unused-debug-types -c && gcc -o ../debug ./*.o)
rm -r sources

# least WHAT FILE COMMAND…: reads FILE; seconds of processor time and MB of the quickest run
least() {
    local what=$1 file=$2
    shift 2
    for _ in $(seq "$runs"); do
        /usr/bin/time -a -o times -f '%U %S %M' "$@" <"$file" >listing
    done
    sort -n times | awk -v what="$what" 'NR == 1 || $1 + $2 < least { least = $1 + $2; memory = $3 }
        END { printf "  %-22s %6.2f s %6d MB\n", what, least, memory / 1024 }'
    rm times
}

for program in stacks debug; do
    echo "$program, $(stat -c %s "$program" | awk '{ printf "%d MB", $1 / 1048576 }') on disk"
    LD_PRELOAD=$BUILD/libtrace.so LIBTRACE_OPTIONS=-q ./$program >/dev/null
    heaptrack --raw -o raw ./$program >/dev/null 2>&1
    zstd -qdf raw.raw.zst -o raw
    "$interpret" <raw >interpreted 2>/dev/null
    least leakreport /dev/null "$BUILD/leakreport" trace.log
    least heaptrack_interpret raw "$interpret" 2>/dev/null
    least heaptrack_print /dev/null heaptrack_print -m 0 -n 1000000 -s 1000000 -p 0 -a 0 -T 0 -l 1 interpreted
done
