# --ages=yes: blocks far older than others of their stack, in --never-freed.

test_the_first_blocks_of_a_stack_are_left() {
    OPTIONS='-q --ages=yes' traced "$PROGRAMS/old_blocks" "$(date +%s.%N)"
    equal status 0 $status
    line=$(grep -n 'return malloc(40)' "$TESTS/programs/old_blocks.c" | cut -d: -f1)
    report -q --never-freed trace.log
    bare report | sed -E 's/[0-9.]+ s\b/T/g; s/all [0-9,]+ that/all N that/' | grep -v '^ *$' >text
    equal text "NEVER FREED, WHERE NEIGHBOURS ARE:
    there are none
FAR OLDER THAN OTHER BLOCKS OF THEIR STACK:
    120 bytes in 3 blocks by start (old_blocks.c:$line) are from the first T; all N that it made between T and T are freed" "$(cat text)"
    report --format=json --never-freed trace.log
    python3 - "$TESTS/../docs/leakreport.schema.json" "$line" <<'Y' || fail JSON
import json, sys, jsonschema
document = json.load(open('report'))
jsonschema.validate(document, json.load(open(sys.argv[1])))
[old] = document['processes'][0]['old_blocks']
assert (old['function'], old['line'], old['bytes'], old['blocks']) == ('start', int(sys.argv[2]), 120, 3), old
assert old['freed'] >= 30 and 0 < old['begin_ns'] < old['end_ns'], old
Y
}

test_without_ages_nothing_is_said() {
    traced "$PROGRAMS/old_blocks" "$(date +%s.%N)"
    report -q --never-freed trace.log
    has report 'NEVER FREED'
    has_not report 'FAR OLDER'
}
