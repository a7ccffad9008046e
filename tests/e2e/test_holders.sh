# Who holds it: --heap-graph, --why, --retained. holders.expected has, for each way of holding that tests/programs/holders*
# know, the whole answer; holders.truth has who keeps how much, reckoned from their sources.

top=$TESTS/..

# answer: the report in ./report without what differs from run to run (process and thread, addresses), with every edit
# (lines of files) and every library (what a library's own blocks hold).
answer() {
    bare report | grep -v '^$' | sed -n '/^WHO HOLDS/,/^LEAK SUMMARY/p' | grep -v '^LEAK SUMMARY' |
        awk '!/ keeps? [0-9,]+ bytes in / || /holders|key|memory at/ && !/\(start,|local.rs|cxa_thread/' |
        sed -E 's/thread [0-9]+/thread N/g; s/at 0x[0-9A-F]+/at 0xN/g; s/\.(c|cpp|rs|h):[0-9]+\)/.\1)/g; s/(KEPT|MINE)[.:A-Za-z_]+/\1/'
}

# answers PROGRAM CASE…: for each case.
answers() {
    local program=$1 case
    shift
    for case; do
        OPTIONS=--heap-graph=yes traced "$PROGRAMS/$program" "$case"
        equal status 0 $status
        report --why=target --retained --leak-check=full --show-leak-kinds=none trace.log
        equal "status of the report" 0 $status
        echo "== $program $case"
        answer
    done
}

# Where a struct of Rust's has which member is for its compiler to choose, and what a Mutex, a BTreeMap and a thread's list of
# destructors are made of is for its library: holders.expected has that of 1.63. Others: who holds what, without offsets, and
# a mutex of pthread's may be a block of its own.
known_rust() { /usr/bin/rustc --version | grep -q '^rustc 1\.63\.'; }
of_another_rust() {
    local case
    for case in rc_cycle mutex leaked forgotten_map of_thread; do
        answers holders_rust $case | sed -E 's/ \+[0-9]+$//' >$case
    done
    has rc_cycle 'WHO HOLDS target: 160 bytes in 2 blocks' '   nothing: it is lost' '    1 lost cycle, 240 bytes in 4 blocks:' \
        ' (holders_rust::rc_cycle, holders_rust.rs)'
    has mutex '240 bytes in 3 blocks are held by' '     -> block of 32 bytes' ' (holders_rust::mutex, holders_rust.rs)'
    grep -qxE ' {4}static variable holders_rust::KEPT \(holders_rust.rs\) keeps (272 bytes in 4|312 bytes in 5) blocks' mutex || fail "$(cat mutex)"
    has leaked '   static variable holders_rust::LEAKED (holders_rust.rs)' '    static variable holders_rust::LEAKED (holders_rust.rs) keeps 80 bytes in 1 block'
    has forgotten_map '   nothing: it is lost' '     -> block of 24 bytes' '     -> block of 144 bytes' ' (holders_rust::forgotten_map, holders_rust.rs)'
    has of_thread '   thread-local variable holders_rust::MINE' '     -> block of 80 bytes' ' (holders_rust::target, holders_rust.rs)'
}

test_the_way_and_what_is_kept() {
    cp "$TESTS/e2e/holders.expected" expected
    if ! known_rust; then
        of_another_rust
        awk '/^== / { left_out = $2 == "holders_rust" } !left_out' "$TESTS/e2e/holders.expected" >expected
    fi
    grep '^== ' expected | while read -r _ program case; do
        answers "$program" "$case"
    done >found || { cat found | tail -5; fail "a case fails"; }
    [ "$(grep -c '^== ' found)" -ge 39 ] || fail "there are few cases"
    diff expected found || fail 'the answers differ'
}

# The names of the manual, and lines of sources.
test_the_demo_says_what_keeps_the_old_states() {
    OPTIONS=--heap-graph=yes traced "$BUILD/demo" state --tracked
    report -q --why=create_app_state --retained trace.log
    line=$(grep -n 'volatile tracked_states' "$top/demo/state.c" | cut -d: -f1)
    has report "102,400 bytes in 1 block is held by" "   static variable tracked_states[0] (state.c:$line) +0" \
        "     -> block of 72 bytes, struct app_state.cache (create_app_state, state.c:" \
        "     -> block of 102,400 bytes, unsigned char (create_app_state, state.c:" \
        "    static variable tracked_states (state.c:$line) keeps 10,502,239 bytes in 5,757 blocks"
}

test_without_the_graph_the_first_pointer_is_told() {
    traced "$PROGRAMS/holders" hash_table
    report -q --why=target --retained trace.log
    has report '500 bytes in 10 blocks are held by' 'static variable hidden_root' \
        'What holders keep is not known: run the program with --heap-graph=yes.'
}

test_what_is_asked_for() {
    OPTIONS=--heap-graph=yes traced "$PROGRAMS/holders" array_of_pointers
    report -q --why=holders --why=nobody --why=1 --why=0x10 --paths=9 trace.log
    has report 'WHO HOLDS holders: 18,000 bytes in 1,001 blocks' 'WHO HOLDS nobody: no block that is in use fits it' \
        'WHO HOLDS 0x10: no block' 'WHO HOLDS 1: '
    report --paths=0 trace.log
    equal status 2 $status
}

