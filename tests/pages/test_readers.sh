# What other programs say of the exports: speedscope in Chromium, go tool pprof. (ms_print and callgrind_annotate: e2e/test_exports.sh)
. "$TESTS/pages/pages.sh"

speedscope=$BUILD/npm/node_modules/speedscope/dist/release/index.html

# speedscope_self FILE: the sum of its column "Self", of what is exact in it, and its rows, into ./rows. As its own command hands a
# file over: a script beside it.
speedscope_self() {
    [ -f "$speedscope" ] || fail "speedscope is missing: make deps-pages"
    printf "speedscope.loadFileFromBase64('%s', '%s')" "$1" "$(base64 -w0 "$1")" >"$1.js"
    page "$speedscope#localProfilePath=$PWD/$1.js" console=severe \
        'for (let i = 0; i < 100 && !document.title.includes(" - "); i++) await wait(100); return document.title' \
        'for (let i = 0; i < 50 && !document.body.innerText.includes("Symbol Name"); i++) { [...document.querySelectorAll("*")].filter((one) => one.children.length < 2 && one.innerText && one.innerText.endsWith("Sandwich")).forEach((one) => one.click()); await wait(100); } return [...document.querySelectorAll("tbody tr, tr")].map((one) => one.innerText.replace(/\s+/g, " ")).join("\n")'
    grep -q speedscope seen || fail "$(cat seen)"
    tail -n +2 seen >rows
}

test_speedscope_reads_folded_stacks() {
    trace_demo
    "$REPORT" --format=folded --log-file=demo.txt trace.log
    speedscope_self demo.txt
    equal 'bytes lost, by allocation function' 10502338 "$(grep -E ' (malloc|calloc|realloc|strdup)$' rows | awk '{ gsub(",", "", $3); sum += $3 } END { print sum }')"
    grep -q '^10,[0-9,]* .* update_app_state$' rows || fail "$(cat rows)"
}

test_speedscope_reads_pprof() {
    trace_demo
    "$REPORT" --format=pprof --log-file=demo.pb.gz trace.log
    speedscope_self demo.pb.gz
    grep -q '^9.9[0-9] MB .* update_app_state$' rows || fail "$(cat rows)"
    grep -q ' malloc$' rows || fail "$(cat rows)"
}

# Each column of -raw adds up to what the text report says.
test_pprof_raw_has_the_reports_totals() {
    trace_demo
    "$REPORT" --format=pprof --log-file=demo.pb.gz trace.log
    go tool pprof -raw demo.pb.gz >raw 2>said || fail "$(cat said)"
    awk '/^Samples:/ { inside = 1; getline; for (i = 1; i <= NF; i++) { sub(/\/.*/, "", $i); name[i] = $i } columns = NF; next }
        /^Locations/ { inside = 0 }
        inside && /:/ { for (i = 1; i <= columns; i++) { value = $i; sub(/:/, "", value); sum[i] += value } }
        END { for (i = 1; i <= columns; i++) printf "%s %d\n", name[i], sum[i] }' raw >sums
    report trace.log
    has report "total heap usage: $(awk '$1 == "alloc_objects" { printf "%d,%03d", $2 / 1000, $2 % 1000 }' sums) allocs"
    equal 'bytes lost' 10502338 "$(awk '$1 == "lost_space" { print $2 }' sums)"
    equal 'bytes in use' 10502474 "$(awk '$1 == "inuse_space" { print $2 }' sums)"
    has raw update_app_state 'demo'
}

test_pprof_top_is_the_report() {
    trace_demo
    "$REPORT" --format=pprof --log-file=demo.pb.gz trace.log
    go tool pprof -top -unit=B -nodefraction=0 -sample_index=lost_space demo.pb.gz >top 2>said || fail "$(cat said)"
    has top 'of 10502338B total'
    grep -qE ' 103[0-9]+B .* update_app_state$' top || fail "$(cat top)"
}

# Of two builds with lines moved, too: it reports by function.
test_pprof_diff_base_is_our_difference() {
    OPTIONS="-q --trace-file=$PWD/old.log" traced "$PROGRAMS/diff_phases" 1
    OPTIONS="-q --trace-file=$PWD/new.log" traced "$PROGRAMS/diff_phases" 2
    for log in old new; do "$REPORT" --format=pprof --log-file=$log.pb.gz $log.log; done
    go tool pprof -top -unit=B -nodefraction=0 -sample_index=inuse_space -diff_base=old.pb.gz new.pb.gz >top 2>said || fail "$(cat said)"
    report --diff=old.log --metric=in-use new.log
    has report 'in use at exit: 1,078 (+347) bytes'
    grep -qE ' 300B .* grow$' top || fail "$(cat top)"
    grep -qE ' 33B .* fresh$' top || fail "$(cat top)"
    grep -qE ' -50B .* hold$' top || fail "$(cat top)"
    has top '347B'
}

test_massif_and_callgrind_of_a_large_program() {
    python_log
    report --leak-check=no trace.log
    calls=$(bare report | sed -nE 's/.*total heap usage: ([0-9,]+) allocs.*/\1/p')
    bytes=$(bare report | sed -nE 's/.* ([0-9,]+) bytes allocated/\1/p')
    "$REPORT" --format=callgrind --log-file=callgrind.out trace.log
    callgrind_annotate --threshold=100 --show=Allocated,Calls callgrind.out >annotated 2>said || fail "$(cat said)"
    grep -E 'PROGRAM TOTALS' annotated >totals || fail "$(head -30 annotated)"
    has totals "$calls" "$bytes"
    "$REPORT" --format=massif --log-file=massif.out trace.log
    ms_print massif.out >printed 2>said || fail "$(cat said)"
    report --peak trace.log
    peak=$(bare report | sed -nE 's/ +peak heap usage: ([0-9,]+) bytes.*/\1/p')
    has printed "$peak" '(peak)'
}
