# The page of real programs' logs in Chromium: each view by its content, search and zoom, size: make deps-pages pages.
. "$TESTS/pages/pages.sh"

test_cc1plus() {
    echo '#include <vector>
#include <string>
int main() { std::vector<std::string> some; some.push_back("one"); return (int)some.size(); }' >it.cpp
    OPTIONS=-q traced "$(gcc -print-prog-name=cc1plus)" -quiet -D_GNU_SOURCE it.cpp -o it.s
    make_page it.html trace.log
    look_at it.html
}

test_python3() {
    python_log
    make_page it.html trace.log
    look_at it.html
}

test_redis() {
    OPTIONS=-q traced redis-server --port 0 --unixsocket "$PWD/r.sock" --save '' --daemonize no --dir "$PWD" &
    for _ in $(seq 100); do
        [ -S r.sock ] && break
        sleep 0.1
    done
    for i in $(seq 200); do echo "SET key:$i $i"; done | redis-cli -s r.sock >/dev/null
    redis-cli -s r.sock shutdown nosave || :
    wait
    make_page it.html trace.log
    look_at it.html
    page it.html 'return text("main strong")'
    has seen 'blocks may be lost: the program points only to their inside.'
    # zmalloc and its kin are not to blame for what they are asked for.
    page 'it.html#v=leaks&k=definite,possible,reachable' 'return text("td button.open")'
    has seen 'aeCreateEventLoop'
    ! grep -E '^z[a-z]*alloc' seen || fail 'a wrapper is named'
}

test_a_rust_program() {
    OPTIONS=-q traced "$PROGRAMS/leak_rust_rc_cycle"
    make_page it.html trace.log
    look_at it.html
    page 'it.html#v=flame&metric=allocated' 'return text(".frame")'
    has seen 'leak_rust_rc_cycle::'
}

test_100000_stacks() {
    OPTIONS=-q traced "$PROGRAMS/many_stacks" 100000
    make_page it.html trace.log
    look_at it.html
}

test_a_killed_process() {
    LIBTRACE_OPTIONS=-q LD_PRELOAD=$LIBTRACE perl -e '$x = "x" x 100000; kill 9, $$' || :
    make_page it.html trace.log
    look_at it.html
    page it.html 'return text("main")'
    has seen 'is not known'
}

test_five_processes() {
    LIBTRACE_OPTIONS="-q --trace-children=yes --trace-file=$PWD/t.%p.log" LD_PRELOAD=$LIBTRACE bash -c '/bin/true; perl -e 1; sed -n 1p /dev/null; (exit 3) & wait'
    [ "$(ls t.*.log | wc -l)" -ge 5 ] || fail "only $(ls t.*.log)"
    make_page all.html t.*.log
    page all.html 'const seen = []; for (const one of document.querySelectorAll("#processes button")) seen.push(one.innerText); return seen.length' \
        'for (let i = 0; i < document.querySelectorAll("#processes button").length; i++) for (const v of ["summary", "leaks", "flame", "table", "timeline", "errors", "sizes"]) { location.hash = "p=" + i + "&v=" + v; await wait(40); if (!document.getElementById("view").children.length) return "empty: " + location.hash; } return "all"'
    equal 'processes, and their views' "$(ls t.*.log | wc -l) all" "$(paste -sd' ' seen)"
}

test_no_leak() {
    OPTIONS=-q traced sqlite3 :memory: 'create table t(a); insert into t values (1); select * from t'
    make_page it.html trace.log
    look_at it.html
    page it.html 'return text("main strong")'
    grep -qE 'No leaks are possible|Nothing is lost' seen || fail "$(cat seen)"
}

test_hostile_names() {
    local name=$'a"<b>\'&\x01\xff\xe2\x80\xae;'
    cp "$PROGRAMS/free_places" "./$name"
    OPTIONS=-q traced "./$name" '</script><script>document.title=2</script>' $'\x1b[31m'
    make_page it.html trace.log
    look_at it.html
    page it.html 'return document.querySelectorAll("main b b, h1 b").length' 'return document.title'
    equal 'elements of names' 0 "$(head -n 1 seen)"
}

test_a_comparison() {
    OPTIONS="-q --trace-file=$PWD/old.log" traced "$PROGRAMS/diff_phases" 1
    OPTIONS="-q --trace-file=$PWD/new.log" traced "$PROGRAMS/diff_phases" 2
    make_page it.html --diff=old.log new.log
    page it.html size=400x800 'const wide = []; for (const v of ["summary", "leaks", "flame", "table", "timeline", "sizes"]) { location.hash = "v=" + v; await wait(150); document.querySelectorAll("details").forEach((one) => (one.open = true)); if (document.documentElement.scrollWidth > 400) wide.push(v + " " + document.documentElement.scrollWidth); } return wide.join() || "none"'
    equal 'wider than the window' none "$(cat seen)"
    page 'it.html#v=flame' 'return [...document.querySelectorAll(".frame.changed")].map((one) => one.className.replace("frame changed ", "") + " " + one.getAttribute("aria-label")).sort().join("\n")'
    has seen 'all lost, 631 → 1,078 bytes (+447)' 'grow, 500 → 800 bytes (+300)' 'new fresh, 0 → 33 bytes (+33)' 'same steady, 7 → 7 bytes (+0)'
    page 'it.html#v=flame&metric=in-use&dir=callers' 'return text(".detail")'
    has seen '731 → 1,078 bytes (+347)'
    page 'it.html#v=flame&side=before' 'return text(".frame")'
    has_not seen fresh
    page 'it.html#v=leaks&k=definite' 'return text("tbody tr")'
    has seen '+300' 'fresh'
    has_not seen steady
    page 'it.html#v=leaks&change=gone&k=reachable' 'return text("caption")'
    has seen '1 loss record: 0 bytes in 0 blocks'
    page 'it.html#v=table' 'return text("tbody tr:nth-child(1)")'
    has seen '+'
    page it.html 'return text("main")'
    has seen 'Since old.log' 'grow (diff_phases.c:'
}
