# --format: each form is read by its own reader, and says what the text report says.

trace_demo() {
    cp "$BUILD"/lib*.so "$BUILD/demo" .
    OPTIONS=-q traced ./demo
}
export_as() { # export_as FORMAT FILE [OPTION…]: of trace.log
    local format=$1 file=$2
    shift 2
    "$REPORT" --format="$format" --log-file="$file" "$@" trace.log 2>said || fail "leakreport --format=$format: exit status $?: $(cat said)"
}
python() { /usr/bin/python3 "$@"; }

test_json_keeps_to_its_schema_and_has_the_reports_sums() {
    trace_demo
    export_as json demo.json
    python - "$TESTS/../docs/leakreport.schema.json" demo.json >sums <<'EOF'
import json, sys, jsonschema
document = json.load(open(sys.argv[2]))
jsonschema.validate(document, json.load(open(sys.argv[1])))
p = document["processes"][0]
for kind, words in ("definite", "definitely lost"), ("indirect", "indirectly lost"), ("possible", "possibly lost"), ("reachable", "still reachable"):
    print("%s: %s bytes in %s blocks" % (words, format(p["leaks"][kind]["bytes"], ","), format(p["leaks"][kind]["blocks"], ",")))
    chosen = [i for i, k in enumerate(p["records"]["kind"]) if k == kind]
    assert sum(p["records"]["bytes"][i] for i in chosen) == p["leaks"][kind]["bytes"]
stacks, nodes, frames, strings = p["stacks"], p["nodes"], p["frames"], p["strings"]
assert sum(stacks["bytes_allocated"]) == p["totals"]["bytes_allocated"]
assert sum(stacks["bytes_at_peak"]) == p["peak"]["bytes"]
assert all(parent < i for i, parent in enumerate(nodes["parent"]) if i)
node, names = stacks["node"][p["records"]["stack"][-1]], []
while node:
    names.append(strings[frames["function"][nodes["frame"][node]]])
    node = nodes["parent"][node]
print(" ".join(names))
EOF
    report trace.log
    while read -r line; do has report "$line"; done < <(sed '$d' sums | sed 's/^/ /')
    equal 'the largest record' 'malloc update_app_state interact state_run run_request main' "$(tail -n 1 sums)"
}

# Each kind of error, those of --guard too: the schema names them, and the sentences are the report's.
test_json_has_errors_of_each_kind() {
    local case count=0
    for case in read_8_freed write_4_behind free_kinds; do
        rm -f trace.log
        if [ $case = free_kinds ]; then
            OPTIONS=-q traced "$PROGRAMS/free_kinds" twice
        else
            OPTIONS='-q --guard=all' traced "$PROGRAMS/guard_cases" $case
        fi
        export_as json it.json
        python - "$TESTS/../docs/leakreport.schema.json" it.json <<'EOF' || fail "$case"
import json, sys, jsonschema
jsonschema.validate(json.load(open(sys.argv[2])), json.load(open(sys.argv[1])))
EOF
        report trace.log
        jq -r '.processes[0].errors[] | .text, .address_text' it.json >sentences
        while read -r line; do has report " $line"; done <sentences
        count=$((count + $(wc -l <sentences)))
    done
    equal sentences 6 $count
}

# As --top=N,moved prints them.
test_json_has_what_realloc_moved() {
    traced "$PROGRAMS/use_moves"
    export_as json it.json
    report --top=100,moved trace.log
    equal 'bytes' "$(bare report | sed -nE 's/^([0-9,]+) bytes .*copied in .* moves in stack.*/\1/p' | tr -d , | awk '{ sum += $1 } END { print sum }')" \
        "$(jq '.processes[0].stacks.bytes_copied | add' it.json)"
    equal 'moves' "$(bare report | sed -nE 's/.* ([0-9,]+) of ([0-9,]+) calls of realloc moved .*/\1 \2/p' | tr -d , | awk '{ moved += $1; calls += $2 } END { print moved, calls }')" \
        "$(jq -r '.processes[0].stacks | "\(.moved | add) \([.moved, .reallocs] | transpose | map(select(.[0] > 0)[1]) | add)"' it.json)"
}

