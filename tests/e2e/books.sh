# books.sh: comparing what a program says of itself, what the tracer says of it, and what valgrind says.
# Sourced by the tests that need it.

# usage FILE: "BYTES in BLOCKS: ALLOCS allocs, FREES frees, TOTAL allocated" of its HEAP SUMMARY, without commas
usage() {
    bare "$1" | tr -d , | awk '
        /^HEAP SUMMARY:/ { seen++ }
        seen == 1 && / in use at exit: / { live = $5 " in " $8 }
        seen == 1 && /^ +in use at exit: / { live = $5 " in " $8 }
        seen == 1 && /^ *total heap usage: / { print live ": " $4 " allocs, " $6 " frees, " $8 " allocated"; exit }'
}
# truth FILE [ALLOCS FREES BYTES]: the same from the program's own books, plus what it cannot know of
truth() {
    awk -v a="${2:-0}" -v f="${3:-0}" -v b="${4:-0}" '
        /^truth: / { printf "%.0f in %.0f: %.0f allocs, %.0f frees, %.0f allocated\n", $2, $5 + a - f, $7 + a, $9 + f, $11 + b }' "$1"
}

# same PROGRAM ARGUMENT…: the same output, errors and exit status without and with the tracer, whose own
# words go to ./summary
same() {
    local OPTIONS="--log-file=summary ${OPTIONS:-}"
    native "$@"
    traced "$@"
    equal "exit status of $1" "$native_status" "$status"
    diff native.out out | head -20 || true
    cmp native.out out || fail "the output of $1 changes"
    diff native.err err | head -20 || true
    cmp native.err err || fail "the error output of $1 changes"
    [ -s summary ] || fail "$1 was not traced"
}
# books_agree PROGRAM [ALLOCS FREES BYTES]: same, and the tracer's totals are the program's truth, and no
# error is found in it
books_agree() {
    same "$PROGRAMS/$1"
    equal "exit status of $1" 0 "$status"
    has out 'truth: '
    equal "the totals of $1" "$(truth out "${@:2}")" "$(usage summary)"
    no_errors "$1"
}
# no_errors NAME: the log in hand has no bad frees and no losses
no_errors() {
    report --leak-check=summary trace.log
    equal "exit status of leakreport for $1" 0 "$status"
    has_not report Invalid Mismatched 'could not' 'without a call stack'
}
# by_valgrind PROGRAM ARGUMENT…: into ./valgrind.log
by_valgrind() {
    valgrind --command-line-only=yes --leak-check=full --show-leak-kinds=all --log-file=valgrind.log "$@" \
        >valgrind.out 2>valgrind.err || true
}
# valgrind_agrees PROGRAM: same, and valgrind's HEAP SUMMARY is the tracer's
valgrind_since() { [ "$(printf '%s\n' "$1" "$(valgrind --version | sed 's/valgrind-//')" | sort -V | head -1)" = "$1" ]; }
valgrind_agrees() {
    same "$PROGRAMS/$1"
    by_valgrind "$PROGRAMS/$1"
    equal "the totals of $1" "$(usage valgrind.log)" "$(usage summary)"
    no_errors "$1"
}
# block_of FUNCTION: the first lines of the records that name FUNCTION in their stack, with the allocation
# function: "BYTES bytes in BLOCKS blocks by ALLOCATOR"
block_of() {
    bare report | awk -v name="$1" '
        / in (loss )?record / { head = $0; sub(/ (is|are) .*/, "", head) }
        /^   at / { sub(/^   at 0x[0-9A-F]+: /, ""); sub(/ \(in .*/, ""); sub(/ \([^ ]*:[0-9]+\)$/, ""); at = $0 }
        /^$/ { head = "" }
        head && /^   (at|by) / && index($0, ": " name " (") { print head " by " at; head = "" }' | tr -d , | sort
}
