# README's promises: every test that they name is there.

# promises FILE: a line for each, with its tests behind "Tests:"
promises() {
    awk '/^## / { on = /^## What is promised/ }
        !on || !/^(- |  )/ { if (item) print item; item = ""; next }
        /^- / { if (item) print item; item = $0; next }
        { item = item " " substr($0, 3) }
        END { if (item) print item }' "$1"
}
# tests FILE: what its promises name, a test and its cases on a line each
tests() {
    promises "$1" | sed -n 's/.* Tests: //p' | grep -o '`[^`]*`' | tr -d '`'
}
# cases_of TEST: the names of its cases
cases_of() {
    case $1 in
    *.sh) (only=none && source "$1" >/dev/null 2>&1 </dev/null; declare -F) | sed -n 's/^declare -f test_//p' ;;
    *.c) grep -oE '(TEST|CASE|cmocka_unit_test[a-z_]*)\([a-z_0-9]+' "$1" | sed 's/.*(//' ;;
    esac
}
# check_promises FILE: prints the names that lead to nothing
check_promises() {
    local test wanted cases bad=0
    set -f
    while read -r test wanted; do
        [ -f "$TESTS/$test" ] || { echo "    tests/$test is not there"; bad=1; continue; }
        [ -n "$wanted" ] || continue
        cases=$(cd "$(mktemp -d)" && cases_of "$TESTS/$test")
        for name in $wanted; do
            grep -qxE "${name//\*/.*}" <<<"$cases" || { echo "    tests/$test has no case $name"; bad=1; }
        done
    done < <(tests "$1")
    set +f
    return $bad
}

test_every_test_that_is_named_is_there() {
    [ "$(promises "$TESTS/../README.md" | wc -l)" -ge 40 ] || fail 'the list is not found'
    check_promises "$TESTS/../README.md" || fail 'README.md names tests that are not there'
}
# Each has one.
test_no_promise_is_without_a_test() {
    promises "$TESTS/../README.md" | grep -v ' Tests: `' >bare && fail "no test: $(cat bare)"
    return 0
}
test_the_number_of_programs_is_that_of_the_table() {
    awk '/^leak_/ { all++; here = $1 } /^  (valgrind|tracer) / { other[here] } END { print "for " all - length(other) " of " all " programs"; print "the other " length(other) " and" }' \
        "$TESTS/e2e/leak_kinds.table" >numbers
    mapfile -t numbers <numbers
    promises "$TESTS/../README.md" >promised
    has promised "${numbers[@]}"
}
test_the_check_notices_what_is_not_there() {
    printf '%s\n' '## What is promised' '- One.' '  Tests: `e2e/test_kill.sh killed_100_times`,' '  `e2e/test_gone.sh`' \
        '- Two. Tests: `e2e/test_kill.sh killed_for_ever killed_*`, `unit/test_sys.c few_descriptors_are_allowed and_none`' '' '## Other' '- X. Tests: `y`' >table
    check_promises table >found && fail 'nothing is noticed'
    equal 'what is missing' 3 "$(wc -l <found)"
    has found 'e2e/test_gone.sh is not there' 'has no case killed_for_ever' 'has no case and_none'
}
