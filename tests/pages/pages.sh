# pages.sh: what the scripts of this folder have in common.

page() { # page FILE[#STATE] SCRIPT…: what the scripts return, into ./seen; a message on the console fails
    node "$TESTS/pages/browser.mjs" "$@" >seen 2>seen.err || fail "$1: $(cat seen seen.err)"
}
make_page() { # make_page FILE LOG…
    local file=$1
    shift
    "$REPORT" --html="$file" "$@" 2>said || fail "leakreport --html: exit status $?: $(cat said)"
}
trace_demo() {
    cp "$BUILD"/lib*.so "$BUILD/demo" .
    OPTIONS=-q traced ./demo
}
python_log() {
    PYTHONMALLOC=malloc OPTIONS=-q traced /usr/bin/python3 -c 'import json, re, http.client, unittest; print(len(json.dumps(list(range(1000)))))'
}
# look_at FILE [STATE]: every view by its content, search and zoom; the page's size keeps to its bound
look_at() {
    local stacks size
    page "$1" "script=$TESTS/pages/tour.js"
    grep -q '^right: ' seen || fail "$1: $(cat seen)"
    stacks=$("$REPORT" --format=json "${2:-trace.log}" | jq '[.processes[].stacks.node | length] | add')
    size=$(stat -c %s "$1")
    [ "$size" -lt $((300000 + 200 * stacks)) ] || fail "$1: $size bytes for $stacks stacks"
    echo "    $1: $size bytes, $(sed -n 's/^right: //p' seen)"
}
