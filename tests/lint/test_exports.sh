# What the two binaries show and need. A symbol too many changes the traced program.

test_the_tracer_exports_what_it_interposes_and_nothing_else() {
    nm -D --defined-only "$LIBTRACE" | awk '{ print $3 }' | sed 's/@.*//' | sort >found
    grep -v '^#' "$TESTS/lint/exports.list" | sort >expected
    diff expected found || fail 'tests/lint/exports.list and build/libtrace.so differ (< list, > library)'
}

# What a relocation names and the file does not define.
test_the_tracer_imports_reserved_names_only() {
    readelf -sW --dyn-syms "$LIBTRACE" | awk '$7 != "UND" { print $8 }' | sed 's/@.*//' | sort -u >defined
    readelf -rW "$LIBTRACE" | awk '$1 ~ /^[0-9a-f]+$/ && NF >= 5 { print $5 }' | grep -vxE '[0-9a-f]+' | sed 's/@.*//' | sort -u | comm -23 - defined >found
    grep -v '^#' "$TESTS/lint/imports.list" | sort >expected
    diff expected found || fail 'tests/lint/imports.list and build/libtrace.so differ (< list, > library)'
    ! grep -v '^_' expected || fail 'a program may define these'
}

# It is the newest version that the loader asks for: an older libc stops the program before it starts.
test_the_tracer_needs_no_newer_libc_than_2_17() {
    equal 'the newest' GLIBC_2.17 "$({ echo GLIBC_2.17; readelf -VW "$LIBTRACE" | grep -oE 'GLIBC_[0-9.]+'; } | sort -V | tail -1)"
}

needed() {
    readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort | tr '\n' ' '
}

test_the_tracer_needs_libc_and_the_loader_only() {
    equal "NEEDED of libtrace.so" 'ld-linux-x86-64.so.2 libc.so.6 ' "$(needed "$LIBTRACE")"
}

test_the_report_needs_elfutils_zlib_and_capstone_only() {
    # Before 2.34 libc's threads have a library of their own.
    equal "NEEDED of leakreport" 'libc.so.6 libcapstone.so libdw.so.1 libelf.so.1 libz.so.1 ' \
        "$(needed "$REPORT" | sed -E "$(libc_since 34 || echo 's/libpthread.so.0 //;')"'s/(libcapstone.so)\.[45]/\1/')"
}

# Thread-local storage that is not initial-exec is allocated with malloc, within malloc.
test_the_tracers_thread_local_storage_is_initial_exec() {
    nm -D --undefined-only "$LIBTRACE" >undefined
    has_not undefined __tls_get_addr
    readelf -d "$LIBTRACE" >dynamic
    has dynamic STATIC_TLS
}

test_the_tracer_has_no_executable_stack_and_stays_loaded() {
    readelf -lW "$LIBTRACE" | grep GNU_STACK >stack
    has_not stack RWE
    readelf -d "$LIBTRACE" >dynamic
    has dynamic NODELETE NOW
}

# What is as large as a huge page the kernel maps at a multiple of its size. That leaves holes below the program's blocks
# for what comes next, and the library below them, where a stray access has to be a fault (e2e/test_end_faults.sh).
test_the_tracer_is_smaller_than_a_huge_page() {
    local span
    span=$(readelf -lW "$LIBTRACE" | awk '$1 == "LOAD" { print $3, $6 }' | tail -1)
    span=$((${span% *} + ${span#* }))
    [ $span -lt $((2 << 20)) ] || fail "libtrace.so takes $span bytes of address space"
}
