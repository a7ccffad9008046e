# The wings and the include layers of tracer/ and report/, from layers.list.

# check_layers LIST FOLDER: FOLDER has the sides tracer/ and report/. Prints what is wrong.
check_layers() {
    (cd "$2" && find tracer report -name '*.[ch]' -o -name '*.def' | sed 's/$/:/'
     grep -rHoE --include='*.[ch]' --include='*.def' '^[[:space:]]*#[[:space:]]*include[[:space:]]*"[^"]*"' tracer report) |
    awk -v list="$1" '
        function wrong(text) { print text; bad = 1 }
        # The side, the wing and the room of a path.
        function split_path(path) {
            side = path; sub(/\/.*/, "", side)
            wing = path; sub(/^[^\/]*\//, "", wing)
            if (!sub(/\/[^\/]*$/, "", wing)) wing = "."
            room = path; sub(/.*\//, "", room); sub(/\..*/, "", room)
            key = side " " wing "/" room
        }
        BEGIN {
            while ((getline line < list) > 0) {
                if (line !~ /^(tracer|report|shared) /) continue
                colon = index(line, ":")
                if (line ~ /^shared /) {
                    count = split(substr(line, colon + 2), word, / +/)
                    for (i = 1; i <= count; i++) shared["tracer " substr(line, 8, colon - 8) "/" word[i]] = 1
                    continue
                }
                name = substr(line, 1, colon - 1)
                if (name != last && name in wing_there && name !~ / \.$/) wrong("the lines of " name " do not stand together")
                wing_there[last = name] = 1
                layer++
                count = split(substr(line, colon + 2), word, / +/)
                for (i = 1; i <= count; i++) {
                    if (name "/" word[i] in layer_of) wrong(word[i] " is listed twice")
                    layer_of[name "/" word[i]] = layer
                }
            }
        }
        {
            colon = index($0, ":")
            file = substr($0, 1, colon - 1)
            split_path(file)
            own = key; own_side = side
            there[own] = 1
            name = substr($0, colon + 1)
            if (name == "") {
                if (!(own in layer_of)) wrong(file " is of a room that is not listed")
                if (file ~ /\.c$/ && ++files[side " " wing] == 26) wrong(side "/" wing " has more than 25 .c files")
                next
            }
            sub(/^[^"]*"/, "", name); sub(/".*/, "", name)
            if (name == "trace_format.h") next
            split_path(own_side "/" name)
            if (key == own || !(own in layer_of)) next
            if (own_side == "report" && !(key in layer_of) && ("tracer " wing "/" room) in shared) next
            if (!(key in layer_of)) wrong(file " includes " name ", which is no room of " own_side "/ (a header is named with its wing)")
            else if (layer_of[key] >= layer_of[own]) wrong(file " includes " name ", which is not lower")
        }
        END {
            for (name in shared) if (!(name in there)) wrong(name " is shared, but there is no such room")
            for (name in layer_of) if (!(name in there)) wrong(name " is listed, but there is no such room")
            exit bad
        }'
}

test_includes_go_downwards_only() {
    check_layers "$TESTS/lint/layers.list" "$TESTS/.."
}

test_the_check_notices_each_kind_of_violation() {
    mkdir -p tracer/low tracer/high report/under report/over
    printf 'tracer .: trace_format\ntracer low: low\ntracer high: high\ntracer high: higher\nreport under: under\nreport over: over\n' >list
    echo '#include "low/low.h"' >tracer/high/high.c
    printf '#include "high/high.h"\n#include "high/higher.h"\n' >tracer/high/higher.c
    printf '#include "trace_format.h"\n#include "under/under.h"\n' >report/over/over.c
    touch tracer/low/low.h tracer/high/high.h tracer/high/higher.h tracer/trace_format.h report/under/under.h
    check_layers list .
    violation() { # violation FILE LINE SENTENCE
        cp "$1" kept 2>/dev/null || rm -f kept
        echo "$2" >>"$1"
        ! check_layers list . >said || fail "not noticed: $2 in $1"
        has said "$3"
        rm "$1"
        [ ! -f kept ] || mv kept "$1"
    }
    violation tracer/low/low.h '#include "high/high.h"' 'tracer/low/low.h includes high/high.h, which is not lower'
    violation tracer/low/low.h '  # include "high/high.h"' 'which is not lower'
    violation tracer/high/high.c '#include "high/higher.h"' 'tracer/high/high.c includes high/higher.h, which is not lower'
    violation report/under/under.h '#include "over/over.h"' 'which is not lower'
    violation report/over/over.c '#include "low/low.h"' 'low/low.h, which is no room of report/'
    echo '#include "high/high.h"' >report/under/more.h
    sed -i 's/^report under: under$/&\nreport under: more/; $a shared high: high' list
    check_layers list . || fail 'what is shared is not allowed'
    violation report/under/more.h '#include "low/low.h"' 'low/low.h, which is no room of report/'
    violation list 'shared high: highest' 'tracer high/highest is shared, but there is no such room'
    violation tracer/high/high.c '#include "under/under.h"' 'under/under.h, which is no room of tracer/'
    violation report/over/over.c '#include "../tracer/low/low.h"' 'a header is named with its wing'
    violation tracer/high/high.c '#include "higher.h"' 'a header is named with its wing'
    violation tracer/high/new.c '' 'tracer/high/new.c is of a room that is not listed'
    violation list 'tracer low: more' 'the lines of tracer low do not stand together'
    for i in $(seq 25); do touch "tracer/low/part$i.c"; done
    ! check_layers list . >said
    has_not said 'more than 25'
    touch tracer/low/part26.c
    ! check_layers list . >said
    has said 'tracer/low has more than 25 .c files'
    rm tracer/low/part*.c tracer/high/higher.*
    ! check_layers list . >said
    has said 'tracer high/higher is listed, but there is no such room'
}

# check_lengths FOLDER: a file of more than 400 lines is named in the README.md of its wing (CONTRIBUTING.md for what has none),
# where the reason is.
check_lengths() {
    local file readme bad=0
    while read -r file; do
        readme=$(dirname "$file")/README.md
        [ -f "$readme" ] || readme=$1/CONTRIBUTING.md
        grep -q "\`$(basename "$file")\`.*longer than files" <(tr '\n' ' ' <"$readme" | sed 's/\. /.\n/g') ||
            { echo "${file#"$1"/} has more than 400 lines, and ${readme#"$1"/} does not say why: \`$(basename "$file")\` is longer than files are here: ..."; bad=1; }
    done < <(find "$1/tracer" "$1/report" -name '*.[ch]' -exec awk 'FNR == 401 { print FILENAME }' {} +)
    return $bad
}

test_a_long_file_has_its_reason() {
    check_lengths "$TESTS/.." || fail 'a long file without a reason'
}

test_a_long_file_is_noticed() {
    mkdir -p tracer/low report/low
    seq 400 >tracer/low/low.c
    echo '`higher.c` is longer than files are here: one loop.' >tracer/low/README.md
    check_lengths . || fail '400 lines are refused'
    echo 401 >>tracer/low/low.c
    ! check_lengths . >said || fail 'not noticed'
    has said 'tracer/low/low.c has more than 400 lines, and tracer/low/README.md does not say why'
    printf '`low.c` and `lower.c` are a little longer\nthan files are here: one loop.\n' >>tracer/low/README.md
    check_lengths . || fail 'the reason is not found'
    touch CONTRIBUTING.md
    seq 401 >report/low/low.c
    ! check_lengths . >said || fail 'not noticed where there is no README.md'
    has said 'report/low/low.c has more than 400 lines, and CONTRIBUTING.md does not say why'
}
