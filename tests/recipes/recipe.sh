# For tests/recipes/test_*.sh: a page of docs/ is run as it stands, in the case's folder.
#
# Blocks with <!-- file: NAME --> in front become files, those with <!-- commands --> are run line by line, each with the exit status
# that its comment names (else 0), and the lines of <!-- prints --> must have been printed. /usr/local/lib/leakreport/valgrind is the
# built leakreport by that name, and leakreport is in PATH. With CHECKER a command or a file has that in the place of leakreport.
docs=$TESTS/../docs

make_programs() { # tidy, leaky, twice: their sources
    printf '#include <stdlib.h>\nint main(void) { char *volatile block = malloc(100); free(block); return 0; }\n' >tidy.c
    printf '#include <stdlib.h>\nstatic int lose(void) { char *volatile block = malloc(100); return block == NULL; }\nint main(void) { return lose(); }\n' >leaky.c
    printf '#include <stdlib.h>\nint main(void) { char *volatile block = malloc(100); free(block); free(block); return 0; }\n' >twice.c
}
# blocks PAGE: into ./blocks, one file each, whose first line is the mark
blocks() {
    mkdir -p blocks
    awk '/^<!-- .* -->$/ { mark = $0; next }
        /^```/ { if (inside) { inside = 0; close(file); mark = "" } else { inside = 1; file = sprintf("blocks/%02d", ++n); print mark >file } next }
        inside { print >file }' "$docs/$1.md"
}
here() { # the text of standard input with the places of this build
    sed "s#/usr/local/lib/leakreport/valgrind#${CHECKER:-$PWD/as/valgrind}#g; s#/usr/local/lib/leakreport#$PWD/as#g; s#/usr/local/share/leakreport#$docs/../packaging/suppressions#g"
}
# recipe PAGE: runs it; what the commands print is in ./printed
recipe() {
    local block mark line wanted name
    mkdir -p as
    ln -sf "$REPORT" as/valgrind
    ln -sf "$REPORT" as/leakreport
    if [ -n "${CHECKER:-}" ]; then
        rm as/*
        printf '#!/bin/sh\nexec %s --leak-check=full "$@"\n' "$CHECKER" | tee as/leakreport >as/valgrind
        chmod +x as/*
    fi
    PATH=$PWD/as:$PATH
    export CPATH=$docs/../tracer # leakreport.h
    [ "$1" = go ] || make_programs # go takes each .c for its own
    blocks "$1"
    for block in blocks/*; do
        mark=$(head -n 1 "$block")
        [[ $mark == '<!-- file: '* ]] || continue
        name=${mark#<!-- file: } name=${name% -->}
        mkdir -p "$(dirname "$name")"
        tail -n +2 "$block" | here >"$name"
    done
    : >printed
    for block in blocks/*; do
        [ "$(head -n 1 "$block")" = '<!-- commands -->' ] || continue
        while read -r line <&3; do
            wanted=0
            [[ $line != *"# exit status "* ]] || wanted=${line##*# exit status }
            status=0
            (eval "$(here <<<"$line")") >now 2>&1 </dev/null || status=$?
            cat now >>printed
            [ "$status" = "$wanted" ] || { tail -n 40 now | sed 's/^/    | /'; fail "docs/$1.md: exit status of «$line»: expected $wanted, found $status"; }
        done 3< <(tail -n +2 "$block")
    done
    for block in blocks/*; do
        [ "$(head -n 1 "$block")" = '<!-- prints -->' ] || continue
        while read -r line <&3; do has printed "$line"; done 3< <(tail -n +2 "$block")
    done
}
