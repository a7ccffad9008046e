# Command lines of real projects, under valgrind and under leakreport: tests/commands/lines.list has 40 of them, which
# "make commands" runs. Here are those that differ in kind: each way that a result is looked at.

lines() { bash "$TESTS/commands/lines.sh" "$@" >said 2>&1 || fail "$(cat said)"; }

test_exit_status_and_report_on_standard_error() { lines meson-wrap make-42; }
test_log_file_that_is_searched() { lines script-clean; }
test_quiet_report_as_ctest_asks_for_it() { lines ctest-q; }
# A script that looks for one of these texts finds it, or does not, as it does with valgrind.
test_texts_that_scripts_look_for() {
    local text
    echo 'int main(int n, char **a) { void *p = malloc(40); if (n == 1) free(p); p = 0; return 0; }' | gcc -g -w -include stdlib.h -xc - -o prog
    for run in './prog' './prog lost'; do
        valgrind --leak-check=full $run >expected 2>&1
        "$REPORT" --leak-check=full $run >found 2>&1
        for text in 'in use at exit: 0 bytes in 0 blocks' 'All heap blocks were freed -- no leaks are possible' 'no leaks are possible' \
            'definitely lost: 0 bytes' 'definitely lost: 40 bytes in 1 blocks' 'indirectly lost: 0 bytes in 0 blocks' 'LEAK SUMMARY' \
            'ERROR SUMMARY: 0 errors' 'ERROR SUMMARY: 0 errors from 0 contexts (suppressed: 0 from 0)' 'ERROR SUMMARY: 1 errors' \
            'are definitely lost in loss record 1 of 1' 'Invalid read' 'uninitialised' SIG; do
            equal "lines with $text of $run" "$(grep -cF -e "$text" expected)" "$(grep -cF -e "$text" found)"
        done
        equal 'columns' "$(awk '/definitely lost:/ { print $4, $5, $7 }' expected)" "$(awk '/definitely lost:/ { print $4, $5, $7 }' found)"
    done
    has found 'definitely lost: 40 bytes in 1 blocks'
}
