#!/usr/bin/env bash
# run.sh [unit|lint|e2e|stress …]: runs the named groups of tests (unit, lint and e2e when none is
# named), prints each one's result when it is there, and closes with one line, "N passed, N failed".
# BUILD names the build folder, JOBS how many tests run at a time (as many as there are processors).
#
# A unit test is a cmocka program, build/tests/unit/test_*. Every other test is a bash script,
# tests/GROUP/test_*.sh, whose functions test_* are its cases (see tests/lib.sh).
set -u
here=$(cd "$(dirname "$0")" && pwd)
export BUILD=${BUILD:-$here/../build}
groups=${*:-unit lint e2e}
jobs=${JOBS:-$(nproc)}
passed=0 failed=0 started=0 told=0 failures=
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

tests_of() { # the tests of a group, a line each
    if [ "$1" = unit ]; then
        find "$BUILD/tests/unit" -maxdepth 1 -name 'test_*' ! -name '*.*' -type f | sort
    else
        ls "$here/$1"/test_*.sh 2>/dev/null
    fi
}

run_one() { # run_one GROUP TEST: leaves log, status and seconds in $scratch/GROUP.NAME.*, then tells
    local name=$scratch/$1.$(basename "$2") begun=$SECONDS
    mkdir "$name.d"
    if [ "$1" = unit ]; then
        (cd "$name.d" && timeout 600 "$2") >"$name.log" 2>&1 </dev/null
    else
        # What a shell runs in the background has signals ignored, and newer timeouts keep them so.
        (cd "$name.d" && timeout 3000 env --default-signal bash "$here/lib.sh" "$2") >"$name.log" 2>&1 </dev/null
    fi
    echo $? >"$name.status"
    echo $((SECONDS - begun)) >"$name.seconds"
    # Tests end side by side: one speaks at a time.
    (flock 9 && tell_one "$name" "$1/$(basename "$2")") 9>"$scratch/lock"
}

tell_one() { # tell_one FILES TEST: counts and prints what run_one left
    local name=$1 status ok bad
    status=$(cat "$name.status")
    ok=$(grep -c '^\[       OK \]' "$name.log")
    bad=$(grep -cE '^\[  FAILED  \] [a-z]' "$name.log")
    [ "${2%/*}" = unit ] && [ "$bad" -gt 0 ] && bad=$(((bad + 1) / 2)) # cmocka names each twice
    [ "$status" -ne 0 ] && [ "$bad" -eq 0 ] && bad=1
    echo "$ok $bad $2" >"$name.count"
    if [ "$status" -ne 0 ]; then
        echo "FAILED $2 (exit status $status)"
        sed 's/^/    /' "$name.log" | tail -60
    else
        echo "ok $2 ($ok cases, $(cat "$name.seconds") s)"
        grep '^    skipped: ' "$name.log"
    fi
}

for group in $groups; do
    for test in $(tests_of "$group"); do
        while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n; done
        run_one "$group" "$test" &
        started=$((started + 1))
    done
done
wait
while read -r ok bad test; do
    passed=$((passed + ok)) failed=$((failed + bad)) told=$((told + 1))
    [ "$bad" -eq 0 ] || failures="$failures $test"
done < <(cat "$scratch"/*.count)
[ "$told" -eq "$started" ] || { failed=$((failed + started - told)); echo "$((started - told)) tests left no result"; }
[ -z "$failures" ] || echo "failures:$failures"
# What this machine does not allow (a namespace, a small file system) is not tried, and said.
skipped=$(cat "$scratch"/*.log | grep -c '^    skipped: ')
[ "$skipped" -eq 0 ] || echo "$skipped times something could not be tried here: see \"skipped\" above"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
