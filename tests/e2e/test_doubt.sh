# Logs that cannot tell whether there are errors: killed, running, copied, cut, without a leak check, of a program
# that was not traced to its end. Asked for an exit status, leakreport never says "none"; quiet, it says a word.

# doubt WORDS LOG…: 2 with --error-exitcode, one line on standard error that has WORDS, with -q and without; with -q
# alone the line, and nothing without both, because the report says it
doubt() {
    local words=$1
    shift
    report -q --error-exitcode=1 "$@"
    equal "exit status of $*" 2 "$status"
    equal 'lines on standard error' 1 "$(wc -l <report.err)"
    has report.err 'it is not known whether there are errors' "$words"
    report --error-exitcode=1 "$@"
    equal "exit status of $*" 2 "$status"
    has report.err "$words"
    report -q "$@"
    equal "exit status of $* without --error-exitcode" 0 "$status"
    has report.err "$words"
    report "$@"
    equal 'lines on standard error without -q' 0 "$(wc -l <report.err)"
}
# certain STATUS ARGUMENT…: no word of doubt
certain() {
    report -q --error-exitcode=9 "${@:2}"
    equal "exit status of ${*:2}" "$1" "$status"
    equal "standard error of ${*:2}" '' "$(cat report.err)"
}
# A program that runs until the descriptor 9 is closed.
start_waiting() {
    mkfifo hold
    LIBTRACE_OPTIONS="-q $*" LD_PRELOAD=$LIBTRACE cat hold >/dev/null 2>err &
    pid=$!
    exec 9>hold
    until "$REPORT" trace.log >/dev/null 2>&1; do kill -0 $pid || fail "it does not run: $(cat err)"; sleep 0.01; done
}
end_waiting() {
    exec 9>&-
    wait $pid || fail "exit status $?"
}

