# harness.sh: what the scripts of this folder share. A script sources it and then stands in a fresh
# scratch folder; BUILD is the absolute build folder, BENCH this folder.
#
# The machine may be busy: tools take turns within a round, so that a busy moment hits all of them, and the
# least of the rounds is what counts; the median beside it says how noisy they were.
set -u
export LC_ALL=C
unset LD_PRELOAD LIBTRACE_OPTIONS DEBUGINFOD_URLS 2>/dev/null
BENCH=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
BUILD=$(cd "${BUILD:-$BENCH/../../build}" && pwd) || exit 2
SCRATCH=$(mktemp -d)
trap 'rm -rf "$SCRATCH"' EXIT
cd "$SCRATCH" || exit 2
gcc -O2 -o usage "$BENCH/usage.c" || exit 2
LSAN=$(ls /usr/lib/*/liblsan.so.0 2>/dev/null | head -1)

have() { command -v "$1" >/dev/null; }

# works TOOL: whether it is installed
works() {
    case $1 in
    native | libtrace | libtrace-nocheck | libtrace-sampled) true ;;
    lsan) [ -n "$LSAN" ] ;;
    *) have "$1" ;;
    esac
}
# under TOOL KEY COMMAND…: runs it once; usage's line goes to the file KEY, its output to ./out
under() {
    local tool=$1 key=$2
    shift 2
    case $tool in
    native) ./usage "$key" "$@" ;;
    libtrace) ./usage "$key" env LIBTRACE_OPTIONS=-q LD_PRELOAD="$BUILD/libtrace.so" "$@" ;;
    libtrace-nocheck) ./usage "$key" env LIBTRACE_OPTIONS='-q --leak-check=no' LD_PRELOAD="$BUILD/libtrace.so" "$@" ;;
    libtrace-sampled) ./usage "$key" env LIBTRACE_OPTIONS='-q --sample=524288' LD_PRELOAD="$BUILD/libtrace.so" "$@" ;;
    heaptrack) ./usage "$key" timeout -k 5 900 heaptrack -o "$SCRATCH/heaptrack" "$@" ;;
    lsan) ./usage "$key" env LSAN_OPTIONS=exitcode=0 LD_PRELOAD="$LSAN" "$@" ;;
    valgrind) ./usage "$key" valgrind -q --leak-check=full --log-file=/dev/null "$@" ;;
    esac </dev/null >out 2>err
}
# said TOOL FILE: whether ./out is what FILE has; heaptrack writes lines of its own around it
said() {
    case $1 in
    heaptrack) python3 -c 'import sys; sys.exit(open(sys.argv[1], "rb").read() not in open("out", "rb").read())' "$2" ;;
    *) cmp -s out "$2" ;;
    esac
}

# least KEY COLUMN, median KEY COLUMN: of the lines of the file KEY
least() { sort -n -k"$2,$2" "$1" | awk -v c="$2" 'NR == 1 { print $c }'; }
median() { sort -n -k"$2,$2" "$1" | awk -v c="$2" '{ t[NR] = $c } END { print t[int((NR + 1) / 2)] }'; }
# ratio A B: A / B with two digits
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", (b > 0 ? a / b : 0) }'; }
# aim WHAT FIGURE LIMIT [UNIT]: says whether a figure that is to be at most LIMIT is; run.sh gathers these lines
aim() {
    awk -v what="$1" -v is="$2" -v most="$3" -v unit="${4:+ $4}" 'BEGIN {
        if (is + 0 != is) { printf "aim: %s at most %s%s: not measured\n", what, most, unit; exit }
        printf "aim: %s at most %s%s: %s, %s\n", what, most, unit, is, is <= most ? "reached" : "missed" }'
}
