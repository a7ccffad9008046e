# Bad frees: the program survives them, says what it would have said if they did nothing, and each is named
# in valgrind's words with valgrind's stacks and counts.
source "$TESTS/e2e/books.sh"
valgrind_logs=$(mktemp -d)
trap 'rm -rf "$valgrind_logs"' EXIT

# errors FILE: from the first error on, without what differs from run to run, and without hints, which valgrind has not
errors() {
    bare "$1" | sed -E 's/ 0x[0-9A-Fa-f]+:?//g; s/^(   at .*) \((in |vg_replace_malloc).*/\1/; /^For lists/d; /^Hint: /,/^$/d' | sed -n '/^Invalid\|^Mismatched\|^HEAP SUMMARY/,$p'
}
# survives PROGRAM ARGUMENT…: with its own output and status; the report is in ./report
survives() {
    OPTIONS=--log-file=summary traced "$@"
    equal 'exit status' 3 "$status"
    equal 'last line' survived "$(tail -n 1 out)"
    equal 'bytes on standard error' 0 "$(wc -c <err)"
    report -s trace.log
    equal 'exit status of leakreport' 0 "$status"
}
# Since 3.21 it calls a realloc to size 0 an error, too.
realloc_zero=
! valgrind --help | grep -q show-realloc-size-zero || realloc_zero=--show-realloc-size-zero=no
export realloc_zero
run_valgrind() { # run_valgrind PROGRAM [KIND]: its log and output go to $valgrind_logs
    local name="$valgrind_logs/$1.${2:-}"
    valgrind --command-line-only=yes ${realloc_zero:-} --leak-check=full -s --log-file="$name.log" "$PROGRAMS/$1" ${2:+"$2"} >"$name.out" 2>/dev/null </dev/null || true
}
by_valgrind() { # by_valgrind PROGRAM [KIND]: into ./valgrind.log and ./valgrind.out
    [ -f "$valgrind_logs/$1.${2:-}.out" ] || run_valgrind "$@"
    cp "$valgrind_logs/$1.${2:-}.log" valgrind.log
    cp "$valgrind_logs/$1.${2:-}.out" valgrind.out
}
as_in_valgrind() { # as_in_valgrind PROGRAM [KIND]
    survives "$PROGRAMS/$1" ${2:+"$2"}
    by_valgrind "$@"
    diff valgrind.out out
    errors valgrind.log >theirs
    errors report >ours
    diff theirs ours
}

kinds='twice thrice after_realloc inside inside_freed of_data of_stack of_number delete_of_malloc delete_array_of_malloc
    free_of_new free_of_new_array delete_of_new_array delete_array_of_new realloc_of_new delete_twice
    delete_of_freed free_of_strdup right_sizes long_after reused twice_of_no_size behind
    of_code of_function_of_libc of_literal'
for kind in $kinds; do a_case "$kind" as_in_valgrind free_kinds "$kind"; done
test_contexts_are_counted_as_in_valgrind() { as_in_valgrind free_contexts; has report 'ERROR SUMMARY: 5 errors from 1 contexts'; }

# A realloc that is refused allocates nothing; valgrind counts what was asked for all the same.
realloc_refused() {
    survives "$PROGRAMS/free_kinds" "$1"
    equal 'realloc returns NULL' 1 "$(head -n 1 out)"
    by_valgrind free_kinds "$1"
    errors valgrind.log | grep -v 'total heap usage' >theirs
    errors report | grep -v 'total heap usage' >ours
    diff theirs ours
    equal 'frees' "$(usage valgrind.log | sed 's/.*, \(.*\) frees.*/\1/')" "$(usage report | sed 's/.*, \(.*\) frees.*/\1/')"
}
test_realloc_of_freed() { realloc_refused by_realloc; }
test_realloc_inside() { realloc_refused realloc_inside; }

# Up to 16 bytes beside a block, that block is told.
test_beside_blocks() { as_in_valgrind bad_free_beside; }
# What valgrind knows better.
test_of_code() {
    for kind in of_code of_function_of_libc; do
        survives "$PROGRAMS/free_kinds" $kind
        has report 'Invalid free() / delete / delete[] / realloc()' ": $kind() (free_kinds.cpp:" 'ERROR SUMMARY: 1 errors from 1 contexts'
    done
}

