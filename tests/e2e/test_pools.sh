# Pools and allocators of the program's own, as it declares them: the same source built with valgrind's headers and run
# under memcheck, and built with ours and traced, has the same errors and leaks, by the same stacks.
top=$(cd "$TESTS/.." && pwd)
headers="-I$top/include -I$top/tracer"

agrees() { # agrees WAY
    [ -e twin ] || { cp "$TESTS/programs/pool_requests.c" . && gcc -g -O0 -w -o twin pool_requests.c; }
    valgrind --command-line-only=yes --leak-check=full --show-leak-kinds=all --num-callers=30 --xml=yes --xml-file=v.xml ./twin "$1" >v.out 2>/dev/null
    traced "$PROGRAMS/pool_requests" "$1"
    report --show-leak-kinds=all --num-callers=30 --xml=yes --xml-file=o.xml trace.log
    diff v.out out
    python3 "$TESTS/e2e/xml_differ.py" v.xml o.xml || fail "$1: valgrind has other errors"
    [ "$(xmllint --xpath 'count(//error)' v.xml)" -gt 0 ] || fail "$1: valgrind finds nothing"
}
test_pieces_of_a_pool() { agrees pieces; has out 'exists 1 0'; }
test_a_pool_that_is_destroyed() { agrees destroyed; }
test_memory_of_a_pool_is_freed_and_reused() { agrees freed; }
test_trim() { agrees trimmed; }
test_change_and_move() { agrees changed; has out 'exists 0 1'; }
test_malloclike_resize_and_freelike() { agrees malloclike; }
test_realloc_of_a_blocks_memory_that_had_pieces() { agrees realloc; }
test_metapool() { agrees metapool; agrees metapool-auto; }

# Each parcel in place of its chunk.
test_demo_pool_annotated() {
    native "$BUILD/demo" pool
    traced "$BUILD/demo" pool --annotated
    diff native.out out
    report trace.log
    has report '3,159 (1,600 direct, 1,559 indirect) bytes in 100 blocks are definitely lost in loss record' 'pool_take (pool.c:' \
        'total heap usage: 205 allocs, 1 frees, 5,287 bytes allocated'
    has_not report 'pool_add_chunk'
}

# Threads, each with a pool, and forked children, traced and not, between which nothing is lost: the tables agree at the
# end of each, and none of the children has anything to say.
test_pools_of_threads_and_children() {
    cat >t.c <<'END'
#include <valgrind/valgrind.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
static void *work(void *kept)
{
    for (int round = 0; round < 200; round++) {
        char *memory = malloc(8192);
        VALGRIND_CREATE_MEMPOOL(memory, 0, 0);
        for (int i = 0; i < 64; i++)
            VALGRIND_MEMPOOL_ALLOC(memory, memory + 128 * i, 100);
        for (int i = 0; i < 64; i += 2)
            VALGRIND_MEMPOOL_FREE(memory, memory + 128 * i);
        VALGRIND_DESTROY_MEMPOOL(memory);
        free(memory);
    }
    *(char **)kept = malloc(1000);
    VALGRIND_CREATE_MEMPOOL(*(char **)kept, 0, 0);
    VALGRIND_MEMPOOL_ALLOC(*(char **)kept, *(char **)kept, 10);
    return NULL;
}
static char *kept[4];
int main(void)
{
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, work, &kept[i]);
    for (int i = 0; i < 20; i++)
        if (fork() == 0) {
            char *mine = malloc(100);
            VALGRIND_CREATE_MEMPOOL(mine, 0, 0);
            VALGRIND_MEMPOOL_ALLOC(mine, mine + 8, 10);
            exit(VALGRIND_MEMPOOL_EXISTS(mine) != (getenv("FORKS") != NULL));
        }
    int status, bad = 0;
    while (wait(&status) > 0)
        bad += status != 0;
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    return bad;
}
END
    # shellcheck disable=SC2086
    gcc -g -pthread $headers -o t t.c
    traced ./t
    equal 'bad children' 0 "$status"
    report --show-leak-kinds=all trace.log
    has report '40 bytes in 4 blocks are still reachable' 'definitely lost: 0 bytes in 0 blocks'
    for round in 1 2 3; do
        rm -f child.* summary.*
        FORKS=yes OPTIONS="--trace-children=yes --trace-file=child.%p.log --log-file=summary.%p" traced ./t
        equal 'bad traced children' 0 "$status"
        equal 'logs' 21 "$(ls child.*.log | wc -l)"
        cat summary.* >summaries
        has_not summaries 'libtrace: '
    done
}

