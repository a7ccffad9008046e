#!/usr/bin/env bash
# run.sh [unit|lint|e2e|stress …]: runs the named groups of tests (unit, lint and e2e when none is
# named) and closes with one line, "N passed, N failed". BUILD names the build folder.
#
# A unit test is a cmocka program, build/tests/unit/test_*. Every other test is a bash script,
# tests/GROUP/test_*.sh, whose functions test_* are its cases (see tests/lib.sh).
set -u
here=$(cd "$(dirname "$0")" && pwd)
export BUILD=${BUILD:-$here/../build}
groups=${*:-unit lint e2e}
passed=0 failed=0 failures=
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

count() { # count NAME LOG STATUS OK-LINES BAD-LINES
    passed=$((passed + $4)) failed=$((failed + $5))
    if [ "$3" -ne 0 ] && [ "$5" -eq 0 ]; then failed=$((failed + 1)); fi
    if [ "$3" -ne 0 ]; then
        failures="$failures $1"
        echo "FAILED $1 (exit status $3)"
        sed 's/^/    /' "$2" | tail -60
    else
        echo "ok $1 ($4)"
    fi
}

for group in $groups; do
    if [ "$group" = unit ]; then tests=$(ls "$BUILD"/tests/unit/test_* | grep -v '\.'); else tests=$(ls "$here/$group"/test_*.sh 2>/dev/null); fi
    for test in $tests; do
        log=$scratch/log
        if [ "$group" = unit ]; then
            (cd "$scratch" && timeout 300 "$test") >"$log" 2>&1 </dev/null
        else
            (cd "$scratch" && timeout 600 bash "$here/lib.sh" "$test") >"$log" 2>&1 </dev/null
        fi
        status=$?
        count "$group/$(basename "$test")" "$log" $status "$(grep -c '^\[       OK \]' "$log")" "$(grep -cE '^\[  FAILED  \] [a-z]' "$log")"
    done
done
[ -z "$failures" ] || echo "failures:$failures"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
