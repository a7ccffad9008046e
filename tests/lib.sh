#!/usr/bin/env bash
# lib.sh TEST.sh: runs each function test_* of TEST.sh in a subshell and a fresh folder, prints
# "[       OK ] name" or "[  FAILED  ] name" as cmocka does, and exits 1 if one failed.
# A case fails when one of its commands fails (set -e) or a helper below says so.
#
# BUILD is the build folder, LIBTRACE the tracer, REPORT leakreport, PROGRAMS the built small
# programs, TESTS this folder.
set -u
export TESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export BUILD=${BUILD:-$TESTS/../build}
export LIBTRACE=$BUILD/libtrace.so REPORT=$BUILD/leakreport PROGRAMS=$BUILD/tests/programs
export LC_ALL=C TERM=dumb
unset LD_PRELOAD LIBTRACE_OPTIONS DEBUGINFOD_URLS LEAKREPORT_OPTS VALGRIND_OPTS 2>/dev/null

fail() { echo "    $*"; exit 1; }

# traced COMMAND…: runs it under the tracer; its standard error goes to ./err, its output to ./out,
# its exit status to $status. OPTIONS are the tracer's. The tracer checks its own tables at the end of it and of its
# children; a process whose tables do not agree says so and ends with 70.
traced() {
    status=0
    LIBTRACE_OPTIONS="--debug-invariants=yes ${OPTIONS:-}" LD_PRELOAD=$LIBTRACE "$@" >out 2>err || status=$?
    has_not err "tables do not agree"
    [ "$status" != 70 ] || fail "the tracer's tables do not agree (--log-file has what is wrong)"
}
# native COMMAND…: the same without the tracer, into ./native.out, ./native.err, $native_status.
native() {
    native_status=0
    "$@" >native.out 2>native.err || native_status=$?
}
# report ARGUMENT…: leakreport into ./report and ./report.err, exit status in $status.
report() {
    status=0
    "$REPORT" "$@" >report 2>report.err || status=$?
}
# formats [BUT…]: the names that --format takes, as leakreport says them, without those BUT.
formats() {
    { "$REPORT" --format=? /dev/null 2>&1 || true; } | sed 's/.*--format takes \([a-z|]*\).*/\1/' | tr '|' '\n' |
        grep -vxF "$(printf '%s\n' '?' "$@")"
}
# has FILE TEXT…: every fixed text stands in FILE.
has() {
    local file=$1 text
    shift
    for text; do
        grep -qF -e "$text" "$file" || { echo "    $file has no line with: $text"; sed 's/^/    | /' "$file" | head -60; exit 1; }
    done
}
# has_not FILE TEXT…: none of them does.
has_not() {
    local file=$1 text
    shift
    for text; do
        ! grep -qF -e "$text" "$file" || fail "$file has a line with: $text"
    done
}
# a_case NAME COMMAND…: a case test_NAME that is this one command, for scripts that have many of a kind.
a_case() {
    local name=$1
    shift
    eval "test_$name() { $(printf '%q ' "$@"); }"
}
# line_of SOURCE TEXT: the one line of a demo's source that has the text, as "SOURCE:LINE"
line_of() {
    local lines
    lines=$(grep -nF -e "$2" "$TESTS/../demo/$1" | cut -d: -f1)
    [[ $lines =~ ^[0-9]+$ ]] || fail "demo/$1 has not one line with: $2"
    echo "$1:$lines"
}
# libc_since MINOR: this release's glibc is 2.MINOR or newer.
libc_since() { [ "$(getconf GNU_LIBC_VERSION | sed 's/.*\.//')" -ge "$1" ]; }
# equal WHAT EXPECTED ACTUAL
equal() { [ "$2" = "$3" ] || fail "$1: expected «$2», found «$3»"; }
# bare FILE: its lines without the ==PID== in front.
bare() { sed -E 's/^==[0-9]+== ?//' "$1"; }

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    script=$1
    only=${2:-}
    # shellcheck disable=SC1090
    source "$script"
    bad=0 cases=0
    for name in $(declare -F | awk '$3 ~ /^test_/ { print $3 }'); do
        [ -z "$only" ] || [ "$only" = "$name" ] || continue
        folder=$(mktemp -d)
        cases=$((cases + 1))
        # Not inside "if": there bash would switch set -e off.
        (set -e; cd "$folder"; "$name")
        if [ $? -eq 0 ]; then
            echo "[       OK ] ${name#test_}"
        else
            echo "[  FAILED  ] ${name#test_}"
            bad=1
        fi
        rm -rf "$folder"
    done
    # A script that bash cannot read, or a case's name that is misspelt, has not passed.
    [ $cases -gt 0 ] || { echo "[  FAILED  ] no case in $script"; bad=1; }
    exit $bad
fi
