# The documents name files that are there.

# named FILE: what stands between backticks, or as a link, and looks like a file's name
named() {
    grep -oE '`[^` ]+`|\]\([^)]+\)' "$1" | sed -E 's/^`|`$//g; s/^\]\(//; s/\)$//' |
        grep -E '^[A-Za-z0-9_./-]+$' | grep -E '\.(c|h|def|sh|md|list|table|py|ts|awk|schema\.json|expected|1)$|/$' |
        grep -vE '^(/|~)|(^|[/_])(foo|NAME|SUBJECT)(\.|/|$)|^\.def$' # and what stands for a name
}
# is_there NAME FILE: below the top, a side, the tests, or the document's own folder; a bare name anywhere
is_there() {
    local name=$1 at
    for at in . tracer report tests tests/unit tests/e2e "$(dirname "$2")" "$(dirname "$2")/.."; do
        [ ! -e "$at/$name" ] || return 0
    done
    [[ $name != */* && $name != . ]] && grep -qxE "(.*/)?${name//./\\.}" "$files"
}
# check_documents FOLDER: prints the names that lead nowhere
check_documents() {
    (
        cd "$1"
        files=$(mktemp)
        find . -path ./.git -prune -o -path './build*' -prune -o -type f -print | sed 's#^\./##' >"$files"
        bad=0
        while read -r document; do
            for name in $(named "$document"); do
                is_there "$name" "$document" || { echo "    $document names $name, which is not there"; bad=1; }
            done
        done < <(grep -E '(^|/)(CONTRIBUTING|README)\.md$|^docs/.*\.md$' "$files")
        rm -f "$files"
        exit $bad
    )
}

test_documents_name_files_that_are_there() {
    check_documents "$TESTS/.." || fail 'documents name files that are not there'
}
test_a_name_that_leads_nowhere_is_noticed() {
    mkdir -p tree/tracer/os
    touch tree/tracer/os/sys.c
    echo 'The kernel is `os/sys.c`, `tracer/os/`, `sys.c`, and see [it](tracer/os/sys.c).' >tree/README.md
    check_documents tree || fail 'names that are there are refused'
    for name in os/sys.h tracer/oz/ sis.c; do
        echo "The kernel is \`$name\`." >tree/README.md
        ! check_documents tree >said || fail "$name is taken for a file"
    done
    echo 'See [it](tracer/sys.c).' >tree/README.md
    ! check_documents tree >said || fail 'a link to nowhere is taken'
}

# docs/viewers.md: each cell on another program says whether it was tried (T) or read in its documentation (D).
test_cells_of_other_viewers_say_where_they_come_from() {
    awk -F ' *[|] *' '/^[|] / && !/^[|] feature / { rows++; for (i = 3; i <= 6; i++) if ($i != "-" && $i !~ /[(][TD][:)]|; [TD][):]/) print $2 ": " $i } END { print rows + 0 > "rows" }' "$TESTS/../docs/viewers.md" >bare
    equal 'cells without (T) or (D)' '' "$(cat bare)"
    [ "$(cat rows)" -gt 20 ] || fail "only $(cat rows) rows"
}
