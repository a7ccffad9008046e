#!/usr/bin/env bash
# run.sh [--long|--all] [--list] [SUITE [UNIT…]]: runs other people's test suites without and with the tracer and
# compares the outcome of every single test. Without arguments every suite, and of each
# a few units; --long takes more (an hour or two), --all everything there is. `make deps-soak` fetches what the suites need.
#
# A unit (one test script, module or compile) runs natively and traced, one after the other. Where
# an outcome differs both are run once more: a test whose two native outcomes differ is flaky, one
# of which only one traced outcome differs is unsteady, and one of which both differ is changed. Lines
# of expected.txt explain changes that a program is entitled to. The exit status is 1 if one is left.
#
# BUILD is the build folder, SOAK the scratch folder: sources in src/, results in results/SUITE/.
set -u
here=$(cd "$(dirname "$0")" && pwd)
BUILD=${BUILD:-$here/../../build}
BUILD=$(cd "$BUILD" && pwd) || exit 2
export SOAK=${SOAK:-$BUILD/soak} LC_ALL=C.UTF-8 TERM=dumb TZ=UTC
unset LD_PRELOAD LIBTRACE_OPTIONS
# shellcheck source=tests/soak/suites.sh
source "$here/suites.sh"

choice=short only=() suite=
for argument; do
    case $argument in
    --long | --all) choice=${argument#--} ;;
    --list) printf '%s\n' $suites; exit 0 ;;
    -*) echo "run.sh: unknown option $argument" >&2; exit 2 ;;
    *) if [ -z "$suite" ]; then suite=$argument; else only+=("$argument"); fi ;;
    esac
done

# once UNIT MODE N: runs the command of a unit in a fresh folder; its outcomes, "test<TAB>outcome"
# lines, go to $results/UNIT.MODE.N
once() {
    local file=$results/$1.$2.$3 under=() status=0
    folder=$SOAK/run/$suite
    rm -rf "$folder" "$SOAK/logs/$suite" 2>/dev/null # what outlives its test may write there still
    mkdir -p "$folder/home" "$SOAK/logs/$suite"
    chmod 1777 "$SOAK/logs/$suite" # some tests become another user
    [ "$2" = native ] || under=(env LD_PRELOAD="$SOAK/libtrace.so"
        LIBTRACE_OPTIONS="--trace-children=yes --trace-file=$SOAK/logs/$suite/%p.log --log-file=$SOAK/logs/$suite/%p.summary")
    (
        cd "$folder" && export HOME=$folder/home
        "prepare_$suite" "$1"
        exec setsid timeout -k 10 "${limit:-600}" "${under[@]}" "${command[@]}" </dev/null >"$file.out" 2>"$file.err"
    ) || status=$?
    { (cd "$folder" && "outcomes_$suite" "$1" "$file"); printf '%s: exit status\t%s\n' "$1" "$status"; } | sort >"$file"
    [ "$2" = native ] || find "$SOAK/logs/$suite" -name '*.summary' | wc -l >"$results/$1.processes"
    [ "$2" = native ] || keep_words "$1"
}

# What the tracer has to say: losses, and bad frees, each of which is a bug of the program or of the
# tracer; the logs that have some are kept.
keep_words() { # keep_words UNIT
    local summary log
    grep -rhE '== (libtrace|ERRORS):' --include='*.summary' "$SOAK/logs/$suite" | sed -E 's/^==[0-9]+== //; s/[0-9]+/N/g' | sort | uniq -c >"$results/$1.words"
    grep -rlE '== ERRORS:' --include='*.summary' "$SOAK/logs/$suite" | while read -r summary; do
        log=${summary%.summary}.log
        "$BUILD/leakreport" --leak-check=no "$log" >"$results/$1.errors.$(basename "$log")" 2>&1
    done
}

# differing A B: the names of the tests with different outcomes
differing() { comm -3 "$1" "$2" | sed 's/^\t//' | cut -f1 | sort -u; }

