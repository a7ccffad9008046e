# Leak checks that a program makes while it runs (leakreport.h), and what is left of them in the log.

# The kinds of valgrind on the same program at its end, but for what was freed by then.
test_a_hundred_checks_of_one_heap_find_the_same() {
    traced "$PROGRAMS/check_repeat" 100
    equal 'exit status' 0 "$status"
    has out 'definitely 60000 in 1500, indirectly 60000 in 1500, possibly 40 in 1, reachable 120 in 3' 'different 0, not made 0'
    has err 'definitely lost: 60,000 bytes in 1,500 blocks' 'indirectly lost: 60,000 bytes in 1,500 blocks' 'total heap usage: 3,017 allocs, 13 frees,'
    report trace.log
    has report 'Note: Of 100 leak checks that were made while it ran, the latest, ' \
        ' s after the start, found 60,000 bytes in 1,500 blocks definitely lost, 60,000 bytes in 1,500 blocks indirectly lost and 40 bytes in 1 blocks possibly lost.'
    has_not report 'damaged' 'in place'
}

# At six moments of one program: VALGRIND_COUNT_LEAKS and leakreport_check.
test_checks_find_what_valgrinds_find() {
    cat >program.c <<'C'
#include "leakreport.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/memcheck.h>
struct node {
    struct node *next, *other;
    char rest[24];
};
static struct node *kept[8];
static char *inside[8];
static unsigned number = 12345;
static unsigned next_number(void) { return (number = number * 1103515245u + 12345u) >> 8; }
static __attribute__((noinline)) void step(void)
{
    for (int i = 0; i < 300; i++) {
        struct node *a = calloc(1, sizeof *a);
        unsigned what = next_number() % 10;
        if (what < 3) {
            a->next = kept[next_number() % 8];
            kept[next_number() % 8] = a;
        } else if (what < 4) {
            inside[next_number() % 8] = (char *)a + next_number() % 40;
        } else if (what < 7) {
            struct node *b = calloc(1, sizeof *b);
            a->next = b;
            b->other = next_number() & 1 ? a : NULL;
        } else if (what < 9) {
            free(a);
        }
    }
}
static __attribute__((noinline)) void clear(void)
{
    volatile char stack[4096];
    memset((void *)stack, 0, sizeof stack);
}
int main(void)
{
    for (int i = 0; i < 6; i++) {
        unsigned long lost = 0, possibly = 0, reachable = 0, suppressed = 0;
        struct leakreport_leaks leaks;
        step();
        clear();
        if (RUNNING_ON_VALGRIND) {
            VALGRIND_DO_QUICK_LEAK_CHECK;
            VALGRIND_COUNT_LEAKS(lost, possibly, reachable, suppressed);
        } else if (leakreport_check(&leaks)) {
            lost = leaks.definitely_lost_bytes + leaks.indirectly_lost_bytes;
            possibly = leaks.possibly_lost_bytes;
            reachable = leaks.reachable_bytes;
        }
        printf("lost %lu, possibly %lu, reachable %lu\n", lost, possibly, reachable + suppressed);
        fflush(stdout);
    }
    return 0;
}
C
    gcc -g -O0 -I"$TESTS/../tracer" -o program program.c
    valgrind -q ./program >valgrinds 2>said
    [ "$(wc -l <valgrinds)" = 6 ] || fail "valgrind: $(cat said)"
    traced ./program
    diff valgrinds out >differ || fail "$(cat differ)"
}

# The environment is in use until the end, where libc gives it back.
test_what_libc_keeps_is_in_use() {
    cat >program.c <<'C'
#include "leakreport.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static __attribute__((noinline)) void put(void)
{
    char *text = malloc(30);
    putenv(strcpy(text, "MINE=1"));
    setenv("OTHER", "2", 1);
}
static __attribute__((noinline)) void clear(void)
{
    volatile char stack[4096];
    memset((void *)stack, 0, sizeof stack);
}
int main(void)
{
    struct leakreport_leaks leaks = {0};
    put();
    clear();
    leakreport_check(&leaks);
    printf("lost %lu, reachable %d\n", leaks.definitely_lost_blocks + leaks.indirectly_lost_blocks + leaks.possibly_lost_blocks, leaks.reachable_blocks > 0);
    return 0;
}
C
    gcc -g -O0 -I"$TESTS/../tracer" -o program program.c
    traced ./program
    equal 'blocks' 'lost 0, reachable 1' "$(cat out)"
}

test_threads_at_work_change_nothing() {
    traced "$PROGRAMS/check_repeat" 60 3
    equal 'exit status' 0 "$status"
    has out 'definitely 60000 in 1500, indirectly 60000 in 1500, possibly 40 in 1' 'different 0, not made 0'
}

# What a check needs is kept for the next one; of the checks the log keeps the last.
test_many_checks_take_no_more_memory_or_storage_than_a_few() {
    local few many
    traced "$PROGRAMS/check_repeat" 100
    few=$(stat -c %b trace.log)
    traced "$PROGRAMS/check_repeat" 600
    many=$(stat -c %b trace.log)
    has out 'more memory: no'
    [ "$many" -le $((few + 16)) ] || fail "after 100 checks the log has $few sectors, after 600 $many"
}

test_without_the_tracer_nothing_is_asked() {
    native "$PROGRAMS/check_repeat" 3
    equal 'exit status' 0 "$native_status"
    has native.out 'no check' 'different 0, not made 2'
}

# A held call is begun anew: nobody sees that the threads were stopped.
test_no_call_of_other_threads_is_cut_short() {
    native "$PROGRAMS/check_calls"
    traced "$PROGRAMS/check_calls"
    equal 'what the calls returned' "$(cat native.out)" "$(cat out)"
}

# churn CHECKS [LIBRARY]: with threads, forks, libraries and signals coming and going; exit is called while a check is under way.
churn() {
    traced "$PROGRAMS/check_churn" "$@"
    equal 'exit status' 3 "$status"
    equal 'checks and children' 'failed 0, different 0, bad children 0' "$(cat out)"
    has err 'definitely lost: 40 bytes in 1 blocks' 'indirectly lost: 0 bytes in 0 blocks'
}
test_threads_forks_libraries_and_signals_do_not_disturb() { churn 40 "$PROGRAMS/libloader_twin.so"; }
test_traced_children_do_not_disturb() { OPTIONS='--trace-children=yes --trace-file=t.%p.log' churn 40; }

# A name is a block's as long as that lives, and is shown with its leak; in the table there is space for 4,096 at a time.
test_named_blocks() {
    traced "$PROGRAMS/check_names" many
    has out 'named 1' 'at the same place 1' '111111111111' 'regions 1 1' 'of many 4083, then 10' 'no block 0, no name 0'
    report --show-leak-kinds=all trace.log
    has report 'The block is named "arena"' '"session 6", "session 7" and 4 more have names'
    has_not report '"gone"' '"ended"' '"one of many"' '"later"'
    report --xml=yes --xml-file=x.xml trace.log
    equal 'in XML' 'The block is named "arena"' "$(xmllint --xpath 'string(//error[contains(xwhat/text, "1,000 bytes")]/auxwhat)' x.xml)"
    printf '#include "leakreport.h"\n#include <stdlib.h>\nint main(void) { return leakreport_name(malloc(1), "x") + leakreport_name_region(0, 1, "x"); }\n' >n.c
    gcc -I"$(dirname "$BUILD")/tracer" -o n n.c
    native ./n
    equal 'not traced' 0 "$native_status"
}
