# The page of --html in Chromium: make deps-pages pages.

. "$TESTS/pages/pages.sh"

test_each_view_of_the_demo() {
    trace_demo
    make_page demo.html trace.log
    page demo.html 'return text("main")'
    has seen '10,502,338 bytes in 5,762 blocks are lost' "update_app_state ($(line_of state.c 'updated->cache = must_have(malloc('))"' allocated 10,240,000 bytes that are lost, 97.5 % of all' 'exit 0'
    page 'demo.html#v=leaks' 'return text("caption")' 'document.querySelector("td button.open").click(); return text(".stack")' \
        'return document.querySelectorAll("tbody tr").length'
    has seen '22 loss records: 10,502,338 bytes in 5,762 blocks.' "by update_app_state ($(line_of state.c 'malloc(sizeof *updated)'))" "by main ($(line_of main.c 'run_request(&request'))"
    equal rows 22 "$(tail -n 1 seen)"
    page 'demo.html#v=flame' 'return text(".frame")' 'return text(".detail")'
    has seen 'all lost' 'main' 'state_run' 'update_app_state' '10,502,338 bytes, 100.0 % of all'
    page 'demo.html#v=table' 'return text("tbody tr")'
    has seen 'update_app_state'
    page 'demo.html#v=timeline' 'return text("main")' 'return document.querySelectorAll("svg polyline").length'
    has seen 'The peak was 10,5'
    page 'demo.html#v=errors' 'return text("main")'
    has seen 'There were no bad frees.'
    page 'demo.html#v=sizes' 'return text("main")'
    has seen 'Sizes of the blocks in use at the end' '/libhandlers.so' 'Threads'
}

test_records_are_filtered_and_sorted() {
    trace_demo
    make_page demo.html trace.log
    page 'demo.html#v=leaks&k=definite' 'return text("caption")'
    has seen '3 loss records: 7,288 bytes in 102 blocks.'
    page 'demo.html#v=leaks&q=activity_log_copy' 'return text("caption")'
    has seen '2 loss records: 145,013 bytes in 5,045 blocks.'
    page 'demo.html#v=leaks&q=handle.c&in=file' 'return text("tbody td:last-child")'
    has_not seen state.c
    page 'demo.html#v=leaks' 'document.querySelectorAll("th button")[2].click(); await wait(200); return text("tbody tr:first-child")' 'return location.hash'
    has seen '4,950' 'sort=blocks'
}

# What has been unfolded stands in the address, as filters do.
test_an_unfolded_record_can_be_linked() {
    trace_demo
    make_page demo.html trace.log
    page 'demo.html#v=leaks' 'document.querySelectorAll("td button.open")[2].click(); document.querySelectorAll("td button.open")[1].click(); return location.hash' \
        'document.querySelectorAll("td button.open")[1].click(); return location.hash' 'document.querySelectorAll("th button")[2].click(); await wait(200); return document.querySelectorAll(".stack").length' \
        'return location.hash'
    hash=$(sed -n '$s/^#//p' seen)
    equal 'after the sort' 1 "$(sed -n 3p seen)"
    grep -qE 'open=[0-9]+%2C[0-9]+$' seen || fail "$(cat seen)"
    page "demo.html#$hash" 'return text(".stack")' 'document.getElementById("tab-errors").click(); await wait(200); return location.hash'
    has seen 'create_app_state'
    has_not seen open=
}

test_the_flame_graph_zooms_searches_and_turns() {
    python_log
    make_page py.html trace.log
    page 'py.html#v=flame&metric=allocated' \
        'const box = [...document.querySelectorAll(".frame")].find((one) => one.innerText === "import_name"); box.click(); return text(".detail strong")' \
        'document.querySelector(".detail button").click(); await wait(300); return document.querySelectorAll(".frame.passed").length > 5' 'return text(".controls button")' \
        'document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true })); await wait(300); return "zoom" in Object.fromEntries(new URLSearchParams(location.hash.slice(1)))'
    equal 'what was seen' 'import_name true Whole graph false' "$(tr '\n' ' ' <seen | sed 's/ $//')"
    page 'py.html#v=flame&metric=allocated&q=PyDict_New' 'return text("main p")'
    grep -qE 'Found: [0-9.]+ %' seen || fail "$(cat seen)"
    page 'py.html#v=flame&metric=allocated&dir=callers' 'return [...document.querySelectorAll(".frame")].slice(1, 3).map((one) => one.innerText).join()'
    grep -q malloc seen || fail "$(cat seen)"
    page 'py.html#v=flame&metric=allocated&about=PyImport_Import&by=function' 'return text(".frame.about")'
    has seen PyImport_Import
    page 'py.html#v=flame&metric=allocated' 'const one = document.querySelector(".frame"); one.focus(); one.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true })); return document.activeElement.getAttribute("aria-level")'
    equal 'level after an arrow' 2 "$(cat seen)"
}

