# leakreport --check of processes that nobody prepared, ROUNDS times each (20): redis under load, nginx, threads in C++, python3.
: "${ROUNDS:=20}"

check_often() { # check_often PID: how many of the checks gave kinds; the others must be refused with a reason
    local n good=0
    for n in $(seq "$ROUNDS"); do
        report --check "$1"
        kill -0 "$1" || fail "process $1 is gone after check $n"
        if [ "$status" = 0 ]; then good=$((good + 1)); else has report.err "process $1"; fi
        equal 'zombies' '' "$(ps --ppid "$1" -o stat= 2>/dev/null | grep Z || true)"
    done
    echo "$good of $ROUNDS checks gave kinds"
}

test_redis_under_load() {
    redis-server --port 7399 --save '' --daemonize no >redis.out 2>&1 &
    server=$!
    trap 'kill -9 $server 2>/dev/null || true' EXIT
    until redis-cli -p 7399 ping >/dev/null 2>&1; do sleep 0.1; done
    redis-benchmark -p 7399 -n 2000000 -q -t set,get >bench.out 2>&1 &
    load=$!
    check_often "$server"
    kill "$load" 2>/dev/null || true
    equal 'redis' PONG "$(redis-cli -p 7399 ping)"
    has_not bench.out 'rror'
}

test_python_with_threads() {
    /usr/bin/python3 -c '
import threading, time, json, sys
def work():
    while True: json.loads(json.dumps(list(range(100))))
for i in range(4): threading.Thread(target=work, daemon=True).start()
for i in range(10**6):
    before = time.monotonic(); time.sleep(0.05)
    if time.monotonic() - before < 0.05: print("short sleep", flush=True)
' >python.out 2>&1 &
    server=$!
    trap 'kill -9 $server 2>/dev/null || true' EXIT
    check_often "$server"
    equal 'what python says' '' "$(cat python.out)"
}

test_threads_of_a_server() {
    source "$TESTS/e2e/live.sh"
    serve_with
    tell fork
    check_often "$server"
    tell wait 'interrupted 0, foreign children 0, ended badly 0'
}

test_nginx() {
    mkdir -p logs
    printf 'daemon off; master_process off; worker_processes 1; pid n.pid; error_log e.log;\nevents {}\nhttp { access_log off; server { listen 127.0.0.1:7398; location / { return 200 ok; } } }\n' >n.conf
    nginx -p "$PWD" -c n.conf >nginx.out 2>&1 &
    server=$!
    trap 'kill -9 $server 2>/dev/null || true' EXIT
    until curl -s http://127.0.0.1:7398/ >/dev/null; do sleep 0.1; done
    ab -q -n 500000 -c 8 http://127.0.0.1:7398/ >ab.out 2>&1 &
    load=$!
    check_often "$server"
    kill -INT "$load" 2>/dev/null || true
    wait "$load" || true
    equal 'failed requests' 0 "$(awk '/Failed requests/ { print $3 }' ab.out)"
    equal nginx ok "$(curl -s http://127.0.0.1:7398/)"
}