# What valgrind 3.19 does not look at.
wrong() { # wrong KIND TEXT FUNCTION…
    survives "$PROGRAMS/free_kinds" "$1"
    has report "$2" 'is 0 bytes inside a block of size' "${@:3}" ": $1() (free_kinds.cpp:" 'ERROR SUMMARY: 1 errors from 1 contexts' 'All heap blocks were freed'
}
test_wrong_size() { wrong wrong_size 'Mismatched new/delete size value: 31' ': operator delete(void*, unsigned long)'; }
test_wrong_array_size() { wrong wrong_array_size 'Mismatched new[]/delete[] size value: 29' ': operator delete[](void*, unsigned long)'; }
test_wrong_alignment() { wrong wrong_alignment 'Mismatched new/delete alignment alloc value: 64 dealloc value: 128' ': operator delete(void*, std::align_val_t)'; }
test_missing_alignment() { wrong missing_alignment 'Mismatched new/delete alignment alloc value: 64 dealloc value: default-aligned' ': operator delete(void*)'; }
test_wrong_array_alignment() { wrong wrong_array_alignment 'Mismatched new[]/delete[] alignment alloc value: default-aligned dealloc value: 64' ': operator delete[](void*, std::align_val_t)'; }
test_free_sized() {
    survives "$PROGRAMS/free_sized"
    has report 'Mismatched malloc/free_sized size value: 31' ': wrong_size (free_sized.c:' 'Mismatched malloc/free_sized size value: 64' ': wrong_aligned_size (free_sized.c:' \
        'Mismatched aligned_alloc/free_aligned_sized alignment alloc value: 64 dealloc value: 128' ': wrong_alignment (free_sized.c:' 'Invalid free()' ': twice (free_sized.c:' \
        'ERROR SUMMARY: 4 errors from 4 contexts'
    has_not report ': right (free_sized.c'
}

# What operator new allocates for the exception that leaves it, and for itself, is not its block.
test_operators_that_throw_or_keep_books() {
    OPTIONS=--log-file=summary traced "$PROGRAMS/free_exceptions"
    equal 'exit status' 0 "$status"
    report trace.log
    has report 'All heap blocks were freed' 'ERROR SUMMARY: 0 errors from 0 contexts'
}

test_two_threads_at_once() {
    survives "$PROGRAMS/free_threads"
    bare report >bare
    grep -qE '^ERROR SUMMARY: 20,000 errors from [12] contexts' bare || fail "$(grep 'ERROR SUMMARY' bare)"
    has report ' frees, 964,400 bytes allocated' 'in use at exit: 0 bytes in 0 blocks' "is 0 bytes inside a block of size 48 free'd"
    has_not report "not stack'd"
}
# A search among all blocks for each of them would take hours.
test_a_million_of_one_kind() {
    for kind in twice inside data number; do
        survives "$PROGRAMS/free_many" $kind
        has report '1,000,002 frees' 'ERROR SUMMARY: 1,000,000 errors from 1 contexts'
        equal 'records' 1 "$(bare report | sed '/ERROR SUMMARY/,$d' | grep -c '^Invalid free')"
    done
}

# More errors than one extent of the log has room for.
test_in_200_places() {
    OPTIONS=--log-file=summary traced "$PROGRAMS/free_places"
    equal 'exit status' 0 "$status"
    report -s trace.log
    has_not report damaged
    has report 'ERROR SUMMARY: 200 errors from 200 contexts'
}

# All of valgrind's runs beforehand, several at a time, unless one case was asked for.
if [ -z "${only:-}" ]; then
    export -f run_valgrind
    export valgrind_logs
    { echo free_contexts; for kind in $kinds by_realloc realloc_inside; do echo "free_kinds $kind"; done; } |
        xargs -P "$(nproc)" -I{} bash -c 'run_valgrind {}'
fi
