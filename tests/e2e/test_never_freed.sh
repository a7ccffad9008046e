# --never-freed: places none of whose blocks was ever freed, where others of the same function free theirs.

test_a_place_that_never_frees() {
    traced "$PROGRAMS/never_freed"
    line=$(grep -n 'malloc(40)' "$TESTS/programs/never_freed.c" | cut -d: -f1)
    report -q --never-freed trace.log
    equal text "NEVER FREED, WHERE NEIGHBOURS ARE:
    4,000 bytes in 100 blocks by start (never_freed.c:$line), never freed; 3 of 4 places of this function free theirs" \
        "$(bare report | grep -v '^ *$')"
    report --format=json --never-freed trace.log
    python3 - "$line" <<'Y' || fail JSON
import json, sys
never = json.load(open('report'))['processes'][0]['never_freed']
assert never == [{'function': 'start', 'file': 'never_freed.c', 'line': int(sys.argv[1]),
                  'text': '4,000 bytes in 100 blocks by start (never_freed.c:' + sys.argv[1] + '), never freed; 3 of 4 places of this function free theirs', 'bytes': 4000, 'blocks': 100,
                  'places': 4, 'freeing': 3}], never
Y
}
