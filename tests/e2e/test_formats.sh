# --format: the views, by their names; SARIF and JUnit.

test_text_is_the_usual_form() {
    traced "$PROGRAMS/leak_direct"
    report trace.log
    mv report usual
    report --format=text trace.log
    equal "exit status" 0 "$status"
    cmp usual report || fail "--format=text is not what leakreport prints without it"
}

test_unknown_format_is_refused() {
    traced "$PROGRAMS/leak_direct"
    report --format=morse trace.log
    equal "exit status" 2 "$status"
    has report.err '--format=morse is not understood: --format takes text|xml|sarif|junit|html|json|folded|pprof|callgrind|massif|csv|prometheus'
    [ ! -s report ] || fail "and something was printed"
}

# The names stand in one table, and in the help and the manual for those who read.
test_every_format_is_told_everywhere() {
    "$REPORT" --help | sed -n '/--format=NAME/,/--html=FILE/p' >help
    for format in $(formats); do
        grep -qw "$format" help || fail "the help does not name $format"
        grep -q "^\.B $format\$\|^\.B .*format=$format\$" "$TESTS/../report/leakreport.1" || fail "the manual does not name $format"
    done
}

# --- SARIF and JUnit ---------------------------------------------------------------------------------------------

# a program with a leak, a possibly lost block, a bad free, and what is reachable; `$1` is put above its functions
make_prog() {
    mkdir -p src
    cat >src/prog.c <<END
${1:-}
#include <stdlib.h>
void *keep, *inside;
static __attribute__((noinline)) char *make(size_t size) { char *block = malloc(size); block[0] = 1; return block; }
static __attribute__((noinline)) void lose(void) { make(10); make(20); }
int main(void)
{
    lose();
    char *block = make(30);
    free(block);
    free(block);
    inside = make(40) + 16;
    keep = make(50);
    return 0;
}
END
    gcc -g -O1 -fno-builtin -o prog src/prog.c 2>/dev/null
}
sarif() { jq -r "$1" report.sarif; }

test_sarif_has_rules_places_and_stacks() {
    make_prog
    "$REPORT" --show-leak-kinds=all --format=sarif --log-file=report.sarif ./prog
    equal version 2.1.0 "$(sarif .version)"
    equal rules "$(printf 'InvalidFree\nLeak_DefinitelyLost\nLeak_DefinitelyLost\nLeak_PossiblyLost\nLeak_StillReachable')" \
        "$(sarif '.runs[0].results[].ruleId' | sort)"
    equal 'rules by their index' '' "$(sarif '.runs[0] as $run | $run.results[] | select($run.tool.driver.rules[.ruleIndex].id != .ruleId) | .ruleId')"
    equal 'places' src/prog.c "$(sarif '[.runs[0].results[].locations[0].physicalLocation.artifactLocation | select(.uriBaseId == "%SRCROOT%").uri] | unique[]')"
    equal 'root' "file://$PWD/" "$(sarif '.runs[0].originalUriBaseIds["%SRCROOT%"].uri')"
    equal 'lines' '4 11' "$(sarif '[.runs[0].results[].locations[0].physicalLocation.region.startLine] | unique | map(tostring) | join(" ")')"
    equal 'code flow' 'main lose make malloc' \
        "$(sarif '[.runs[0].results[] | select(.properties.bytes == 20)][0].codeFlows[0].threadFlows[0].locations | map(.location.message.text) | join(" ")')"
    equal 'stack' 'malloc make lose main' \
        "$(sarif '[.runs[0].results[] | select(.properties.bytes == 20)][0].stacks[0].frames | map(.location.logicalLocations[0].fullyQualifiedName) | join(" ")')"
    equal 'stacks of a double free' 3 "$(sarif '.runs[0].results[] | select(.ruleId == "InvalidFree").codeFlows | length')"
    equal 'message' '20 bytes in 1 blocks are definitely lost, in make (prog.c:4)' \
        "$(sarif '.runs[0].results[] | select(.properties.bytes == 20).message.text')"
    equal 'exit code' 0 "$(sarif '.runs[0].invocations[0].exitCode')"
}

