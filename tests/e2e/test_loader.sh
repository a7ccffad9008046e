# The dynamic loader: libraries whose malloc is not the preloaded one, and libraries that come and go.
source "$TESTS/e2e/books.sh"

# deepbind ARGUMENT…: as without the tracer, and no error is found in it
deepbind() {
    same "$PROGRAMS/loader_deepbind" "$@"
    equal 'exit status' 0 "$status"
    no_errors "$*"
}
test_blocks_of_a_deepbind_library_are_freed() {
    deepbind frees
    # 20 rounds of 12 sizes, 40 of 100 bytes, and the one that outlives the library
    has report 'Note: 281 frees were of blocks that the tracer had not seen allocated' 'ERROR SUMMARY: 0 errors'
}
test_blocks_of_a_deepbind_library_are_resized() { deepbind resizes; }
test_aligned_blocks_of_a_deepbind_library() { deepbind alignments; }
test_addresses_that_are_seen_and_unseen_in_turn() { deepbind turns; }
test_blocks_of_a_deepbind_library_in_threads() { deepbind threads; }
test_many_blocks_of_a_deepbind_library() { deepbind many; }
# With a libc of its own; only what lies in no main arena can be freed across the border, natively too.
test_blocks_of_another_namespace() { deepbind threads namespace; }
test_what_is_not_seen_is_said() {
    for where in '' namespace; do
        # shellcheck disable=SC2086
        OPTIONS=--log-file=summary traced "$PROGRAMS/loader_deepbind" threads $where
        has summary 'libtrace: a library allocates past the tracer'
        report trace.log
        has report 'Note: A library allocates past the tracer (opened with RTLD_DEEPBIND or dlmopen'
    done
    OPTIONS=--log-file=summary traced "$PROGRAMS/leak_direct"
    has_not summary 'past the tracer'
}
test_bad_frees_beside_a_deepbind_library_are_still_found() {
    OPTIONS=--log-file=summary traced "$PROGRAMS/loader_deepbind" mistakes
    equal 'exit status' 0 "$status"
    report trace.log
    has report 'ERROR SUMMARY: 9 errors from 9 contexts' 'Note: 5 frees were of blocks'
    equal 'errors of mistakes()' 9 "$(grep -cE '^==[0-9]+==    by .*: mistakes \(loader_deepbind.c:' report)"
}
test_operators_of_a_deepbind_library() {
    OPTIONS=--log-file=summary traced "$PROGRAMS/loader_deepbind_cxx"
    equal 'exit status' 3 "$status"
    no_errors loader_deepbind_cxx
    OPTIONS=--log-file=summary traced "$PROGRAMS/loader_deepbind_cxx" wrong
    equal 'exit status' 3 "$status"
    report -s trace.log
    has report 'ERROR SUMMARY: 2 errors from 2 contexts' 'Mismatched free() / delete / delete []'
}

come_and_go() {
    same "$PROGRAMS/loader_loop" "$1"
    equal 'exit status' 0 "$status"
    no_errors "$1"
    has_not report damaged
    report --show-leak-kinds=all trace.log
}
test_library_that_comes_and_goes() {
    come_and_go again
    by_valgrind "$PROGRAMS/loader_loop" again
    equal 'in use at exit' "$(usage valgrind.log | cut -d: -f1)" "$(usage summary | cut -d: -f1)"
}
# One record for the library, and one of each of its stacks, however often it comes.
test_library_that_comes_for_ever() {
    OPTIONS=-q traced "$PROGRAMS/loader_loop" again 100
    local few
    few=$(stat -c %s trace.log)
    OPTIONS=-q traced "$PROGRAMS/loader_loop" again 5000
    equal 'exit status' 0 "$status"
    # The long run has moments of the growth, too; 4,900 modules more would be 600 KB.
    [ "$(stat -c %s trace.log)" -le $((few + 128 * 1024)) ] || fail "the log grew from $few to $(stat -c %s trace.log) bytes"
}
# Each block is its own library's, though both lay at one address, and a hundred others after them.
test_library_at_the_address_of_another() {
    come_and_go replaced
    equal 'block of the one' '4321 bytes in 1 blocks by malloc' "$(block_of deep_leak)"
    equal 'block of the other' '4321 bytes in 1 blocks by malloc' "$(block_of twin_leak)"
    has_not report '???'
}
test_libraries_come_and_go_while_threads_allocate() {
    for _ in 1 2 3; do come_and_go threads; done
}

# A thread has the loader's lock meanwhile, or had it at the fork: nobody waits for it.
with_lock() { # with_lock TIMES WAY [NOTE]
    OPTIONS='-q --trace-children=yes --trace-file=t.%p.log' traced "$PROGRAMS/loader_lock" "$2" "$1"
    equal "exit status of $2" 0 "$status"
    equal 'calls that came back' "$2: $1 of $1" "$(cat out)"
    for log in t.*.log; do
        report --leak-check=summary "$log"
        has report 'ERROR SUMMARY: 0 errors'
        grep 'Note: ' report | grep -v 'allocates past the tracer' >>notes || true
    done
    equal notes "${3:-}" "$(bare notes)"
}
test_new_call_sites_while_the_lock_of_the_loader_is_held() { with_lock 1 here; }
test_new_call_sites_in_a_child_forked_while_it_was_held() { with_lock 1 fork; }
test_foreign_block_freed_in_a_child_forked_while_it_was_held() { with_lock 1 fork_frees 'Note: 1 frees were of blocks that the tracer had not seen allocated: they were carried out, and are not in the totals.'; }
test_children_forked_while_libraries_come_and_go() { with_lock 20 churn; }
# A program that opens the tracer itself, or has it behind libc, runs as it is.
test_tracer_behind_libc() {
    native python3 -c "import ctypes; ctypes.CDLL('$LIBTRACE'); print('alive')"
    equal 'exit status' '0 alive' "$native_status $(cat native.out)"
    has native.err 'libtrace.so comes after libc' 'nothing is traced'
    echo '#include <stdlib.h>
int main(void) { free(malloc(7)); return 3; }' >behind.c
    gcc behind.c -o behind -lc -Wl,--no-as-needed "$LIBTRACE" -Wl,-rpath,"$(dirname "$LIBTRACE")"
    native ./behind
    equal 'exit status' 3 "$native_status"
    has native.err 'libtrace.so comes after libc'
    [ ! -e trace.log ] || fail 'there is a log'
}
