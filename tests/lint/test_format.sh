# The C files are as clang-format has them (make format).

test_every_file_is_formatted() {
    cd "$TESTS/.."
    local files=() unformatted
    files=(tracer/*.[ch] report/*.[ch] demo/*.[ch] tests/unit/*.[ch] tests/fuzz/*.[ch])
    unformatted=$(clang-format --dry-run "${files[@]}" 2>&1 | sed -n 's/^\([^:]*\):[0-9]*:[0-9]*: warning: .*/\1/p' | sort | uniq -c)
    [ -z "$unformatted" ] || fail "make format would change lines of:
$unformatted"
}

test_the_check_notices_an_unformatted_file() {
    cp "$TESTS/../.clang-format" .
    printf 'int  f( void );\n' >bad.c
    clang-format --dry-run bad.c 2>said
    has said 'code should be clang-formatted'
}