# Lines move, bytes change, a name comes in front of the log: it is the same leak.
test_fingerprints_stay() {
    local prints='[.runs[0].results[] | .ruleId + " " + .partialFingerprints["leakreportStack/v1"]] | sort[]'
    make_prog
    "$REPORT" --format=sarif --log-file=report.sarif ./prog
    sarif "$prints" >before
    make_prog $'/* a line */\n\n'
    sed -i 's/make(20)/make(21)/' src/prog.c
    gcc -g -O1 -fno-builtin -o prog src/prog.c
    "$REPORT" --format=sarif --log-file=report.sarif ./prog
    sarif "$prints" >after
    diff before after || fail 'fingerprints moved with the lines'
    equal 'they differ among themselves' 4 "$(sort -u before | wc -l)"
    sed -i 's/lose/drop/' src/prog.c
    gcc -g -O1 -fno-builtin -o prog src/prog.c
    "$REPORT" --format=sarif --log-file=report.sarif ./prog
    sarif "$prints" >after
    ! diff before after >/dev/null || fail 'another function has the same fingerprint'
}

test_sarif_of_several_processes_is_one_document() {
    traced "$PROGRAMS/leak_direct"
    mv trace.log a.log
    traced "$BUILD/demo"
    report --format=sarif a.log trace.log
    jq -e '.runs | length == 2' report >/dev/null || fail 'there are not two runs'
    equal identities 2 "$(jq -r '.runs[].automationDetails.id' report | sort -u | wc -l)"
    report --format=sarif --log-file=%p.sarif a.log trace.log
    equal documents 2 "$(ls -- *.sarif | wc -l)"
    jq -e '.runs | length == 1' -- *.sarif >/dev/null || fail 'a document is not whole'
}

