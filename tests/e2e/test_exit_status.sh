# leakreport's exit status and the options that decide it: 0, N of --error-exitcode=N, or 2, and never one
# for another.
source "$TESTS/e2e/books.sh"
program=$PROGRAMS/supp_mixed

# exits WANTED ARGUMENT…
exits() {
    report "${@:2}"
    equal "exit status of leakreport ${*:2}" "$1" "$status"
}
# summary_as_valgrind OPTION…: its LEAK SUMMARY, its loss records' first lines and its ERROR SUMMARY
summary_as_valgrind() {
    valgrind --command-line-only=yes --leak-check=full "$@" --log-file=valgrind.log "$program" >/dev/null 2>&1 || true
    report "$@" trace.log
    for file in valgrind.log report; do
        bare $file | sed -nE '/loss record|^Invalid|^Mismatched|^LEAK SUMMARY/,$p' | sed -E 's/0x[0-9A-Fa-f]+:?//g; s/^(   at .*) \((in |vg_replace_malloc).*/\1/' >$file.text
    done
    has valgrind.log.text 'ERROR SUMMARY'
    diff valgrind.log.text report.text || fail "with $*"
}

test_errors_and_none() {
    traced "$program"
    exits 0 trace.log
    exits 9 --error-exitcode=9 trace.log
    exits 0 --error-exitcode=0 trace.log
    exits 255 --error-exitcode=255 trace.log
    exits 1 --error-exitcode=1 -q trace.log
    exits 9 --error-exitcode=9 --log-file=log.txt trace.log
    traced "$PROGRAMS/end_view"
    exits 0 --error-exitcode=9 --errors-for-leak-kinds=all --leak-check=no trace.log
}
test_only_what_counts_as_an_error() {
    traced "$PROGRAMS/end_ways" return
    exits 9 --error-exitcode=9 trace.log
    exits 9 --error-exitcode=9 --show-leak-kinds=none trace.log
    exits 0 --error-exitcode=9 --errors-for-leak-kinds=none trace.log
    exits 0 --error-exitcode=9 --errors-for-leak-kinds=possible trace.log
    exits 9 --error-exitcode=9 --errors-for-leak-kinds=reachable trace.log
    exits 9 --error-exitcode=9 --errors-for-leak-kinds=indirect trace.log
    exits 0 --error-exitcode=9 --leak-check=summary trace.log
    exits 0 --error-exitcode=9 --leak-check=no trace.log
}
test_bad_frees_are_errors_whatever_the_leak_check() {
    traced "$PROGRAMS/free_kinds" twice
    for check in no summary full; do exits 9 --error-exitcode=9 --leak-check=$check trace.log; done
    exits 9 --error-exitcode=9 --errors-for-leak-kinds=none trace.log
    traced "$PROGRAMS/free_kinds" right_sizes
    exits 0 --error-exitcode=9 trace.log
}
test_nothing_that_is_no_work_done_looks_like_errors() {
    traced "$program"
    exits 2 --error-exitcode=9 no-such.log
    exits 2 --error-exitcode=9 .
    exits 2 --error-exitcode=9 /dev/null
    exits 2 --error-exitcode=9
    exits 2 --error-exitcode=9 trace.log no-such.log
    exits 2 --error-exitcode=9 --show-leak-kinds=some trace.log
    exits 2 --error-exitcode=9 --suppressions=no-such trace.log
    exits 2 --error-exitcode=9 --log-file=/no/such/folder/x trace.log
    exits 2 --error-exitcode=9 --no-such-option trace.log
    exits 2 --error-exitcode=2 trace.log
    exits 2 --error-exitcode=256 trace.log
    exits 2 --error-exitcode=-1 trace.log
    head -c 5000 trace.log >cut.log
    exits 2 --error-exitcode=9 cut.log
    "$REPORT" --error-exitcode=9 trace.log >/dev/full 2>report.err && fail 'a full disk is no success' || status=$?
    equal 'exit status when the report cannot be written' 2 "$status"
}
# Not known to be lost, not known to be kept: see test_doubt.sh.
test_log_without_a_leak_check() {
    traced "$PROGRAMS/end_ways" by_KILL
    exits 2 --error-exitcode=9 trace.log
    exits 0 trace.log
    has report 'Leak kinds are not known' '(suppressed: 0 from 0)'
}
test_programs_own_status_is_its_own() {
    traced "$PROGRAMS/end_ways" return
    equal 'exit status of a leaking program' 3 "$status"
    OPTIONS='--error-exitcode=77 --leak-check=full --show-leak-kinds=all -q' traced "$PROGRAMS/end_ways" return
    equal 'exit status of a leaking program' 3 "$status"
}

test_kinds_shown_and_counted() {
    traced "$program"
    for sets in 'all all' 'none none' 'definite,possible indirect,reachable' 'indirect possible' 'reachable definite'; do
        summary_as_valgrind "--show-leak-kinds=${sets% *}" "--errors-for-leak-kinds=${sets#* }"
    done
}
test_old_spellings() { traced "$program"; summary_as_valgrind --show-reachable=yes; summary_as_valgrind --show-possibly-lost=no; }
test_resolution() { traced "$program"; for frames in low med high; do summary_as_valgrind --show-leak-kinds=all --leak-resolution=$frames; done; }
test_frames_compared_and_shown() { traced "$program"; for depth in 2 50; do summary_as_valgrind --show-leak-kinds=all --num-callers=$depth; done; }
test_lists_at_the_end() { traced "$program"; summary_as_valgrind -s; }
test_quiet() {
    traced "$program"
    valgrind --command-line-only=yes -q --leak-check=full --log-file=valgrind.log "$program" >/dev/null 2>&1 || true
    report -q trace.log
    strip() { bare "$1" | sed -E 's/0x[0-9A-Fa-f]+:?//g; s/^(   at .*) \((in |vg_replace_malloc).*/\1/'; }
    diff <(strip valgrind.log) <(strip report)
}