# What realloc copied is a metric where it copied something, and the outer frames that are missing are a frame.
test_what_was_moved_and_what_was_cut_are_in_the_graph() {
    OPTIONS=-q traced "$PROGRAMS/use_moves"
    make_page it.html trace.log
    page 'it.html#v=flame&metric=moved' 'return text(".frame")' 'return text(".detail")'
    has seen grow "$("$REPORT" --format=json trace.log | jq '.processes[0].stacks.bytes_copied | add' | sed ':a; s/\([0-9]\)\([0-9]\{3\}\)\($\|,\)/\1,\2\3/; ta') bytes, 100.0 % of all"
    make_page it.html --num-callers=2 trace.log
    page 'it.html#v=flame&metric=allocated' 'return [...document.querySelectorAll(".frame")].slice(0, 2).map((one) => one.innerText).join()' \
        'return JSON.parse(document.querySelector("script.process").textContent).frames.function.length'
    equal 'the outermost' 'all allocated,[outer frames left out]' "$(head -n 1 seen)"
    page 'it.html#v=leaks&k=definite,reachable' 'document.querySelector("td button.open").click(); return text(".stack")' \
        '[...document.querySelectorAll("td button")].find((one) => one.innerText.includes("flame")).click(); await wait(300); return document.querySelectorAll(".frame.passed").length'
    has seen '(further callers are left out: --num-callers)'
    has_not seen '[outer frames'
    equal 'the path to the record' 3 "$(tail -n 1 seen)"
    OPTIONS=-q traced /bin/true
    make_page it.html trace.log
    page 'it.html#v=flame' 'return text("option")'
    has_not seen realloc
}

# --never-freed, --by=type and types in ways are in the page, too.
test_what_was_asked_for_is_in_the_page() {
    OPTIONS=-q traced "$PROGRAMS/never_freed"
    make_page it.html --never-freed trace.log
    page 'it.html#v=holders' 'return text("main")'
    has seen 'Never freed, where neighbours are' "start (never_freed.c:$(grep -n 'malloc(40)' "$TESTS/programs/never_freed.c" | cut -d: -f1))" '4,000' '3 of 4'
    OPTIONS='-q --ages=yes' traced "$PROGRAMS/old_blocks" "$(date +%s.%N)"
    make_page it.html --never-freed trace.log
    page 'it.html#v=holders' 'return text("main")'
    has seen 'Far older than other blocks of their stack' 'start (old_blocks.c:' '120'
    OPTIONS='-q --heap-graph=yes' traced "$BUILD/demo" state --tracked
    make_page it.html --why=create_app_state --by=type --metric=in-use trace.log
    page 'it.html#v=holders' 'return text("main")' size=400x800 'return document.documentElement.scrollWidth'
    has seen 'struct app_state.cache'
    equal 'as wide as the window' 400 "$(tail -n 1 seen)"
    page it.html 'return text("main")'
    has seen 'Bytes in use at the end, by type' 'struct app_state'
}

