# Text that finds the culprit: --own, --by, --filter, --sort, --limit, --full-names, --color.

# names: the lines of stacks without addresses, in ./names; what stands behind a file's name goes
names() { bare report | sed -nE 's/^   (at|by) 0x[0-9A-F]+: /\1 /p; s/^   (\.\.\. .*)/\1/p'; }
# sum: of numbers with commas, a line each
sum() { tr -d , | awk '{ sum += $1 } END { printf "%.0f\n", sum }'; }
# record TEXT: the lines of the loss record whose first line has TEXT
record() { bare report | awk -v text="$1" 'index($0, text) && / record / { on = 1 } on { print } on && /^$/ { exit }'; }
# table: the lines of --by, blanks squeezed
table() { bare report | awk '/ BY [A-Z]+:$/ { on = 1; next } on && /^$/ { exit } on' | tr -s ' ' | sed 's/^ //'; }

# --- --own -------------------------------------------------------------------------------------------------------

test_own_folds_the_standard_library_of_cxx() {
    traced "$PROGRAMS/own_cxx"
    report --show-leak-kinds=all trace.log
    has report "std::_Rb_tree<"
    record "6,144 bytes in 1 blocks are indirectly lost" >one
    has_not one "compile["    # whoever looks for it among 12 frames does not find it
    report --own --show-leak-kinds=all trace.log
    record "6,144 bytes in 1 blocks are indirectly lost" >one
    grep -qE '^   \.\.\. [0-9]+ frames of std:: in std::__cxx11::basic_regex<\.\.\.>::basic_regex\(char const\*, ' one || fail "the run is: $(cat one)"
    has one "compile[abi:cxx11](char const*) (own_cxx.cpp:" "main (own_cxx.cpp:"
    equal "lines of it" 5 "$(grep -c . one)"
    record "800 bytes in 20 blocks" >one
    has one " remember(Config&, std::string const&) (own_cxx.cpp:" "parse(Config&) (own_cxx.cpp:"
    [ "$(awk "{ if (length > most) most = length } END { print most }" report)" -lt 260 ] || fail "there are lines of more than 260 characters"
    has report "Pair<...>::operator<(Pair<...> const&) const (own_cxx.cpp:"
    report --own --full-names --show-leak-kinds=all trace.log
    has report "Pair<std::vector<std::__cxx11::basic_string<char, "
}

# Records and sums are those of stacks that are cut behind the same frame, however they were loaded.
test_own_stacks_have_what_realloc_moved() {
    sums() { bare report | tr -d , | awk '/ copied in / { bytes += $1; moves += $6 } END { print bytes, moves }'; }
    traced "$PROGRAMS/use_moves"
    report --top=100,moved trace.log
    local all=$(sums)
    [ "${all%% *}" -gt 0 ] || fail 'nothing was moved'
    report --own --top=100,moved trace.log
    equal 'bytes and moves' "$all" "$(sums)"
}
test_callers_are_counted_from_the_first_own_frame() {
    traced "$PROGRAMS/own_cxx"
    report --own --num-callers=3 trace.log
    record "24 bytes in 1 blocks are definitely lost" >one
    equal "frames" "Pair nested nested" "$(grep -oE ': (Pair|nested|main)' one | cut -c3- | paste -sd' ')"
    report --own --num-callers=500 --show-leak-kinds=all trace.log
    equal "frames of nested in all" 21 "$(record '24 bytes in 1 blocks are definitely lost' | grep -c ': nested(int)')"
    sums=$(bare report | sed -n '/LEAK SUMMARY/,$p')
    report --show-leak-kinds=all trace.log
    equal "sums" "$sums" "$(bare report | sed -n '/LEAK SUMMARY/,$p')"
    report --own --num-callers=1 --show-leak-kinds=all trace.log
    equal "sums" "$sums" "$(bare report | sed -n '/LEAK SUMMARY/,$p')"
    equal "records" "$(bare report | grep -c ' in loss record ')" "$(bare report | sed -nE 's/.* loss record [0-9]+ of ([0-9]+)$/\1/p' | head -1)"
}

