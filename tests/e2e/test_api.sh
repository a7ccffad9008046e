# The malloc family's behaviour: the same results, errno, alignment and output with the tracer as without,
# and totals that are the program's own truth.
source "$TESTS/e2e/books.sh"

test_malloc_calloc_free() { books_agree api_malloc; }
test_realloc_and_reallocarray() { books_agree api_realloc; }
test_aligned_allocation() { books_agree api_aligned; }
test_usable_size() { books_agree api_usable; }
test_memory_before_main_and_after_it() {
    books_agree api_early
    has summary 'All heap blocks were freed -- no leaks are possible'
}
test_memory_before_main_is_traced_in_a_child_that_execs() {
    OPTIONS='--trace-children=yes --trace-file=%p.log --log-file=summary.%p' traced sh -c "exec '$PROGRAMS/api_early'"
    equal 'exit status' 0 "$status"
    equal 'totals' "$(truth out)" "$(usage summary.*)"
}

# Of these valgrind says the same. (It aborts at pvalloc, counts a realloc that fails, and its usable sizes
# are its own.)
test_totals_are_valgrinds() {
    for program in api_malloc api_early; do valgrind_agrees $program; done
}
test_strings_and_streams() { valgrind_agrees api_strings; }
test_dlsym_and_dlopen_that_fail() { valgrind_agrees api_dlsym; }

# What libc allocates for a thread (its DTV) has a size that depends on the libraries loaded.
test_blocks_freed_while_threads_end() {
    same "$PROGRAMS/api_thread_ends"
    by_valgrind "$PROGRAMS/api_thread_ends"
    counts() { usage "$1" | sed -E 's/.*: (.*), .*/\1/'; }
    equal 'allocs and frees' "$(counts valgrind.log)" "$(counts summary)"
    no_errors api_thread_ends
}

test_c23_and_old_names_exist() {
    native "$PROGRAMS/api_sized"
    traced "$PROGRAMS/api_sized"
    equal 'exit status' 0 "$status"
    has out 'free_sized: yes, free_aligned_sized: yes, cfree: yes' 'truth: 7 bytes in 1 blocks: 4 allocs, 3 frees, 635 bytes'
    equal 'totals' "$(truth out)" "$(usage err)"
}

# 1 TiB and the sizes around the log's 36 bits; the machine's memory does not matter.
test_huge_blocks() {
    status=0
    LD_PRELOAD="$LIBTRACE $PROGRAMS/libapi_huge.so" "$PROGRAMS/api_huge" >out 2>err || status=$?
    equal 'exit status' 0 "$status"
    equal 'totals' "$(truth out)" "$(usage err)"
    report --show-leak-kinds=all trace.log
    equal '1 TiB' '1099511627776 bytes in 1 blocks by malloc' "$(block_of one_tebibyte)"
    equal '64 GiB less one' '68719476735 bytes in 1 blocks by malloc' "$(block_of at_the_limit)"
    equal 'freed blocks' '' "$(block_of freed_later)"
    has report 'in use at exit: 1,168,231,104,511 bytes in 2 blocks'
}
test_a_failing_realloc_leaves_its_block_once() {
    traced "$PROGRAMS/api_realloc"
    report --show-leak-kinds=all trace.log
    equal 'the block' '777 bytes in 1 blocks by malloc' "$(block_of failing_leaves_the_block)"
    equal 'realloc(NULL, 0), which valgrind names malloc too' '0 bytes in 1 blocks by malloc' "$(block_of to_zero)"
}
test_report_names_the_aligned_functions() {
    traced "$PROGRAMS/api_aligned"
    report --show-leak-kinds=all trace.log
    equal 'blocks of main' "1 bytes in 1 blocks by memalign
1000 bytes in 1 blocks by posix_memalign
8192 bytes in 1 blocks by aligned_alloc" "$(block_of main | sort -n)"
}
test_tracing_that_begins_inside_newlocale() {
    status=0
    timeout 20 env -i LD_PRELOAD="$LIBTRACE" LIBTRACE_OPTIONS=--log-file=summary "$PROGRAMS/api_locale" >out || status=$?
    equal 'exit status' 0 "$status"
    has out 'the locale was changed'
    no_errors api_locale
}

# glibc has it since 2.34. Its malloc has no default version; the program's reference names the other one.
libc_since 34 && test_malloc_debug_in_front() {
    status=0
    LD_PRELOAD=libc_malloc_debug.so.0:$LIBTRACE "$PROGRAMS/leak_direct" >out 2>err || status=$?
    has err 'total heap usage: 0 allocs' 'the program has a malloc of its own, which the tracer does not see'
    has_not err 'no leaks are possible'
    report --error-exitcode=9 trace.log
    has report 'comes before the tracer'"'"'s: what it allocates is not seen'
    has_not report 'no leaks are possible'
    [ "$status" != 0 ] || fail 'exit status 0'
}
test_malloc_that_calls_the_next_one() {
    cat >wrap.c <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
void *malloc(size_t size)
{
    static void *(*next)(size_t);
    if (!next)
        next = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
    return next(size);
}
END
    printf '#include <stdlib.h>\nvoid *volatile last;\nint main(void) { last = malloc(77); free(last); last = malloc(78); last = 0; return 0; }\n' >prog.c
    gcc -g -shared -fPIC -o wrap.so wrap.c -ldl
    gcc -g -o prog prog.c
    status=0
    LD_PRELOAD=./wrap.so:$LIBTRACE ./prog >out 2>err || status=$?
    equal 'exit status' 0 "$status"
    has err 'another malloc comes before' 'definitely lost: 78 bytes in 1 blocks'
    has_not err 'does not see'
    report --error-exitcode=9 trace.log
    equal 'exit status of leakreport' 9 "$status"
    has report 'only what it takes from the next malloc is seen' ': malloc (wrap.c:9)' ': main (prog.c:3)'
}

test_malloc_of_the_programs_own() {
    native "$PROGRAMS/api_own_malloc"
    traced "$PROGRAMS/api_own_malloc"
    cmp native.out out
    equal "exit status" "$native_status" "$status"
    has err 'the program has a malloc of its own, which the tracer does not see'
    has_not err 'no leaks are possible'
    report trace.log
    has report 'The program has a malloc of its own'
    has_not report 'no leaks are possible'
}

# It begins before the tracer, and asks with its lock taken: nothing of the tracer's may call it then (rustc hung).
test_malloc_of_the_programs_own_that_begins_first() {
    native "$PROGRAMS/api_own_malloc_first"
    traced "$PROGRAMS/api_own_malloc_first"
    cmp native.out out
    equal "exit status" "$native_status" "$status"
}
test_sysconf() { same "$PROGRAMS/api_sysconf"; }
