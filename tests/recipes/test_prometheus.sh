# docs/prometheus.md: Debian's prometheus scrapes a page of --format=prometheus.

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# await COMMAND...: until it succeeds
await() {
    for _ in $(seq 600); do
        ! "$@" || return 0
        sleep 0.1
    done
    fail "in vain: $*"
}
query() { curl -s "http://127.0.0.1:$server/api/v1/query" --data-urlencode "query=$1" >answer; }
answers() { query "$1" && grep -q '"value":' answer; }
# value QUERY FIGURE
value() {
    query "$1"
    equal "$1" "$2" "$(jq -r '.data.result[0].value[1]' answer)"
}

test_prometheus_scrapes_what_a_program_lost() {
    OPTIONS="--trace-file=t.log" traced "$PROGRAMS/prometheus_labels"
    report --format=prometheus --top=3 t.log
    equal 'exit status' 0 "$status"
    mv report page.prom
    promtool check metrics <page.prom >checked 2>&1 || fail "$(cat checked)"
    page=$(free_port) server=$(free_port)
    printf 'global:\n  scrape_interval: 1s\nscrape_configs:\n  - job_name: heap\n    metrics_path: /page.prom\n    static_configs:\n      - targets: ["127.0.0.1:%s"]\n' "$page" >prometheus.yml
    python3 -m http.server "$page" --bind 127.0.0.1 >http.out 2>&1 &
    http=$!
    prometheus --config.file=prometheus.yml --storage.tsdb.path=data --web.listen-address="127.0.0.1:$server" >prometheus.out 2>&1 &
    prometheus=$!
    trap 'kill -9 $http $prometheus 2>/dev/null || true' EXIT
    await answers leakreport_live_bytes
    value 'leakreport_leak_bytes{kind="definite"}' 3000
    value 'leakreport_leak_blocks{kind="definite"}' 3
    value 'leakreport_allocations_total{program="prometheus_labels"}' 4
    value 'leakreport_frees_total' 1
    value 'leakreport_live_bytes' 3000
    value 'sum(leakreport_stack_live_bytes)' 3000
    value 'leakreport_stack_live_blocks{stack=~"main .*_lost.*prometheus_labels.cpp:[0-9]+.;malloc"}' 3
    has page.prom '# TYPE leakreport_live_bytes gauge' 'operator\"\" _lost'
    kill "$http" "$prometheus"
}
