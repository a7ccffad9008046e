# A Rust program that leaks through a C library (Box::into_raw): names as Rust programmers know them, lines,
# and valgrind's kinds and figures.
source "$TESTS/e2e/books.sh"

leaks() { # leaks PROGRAM: under the tracer and valgrind
    export RUST_BACKTRACE=0
    # At the start libc reads /proc/self/maps line by line: one of more than 120 bytes, here the program's own, is an allocation
    # more. Otherwise it depends on valgrind's folder whether it has one.
    local folder
    folder=$(printf 'long_name_%.0s' {1..12})
    mkdir -p "$folder"
    cp "$PROGRAMS/$1" "$PROGRAMS/libleak_handler.so" "$folder"
    OPTIONS=--log-file=summary traced "$folder/$1"
    equal 'exit status' 0 "$status"
    report --show-leak-kinds=all trace.log
    by_valgrind "$folder/$1"
}
leak_summary() { bare "$1" | sed -n '/^LEAK SUMMARY:/,/suppressed:/p'; }
# record FUNCTION: the frames of the record that names it, without addresses
record() { bare report | awk -v name="$1" '/loss record/ { text = "" } { sub(/0x[0-9A-F]+: /, ""); text = text $0 "\n" } /^$/ { if (index(text, name)) { printf "%s", text; exit } }'; }

test_kinds_are_valgrinds() {
    for program in leak_rust_into_raw leak_rust_rc_cycle; do
        leaks $program
        has report 'LEAK SUMMARY'
        equal "LEAK SUMMARY of $program" "$(leak_summary valgrind.log)" "$(leak_summary report)"
        equal "totals of $program" "$(usage valgrind.log)" "$(usage report)"
    done
}
test_names_are_readable() {
    leaks leak_rust_into_raw
    has report 'leak_rust_into_raw::register_handler (leak_rust_into_raw.rs:' 'leak_rust_into_raw::main (leak_rust_into_raw.rs:' 'alloc::' \
        'leak_handler_register (libleak_handler.c:10)'
    # Line by line, the paths of objects and sources left out.
    bare report | sed -nE 's/^   (at|by) 0x[0-9A-F]+: (.*) \([^()]*\)$/\2/p' | sort -u >names
    ! grep -nE '::h[0-9a-f]{16}|\$(LT|GT|u20|RF)\$|^_(ZN|R)|\.\.' names || fail 'a mangled name is left'
}
test_stack_of_the_lost_box() {
    leaks leak_rust_into_raw
    record 'definitely lost' >lost
    has lost '16 direct' '1 blocks are definitely lost' 'leak_rust_into_raw::register_handler (leak_rust_into_raw.rs:30)' 'leak_rust_into_raw::main (leak_rust_into_raw.rs:'
}
# Both tools see the same functions; Rust's own hashes are valgrind's to show, and so are folders that newer compilers put before a
# file's name.
test_stacks_are_valgrinds() {
    leaks leak_rust_into_raw
    frames() { bare "$1" | sed -nE 's/^   (at|by) 0x[0-9A-F]+: (.*)$/\1 \2/p' | sed -E 's/^(at .*) \((in |vg_replace_malloc).*/\1/; s/::h[0-9a-f]{16}//'; }
    frames valgrind.log | sort -u | sed -E 's/.*\((.*\/)?([a-z_]+\.(rs|c):[0-9]+)\)$/\2/' | sort -u >theirs
    frames report | sort -u | sed -E 's/.*\(([a-z_]+\.(rs|c):[0-9]+)\)$/\1/' | sort -u >ours
    has theirs leak_rust_into_raw.rs:30 libleak_handler.c:10
    diff theirs ours
}
test_cxx_names_are_demangled() {
    traced "$PROGRAMS/supp_mixed"
    report --show-leak-kinds=all trace.log
    has report ': shop::Cart<int>::fill(unsigned long) (supp_mixed.cpp:12)' ': shop::order() (supp_mixed.cpp:14)' ': make(Node*) (supp_mixed.cpp:16)' ': operator new[](unsigned long) ('
    bare report | grep -E '^   (at|by)' >frames
    has_not frames _Z
}
test_suppressions_take_readable_and_mangled_names() {
    leaks leak_rust_into_raw
    printf '{\n readable\n Memcheck:Leak\n ...\n fun:leak_rust_into_raw::register_handler\n}\n' >readable
    # Rust's older names begin with _ZN, its newer ones with _R.
    local name
    name=$(nm "$PROGRAMS/leak_rust_into_raw" | sed -n 's/.* \(_[ZR].*18leak_rust_into_raw16register_handler\).*/\1*/p')
    printf '{\n mangled\n Memcheck:Leak\n ...\n fun:%s\n}\n' "$name" >mangled
    for file in readable mangled; do
        report --suppressions=$file trace.log
        has report 'definitely lost: 0 bytes in 0 blocks' 'indirectly lost: 0 bytes in 0 blocks' '(suppressed: 1 from 1)'
    done
}