run_unit() { # run_unit UNIT: leaves UNIT.flaky, UNIT.unsteady, UNIT.changed
    local base=$results/$1
    rm -f "$base".*
    once "$1" native 1
    once "$1" traced 1
    differing "$base.native.1" "$base.traced.1" >"$base.differ"
    if [ -s "$base.differ" ]; then
        once "$1" native 2
        once "$1" traced 2
        differing "$base.native.1" "$base.native.2" >"$base.flaky"
        differing "$base.native.1" "$base.traced.2" >"$base.again"
        comm -23 "$base.differ" "$base.flaky" | comm -23 - "$base.again" >"$base.unsteady"
        comm -23 "$base.differ" "$base.flaky" | comm -12 - "$base.again" >"$base.changed"
    fi
}

# counts MODE: "passed/failed/skipped" of a suite. An exit status is a test too: 0 is a pass.
counts() {
    cat "$results"/*."$1".1 2>/dev/null | awk -F'\t' '$2 == "ok" || $2 == "0" || $2 ~ /^says/ { p++; next } $2 ~ /^skip/ { s++; next } { f++ }
        END { printf "%d/%d/%d", p, f, s }'
}
explained() { # explained TEST: 0 and prints the reason if expected.txt has a line for it
    awk -F'\t' -v suite="$suite" -v test="$1" '!/^#/ && NF >= 3 && suite ~ "^" $1 "$" && test ~ "^" $2 "$" { print $3; found = 1; exit }
        END { exit !found }' "$here/expected.txt"
}

tell() { # one row of the table, and below it each difference
    local name reason left=0 told=0
    for kind in changed unsteady; do
        while IFS= read -r name; do
            reason=$(explained "$name") && told=$((told + 1)) || { left=$((left + 1)); reason='NOT EXPLAINED'; }
            echo "$kind: $suite: $name: $reason" >>"$SOAK/differences"
        done < <(cat "$results"/*."$kind" 2>/dev/null)
    done
    printf '| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n' "$suite" "$("version_$suite")" "$(ls "$results"/*.native.1 | wc -l)" \
        "$(cat "$results"/*.processes | awk '{ n += $1 } END { print n }')" \
        "$(counts native)" "$(counts traced)" "$(cat "$results"/*.flaky 2>/dev/null | wc -l)" "$told" "$left"
    unexplained=$((unexplained + left))
}

units() { # the units chosen
    if [ ${#only[@]} -gt 0 ]; then
        printf '%s\n' "${only[@]}"
    elif [ $choice = short ]; then
        "units_$suite" long | tr ' ' '\n' | awk -v step="${one_of[$suite]}" 'NR % step == 1 || step == 1'
    else
        "units_$suite" $choice
    fi
}

unexplained=0
mkdir -p "$SOAK"
cp "$BUILD/libtrace.so" "$SOAK/libtrace.new" && mv "$SOAK/libtrace.new" "$SOAK/libtrace.so" || exit 2 # whoever builds meanwhile does not disturb
: >"$SOAK/differences"
echo "tracer: $(git -C "$here" describe --always --dirty 2>/dev/null), sha256 $(sha256sum <"$SOAK/libtrace.so" | cut -c1-12)"
echo '| suite | version | units | processes | native: passed/failed/skipped | traced | flaky | explained | left |'
echo '|---|---|---|---|---|---|---|---|---|'
for suite in ${suite:-$suites}; do
    results=$SOAK/results/$suite
    rm -rf "$results"
    mkdir -p "$results"
    if ! "ready_$suite"; then
        echo "run.sh: $suite: make deps-soak has not been run" >&2
        unexplained=$((unexplained + 1))
        continue
    fi
    for unit in $(units); do
        begun=$SECONDS
        run_unit "$unit"
        echo "$suite $unit: $((SECONDS - begun)) s$([ ! -s "$results/$unit.differ" ] || echo ', differs')" >&2
    done
    tell
done
[ ! -s "$SOAK/differences" ] || cat "$SOAK/differences"
ls "$SOAK"/results/*/*.errors.* 2>/dev/null | sed 's/^/bad frees, said by the tracer: /'
[ "$unexplained" -eq 0 ]
