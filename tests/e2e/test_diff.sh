# --diff=OLD: what is new, grew, shrank and is gone.

# log_of NAME PROGRAM [ARGUMENT…]: its log, as NAME
log_of() {
    local name=$1
    shift
    OPTIONS="-q --trace-file=$PWD/$name" traced "$@"
}
# make_program FOLDER [SED…]: a program that leaks as its arguments say, "grow=5 gone=1"; its text may be changed
make_program() {
    local folder=$1
    shift
    mkdir -p "$folder"
    cat >"$folder/prog.c" <<'END'
#include <stdlib.h>
#include <string.h>
static int times(int count, char **arguments, const char *name)
{
    for (int i = 1; i < count; i++)
        if (strncmp(arguments[i], name, strlen(name)) == 0 && arguments[i][strlen(name)] == '=')
            return atoi(arguments[i] + strlen(name) + 1);
    return 0;
}
#define NOINLINE __attribute__((noinline))
static NOINLINE void *make(size_t size) { char *made = malloc(size); made[0] = 1; return made; }
static NOINLINE void grow(void) { make(100); }
static NOINLINE void steady(void) { make(7); }
static NOINLINE void gone(void) { make(55); }
static NOINLINE void fresh(void) { make(33); }
static NOINLINE void twice(int which)
{
    if (which == 1) make(20);
    if (which == 2) make(20);
}
static NOINLINE void bad(void) { char *block = malloc(5); free(block); free(block); }
static NOINLINE void other(void) { char *block = malloc(6); free(block); free(block); }
static NOINLINE void clobber(void) { volatile char space[4000]; for (int i = 0; i < 4000; i++) space[i] = 0; }
#define DO(what) for (int i = times(count, arguments, #what); i > 0; i--) what()
int main(int count, char **arguments)
{
    DO(grow);
    DO(steady);
    DO(gone);
    DO(fresh);
    DO(bad);
    DO(other);
    for (int i = times(count, arguments, "first"); i > 0; i--) twice(1);
    for (int i = times(count, arguments, "second"); i > 0; i--) twice(2);
    clobber();
    return 0;
}
END
    [ $# -eq 0 ] || sed -i "$@" "$folder/prog.c"
    gcc -g "${LEVEL:--O1}" -fno-builtin -Wl,--build-id -o "$folder/prog" "$folder/prog.c" 2>/dev/null
}
records() { sed -nE 's/^==[0-9]+== (.* (record|stack) [0-9]+ of [0-9]+)$/\1/p' report; }
# who FUNCTION: the sentence above its stack
who() { awk -v name="$1" '/ record [0-9]+ of /{ line = $0 } $0 ~ ": " name " \\(" { print line }' report | sed -E 's/^==[0-9]+== //; s/ in (new )?loss record.*/ (\1)/; s/ \(\)$//; s/ \(new \)$/ (new)/'; }
change() { bare report | sed -nE "s/^ +$1: //p"; }

# The same binary, checked by valgrind in between: its text, but for "new", which valgrind 3.21 has.
test_it_says_what_valgrind_says_of_changes() {
    valgrind --leak-check=full --show-leak-kinds=all "$PROGRAMS/diff_phases" 2>valgrind.out
    log_of old.log "$PROGRAMS/diff_phases" 1
    log_of new.log "$PROGRAMS/diff_phases" 2
    report --diff=old.log --show-leak-kinds=all new.log
    # The second of the three leak checks, and its summary.
    sed -nE 's/^==[0-9]+== //p' valgrind.out | awk '/^LEAK SUMMARY/ { part++ } part == 1' | grep -E ' record | lost: | reachable: |suppressed: ' |
        awk '/record/ { seen = 1 } seen' | sed 's/new loss/loss/' >expected
    sed -nE 's/^==[0-9]+== //p' valgrind.out | awk '/^LEAK SUMMARY/ { part++ } part == 2' | grep -E ' lost: | reachable: |suppressed: ' >>expected
    bare report | grep -E ' record | (lost|reachable|suppressed): ' | sed 's/new loss/loss/' >seen
    [ "$(wc -l <expected)" -gt 8 ] || fail "valgrind said: $(cat expected)"
    diff expected seen || fail 'it is not what valgrind says'
}

test_what_is_new_grew_shrank_and_is_gone() {
    make_program a
    log_of old.log a/prog grow=2218 steady=3 gone=4 first=9
    log_of new.log a/prog grow=6702 steady=3 fresh=2 first=5
    report --diff=old.log new.log
    equal grow '670,200 (+448,400) bytes in 6,702 (+4,484) blocks are definitely lost' "$(who grow)"
    equal fresh '66 (+66) bytes in 2 (+2) blocks are definitely lost (new)' "$(who fresh)"
    equal gone '0 (-220) bytes in 0 (-4) blocks are definitely lost' "$(who gone)"
    equal first '100 (-80) bytes in 5 (-4) blocks are definitely lost' "$(who twice)"
    equal steady '' "$(who steady)"
    has report 'definitely lost: 670,387 (+448,166) bytes in 6,712 (+4,478) blocks' 'Compared with: ' \
        'total heap usage: 6,712 (+4,478) allocs, 0 (+0) frees'
    equal 'new' '66 bytes in 2 blocks, 1 records' "$(change new)"
    equal 'grew' '221,800 -> 670,200 bytes in 2,218 -> 6,702 blocks, 1 records' "$(change increased)"
    equal 'shrank' '180 -> 100 bytes in 9 -> 5 blocks, 1 records' "$(change decreased)"
    equal 'gone' '220 bytes in 4 blocks, 1 records' "$(change gone)"
    equal 'same' '21 bytes in 3 blocks, 1 records (not shown; --show=any shows them)' "$(change unchanged)"
}

test_show_says_which() {
    make_program a
    log_of old.log a/prog grow=2 steady=3 gone=4 first=9
    log_of new.log a/prog grow=3 steady=3 fresh=2 first=5
    shown() { # shown WORD: functions of the records, and how many errors
        report --diff=old.log --show="$1" new.log
        echo "$(bare report | sed -nE 's/^   by [^:]*: ([a-z]+) .*/\1/p' | grep -vE 'make|main' | sort | tr '\n' ' ')$(bare report | sed -n 's/ERROR SUMMARY: \([0-9]*\).*/\1/p')"
    }
    equal new 'fresh 1' "$(shown new)"
    equal increased 'fresh grow 2' "$(shown increased)"
    equal changed 'fresh gone grow twice 2' "$(shown changed)"
    equal any 'fresh gone grow steady twice 2' "$(shown any)"
    report --show=new new.log
    equal 'exit status' 2 "$status"
    has report.err '--show is about what has changed: add --diff=OLD'
    report --diff=old.log --format=pprof new.log
    equal 'exit status' 2 "$status"
    has report.err '--diff goes with'
}

test_errors_are_what_is_new_or_grew() {
    make_program a
    log_of old.log a/prog grow=2 bad=1
    log_of same.log a/prog grow=2 bad=1
    log_of grown.log a/prog grow=3 bad=1
    log_of new.log a/prog grow=2 fresh=1
    log_of bad.log a/prog grow=2 other=1
    code() { report --diff=old.log --error-exitcode=9 "$@"; echo "$status"; }
    equal same 0 "$(code same.log)"
    equal grown 9 "$(code grown.log)"
    equal 'grown, and only what is new counts' 0 "$(code --show=new grown.log)"
    equal new 9 "$(code --show=new new.log)"
    equal 'a bad free that was not there' 9 "$(code bad.log)"
    report --diff=old.log bad.log
    equal 'bad frees' 1 "$(grep -c 'Invalid free' report)"
    has report 'Different errors that are gone: 1'
    report --diff=old.log same.log
    has report 'Different errors that were there before, too: 1' 'ERROR SUMMARY: 0 errors from 0 contexts'
    has_not report 'Invalid free'
    report --diff=new.log --error-exitcode=9 old.log
    equal 'the other way round' 9 "$status" # the bad free
}

# Lines move by 3, the two leaks of one function with them; "first" is gone, "second" stays.
test_a_rebuilt_program_is_compared_by_names() {
    make_program a
    make_program b -e '1i /* */\n\n' -e 's/static NOINLINE void gone/static void unused(void) { }\n&/'
    log_of old.log a/prog grow=5 steady=3 gone=1 first=2 second=3
    log_of new.log b/prog grow=8 steady=3 fresh=1 first=2 second=4
    report --diff=old.log new.log
    equal grow '800 (+300) bytes in 8 (+3) blocks are definitely lost' "$(who grow)"
    equal gone '0 (-55) bytes in 0 (-1) blocks are definitely lost' "$(who gone)"
    equal fresh '33 (+33) bytes in 1 (+1) blocks are definitely lost (new)' "$(who fresh)"
    equal second '80 (+20) bytes in 4 (+1) blocks are definitely lost' "$(who twice)"
    equal steady '' "$(who steady)"
    equal 'same' '61 bytes in 5 blocks, 2 records (not shown; --show=any shows them)' "$(change unchanged)"
}

# Other inlining, other suffixes of copies: functions' names are what is left.
test_another_optimization_is_the_same_program() {
    LEVEL=-O0 make_program a
    LEVEL=-O1 make_program b -e 's/static NOINLINE void grow/static inline __attribute__((always_inline)) void grow/'
    log_of old.log a/prog grow=5 steady=3 gone=1
    log_of new.log b/prog grow=6 steady=3
    report --diff=old.log new.log
    equal grow '600 (+100) bytes in 6 (+1) blocks are definitely lost' "$(who grow)"
    equal gone '0 (-55) bytes in 0 (-1) blocks are definitely lost' "$(who gone)"
    equal records 2 "$(records | wc -l)"
}

# Each process has its own addresses: a real program, twice.
test_aslr_makes_no_difference() {
    for log in old.log new.log; do
        PERL_HASH_SEED=0 log_of $log perl -MPOSIX -e 1
    done
    report --diff=old.log --show-leak-kinds=all new.log
    equal new '0 bytes in 0 blocks, 0 records' "$(change new)"
    equal gone '0 bytes in 0 blocks, 0 records' "$(change gone)"
    [ "$(change unchanged | sed 's/.*blocks, //; s/ .*//; s/,//')" -gt 50 ] || fail "unchanged: $(change unchanged)"
}

test_metrics_are_compared() {
    make_program a
    log_of old.log a/prog grow=5 steady=3 bad=2
    log_of new.log a/prog grow=8 steady=3 fresh=1 bad=2
    report --diff=old.log --metric=calls new.log
    has report 'CALLS TO ALLOCATION FUNCTIONS, CHANGED:' 'all stacks: 10 -> 14; 2 stacks have changed, 2 are as they were' \
        '8 (+3) calls allocated 800 (+300) bytes in stack 1 of 2' '1 (+1) calls allocated 33 (+33) bytes in new stack 2 of 2'
    report --diff=old.log --metric=allocated new.log
    has report '800 (+300) bytes allocated by 8 (+3) calls'
    report --diff=old.log --metric=peak new.log
    has report '800 (+300) bytes in 8 (+3) blocks at the peak in stack 1 of 2'
    report --diff=old.log --metric=in-use new.log
    has report '800 (+300) bytes in 8 (+3) blocks in use in stack 1 of 2'
    report --diff=old.log --format=folded --metric=allocated new.log
    has report 'main;grow;make;malloc 500 800' 'main;fresh;make;malloc 0 33'
}

test_json_has_both_sides() {
    make_program a
    make_program b -e '1i /* */\n\n'
    log_of old.log a/prog grow=5 steady=3 gone=1
    log_of new.log b/prog grow=8 steady=3 fresh=1
    "$REPORT" --diff=old.log --format=json new.log >diff.json
    /usr/bin/python3 - "$TESTS/../docs/leakreport.schema.json" <<'EOF'
import json, sys, jsonschema
document = json.load(open("diff.json"))
jsonschema.validate(document, json.load(open(sys.argv[1])))
p = document["processes"][0]
diff, frames, nodes = p["diff"], p["frames"], p["nodes"]
def names(stack):
    node, found = p["stacks"]["node"][stack], []
    while node:
        found.append(p["strings"][frames["function"][nodes["frame"][node]]])
        node = nodes["parent"][node]
    return found[2]
seen = {names(s): (diff["records"]["change"][i], diff["records"]["bytes_before"][i], p["records"]["bytes"][i]) for i, s in enumerate(p["records"]["stack"])}
assert seen == {"grow": ("increased", 500, 800), "steady": ("same", 21, 21), "gone": ("gone", 55, 0), "fresh": ("new", 0, 33)}, seen
assert sum(diff["stacks"]["bytes_allocated"]) == diff["totals"]["bytes_allocated"] == 576
assert sum(p["stacks"]["bytes_allocated"]) == p["totals"]["bytes_allocated"] == 854
assert diff["sums"]["increased"] == {"records": 1, "bytes": 800, "blocks": 8, "bytes_before": 500, "blocks_before": 5}
assert diff["leaks"]["definite"] == {"bytes": 576, "blocks": 9}
EOF
}

test_ci_forms_have_what_is_new() {
    make_program a
    log_of old.log a/prog grow=5 steady=3 gone=1
    log_of new.log a/prog grow=8 steady=3 fresh=1
    "$REPORT" --diff=old.log --format=sarif new.log | jq -r '.runs[0].results[] | .baselineState + " " + .message.text' | sort >sarif
    equal sarif 'absent 0 (-55)|new 33 (+33)|updated 800 (+300)' "$(sed 's/ bytes.*//' sarif | paste -sd'|')"
    "$REPORT" --diff=old.log --format=junit new.log >junit
    equal 'failures' 2 "$(grep -c '<failure' junit)"
    "$REPORT" --diff=old.log --format=xml new.log >xml
    equal 'errors' 2 "$(grep -c '<error>' xml)" # what is gone is none
}

test_a_program_is_run_and_compared() {
    make_program a
    log_of old.log a/prog grow=2
    status=0
    "$REPORT" --diff=old.log --error-exitcode=9 a/prog grow=2 2>report || status=$?
    equal 'exit status' 0 "$status"
    status=0
    "$REPORT" --diff=old.log --error-exitcode=9 a/prog grow=2 bad=1 2>report || status=$?
    equal 'exit status' 9 "$status"
    status=0
    "$REPORT" --diff=none.log a/prog grow=2 2>report || status=$?
    equal 'exit status' 2 "$status"
    has report none.log
    has_not report 'HEAP SUMMARY' # it was not run
}

test_other_programs_and_processes_are_told() {
    make_program a
    log_of old.log a/prog grow=2
    log_of true.log /bin/true
    cp a/prog a/renamed
    log_of renamed.log a/renamed grow=2 fresh=1
    report --diff=old.log renamed.log
    has report 'old.log, which this is compared with, is of another program, prog'
    equal fresh '33 (+33) bytes in 1 (+1) blocks are definitely lost (new)' "$(who fresh)"
    equal grow '' "$(who grow)"
    report --diff=old.log --diff=true.log renamed.log
    has report 'None of the older logs (--diff) is of another run of renamed: all is new.' 'true.log, a log of true, is compared with nothing'
    # By program, and of each program by the order in which they began.
    log_of old2.log a/prog grow=4
    log_of new.log a/prog grow=3
    log_of new2.log a/prog grow=5
    report --diff=old2.log --diff=true.log --diff=old.log new2.log new.log true.log
    equal 'pairs' '300 (+100)|500 (+100)' "$(records | sed 's/ bytes.*//' | sort | paste -sd'|')"
}

# Kinds are compared where both have them. Bad frees are known all the same.
test_a_log_without_a_leak_check() {
    make_program a
    log_of new.log a/prog grow=3 steady=1
    LIBTRACE_OPTIONS="-q --leak-check=no --trace-file=$PWD/old.log" LD_PRELOAD=$LIBTRACE a/prog grow=2 steady=1
    report --diff=old.log --error-exitcode=9 new.log
    equal 'exit status' 2 "$status"
    has report '300 (+100) bytes in 3 (+1) blocks are in use at exit' 'Leak kinds are not known: the log that this one is compared with (--diff) has no leak check'
    has report.err 'it is not known whether there are errors'
}

test_suppressions_hold_on_both_sides() {
    make_program a
    printf '{\n grow\n Memcheck:Leak\n ...\n fun:grow\n ...\n}\n' >grow.supp
    log_of old.log a/prog grow=2
    log_of new.log a/prog grow=5 fresh=1
    report --diff=old.log --suppressions=grow.supp -v new.log
    has report 'suppressed: 500 (+300) bytes in 5 (+3) blocks' 'ERROR SUMMARY: 1 errors from 1 contexts (suppressed: 1 from 1)'
    equal records 1 "$(records | wc -l)"
    equal 'times used' 1 "$(sed -nE 's/^--[0-9]+-- used_suppression: +([0-9]+) grow .*/\1/p' report)"
}