test_json_of_several_processes_is_one_document() {
    LIBTRACE_OPTIONS="-q --trace-children=yes --trace-file=$PWD/t.%p.log" LD_PRELOAD=$LIBTRACE bash -c '/bin/true; (exit 3) & wait'
    "$REPORT" --format=json t.*.log >all.json
    python - <<'EOF'
import json
processes = json.load(open("all.json"))["processes"]
assert len(processes) >= 2, len(processes)
assert [p["parent"] for p in processes].count(None) == 1
assert all(p["parent"] is None or p["parent"] < i for i, p in enumerate(processes))
EOF
}

test_json_is_utf8_whatever_a_program_is_called() {
    local name=$'<script>\xff"\\\x01\xe2\x80\xa8</script>'
    cp /bin/true "./${name//\//_}"
    OPTIONS='-q' traced "./${name//\//_}" $'\xc3\x28 </script>'
    export_as json it.json
    python -c 'import json; text = open("it.json", encoding="utf-8").read(); json.loads(text); assert "<" not in text and "\u2028" not in text and "\x01" not in text'
}

test_folded_adds_up_for_each_metric() {
    trace_demo
    for metric in lost in-use peak allocated calls temporary; do
        export_as folded "$metric.txt" --metric="$metric"
        ! grep -vE '^[^ ].* [0-9]+$' "$metric.txt" || fail "$metric: a line is no stack"
    done
    equal 'bytes lost' 10502338 "$(awk '{ sum += $NF } END { print sum }' lost.txt)"
    equal 'bytes in use' 10502474 "$(awk '{ sum += $NF } END { print sum }' in-use.txt)"
    has lost.txt 'main;run_request;state_run;interact;update_app_state;malloc 10240000'
    report trace.log
    has report "total heap usage: $(awk '{ sum += $NF } END { printf "%d,%03d", sum / 1000, sum % 1000 }' calls.txt) allocs"
}

test_csv_is_a_table() {
    trace_demo
    export_as csv it.csv
    python - <<'EOF'
import csv
rows = list(csv.DictReader(open("it.csv", newline="")))
assert sum(int(row["lost_bytes"]) for row in rows) == 10502338
largest = max(rows, key=lambda row: int(row["lost_bytes"]))
frames = [frame.split(";") for frame in largest["stack"].split("|")]
assert [frame[0] for frame in frames] == ["malloc", "update_app_state", "interact", "state_run", "run_request", "main"], frames
assert all(len(frame) == 3 for frame in frames)
EOF
}

test_callgrind_is_read_by_callgrind_annotate() {
    trace_demo
    export_as callgrind callgrind.out
    callgrind_annotate --threshold=100 --show=Lost callgrind.out >exclusive 2>warnings
    callgrind_annotate --threshold=100 --inclusive=yes --show=Lost callgrind.out >inclusive 2>>warnings
    equal warnings '' "$(cat warnings)"
    grep -qE '^ *10,502,338 \(100\.0%\) +PROGRAM TOTALS' exclusive || fail "$(cat exclusive)"
    grep -qE '^ *10,502,338 \(100\.0%\) +.*:main ' inclusive || fail "$(cat inclusive)"
    grep -qE '^ *10,[0-9]+,[0-9]+ \(.*:update_app_state ' inclusive || fail "$(cat inclusive)"
}

test_massif_is_read_by_ms_print() {
    trace_demo
    export_as massif massif.out
    ms_print massif.out >said 2>&1
    has said '(peak)' "update_app_state ($(line_of state.c 'updated->cache = must_have('))"
    grep -qE '^ +[0-9]+ +[0-9.,]+ +10,502,474 +10,502,474 ' said || fail "$(cat said)"
}