test_own_folds_the_standard_library_of_rust() {
    traced "$PROGRAMS/own_rust"
    report --own trace.log
    bare report | grep -qE '^   \.\.\. [0-9]+ frames of (alloc::, )?core::' || fail "nothing of core:: is folded: $(cat report)"
    has report "own_rust::lines (own_rust.rs:" "own_rust::main (own_rust.rs:"
    has_not report ": core::" ": alloc::"
    report --by=function trace.log
    table | awk '{ print $4, $5 }' | grep -qx "own_rust::remember " || fail "$(table)"
}

test_own_folds_the_interpreter() {
    cat >module.c <<'END'
#include <Python.h>
static __attribute__((noinline)) void lose(void) { char *volatile block = malloc(1000); block = NULL; }
static PyObject *run(PyObject *self, PyObject *none) { lose(); Py_RETURN_NONE; }
static PyMethodDef methods[] = {{"run", run, METH_NOARGS, ""}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "loses", NULL, -1, methods};
PyMODINIT_FUNC PyInit_loses(void) { return PyModule_Create(&module); }
END
    gcc -g -shared -fPIC $(pkg-config --cflags python3) -o loses.so module.c
    traced /usr/bin/python3 -c 'import sys; sys.path.insert(0, "."); import loses; loses.run()'
    report --own trace.log
    record "1,000 bytes in 1 blocks are definitely lost" >one
    has one ": lose (module.c:2)" ": run (module.c:3)"
    grep -qE '^   \.\.\. [0-9]+ frames of python3\.[0-9]+ in .* \.\.\.$' one || fail "$(cat one)"
    # Older pythons lose blocks of their own, too.
    report --by=line --limit=9 trace.log
    table | grep -qE '^[0-9.]+% 1,000 1 module.c:2 \(lose\)$' || fail "$(table)"
}

# A long run of a library keeps its ends: who allocates, and what the program called.
test_own_folds_the_middle_of_a_library() {
    cat >prog.c <<'END'
#include <stddef.h>
int sqlite3_open(const char *, void **), sqlite3_exec(void *, const char *, void *, void *, char **);
static __attribute__((noinline)) void fill(void *base)
{
    sqlite3_exec(base, "CREATE TABLE t (a, b); CREATE VIEW v AS SELECT a, sum(b) FROM t WHERE a > 5 GROUP BY a", NULL, NULL, NULL);
}
int main(void)
{
    void *volatile base = NULL;

    sqlite3_open(":memory:", (void **)&base);
    fill(base);
    return 0;
}
END
    gcc -g -O0 -o prog prog.c -l:libsqlite3.so.0
    traced ./prog
    report --own --show-leak-kinds=all trace.log
    bare report | awk '/ frames of libsqlite3/ { run = NR; before = last } run && NR == run + 2 && /sqlite3_exec / { getline; if (/: fill \(prog.c:/) found = before } { last = $0 }
        END { exit found !~ /libsqlite3/ }' || fail "no run of it is folded before sqlite3_exec and fill"
    report --by=function --metric=in-use --limit=1 trace.log
    table | grep -qE '% [0-9,]+ [0-9]+ (main|fill)$' || fail "$(table)"
}

# --- --by --------------------------------------------------------------------------------------------------------

test_by_names_the_culprit_once() {
    traced "$PROGRAMS/own_cxx"
    report trace.log
    lost=$(bare report | sed -nE 's/^ *(definitely|indirectly) lost: ([0-9,]+) .*/\2/p' | sum)
    report --by=function trace.log
    equal "heading" "BYTES LOST BY FUNCTION:" "$(bare report | grep ' BY ')"
    has_not report "loss record"
    has report "LEAK SUMMARY:" "ERROR SUMMARY: 3 errors from 3 contexts"
    table >lines
    equal "functions" "compile[abi:cxx11](char const*) / remember(Config&, std::string const&) / main / Pair<...>::operator<(Pair<...> const&) const" \
        "$(awk 'NR > 1 { $1 = $2 = $3 = ""; print substr($0, 4) }' lines | paste -sd/ | sed 's,/, / ,g')"
    equal "sum" "$lost" "$(awk 'NR > 1 { print $2 }' lines | sum)"
    report --by=module trace.log
    has report " $PROGRAMS/own_cxx"
    report --by=file trace.log
    equal "files" "100.0% own_cxx.cpp" "$(table | awk 'NR > 1 { print $1, $4 }')"
    report --by=line --limit=1 trace.log
    table | sed -n 2p | grep -qE '^[0-9.]+% 6,450 6 own_cxx.cpp:[0-9]+ \(compile\[abi:cxx11\]\(char const\*\)\)$' || fail "$(table)"
    table | tail -1 | grep -qE ' in 3 more, left out by --limit$' || fail "what --limit leaves out is not said: $(table)"
}