junit() { xmllint --xpath "string($1)" report.junit; }
# valid_junit: report.junit has the elements that servers take, and counts what it has
valid_junit() {
    xmllint --noout --schema "$TESTS/e2e/junit.xsd" report.junit 2>said || fail "it is not valid: $(cat said)"
    local suite
    for ((suite = 1; suite <= $(junit 'count(//testsuite)'); suite++)); do
        equal "counts of suite $suite" "$(for what in testcase testcase/failure testcase/error testcase/skipped; do junit "count(//testsuite[$suite]/$what)"; done)" \
            "$(for what in tests failures errors skipped; do junit "//testsuite[$suite]/@$what"; done)"
    done
}
test_junit_has_a_case_for_each_finding() {
    make_prog
    "$REPORT" --show-leak-kinds=all --format=junit --log-file=report.junit ./prog
    equal 'tests' 5 "$(junit '//testsuite/@tests')"
    equal 'cases' 5 "$(junit 'count(//testcase)')"
    equal 'failures' "$(junit '//testsuite/@failures')" "$(junit 'count(//failure)')"
    equal 'failures' 4 "$(junit 'count(//failure)')" # what is reachable is no error
    equal 'names' 5 "$(xmllint --xpath '//testcase/@name' report.junit | sort -u | wc -l)"
    xmllint --xpath '//testcase/@name' report.junit | grep -q '"Leak_DefinitelyLost in make (prog.c) \[[0-9a-f]*\]"' || fail 'a name is another'
    equal 'message' '20 bytes in 1 blocks are definitely lost' "$(junit '//failure[contains(@message, "20")]/@message')"
    has report.junit '   by lose (prog.c:5)'
    valid_junit
}
test_junit_of_a_killed_process_is_red() {
    local signal
    for signal in SEGV TERM; do
        "$REPORT" --format=junit --log-file=report.junit sh -c "kill -$signal \$\$" 2>said || true
        equal "errors by $signal" "1 SIG$signal" "$(junit '//testsuite/@errors') $(junit '//testcase[@name="end of the process"]/error/@type')"
        has report.junit "(SIG$signal)\"" '   at kill ('
        valid_junit
    done
}

test_junit_is_green_only_when_it_is_known() {
    "$REPORT" --format=junit --log-file=report.junit /bin/true
    equal 'a clean run' '1 0 0' "$(junit '//testsuite/@tests') $(junit '//testsuite/@failures') $(junit '//testsuite/@errors')"
    printf '{\n all\n Memcheck:Leak\n ...\n fun:main\n}\n' >all.supp
    "$REPORT" --format=junit --suppressions=all.supp --log-file=report.junit "$PROGRAMS/leak_direct"
    equal 'suppressed' '0 1' "$(junit '//testsuite/@failures') $(junit 'count(//skipped)')"
    traced sh -c 'kill -9 $$'
    report --format=junit trace.log
    mv report report.junit
    equal 'killed' '1 NoVerdict' "$(junit '//testsuite/@errors') $(junit '//error/@type')"
    valid_junit
    report --format=junit trace.log no.log
    equal 'exit status' 2 "$status"
    mv report report.junit
    equal 'unreadable' 1 "$(junit 'count(//testsuite[@name="logs"])')"
    valid_junit
}

test_any_bytes_make_sarif_and_junit() {
    local folder=$'a]]>&<b>"\'\\\xff\x01\xed\xa0\x80\xef\xbf\xbf\n'
    mkdir "$folder"
    cp "$PROGRAMS/free_places" "$folder/p"
    traced "$folder/p" $'\x1b[31m<arg>]]>&amp;\xc0\xaf"\\'
    report --show-leak-kinds=all --format=sarif trace.log
    jq -e . report >/dev/null || fail 'it is no JSON'
    iconv -f UTF-8 -t UTF-8 report >/dev/null || fail 'it is no UTF-8'
    report --show-leak-kinds=all --format=junit trace.log
    mv report report.junit
    valid_junit
}

# valid_run [OPTION…] PROGRAM [ARGUMENT…]
valid_run() {
    "$REPORT" --show-leak-kinds=all --format=junit --log-file=report.junit "$@" >/dev/null 2>&1 || true
    valid_junit
}
test_junit_is_valid() {
    make_prog
    printf '{\n a\n Memcheck:Leak\n ...\n fun:main\n}\n{\n a\n Memcheck:Free\n ...\n fun:main\n}\n' >all.supp
    valid_run ./prog
    valid_run --suppressions=all.supp ./prog
    valid_run --leak-check=no ./prog
    valid_run --trace-children=yes sh -c './prog; ./prog; exec ./prog'
    valid_run /bin/true
    valid_run sh -c 'kill -9 $$'
    valid_run --freelist-vol=1000 "$PROGRAMS/free_places"
    valid_run "$PROGRAMS/free_sized"
    traced ./prog
    report --format=junit trace.log no.log
    mv report report.junit
    valid_junit
    report --format=junit --diff=trace.log trace.log
    mv report report.junit
    valid_junit
}
test_junit_is_valid_with_any_names() {
    local folder=$'a]]>&<b>"\'\\\xff\x01\xed\xa0\x80\xef\xbf\xbf\n' name
    mkdir "$folder"
    for name in ' ' $'\n\t' $'\xff\x01' '"<&>]]>' "$(printf '%0200d' 0)"; do
        make_named "$folder/$name.c" $'<&>]]>\xff'
        gcc -g -w -O0 -o "$folder/$name" "$folder/$name.c"
        valid_run "$folder/$name" "$name"
        equal failures 3 "$(junit 'count(//failure)')"
    done
}

# make_named FILE NAME: a program whose function has that name
make_named() {
    printf '#include <stdlib.h>\nvoid *lose(size_t) __asm__("\\"%s\\"");\nvoid *lose(size_t size) { return malloc(size); }\n' "$2" >"$1"
    printf 'int main(void) { lose(3); free(lose(4) + 1); return 0; }\n' >>"$1"
}

test_sarif_of_a_killed_process_is_no_success() {
    local ending
    for ending in 'kill -SEGV $$' 'kill -TERM $$'; do
        "$REPORT" --format=sarif --log-file=report.sarif sh -c "$ending" >/dev/null 2>&1 || true
        equal "$ending" 'false error' "$(sarif '.runs[0].invocations[0] | "\(.executionSuccessful) \(.toolExecutionNotifications[0].level)"')"
    done
    make_prog
    "$REPORT" --format=sarif --log-file=report.sarif ./prog
    equal 'leaks and bad frees alone' 'true note' "$(sarif '.runs[0].invocations[0] | "\(.executionSuccessful) \(.toolExecutionNotifications[0].level)"')"
}
# bad frees and a signal are a failure and an error; leaks that do not count leave no doubt, but the end is none
test_an_end_is_an_error_beside_failures() {
    printf '#include <stdlib.h>\nint main(void) { char *block = malloc(1); free(block); free(block); abort(); }\n' >killed.c
    gcc -g -w -O0 -o killed killed.c
    "$REPORT" --format=junit --log-file=report.junit ./killed >/dev/null 2>&1 || true
    equal 'a signal after bad frees' '1 SIGABRT' "$(junit 'count(//error)') $(junit '//error/@type')"
    equal 'the bad free' 1 "$(junit 'count(//failure)')"
    valid_junit
    for check in --leak-check=full --leak-check=no; do
        "$REPORT" $check --format=junit --log-file=report.junit sh -c 'kill -9 $$' >/dev/null 2>&1 || true
        equal "one error with $check" 1 "$(junit 'count(//error)')"
        "$REPORT" $check --format=sarif --log-file=report.sarif sh -c 'kill -9 $$' >/dev/null 2>&1 || true
        equal "$check" false "$(sarif '.runs[0].invocations[0].executionSuccessful')"
    done
    equal 'and of which type' NotRecorded "$(junit '//error/@type')"
}
