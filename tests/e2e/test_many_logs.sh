# Many logs in one call of leakreport: each process's report, in order, and what all of them come to.

# a_tree: gcc with cc1, as, collect2 and ld below it, each with its log, gcc.PID
a_tree() {
    printf 'int main(void) { return 0; }\n' >x.c
    OPTIONS='--trace-children=yes -q --trace-file=gcc.%p' traced gcc -O1 x.c
    equal 'exit status of gcc' 0 "$status"
    [ "$(ls gcc.* | wc -l)" -ge 4 ] || fail "too few logs: $(ls gcc.*)"
}
# some_logs: definite.log loses 16 bytes, twice.log frees twice, clean.log ends well
some_logs() {
    OPTIONS=--trace-file=definite.log traced "$PROGRAMS/leak_direct"
    OPTIONS=--trace-file=twice.log traced "$PROGRAMS/free_kinds" twice
    OPTIONS=--trace-file=clean.log traced /bin/true
}
# row PROGRAM: the table's line of it, one blank between its words
row() { grep '^==all== ' report | grep -F -e "$1" | tr -s ' '; }

test_tree_of_a_compiler() {
    a_tree
    report gcc.*
    equal 'exit status' 0 "$status"
    equal 'standard error' '' "$(cat report.err)"
    count=$(ls gcc.* | wc -l)
    equal 'reports' "$count" "$(grep -c 'HEAP SUMMARY' report)"
    has report "Process 1 of $count: gcc -O1 x.c" "SUMMARY OF $count PROCESSES"
    # gcc's pid is the parent of cc1, as and collect2, and collect2's that of ld
    gcc=$(sed -nE 's/^==([0-9]+)== Process 1 of .*/\1/p' report)
    cc1=$(sed -nE 's/^==([0-9]+)== Process 2 of .*cc1 .*/\1/p' report)
    [ -n "$cc1" ] || fail 'cc1 is not the second process'
    has report "==$cc1== PID $cc1, parent PID $gcc (gcc -O1 x.c)" "==$cc1== Log: gcc.$cc1" "==$cc1== It ended with exit status 0."
    names=$(grep '^==all==' report | sed -nE 's/.* exit 0 .*[0-9] ( *)(x86_64-linux-gnu-)?([a-z0-9]+) .*/\1\3/p')
    equal 'the tree' $' gcc\n   cc1\n   as\n   collect2\n     ld' "$names"
}
test_table_is_the_sum_of_the_single_reports() {
    a_tree
    report gcc.*
    cp report all
    definite=0 errors=0
    for log in gcc.*; do
        report $log
        # (Nothing stands there if all was freed.)
        definite=$((definite + 10#0$(bare report | sed -nE 's/^ +definitely lost: ([0-9,]+) bytes.*/\1/p' | tr -d ,)))
        errors=$((errors + $(bare report | sed -nE 's/^ERROR SUMMARY: ([0-9,]+) errors.*/\1/p' | tr -d ,)))
        # and what stands there of a process is what stands in its own report
        bare report | sed -n '/HEAP SUMMARY/,$p' >single
        sed -n "s/^==${log#gcc.}== \{0,1\}//p" all | sed -n '/HEAP SUMMARY/,$p' >of_all
        diff single of_all || fail "$log"
    done
    cp all report
    equal 'totals' "$definite" "$(row ' all ' | cut -d' ' -f3 | tr -d ,)"
    has report "==all== ERROR SUMMARY: $errors errors from $errors contexts in"
    [ "$definite" -gt 0 ] || fail 'nothing was lost: gcc has changed'
}
test_one_log_stays_as_it_was() {
    some_logs
    report definite.log
    has report 'leakreport ' 'Log: definite.log' 'Command: '
    has_not report '==all==' 'Process 1'
}
test_unreadable_logs_do_not_stop_the_others() {
    some_logs
    mkdir folder
    echo nonsense >garbage
    report --error-exitcode=9 no-such.log definite.log folder clean.log garbage
    equal 'exit status' 2 "$status"
    equal 'lines on standard error' 3 "$(wc -l <report.err)"
    has report.err 'no-such.log does not exist' 'folder is a directory' 'garbage is not a trace log'
    has report 'Process 1 of 2' 'Process 2 of 2' 'Not among them: 3 logs that could not be read.'
    report no-such.log folder
    equal 'exit status' 2 "$status"
    equal 'lines on standard error' 2 "$(wc -l <report.err)"
    equal 'standard output' '' "$(cat report)"
}
test_exit_status_is_that_of_any_process() {
    some_logs
    report --error-exitcode=9 clean.log definite.log clean.log
    equal 'exit status' 9 "$status"
    has report.err 'clean.log is the same file as clean.log: it is reported once'
    has report 'in 1 of 2 processes'
    cp clean.log copy.log
    report --error-exitcode=9 clean.log copy.log
    equal 'exit status' 0 "$status"
    report --error-exitcode=9 clean.log twice.log
    equal 'exit status' 9 "$status"
}
test_quiet_shows_errors_and_whose_they_are() {
    some_logs
    report -q clean.log twice.log definite.log
    has report 'log definite.log: ' 'log twice.log: ' 'definitely lost in loss record' 'Invalid free()'
    has_not report '==all==' 'clean.log' 'SUMMARY'
    report -q clean.log clean.log
    equal 'standard output' '' "$(cat report)"
}
test_exec_gives_one_pid_two_logs() {
    OPTIONS='--trace-children=yes -q --trace-file=%p.log' traced sh -c 'exec nice true'
    report *.log
    equal 'pids' 1 "$(sed -nE 's/^==([0-9]+)==.*/\1/p' report | sort -u | wc -l)"
    has report "Process 1 of 3: sh -c" "Process 2 of 3: nice true" "Process 3 of 3: true"
    for log in *.log; do
        has report "Log: $log"
        row "$log" | grep -q . || fail "the table does not name $log"
    done
    # what was live at the exec has no kind
    row 'nice true' | grep -qE 'exec - - - - [0-9,]+ 0 nice true' || fail "$(row 'nice true')"
}
test_peaks_stand_in_the_table() {
    local prefix bytes pid
    some_logs
    report --peak clean.log definite.log twice.log
    grep 'peak heap usage' report >peaks
    equal 'peaks' 2 "$(wc -l <peaks)"
    while read -r prefix _ _ _ bytes _; do
        pid=${prefix//=/}
        row " $pid " | grep -qE " exit [0-9]+ ([0-9,-]+ ){4}$bytes [0-9]+ " || fail "the peak of $pid, $bytes, is not in: $(row " $pid ")"
    done <peaks
    row true | grep -qE ' exit 0 0 0 0 0 0 0 ' || fail "$(row true)"
    row ' all ' | grep -qE ' all ([0-9,]+ ){4}[0-9]+$' || fail "$(row ' all ')"
    report clean.log definite.log twice.log
    ! grep '==all==' report | grep -q peak || fail 'nobody asked for peaks'
}
test_log_files() {
    some_logs
    report --log-file=all.txt clean.log definite.log twice.log
    equal 'standard output' '' "$(cat report)"
    equal 'reports in one file' 3 "$(grep -c 'HEAP SUMMARY' all.txt)"
    has all.txt '==all== SUMMARY OF 3 PROCESSES'
    report --log-file=all.txt clean.log
    equal 'the file is begun anew' 1 "$(grep -c 'HEAP SUMMARY' all.txt)"
    cp clean.log copy.log
    report --log-file=of.%p clean.log definite.log copy.log
    equal 'files' 2 "$(ls of.* | wc -l)"
    equal 'reports of one pid' "1 2" "$(echo $(grep -hc 'HEAP SUMMARY' of.* | sort))"
    has report '==all== SUMMARY OF 3 PROCESSES'
    has_not report 'HEAP SUMMARY'
    report --log-file=/no/such/folder/x clean.log definite.log
    equal 'exit status' 2 "$status"
    equal 'lines on standard error' 1 "$(wc -l <report.err)"
}
test_suppressions_are_counted_over_all_logs() {
    some_logs
    cp definite.log copy.log
    printf '{\n   mine\n   Memcheck:Leak\n   ...\n   fun:main\n}\n{\n   of no use\n   Memcheck:Free\n   fun:nobody\n}\n' >mine.supp
    report -v --suppressions=<(cat mine.supp) definite.log copy.log twice.log
    equal 'exit status' 0 "$status"
    times=$(sed -nE 's/^--[0-9]+-- used_suppression: +([0-9]+) mine .*/\1/p' report | sort -u)
    equal 'sum over both logs' "$((2 * times))" "$(sed -nE 's/^--all-- used_suppression: +([0-9]+) mine .*/\1/p' report)"
    equal 'unused entries' 1 "$(grep -c unused_suppression report)"
    has report '--all-- unused_suppression: of no use'
    has_not report 'definitely lost in loss record'
}
test_generated_suppressions_come_once() {
    some_logs
    cp definite.log copy.log
    report -q --gen-suppressions=all definite.log
    equal 'entries for one log' 2 "$(grep -c '^{' report)"
    report -q --gen-suppressions=all definite.log copy.log
    equal 'entries for two logs' 1 "$(grep -c '^{' report)"
    equal 'records without' 3 "$(grep -c 'printed above' report)"
    sed -n '/^{/,/^}/p' report >all.supp
    report --error-exitcode=9 --suppressions=all.supp definite.log copy.log
    equal 'exit status' 0 "$status"
}
# More logs than descriptors; a file that all have in common is opened once.
test_two_hundred_logs_in_a_hundred_descriptors() {
    some_logs
    for i in $(seq 200); do cp definite.log copy.$i.log; done
    (ulimit -n 100 && report copy.*.log && echo "$status" >code)
    equal 'exit status' 0 "$(cat code)"
    equal 'standard error' '' "$(cat report.err)"
    has report '==all== SUMMARY OF 200 PROCESSES'
    equal 'stacks' 400 "$(grep -c 'main (leak_direct.c:' report)"
    strace -o calls -e trace=openat "$REPORT" copy.*.log >/dev/null
    times=$(grep -c 'programs/leak_direct"' calls)
    [ "$times" -ge 1 ] && [ "$times" -le 2 ] || fail "the program was opened $times times"
}
test_log_that_shrinks_leaves_the_others() {
    some_logs
    # Extents that the file has lost are damage, which is said; the others are as ever.
    truncate -s 40960 definite.log
    report definite.log clean.log
    equal 'exit status' 0 "$status"
    has report 'Note: ' 'Process 2 of 2'
}
# What is done within a second is not worth a line (test_whole_files.sh has what takes longer).
test_progress_is_for_terminals() {
    some_logs
    report definite.log clean.log
    equal 'standard error' '' "$(cat report.err)"
}