# A place without a name is an address in a module, which is named once; what stands in malloc's place is no place.
test_places_without_names_and_of_libraries() {
    cat >lib.c <<'END'
#include <stdlib.h>
void *keep_malloc(size_t size) { return malloc(size); }
void *keep(void) { return keep_malloc(70); }
END
    cat >prog.c <<'END'
void *keep(void);
void *kept;
int main(void) { kept = keep(); return 0; }
END
    mkdir -p lib
    gcc -O0 -fno-optimize-sibling-calls -shared -fPIC -o lib/libkeep.so lib.c
    gcc -O0 -s -o prog prog.c lib/libkeep.so -Wl,-rpath,"$PWD/lib"
    OPTIONS=-q traced ./prog
    make_page it.html trace.log
    page 'it.html#v=leaks' 'return text("td button.open")' 'document.querySelector("td button.open").click(); return text(".stack .own, .stack .library").split("\n").filter((one) => one.includes("prog"))[0]'
    equal 'the place' 'keep (in '"$PWD"'/lib/libkeep.so)' "$(head -n 1 seen)"
    grep -qE "^by 0x[0-9a-f]+ \\(in $PWD/prog\\)$" seen || fail "$(cat seen)"
}

test_errors_of_guard_are_named() {
    OPTIONS='-q --guard=all' traced "$PROGRAMS/guard_cases" write_4_freed
    make_page it.html trace.log
    page 'it.html#v=errors' 'return text("section.error")'
    has seen 'Invalid write of size ' 'inside a block of size ' 'It was freed here:' 'It was allocated here:'
}

test_bad_frees_have_their_stacks() {
    OPTIONS=-q traced "$PROGRAMS/free_kinds" twice
    make_page it.html trace.log
    report trace.log
    page 'it.html#v=errors' 'return document.querySelectorAll("section.error").length' 'return text("main")'
    equal 'errors' "$(grep -cE '^==[0-9]+== (Invalid|Mismatched|realloc)' report)" "$(head -n 1 seen)"
    has seen 'It was allocated here:'
}

test_processes_are_a_tree() {
    LIBTRACE_OPTIONS="-q --trace-children=yes --trace-file=$PWD/t.%p.log" LD_PRELOAD=$LIBTRACE bash -c '/bin/true; perl -e 1; (exit 3) & wait'
    make_page all.html t.*.log
    page all.html 'return document.querySelectorAll("#processes button").length' 'document.querySelectorAll("#processes button")[1].click(); await wait(200); return text("#subtitle")'
    equal processes "$(ls t.*.log | wc -l)" "$(head -n 1 seen)"
}

test_names_are_shown_and_not_obeyed() {
    local name='<img src=x onerror=document.title=1>'
    cp /bin/true "./$name"
    OPTIONS=-q traced "./$name" '</script><script>document.title=2</script>' $'\xe2\x80\xae'
    make_page it.html trace.log
    page it.html 'return document.title' 'return text("h1")' 'return document.querySelectorAll("img").length'
    has seen "<img src=x" '</script><script>'
    equal images 0 "$(tail -n 1 seen)"
}

test_a_killed_process_and_one_without_a_leak() {
    OPTIONS=-q traced timeout -s KILL 1 "$PROGRAMS/end_watch" || :
    OPTIONS=-q traced /bin/true
    make_page none.html trace.log
    page none.html 'return text("main p")'
    grep -qE 'No leaks are possible|Nothing is lost' seen || fail "$(cat seen)"
    LIBTRACE_OPTIONS="-q --trace-file=$PWD/killed.log" LD_PRELOAD=$LIBTRACE perl -e '$x = "x" x 100000; kill 9, $$' || :
    make_page killed.html killed.log
    page killed.html 'return text("main")'
    has seen 'no record'
}