test_killed() {
    traced "$PROGRAMS/end_ways" by_KILL
    doubt 'the process ended before a leak check could be made' trace.log
    certain 0 --leak-check=summary trace.log
    certain 0 --errors-for-leak-kinds=none trace.log
}
test_running() {
    start_waiting
    doubt 'the process is still running' trace.log
    report -q --error-exitcode=1 --errors-for-leak-kinds=none trace.log
    equal 'exit status: it may make errors yet' 2 "$status"
    end_waiting
    certain 0 trace.log
}
# It was not asked to make a leak check, or could not.
test_without_a_leak_check() {
    OPTIONS=--leak-check=no traced "$PROGRAMS/end_ways" return
    doubt 'no leak check was made: --leak-check=no was given' trace.log
    certain 0 --errors-for-leak-kinds=none trace.log
    printf '#include <stdlib.h>\nint main(void) { void *volatile block = malloc(10); block = 0; return 3; }\n' >sanitized.c
    clang -g -fsanitize=leak -o sanitized sanitized.c
    ASAN_OPTIONS=detect_leaks=0 LSAN_OPTIONS=detect_leaks=0 traced ./sanitized
    report -q --error-exitcode=1 trace.log
    equal "exit status with a sanitizer's program" 2 "$status"
    has report.err 'it is not known whether there are errors'
}
test_program_with_a_malloc_of_its_own() {
    cat >own.c <<'END'
#include <stddef.h>
static char heap[1 << 20];
static size_t used;
void *malloc(size_t size) { void *block = heap + used; used += (size + 15) & ~(size_t)15; return block; }
void free(void *block) { (void)block; }
void *calloc(size_t n, size_t size) { return malloc(n * size); }
void *realloc(void *block, size_t size) { (void)block; return malloc(size); }
int main(void) { return malloc(10) == NULL; }
END
    gcc -O0 -rdynamic -o own own.c
    traced ./own
    doubt 'a malloc of its own' trace.log
}
test_nothing_left_needs_no_leak_check() {
    printf 'int main(void) { return 0; }\n' >none.c
    gcc -o none none.c
    OPTIONS=--leak-check=no traced ./none
    certain 0 trace.log
}
test_cut_anywhere() {
    traced "$PROGRAMS/supp_mixed"
    certain 9 trace.log
    local size at
    size=$(stat -c %s trace.log)
    for at in 37000 $((size / 2)) $((size * 3 / 4)) $((size - 8192)); do
        head -c "$at" trace.log >cut.log
        report -q --error-exitcode=1 cut.log
        [ "$status" -ne 0 ] || fail "cut at $at of $size bytes: exit status 0"
        has report.err 'it is not known whether there are errors' 'records are missing in the log'
    done
}
test_full_disk() {
    status=0
    (ulimit -f 1500 && LD_PRELOAD=$LIBTRACE exec "$PROGRAMS/api_chdir" . >out 2>err) || status=$?
    report -q --error-exitcode=1 trace.log
    [ "$status" -ne 0 ] || fail 'exit status 0'
    has report.err 'it is not known whether there are errors' 'records are missing in the log'
}
# Errors that were found are errors, whatever else there may be.
test_errors_outweigh_doubt() {
    traced "$PROGRAMS/end_ways" by_KILL
    mv trace.log killed.log
    traced "$PROGRAMS/supp_mixed"
    report -q --error-exitcode=9 killed.log trace.log
    equal 'exit status' 9 "$status"
    has report.err 'killed.log: it is not known whether there are errors'
}
# What a process was before it became another program is given back to the kernel. What it became is what is asked for.
test_program_behind_exec() {
    printf '#!/bin/sh\nexec "%s" return\n' "$PROGRAMS/end_ways" >script
    chmod +x script
    traced ./script
    certain 9 trace.log
    OPTIONS='--follow-exec=no' traced ./script
    doubt "the process became $PROGRAMS/end_ways, which is not traced: --follow-exec=no was given" trace.log
    rm trace.log
    OPTIONS='--trace-children=yes --trace-file=%p.log' traced ./script
    certain 9 ./*.log
    equal 'logs' 2 "$(ls ./*.log | wc -l)"
    for log in ./*.log; do
        report -q --error-exitcode=9 "$log"
        [ "$status" -ne 0 ] || fail "$log alone: exit status 0"
    done
}

# --- copies -----------------------------------------------------------------------------------

# What a copy says of a process is as of when it was made.
test_copy_of_a_running_programs_log() {
    start_waiting
    cp trace.log copy.log
    report copy.log
    has report 'It is still running. This file is a copy of its log' 'in use when the copy was made' \
        'Leak kinds are not known: the leak check is made when the process ends.'
    end_waiting
    report copy.log
    has report 'This file is a copy of its log, made while it ran or after it had ended without recording how' \
        'in use when the copy was made' 'Leak kinds are not known: the leak check is made when the process ends.'
    doubt 'this copy of the log was made before' copy.log
    # The same again in the place of the log, and with its number and times, as far as cp can give them.
    cp -p copy.log kept.log
    mv kept.log trace.log
    report trace.log
    has report 'This file is a copy of its log'
    cp copy.log trace.log
    report trace.log
    has report 'This file is a copy of its log'
}
test_log_that_was_moved_is_no_copy() {
    traced "$PROGRAMS/end_ways" by_KILL
    mkdir folder
    mv trace.log folder/other.log
    ln folder/other.log linked.log
    for log in folder/other.log linked.log; do
        report "$log"
        has report 'It ended without recording how' 'in use when it ended'
        has_not report copy
    done
}
test_copy_of_a_finished_log_is_as_good() {
    traced "$PROGRAMS/end_ways" return
    report -s trace.log
    cp report expected
    cp trace.log copy.log
    report -s copy.log
    diff <(sed 's/Log: .*//' expected) <(sed 's/Log: .*//' report)
}
# A forked child's log is a file of its own.
test_log_of_a_forked_child_is_no_copy() {
    OPTIONS='--trace-children=yes --trace-file=%p.log' traced "$PROGRAMS/fork_ways" killed
    report ./*.log
    has report 'It ended without recording how'
    has_not report 'a copy of its log'
}
