#!/usr/bin/env bash
# exports.sh [STACKS [BLOCKS]]: what each form of the report takes of a log with STACKS call stacks [100,000] and BLOCKS
# blocks of each [20]: its size, the processor's time, and the largest resident size, beside that of the text report
# without lists, which has read the log, found all names and judged all blocks, too (text -v --leak-check=summary).
source "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
stacks=${1:-100000} blocks=${2:-20}
gcc -std=gnu11 -O0 -g -o stacks "$BENCH/../programs/many_stacks.c" || exit 2
under libtrace run ./stacks "$stacks" "$blocks"
[ -s trace.log ] || { echo "no log"; exit 2; }

printf '%-22s %12s %9s %9s %9s\n' form 'output kB' 'CPU ms' 'MB' 'over text'
base=
for form in 'text -v' html json folded pprof callgrind massif csv xml sarif junit; do
    name=${form%% *} more=
    case $form in
    'text -v') more='--leak-check=summary' ;;
    xml) more='--xml=yes --xml-file=out.xml' ;;
    esac
    [ "$name" = xml ] || more="$more --format=$name --log-file=out.$name"
    rm -f used
    # shellcheck disable=SC2086
    ./usage used "$BUILD/leakreport" $more trace.log >/dev/null 2>&1 || exit 2
    size=$(stat -c %s "out.$name")
    memory=$(least used 3)
    base=${base:-$memory}
    printf '%-22s %12d %9s %9s %9s\n' "$name" $((size / 1000)) $(($(least used 1) / 1000)) $((memory / 1000)) "$(ratio "$memory" "$base")"
    rm -f "out.$name"
done
