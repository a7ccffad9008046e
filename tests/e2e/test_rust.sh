# A Rust program: threads, a panic that is caught, an exit status, a leak.
source "$TESTS/e2e/books.sh"

# same, but for a thread's number, which newer Rust says with a panic: it is another one in each run.
same_but_numbers() {
    OPTIONS=--log-file=summary
    native "$@"
    traced "$@"
    equal "exit status of $1" "$native_status" "$status"
    cmp native.out out || fail "the output of $1 changes"
    sed -i -E "s/^(thread '.*') \\([0-9]+\\) panicked/\\1 panicked/" native.err err
    diff native.err err || fail "the error output of $1 changes"
    [ -s summary ] || fail "$1 was not traced"
}
test_same_output_and_status() {
    RUST_BACKTRACE=0 same_but_numbers "$PROGRAMS/api_rust"
    equal 'exit status' 3 "$status"
    no_errors api_rust
}
test_backtrace_of_a_panic_is_the_same() { RUST_BACKTRACE=1 same_but_numbers "$PROGRAMS/api_rust"; }
test_report_has_readable_names() {
    traced "$PROGRAMS/api_rust"
    report --show-leak-kinds=all trace.log
    has report 'api_rust::forget_a_box (api_rust.rs:' 'api_rust::main (api_rust.rs:'
    has_not report '_ZN8api_rust' '_RNv'
}
# The names of threads and the DTVs are libc's; all else is Rust's own and the same under valgrind.
test_counts_are_valgrinds() {
    export RUST_BACKTRACE=0
    OPTIONS=--log-file=summary traced "$PROGRAMS/api_rust"
    by_valgrind "$PROGRAMS/api_rust"
    counts() { usage "$1" | sed -E 's/.*: (.*), .*/\1/'; }
    # Rust reads the lines of /proc/self/maps. Where valgrind's own files have long names they need one realloc more.
    local longer=0
    [ ! -e /usr/lib/x86_64-linux-gnu/valgrind/vgpreload_memcheck-amd64-linux.so ] || longer=1
    equal 'allocs and frees' "$(counts valgrind.log)" "$(counts summary | awk -v more=$longer '{ print $1 + more, $2, $3 + more, $4 }')"
}
