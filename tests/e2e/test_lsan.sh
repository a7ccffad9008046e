# LeakSanitizer's interface, which programs that were written for it find in the tracer.

lsan() { # lsan WHAT: check_lsan's answers into ./answers
    traced "$PROGRAMS/check_lsan" "$1"
    equal 'exit status' 0 "$status"
    paste -sd' ' out >answers
}

test_recoverable_check_tells_that_there_are_leaks() {
    lsan leak
    equal 'answers' 'nothing 0 leak 1' "$(cat answers)"
    bare err >text
    has text 'LEAK CHECK 2, asked for by the program:' '   definitely lost: 24 bytes in 1 blocks' '   indirectly lost: 10 bytes in 1 blocks' \
        '    lost since the last check: 34 bytes in 2 blocks'
    # do_leak_check tells the same and leaves the end of the program as it is.
    has text 'LEAK CHECK 3, asked for by the program:' '    lost since the last check: 0 bytes in 0 blocks' 'LEAK SUMMARY:'
}

test_quiet_checks_print_nothing() {
    OPTIONS=-q lsan leak
    equal 'answers' 'nothing 0 leak 1' "$(cat answers)"
    has_not err 'LEAK CHECK'
}

# With what they point to; and they are forgotten when they are freed, so that the next block there is none of them.
test_ignored_blocks_are_no_leaks() {
    lsan ignored
    equal 'answers' 'nothing 0 ignored 0 many ignored 0' "$(cat answers)"
    has err 'definitely lost: 0 bytes' 'still reachable: 20,110 bytes in 502 blocks' 'total heap usage: 1,003 allocs, 501 frees, 44,206 bytes allocated'
    report --show-leak-kinds=all trace.log
    has report 'still reachable: 20,110 bytes in 502 blocks'
    has_not report 'damaged' 'missing'
}

test_disable_is_the_threads_own_and_nests() {
    lsan disabled
    equal 'answers' 'nothing 0 nested 1 in turn 1' "$(cat answers)"
    has err 'definitely lost: 100 bytes in 1 blocks' 'definitely lost: 4,900 bytes in 201 blocks' 'indirectly lost: 2,010 bytes in 201 blocks' \
        'still reachable: 7,220 bytes in 404 blocks'
    # A stack's figures are those of all its blocks.
    report --top=5 trace.log
    has report '4,900 bytes (26.4%) allocated by 200 calls' '2,000 bytes (10.8%) allocated by 200 calls'
}

test_root_region_is_searched_until_it_is_taken_back() {
    lsan region
    equal 'answers' 'nothing 0 hidden 1 registered 0 unregistered 1' "$(cat answers)"
}

test_program_may_turn_it_off() {
    for what in off options; do
        lsan $what
        equal 'answers' 'nothing 0 leak 0' "$(cat answers)"
        has err 'Leak kinds are not known: no leak check was made: the program has turned it off (__lsan_is_turned_off)'
    done
}

test_suppressions_of_the_program_count_in_the_report() {
    CHECK_SUPPRESSIONS=$'# known\nleak:make_pair' lsan leak
    report --leak-check=full trace.log
    has report 'definitely lost: 0 bytes in 0 blocks' 'suppressed: 34 bytes in 2 blocks'
    CHECK_SUPPRESSIONS='race:it' lsan leak
    report trace.log
    has report 'definitely lost: 24 bytes in 1 blocks' 'suppressed: 0 bytes in 0 blocks' \
        "Note: Suppressions that the program itself names are not used: __lsan_default_suppressions of $PROGRAMS/check_lsan: line 1: " 'does not begin an entry'
}

test_without_the_tracer_the_names_are_not_there() {
    native "$PROGRAMS/check_lsan"
    equal 'answers' 'untraced -1' "$(cat native.out)"
}

# A sanitizer that the program is built with has it to itself.
test_a_sanitizer_in_the_program_is_asked_instead() {
    cat >program.c <<'C'
#include <stdio.h>
#include <stdlib.h>
int __lsan_do_recoverable_leak_check(void);
void __lsan_disable(void);
void __lsan_enable(void);
static __attribute__((noinline)) void lose(void)
{
    char *volatile block = malloc(10);
    block[0] = 1;
}
int main(void)
{
    for (int i = 0; i < 3; i++)
        lose();
    __lsan_disable();
    lose();
    __lsan_enable();
    fprintf(stderr, "answer %d\n", __lsan_do_recoverable_leak_check());
    return 0;
}
C
    gcc -fsanitize=leak -o program program.c
    native ./program
    traced ./program
    equal 'exit status' "$native_status" "$status"
    has native.err 'answer 1' 'SUMMARY: LeakSanitizer: 30 byte(s) leaked in 3 allocation(s).'
    has err 'answer 1' 'SUMMARY: LeakSanitizer: 30 byte(s) leaked in 3 allocation(s).'
    has_not err 'LEAK CHECK'
}