test_what_has_room_for_one_process_gives_each_its_file() {
    LIBTRACE_OPTIONS="-q --trace-children=yes --trace-file=$PWD/t.%p.log" LD_PRELOAD=$LIBTRACE bash -c '/bin/true; (exit 3) & wait'
    "$REPORT" --format=callgrind --log-file=it t.*.log
    equal files "$(ls t.*.log | wc -l)" "$(ls it it.* | wc -l)"
    for file in it it.*; do equal "heads of $file" 1 "$(grep -c '^# callgrind format' "$file")"; done
}

test_stacks_are_whole_unless_a_number_is_given() {
    PYTHONMALLOC=malloc OPTIONS=-q traced /usr/bin/python3 -c 'import json'
    export_as folded whole.txt --metric=allocated
    export_as folded short.txt --metric=allocated --num-callers=3
    deepest() { awk -F';' 'NF > most { most = NF } END { print most }' "$1"; }
    [ "$(deepest whole.txt)" -gt 12 ] || fail "the deepest stack has $(deepest whole.txt) frames"
    [ "$(deepest short.txt)" -lt "$(deepest whole.txt)" ] || fail "--num-callers=3 shows as much"
}

# What is left out is said, where readers look: as the outermost frame.
test_callers_that_are_left_out_are_told() {
    cat >deep.c <<'END'
#include <stdlib.h>
void *kept;
static __attribute__((noinline)) int down(int depth)
{
    if (depth == 0) {
        kept = malloc(100);
        return 0;
    }
    return down(depth - 1) + 1;
}
int main(void) { return down(600) != 600; }
END
    gcc -g -O0 -o deep deep.c
    OPTIONS=-q traced ./deep
    for form in folded csv callgrind pprof; do export_as $form deep.$form $([ $form != folded ] || echo --metric=in-use); done
    equal folded '[outer frames left out];down' "$(grep -o '^[^;]*;[^;]*' deep.folded)"
    equal csv '|[outer frames left out];;0"' "$(grep -ao '|\[.*' deep.csv | tr -d '\r')"
    callgrind_annotate --inclusive=yes --show=InUse --auto=no deep.callgrind >said 2>/dev/null
    grep -q '^ *100 (100.0%) *.*:\[outer frames left out\]' said || fail "$(cat said)"
    zcat deep.pprof >raw
    has raw '[outer frames left out]'
    # nothing is said where main is the last frame
    sed -i 's/600/60/g' deep.c
    gcc -g -O0 -o deep deep.c
    OPTIONS=-q traced ./deep
    for form in folded csv callgrind pprof; do export_as $form whole.$form --num-callers=100; done
    for form in folded csv callgrind; do has_not whole.$form 'left out'; done
    zcat whole.pprof >raw
    has_not raw 'left out'
    # valgrind's trees have valgrind's functions, and a line
    "$REPORT" --xtree-leak=yes --xtree-leak-file=tree trace.log >/dev/null
    has tree 'desc: Callers beyond frame 12 are left out: --num-callers'
    has_not tree '[outer'
}