test_by_sums_up_each_metric() {
    traced "$PROGRAMS/own_cxx"
    for metric in in-use peak allocated calls temporary; do
        report --by=function --metric=$metric trace.log
        equal "exit status" 0 "$status"
        "$REPORT" --format=folded --metric=$metric trace.log | awk '{ sum += $NF } END { printf "%d\n", sum }' >whole
        equal "$metric" "$(cat whole)" "$(table | awk 'NR > 1 { print $2 }' | sum)"
    done
    report --by=function --format=json --metric=allocated --limit=2 trace.log
    equal "JSON" "2 allocated function" "$(jq -r '.processes[0].by | "\(.names | length) \(.metric) \(.what)"' report)"
    jq -e '.processes[0].by | .total == (.figures | add) + .rest and .more > 0' report >/dev/null || fail "$(jq -c '.processes[0].by' report)"
}

# --- --filter, --sort, --limit -----------------------------------------------------------------------------------

test_filter_leaves_out_what_does_not_have_the_text() {
    traced "$PROGRAMS/own_cxx"
    report --filter=compile trace.log
    equal "records" "6,450" "$(bare report | sed -nE 's/^([0-9,]+) .* in loss record .*/\1/p')"
    has report "Note: --filter=compile leaves out 2 of 3 loss records (72 bytes in 2 blocks); sums are of all." "ERROR SUMMARY: 3 errors from 3 contexts"
    report --filter=own_cxx.cpp --filter=nothing trace.log
    has report "leaves out 0 of 3 loss records"
    report --filter=/own_cxx trace.log    # the module's path
    has report "leaves out 0 of 3 loss records"
    report --filter=compile --by=function trace.log
    table | tail -1 | grep -qE '^[0-9.]+% [0-9,]+ left out by --filter$' || fail "$(table)"
    report --filter=compile --format=json trace.log
    jq -e '[.processes[0] | .records.stack[] as $s | .stacks.bytes_allocated[$s] > 0] | all' report >/dev/null || fail "a stack that was left out is in a record"
    has report "--filter=compile leaves out"
    report --format=folded --filter=compile trace.log
    [ -s report ] || fail "nothing has compile in it"
    equal "lines without it" 0 "$(grep -vc compile report || :)"
    report --format=csv --filter=compile trace.log
    equal "rows without it" 1 "$(grep -vc compile report)"
    report --xml=yes --xml-file=out.xml --filter=compile trace.log
    equal "errors in XML" 1 "$(grep -c '<error>' out.xml)"
}

test_sort_and_limit_order_loss_records() {
    traced "$PROGRAMS/own_cxx"
    numbers() { bare report | sed -nE 's/.* in loss record ([0-9]+) of .*/\1/p' | paste -sd' '; }
    report --show-leak-kinds=all trace.log
    usual=$(numbers)
    report --show-leak-kinds=all --sort=bytes trace.log
    equal "order of bytes" "$usual" "$(numbers)"
    report --show-leak-kinds=all --sort=blocks trace.log
    equal "blocks grow" "$(bare report | sed -nE 's/.* in ([0-9]+) blocks are .* loss record.*/\1/p')" "$(bare report | sed -nE 's/.* in ([0-9]+) blocks are .* loss record.*/\1/p' | sort -n)"
    report --show-leak-kinds=all --sort=kind trace.log
    equal "kinds" "indirectly definitely" "$(bare report | sed -nE 's/.* are ([a-z]+) lost in loss record.*/\1/p' | uniq | paste -sd' ')"
    report --show-leak-kinds=all --sort=age trace.log
    bare report | grep ' in loss record ' | tail -1 | grep -q "(48 direct" || fail "the oldest is not last: $(bare report | grep ' in loss record ')"
    report --show-leak-kinds=all --limit=2 trace.log
    equal "the largest two" "$(echo "$usual" | awk '{ print $(NF - 1), $NF }')" "$(numbers)"
    has report "--limit=2 leaves out"
    report --format=json --limit=2 trace.log
    equal "records of JSON" 2 "$(jq '.processes[0].records.bytes | length' report)"
    report --format=html --limit=2 trace.log
    has report "--limit=2 leaves out"
}