test_the_page_is_usable_when_narrow_and_printed_and_without_scripts() {
    trace_demo
    make_page demo.html trace.log
    page 'demo.html' size=400x800 'const wide = []; for (const v of ["summary", "leaks", "holders", "flame", "table", "timeline", "errors", "sizes"]) { location.hash = "v=" + v; await wait(150); if (document.documentElement.scrollWidth > 400) wide.push(v + " " + document.documentElement.scrollWidth); } return wide.join() || "none"'
    equal 'wider than the window' none "$(cat seen)"
    page 'demo.html#v=timeline' size=400x800 'await wait(200); return Math.round(document.querySelector("svg text").getBoundingClientRect().height) > 10' size=1100x800 \
        'await wait(200); return document.querySelector("svg").getAttribute("viewBox").startsWith("0 0 1000 ")'
    equal 'letters of a narrow picture, and a wide one' 'true true' "$(paste -sd' ' seen)"
    # Dark on the screen is no dark on paper; what is for a mouse is not there; the graph is as wide as the paper.
    page 'demo.html#v=flame' dark 'return getComputedStyle(document.body).backgroundColor' 'document.getElementById("theme").click(); document.getElementById("theme").click(); return 1' paper \
        'return getComputedStyle(document.body).backgroundColor' 'return [...document.querySelectorAll("button, select, input")].filter((one) => one.offsetParent).length' \
        'return text("main").includes("Click")' 'return getComputedStyle(document.querySelector(".detail")).position' \
        'document.getElementById("flame").style.width = "300px"; return Math.round(document.querySelector(".frame").getBoundingClientRect().width)'
    equal 'on paper' 'rgb(20, 23, 29) 1 rgb(255, 255, 255) 0 false static 300' "$(paste -sd' ' seen)"
    grep -q '<noscript><pre>.*' demo.html
    sed -n '/<noscript><pre>/,/<\/noscript>/p' demo.html >text
    has text 'definitely lost in loss record' 'LEAK SUMMARY:'
}

# A view is made anew when it is sorted, filtered or left: who has come there by keyboard stays there.
test_the_keyboard_stays_where_it_is() {
    trace_demo
    make_page demo.html trace.log
    page 'demo.html#v=leaks' \
        'const sort = document.querySelectorAll("th button")[2]; sort.focus(); sort.click(); await wait(200); return document.activeElement.innerText' \
        'const box = document.querySelectorAll("input[type=checkbox]")[1]; box.focus(); box.click(); await wait(200); return document.activeElement === document.querySelectorAll("input[type=checkbox]")[1] && text("caption").slice(0, 14)' \
        'const tab = document.getElementById("tab-errors"); tab.focus(); tab.click(); await wait(200); return document.activeElement.id' \
        'document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true })); await wait(200); return document.activeElement.id' \
        'location.hash = "v=flame"; await wait(200); const by = document.querySelectorAll("select")[1]; by.focus(); by.value = "line"; by.dispatchEvent(new Event("change")); await wait(200); return document.activeElement === document.querySelectorAll("select")[1] && document.activeElement.value'
    equal 'what has the focus' 'Blocks ▼,3 loss records,tab-errors,tab-timeline,line' "$(paste -sd, seen)"
}

# What a screen reader is told: each control has a name, there is no empty part, and a narrow table is a table still.
test_each_part_has_a_role_and_a_name() {
    local view
    trace_demo
    make_page demo.html trace.log
    for view in summary leaks holders flame table timeline errors sizes; do
        page "demo.html#v=$view" size=400x800 tree
        ! grep -nE '^ *(button|link|checkbox|combobox|searchbox|spinbutton|tab|tree|treeitem|image|navigation) ""' seen || fail "$view: without a name"
        grep -q '^ *main ' seen || fail "$view: $(cat seen)"
        grep -qE '^ *tabpanel "[A-Z]' seen || fail "$view: $(cat seen)"
        has_not seen 'navigation "Processes"'
        case $view in
        leaks) grep -A3 '^ *row ' seen | grep -q '^ *cell "definitely lost"' || fail "$(cat seen)" ;;
        flame) grep -qE '^ *treeitem "update_app_state, 10,399,689 bytes, 99.0 %" .*level=6' seen || fail "$(cat seen)" ;;
        esac
    done
}

test_sizes_and_first_paint() {
    # 100,000 stacks: 300 kB and 200 bytes for each. That the paint is fast is said by make bench.
    OPTIONS=-q traced "$PROGRAMS/many_stacks" 100000
    make_page big.html trace.log
    stacks=$("$REPORT" --format=json trace.log | /usr/bin/python3 -c 'import json, sys; print(len(json.load(sys.stdin)["processes"][0]["stacks"]["node"]))')
    size=$(stat -c %s big.html)
    [ "$size" -lt $((300000 + 200 * stacks)) ] || fail "$size bytes for $stacks stacks"
    page 'big.html#v=flame&metric=allocated' 'return document.querySelectorAll(".frame").length > 10'
    equal 'frames are there' true "$(cat seen)"
}