test_no_graph_unless_it_is_asked_for() {
    traced "$PROGRAMS/holders" hash_table
    size=$(stat -c %s trace.log)
    OPTIONS=--heap-graph=yes traced "$PROGRAMS/holders" hash_table
    [ "$(stat -c %s trace.log)" -gt "$size" ] || fail 'the graph takes no space'
    # The table is all that it takes: nothing that was reserved is left.
    [ "$(stat -c %s trace.log)" -lt $((size + 32768)) ] || fail 'the log has grown by more than the graph'
}

# JSON has the same answers, and what is kept as a tree, by which the page draws it.
test_json_and_the_page_have_the_answers() {
    OPTIONS=--heap-graph=yes traced "$BUILD/demo" state --tracked
    report --format=json --why=create_app_state --paths=7 --retained trace.log
    python3 - <<'X' || fail 'JSON'
import json
holders = json.load(open('report'))['processes'][0]['holders']
why, kept = holders['why'][0], holders['retained']
assert why['blocks'] == 7 and len(why['ways']) == 7 and why['all_ways'] == 7, why
steps = why['ways'][0]['steps']
assert [step['kind'] for step in steps] == ['root', 'block', 'block'] and steps[1]['offset'] == 40, steps
assert steps[1]['type'] == 'struct app_state' and steps[1]['member'].endswith('cache'), steps
assert steps[0]['text'].startswith('static variable tracked_states[0] (state.c:'), steps
assert kept['roots'][0]['bytes'] == 10502239 and kept['roots'][0]['blocks'] == 5757, kept['roots']
tree = kept['tree']
assert tree[0]['depth'] == 1 and tree[0]['name'].startswith('static variable tracked_states'), tree[0]
assert tree[1]['name'].startswith('100 blocks (update_app_state') and tree[1]['bytes'] == 10399689, tree[1]
import jsonschema, os
jsonschema.validate(json.load(open('report')), json.load(open(os.environ['TESTS'] + '/../docs/leakreport.schema.json')))
for above, below in zip(tree, tree[1:]):
    assert below['depth'] <= above['depth'] + 1
    assert below['depth'] <= above['depth'] or below['bytes'] <= above['bytes']
X
    report --format=html --retained --why=create_app_state trace.log
    has report '"retained":{' 'function holdersView'
    traced "$PROGRAMS/leak_cpp_shared_cycle"
    report --format=json trace.log
    has report '"cycles":[' 'make one of these pointers weak'
    OPTIONS=--heap-graph=yes traced "$PROGRAMS/leak_cpp_shared_cycle"
    report --format=json trace.log
    python3 - "$TESTS/../docs/leakreport.schema.json" report <<'X' || fail 'cycles'
import json, sys, jsonschema
document = json.load(open(sys.argv[2]))
jsonschema.validate(document, json.load(open(sys.argv[1])))
assert all(step['type'] and step['member'] for step in document['processes'][0]['cycles'][0]['steps']), document['processes'][0]['cycles']
X
}

# Independent of what leakreport says: bytes and blocks reckoned from the sources.
test_what_is_kept_is_what_the_sources_say() {
    python3 - "$TESTS/e2e" <<'Y' || fail 'holders.expected and holders.truth differ'
import re, sys
answers, case = {}, None
for line in open(sys.argv[1] + '/holders.expected'):
    if line.startswith('== '):
        case = answers.setdefault(line[3:].strip(), [])
    else:
        case.append(line.strip())
names, seen = {}, set()
for line in open(sys.argv[1] + '/holders.truth'):
    if line.startswith('#'):
        continue
    if re.match(r'[A-Z] = ', line):
        exec(line, names)
        continue
    key, rest = line.strip().split(': ', 1)
    holder, size, blocks = rest.split('; ')
    size, blocks = eval(size, names), eval(blocks, names)
    wanted = re.compile(re.escape(holder) + r'[ (.,/:].*?%s bytes in %s blocks?:?$' % (f'{size:,}', f'{blocks:,}'))
    assert any(wanted.match(answer) for answer in answers[key]), (key, holder, size, blocks, answers[key])
    seen.add(key)
assert seen == set(answers), set(answers) - seen
Y
}

# An entry of a free list that was given out again is no holder, as long as there is another one.
test_a_free_list_comes_last() {
    OPTIONS=--heap-graph=yes traced "$PROGRAMS/holders_free_list"
    report -q --why=target --paths=9 trace.log
    bare report | grep -v '^$' | sed -E 's/\.c:[0-9]+\)/.c)/' >found
    equal ways 'WHO HOLDS target: 48 bytes in 2 blocks
24 bytes in 1 block is held by
   static variable pool.free_list[0] (holders_free_list.c) +8
     -> block of 24 bytes, struct node (target, holders_free_list.c)
24 bytes in 1 block is held by
   static variable owner (holders_free_list.c) +0
     -> block of 24 bytes, struct node.next (main, holders_free_list.c) +8
     -> block of 24 bytes, struct node (target, holders_free_list.c)' "$(cat found)"
}
