# For tests of programs that go on: tests/programs/live_server, with its standard input at descriptor 8 and its lines at 9.

# serve [OPTIONS OF THE TRACER]: its number is $server afterwards.
serve() {
    serve_with LIBTRACE_OPTIONS="-q --trace-file=$PWD/t.log $*" LD_PRELOAD="$LIBTRACE"
}
# serve_with [VARIABLE=VALUE...]: the same, untraced but for what the environment says.
serve_with() {
    mkfifo to from
    env "$@" "$PROGRAMS/live_server" "$PROGRAMS/libapi_plugin.so" <to >from 2>server.err &
    server=$!
    exec 8>to 9<from
    trap 'kill -9 $server 2>/dev/null || true' EXIT
    served ready
}
# storm SIGNAL...: it is sent these all the time, until `calm`.
storm() {
    python3 -c 'import os, sys
server, *signals = map(int, sys.argv[1:])
try:
    while True:
        for signal in signals:
            os.kill(server, signal)
except ProcessLookupError:
    pass' "$server" "$@" &
    storm=$!
}
calm() { kill "$storm"; }
# served LINE: the next line that it prints.
served() {
    local line
    IFS= read -r -t 60 line <&9 || fail 'the server says nothing'
    equal 'line of the server' "$1" "$line"
}
# tell LINE [ANSWER]
tell() {
    echo "$1" >&8
    served "${2:-$1}"
}
# unharmed: no call was cut short, no child is to be seen, and it ends as ever.
unharmed() {
    tell wait 'interrupted 0, foreign children 0, ended badly 0'
    echo end >&8
    status=0
    wait "$server" || status=$?
    equal 'exit status of the server' 0 "$status"
    equal 'its standard error' '' "$(cat server.err)"
}
