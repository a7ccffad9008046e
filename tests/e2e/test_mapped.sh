# What the program maps itself, by call stack (--mmap=yes).

# mapped_of FUNCTION: bytes and mappings of all stacks with it (./report).
mapped_of() {
    tr -d , <report | awk -v of="$1 " '
        / bytes \(.* mappings in stack / { bytes = $2; mappings = $6; next }
        bytes && / by 0x/ { if (index($0, ": " of)) { b += bytes; m += mappings; bytes = 0 } }
        END { print b + 0, m + 0 }'
}
# maps LOG: what the program said that each of its functions has mapped (./out) is what the log says.
maps() {
    report --top=100,mapped "$1"
    while read -r function bytes mappings; do
        equal "$function" "$bytes $mappings" "$(mapped_of "$function")"
    done <out
}

test_each_way_to_map() {
    OPTIONS=--mmap=yes traced "$PROGRAMS/map_calls"
    equal 'exit status' 0 "$status"
    equal 'functions' 11 "$(wc -l <out)"
    maps trace.log
    has report 'MMAPPED BY THE PROGRAM:' 'in all: 2,423,448 bytes in 10 mappings, 4,096 of them of files or shared memory' \
        'mapped by the program itself: 2,423,448 bytes in 10 mappings, '
    # Five pages are written to; in a few of a hundred runs six are in memory.
    local own=$(grep -B9 ' keep (' report | tr -d , | awk '/alone: / { bytes = $(NF - 1) } END { print bytes }')
    [ "$own" -ge 20480 ] && [ "$own" -lt 65536 ] || fail "keep has $own bytes of its own"
}

test_threads_and_handlers_that_map() {
    OPTIONS=--mmap=yes traced "$PROGRAMS/map_calls" threads
    equal 'exit status' 0 "$status"
    maps trace.log
    has report 'in all: 2,423,448 bytes in 10 mappings'
}

# It has what its parent had mapped, and its own.
test_forked_child_that_maps() {
    OPTIONS='--mmap=yes --trace-children=yes' traced "$PROGRAMS/map_calls" fork
    maps trace.log
    report --top=100,mapped trace*.log
    equal 'in the child' '36864 1' "$(mapped_of in_child)"
    equal 'both' 2 "$(grep -cE 'in all: 2,4(23,448|60,312) bytes in 1[01] mappings' report)"
}

test_snapshot_and_json_have_it() {
    OPTIONS=--mmap=yes traced "$PROGRAMS/map_calls"
    "$REPORT" --format=json trace.log >it.json
    equal 'sums' '2423448 10 4096 true' "$(jq -r '.processes[0].mapped | "\(.bytes) \(.mappings) \(.of_files) \(.own_bytes >= 20480)"' it.json)"
    equal 'columns' '2423448 10 true' "$(jq -r '.processes[0] | .mapped.own_bytes as $own | .stacks | "\(.bytes_mapped | add) \(.mappings | add) \((.mapped_own_bytes | add) == $own)"' it.json)"
    LIBTRACE_OPTIONS="-q --mmap=yes --trace-file=$PWD/t.log" LD_PRELOAD=$LIBTRACE python3 -c '
import mmap, sys
kept = mmap.mmap(-1, 3 << 20)
kept[0:100000] = b"x" * 100000
print("ready", flush=True)
sys.stdin.read()' < <(sleep 60) >said &
    server=$!
    trap 'kill -9 $server 2>/dev/null || true' EXIT
    for _ in $(seq 600); do grep -q ready said && break; sleep 0.1; done
    "$REPORT" --check $server --top=100,mapped >report
    has report 'mapped by the program itself: ' '3,145,728 bytes ('
    kill -9 $server
}

# Without the option nothing is written, and said.
test_off_says_so() {
    traced "$PROGRAMS/map_calls"
    report --top=mapped trace.log
    has report 'not recorded: run the program with --mmap=yes'
    has_not report 'mapped by the program itself'
    equal json null "$("$REPORT" --format=json trace.log | jq -c '.processes[0].mapped')"
    OPTIONS=--mmap=yes traced /bin/true
    report --top=mapped trace.log
    has report 'nothing is mapped'
}

# Stacks that are cut to --own's callers, and those of a log that is compared with, have what they had.
test_own_stacks_and_comparisons_have_it() {
    OPTIONS='--mmap=yes --trace-file=old.log' traced "$PROGRAMS/map_calls"
    OPTIONS=--mmap=yes traced "$PROGRAMS/map_calls" threads
    report --own --top=100,mapped trace.log
    has report ' mappings in stack 1 of '
    equal 'sums of own stacks' '2423448 10' "$(tr -d , <report | awk '/ mappings in stack / { bytes += $2; mappings += $6 } END { print bytes, mappings }')"
    "$REPORT" --format=json old.log >old.json
    for old in old.log old.json; do
        report --diff=$old --top=100,mapped trace.log
        has report 'all stacks: 2,423,448 -> 2,423,448; '
    done
}

# With a sample of the blocks mappings are recorded whole.
test_with_a_sample_of_the_blocks() {
    OPTIONS='--mmap=yes --sample=524288' traced "$PROGRAMS/map_calls" threads
    equal 'exit status' 0 "$status"
    maps trace.log
}

# A call that a filter answers with SIGSYS comes to its handler, which may map, too: that is counted as not known.
test_call_that_a_filter_traps() {
    local whose
    for whose in '' inherited; do
        OPTIONS=--mmap=yes traced "$PROGRAMS/map_trapped" $whose
        equal "exit status $whose" 0 "$status"
        equal "said $whose" refused "$(cat out)"
        report --top=mapped trace.log
        has report 'in all: 8,192 bytes in 1 mappings' '1 calls of mmap and its kin (--mmap=yes) are not recorded'
    done
}
