# The include layers of tracer/ and report/, from layers.list.

# check_layers LIST FOLDER: FOLDER has the sides tracer/ and report/. Prints what is wrong.
check_layers() {
    (cd "$2" && grep -HoE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"[^"]*"' tracer/*.[ch] report/*.[ch]
     ls tracer/*.[ch] report/*.[ch] | sed 's/$/:/') |
    awk -v list="$1" '
        function family(a, b) { return a == b || index(a, b "_") == 1 || index(b, a "_") == 1 }
        function wrong(text) { print text; bad = 1 }
        BEGIN {
            while ((getline line < list) > 0) {
                layer++
                count = split(line, word, /[ :]+/)
                if (word[1] == "tracer" || word[1] == "report")
                    for (i = 2; i <= count; i++) {
                        if (word[1] "/" word[i] in layer_of) wrong(word[i] " is listed twice")
                        layer_of[word[1] "/" word[i]] = layer
                    }
            }
        }
        {
            colon = index($0, ":")
            file = substr($0, 1, colon - 1)
            side = file; sub(/\/.*/, "", side)
            room = file; sub(/^[^\/]*\//, "", room); sub(/\..*/, "", room)
            there[side "/" room] = 1
            if (!(side "/" room in layer_of)) { if (!said[side "/" room]++) wrong(file " is of a room that is not listed"); next }
            name = substr($0, colon + 1)
            if (name == "") next
            sub(/^[^"]*"/, "", name); sub(/".*/, "", name)
            if (side == "report" && name == "trace_format.h") next
            if (name ~ /\//) { wrong(file " includes " name ": headers are named without a folder"); next }
            other = name; sub(/\..*/, "", other)
            if (family(room, other)) next
            if (!(side "/" other in layer_of)) wrong(file " includes " name ", which is no room of " side "/")
            else if (layer_of[side "/" other] >= layer_of[side "/" room]) wrong(file " includes " name ", which is not lower")
        }
        END {
            for (name in layer_of) if (!(name in there)) wrong(name " is listed, but there is no such room")
            exit bad
        }'
}

test_includes_go_downwards_only() {
    check_layers "$TESTS/lint/layers.list" "$TESTS/.."
}

test_the_check_notices_each_kind_of_violation() {
    mkdir -p tracer report
    printf 'tracer: low trace_format\ntracer: high high_part\nreport: under\nreport: over\n' >list
    echo '#include "low.h"' >tracer/high.c
    echo '#include "high.h"' >tracer/high_part.c
    echo '#include "trace_format.h"' >report/over.c
    echo '#include "under.h"' >>report/over.c
    touch tracer/low.h tracer/high.h tracer/trace_format.h report/under.h
    check_layers list .
    violation() { # violation FILE LINE SENTENCE
        cp "$1" kept 2>/dev/null || rm -f kept
        echo "$2" >>"$1"
        ! check_layers list . >said || fail "not noticed: $2 in $1"
        has said "$3"
        rm "$1"
        [ ! -f kept ] || mv kept "$1"
    }
    violation tracer/low.h '#include "high.h"' 'tracer/low.h includes high.h, which is not lower'
    violation tracer/low.h '  # include "trace_format.h"' 'which is not lower'
    violation report/under.h '#include "over.h"' 'which is not lower'
    violation report/over.c '#include "low.h"' 'low.h, which is no room of report/'
    violation tracer/high.c '#include "under.h"' 'under.h, which is no room of tracer/'
    violation report/over.c '#include "../tracer/low.h"' 'headers are named without a folder'
    violation tracer/new.c '' 'tracer/new.c is of a room that is not listed'
    rm tracer/high_part.c
    ! check_layers list . >said
    has said 'tracer/high_part is listed, but there is no such room'
}