# tree FILE: what callgrind_annotate makes of an execution tree: each function with its figures, without its module.
tree() { callgrind_annotate --threshold=100 "$1" | sed -E 's/ \[[^]]*\]$//' | grep -E ' [^ ]*:[a-zA-Z_]+$|PROGRAM TOTALS|^Events recorded' | sed -E 's/ +/ /g; s/UnknownFile//; s#[^ ]*/vg_replace_malloc.c:#???:#' | sort; }
# allocated FILE: the same without what was freed, which valgrind counts where it was freed.
allocated() { tree "$1" | grep -v ^Events | sed -E 's/ \([^)]*\)//g; s/^ //' | awk '$1 + $2 + $3 + $4 { print $1, $2, $3, $4, $NF }'; }
test_execution_trees_are_valgrinds() {
    local callers_only='^$'
    [ "$(printf '%s\n' valgrind-3.19 "$(valgrind --version)" | sort -V | head -1)" = valgrind-3.19 ] || callers_only=':realloc$'
    for kind in pool handle refcount; do
        valgrind --command-line-only=yes --xtree-leak=yes --xtree-leak-file=v.leak --xtree-memory=full --xtree-memory-file=v.memory "$BUILD/demo" $kind >/dev/null 2>v.err || true
        report --xtree-leak=yes --xtree-leak-file=o.leak --xtree-memory=full --xtree-memory-file=o.memory "$BUILD/demo" $kind
        [ "$(tree v.leak | wc -l)" -gt 4 ] || fail "valgrind's tree has $(tree v.leak | wc -l) lines"
        diff <(tree v.leak) <(tree o.leak)
        # Older valgrinds have realloc(NULL) as a caller of malloc.
        diff <(allocated v.memory | grep -v "$callers_only") <(allocated o.memory)
        has report.err 'xtree leak report: o.leak' 'xtree memory report: o.memory'
        diff <(bare v.err | sed -n '/^LEAK SUMMARY/,$p') <(bare report.err | sed -n '/^LEAK SUMMARY/,$p')
    done
    report --xtree-memory=allocs "$BUILD/demo" pool
    equal 'events' 'events: curB curBk' "$(grep ^events: xtmemory.kcg.[0-9]*)"
    traced "$BUILD/demo" refcount
    report --xtree-leak=yes --xtree-leak-file=l --xtree-memory=full --xtree-memory-file=m trace.log
    diff <(tree v.leak) <(tree l)
    report --xtree-leak=yes --xtree-leak-file=no/such/folder trace.log
    has report 'xtree leak report: not written: --xtree-leak-file: no/such/folder cannot be written: No such file or directory' 'LEAK SUMMARY'
    report --xtree-memory=some trace.log
    equal 'exit status' 2 "$status"
}

# --- memory ------------------------------------------------------------------------------------------------------

# resident FORM: the largest resident size in kB of making it, of trace.log; what is written goes to out.FORM
resident() {
    /usr/bin/python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$REPORT" --format="$1" --log-file="out.$1" trace.log
}
# massif's file is of a few kB, and needs all stacks, their names and their use, as the others do.
test_memory_is_not_the_size_of_the_output() {
    OPTIONS=-q traced "$PROGRAMS/many_stacks" 20000 5
    base=$(resident massif)
    for form in $(formats text xml massif prometheus); do
        memory=$(resident $form)
        [ $((memory * 4)) -le $((base * 5)) ] || fail "$form: $memory kB resident, massif: $base"
    done
    [ "$(stat -c %s out.sarif)" -gt 50000000 ] || fail "SARIF is shorter than it was"
    # as many results are alike, and each has a number of its own
    equal 'fingerprints' 20000 "$(grep -o '"primaryLocationLineHash":"[^"]*' out.sarif | sort -u | wc -l)"
}
# What servers that merge the profiles of many machines tell them apart by (go tool pprof -tags shows them).
test_pprof_samples_have_labels() {
    OPTIONS=-q traced "$BUILD/demo"
    "$REPORT" --format=pprof --log-file=it.pprof trace.log
    zcat it.pprof >raw
    has raw host process version "$(uname -n)" demo
    has raw "$(readelf -n "$BUILD/demo" | sed -n 's/.*Build ID: //p')"
    # Field 3 of a sample: 4 bytes or more, of two numbers.
    python3 - <<'PY'
data = open("raw", "rb").read()
def number(at):
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        shift += 7; at += 1
        if data[at - 1] < 128: return value, at
def fields(at, end):
    while at < end:
        key, at = number(at)
        if key & 7 == 0: value, at = number(at); yield key >> 3, value
        else: size, at = number(at); yield key >> 3, (at, at + size); at += size
top = list(fields(0, len(data)))
strings = [data[a:b].decode() for k, (a, b) in [x for x in top if x[0] == 6]]
samples = [x[1] for x in top if x[0] == 2]
assert samples
for a, b in samples:
    labels = [dict(fields(*x[1])) for x in fields(a, b) if x[0] == 3]
    assert {strings[l[1]] for l in labels} == {"host", "process", "version"}, labels
PY
}