# A function that stands in malloc's place is not to blame, if there is another.
test_wrappers_of_malloc_are_not_to_blame() {
    cat >prog.c <<'END'
#include <stdlib.h>
#define NOINLINE __attribute__((noinline))
static NOINLINE void *xmalloc(size_t size) { return malloc(size); }
static NOINLINE void *ztrymalloc_usable(size_t size) { return xmalloc(size); }
static NOINLINE void *app_strdup(size_t size) { return ztrymalloc_usable(size); }
static NOINLINE void *session_alloc(void) { return xmalloc(30); }
static NOINLINE void load(void) { char *volatile block = app_strdup(50); block = ztrymalloc_usable(50); block = NULL; }
static NOINLINE void begin(void) { char *volatile block = session_alloc(); block = NULL; }
int main(void) { load(); begin(); return 0; }
END
    gcc -g -O0 -o prog prog.c
    traced ./prog
    report --by=function trace.log
    equal functions 'load session_alloc' "$(bare report | sed -nE 's/^ +[0-9.]+% .* ([a-z_]+)$/\1/p' | paste -sd' ')"
    report --by=line trace.log
    equal lines "prog.c:$(grep -n ' load(void)' prog.c | cut -d: -f1) (load) prog.c:$(grep -n 'session_alloc(void)' prog.c | cut -d: -f1) (session_alloc)" \
        "$(bare report | sed -nE 's/^ +[0-9.]+% .* (prog.c:.*)$/\1/p' | paste -sd' ')"
}

test_what_has_no_place_in_a_form_is_refused() {
    traced "$PROGRAMS/leak_direct"
    for words in "--own --format=json" "--own --html=page" "--by=file --format=csv" "--by=line --format=pprof" "--limit=1 --format=folded" \
        "--sort=kind --format=pprof" "--filter=x --format=massif"; do
        report $words trace.log
        equal "exit status of $words" 2 "$status"
        equal "lines of $words" 1 "$(wc -l <report.err)"
        [ ! -s report ] || fail "$words: something is printed"
    done
    report --filter= trace.log
    has report.err "--filter= is not understood"
    report --limit=0 trace.log
    has report.err "--limit=0 is not understood"
}

# --- colours -----------------------------------------------------------------------------------------------------

# on_terminal COMMAND: its output as a terminal gets it, in ./screen
on_terminal() { script -qec "$1" /dev/null </dev/null >screen; }
colored() { grep -q $'\033\[' "$1"; }

test_colors_are_for_terminals() {
    traced "$PROGRAMS/leak_direct"
    report trace.log
    ! colored report || fail "a file is coloured"
    report --color=always trace.log
    colored report || fail "--color=always does nothing"
    sed 's/\x1b\[[0-9;]*m//g' report >plain
    report trace.log
    cmp plain report || fail "colours change more than colours"
    TERM=xterm on_terminal "$REPORT trace.log"
    colored screen || fail "a terminal has no colours"
    ! TERM=dumb on_terminal "$REPORT trace.log" || ! colored screen || fail "a dumb terminal has colours"
    NO_COLOR=1 TERM=xterm on_terminal "$REPORT trace.log"
    ! colored screen || fail "NO_COLOR does nothing"
    TERM=xterm on_terminal "$REPORT --color=never trace.log"
    ! colored screen || fail "--color=never does nothing"
    TERM=xterm on_terminal "$REPORT --log-file=out trace.log"
    ! colored out || fail "a file is coloured"
    report --color=always --html=page trace.log
    ! colored page || fail "a page is coloured"
}