# The lock of the pools' table is not left taken, and no later request is lost.
test_siglongjmp_out_of_a_pool_request() {
    status=0
    timeout 60 env LIBTRACE_OPTIONS=--debug-invariants=yes LD_PRELOAD="$LIBTRACE" "$PROGRAMS/pool_jumps" >out 2>err || status=$?
    equal 'exit status' 0 "$status"
    has out 'exists 1'
    has_not err 'libtrace: '
}

# C, old C and C++ take the headers without a warning; not traced, every request answers as outside of valgrind.
test_headers() {
    cat >h.c <<'END'
#include <valgrind/memcheck.h>
#include <stdio.h>
int main(void)
{
    unsigned long leaked, dubious, reachable, suppressed;
    char block[64];
    (void)block;
    VALGRIND_MALLOCLIKE_BLOCK(block, 64, 0, 0);
    VALGRIND_RESIZEINPLACE_BLOCK(block, 64, 32, 0);
    VALGRIND_FREELIKE_BLOCK(block, 0);
    VALGRIND_CREATE_MEMPOOL(block, 0, 0);
    VALGRIND_MAKE_MEM_NOACCESS(block, 64);
    VALGRIND_DO_LEAK_CHECK;
    VALGRIND_COUNT_LEAKS(leaked, dubious, reachable, suppressed);
    VALGRIND_PRINTF("%d", 1);
    VALGRIND_DISABLE_ERROR_REPORTING;
    printf("%u %u %lu %d %d\n", (unsigned)RUNNING_ON_VALGRIND, (unsigned)VALGRIND_MEMPOOL_EXISTS(block),
           leaked + dubious + reachable + suppressed, (int)VALGRIND_CHECK_MEM_IS_DEFINED(block, 64), (int)VALGRIND_COUNT_ERRORS);
    return 0;
}
END
    cp h.c h.cpp
    for compiler in 'gcc -std=gnu11' 'gcc -std=gnu89' 'gcc -std=c99 -DNVALGRIND' 'g++ -std=c++11' 'clang -std=gnu11' 'clang++'; do
        source=h.c
        case $compiler in *++*) source=h.cpp ;; esac
        # shellcheck disable=SC2086
        $compiler -g -Wall -Wextra -Werror -Wno-unused-value $headers -o h $source || fail "$compiler refuses"
        native ./h
        equal "answers, $compiler" '0 0 0 0 0' "$(cat native.out)"
    done
}
# Checks from inside, and names of regions, by memcheck's words.
test_memchecks_requests() {
    cat >c.c <<'END'
#include <valgrind/memcheck.h>
#include <stdio.h>
#include <stdlib.h>
static void *kept;
static __attribute__((noinline)) void lose(void) { *(char *)malloc(33) = 1; }
static __attribute__((noinline)) void forget(void) { volatile char space[2000]; for (int i = 0; i < 2000; i++) space[i] = 0; }
int main(void)
{
    unsigned long leaked, dubious, reachable, suppressed;
    kept = malloc(44);
    lose();
    forget();
    VALGRIND_CREATE_BLOCK(kept, 44, "kept for good");
    VALGRIND_DO_LEAK_CHECK;
    VALGRIND_COUNT_LEAKS(leaked, dubious, reachable, suppressed);
    printf("%lu %lu %lu\n", leaked, dubious, reachable);
    VALGRIND_COUNT_LEAK_BLOCKS(leaked, dubious, reachable, suppressed);
    printf("%lu %lu %lu\n", leaked, dubious, reachable);
    return 0;
}
END
    # shellcheck disable=SC2086
    gcc -g -w $headers -o c c.c
    gcc -g -w -o twin c.c
    valgrind -q --command-line-only=yes ./twin >v.out 2>/dev/null
    # Valgrind 3.16 finds a pointer to the block that is lost.
    [ "$(valgrind --version)" != valgrind-3.16.1 ] || printf '33 0 44\n1 0 1\n' >v.out
    traced ./c
    diff v.out out
    report --show-leak-kinds=all trace.log
    has report 'The block is named "kept for good"'
}
