# The C files are as clang-format 14 has them (make format). Other versions break a few lines in other places: where there is another
# one, what all versions agree on is checked.

c_files() { find tracer report demo tests/unit tests/fuzz -name '*.[ch]'; }

test_no_line_is_long_or_ends_in_blanks() {
    cd "$TESTS/.."
    local bad
    bad=$(c_files | LC_ALL=C.UTF-8 xargs grep -nE '.{101}|[[:blank:]]$|^ *'$'\t''' | cut -d: -f1,2)
    [ -z "$bad" ] || fail "longer than 100 columns, or with a blank at the end, or with a tab: $bad"
}
if clang-format --version | grep -q 'version 14\.'; then
test_every_file_is_formatted() {
    cd "$TESTS/.."
    local unformatted
    unformatted=$(c_files | xargs clang-format --dry-run 2>&1 | sed -n 's/^\([^:]*\):[0-9]*:[0-9]*: warning: .*/\1/p' | sort | uniq -c)
    [ -z "$unformatted" ] || fail "make format would change lines of:
$unformatted"
}
fi

test_the_check_notices_an_unformatted_file() {
    cp "$TESTS/../.clang-format" .
    printf 'int  f( void );\n' >bad.c
    clang-format --dry-run bad.c 2>said
    has said 'code should be clang-formatted'
}
