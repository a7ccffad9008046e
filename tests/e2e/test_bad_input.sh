# What leakreport says to input that it cannot use: one line that names the file, the byte where
# there is one, and what to do; nothing on standard output; exit status 2. And a log that is only
# partly there gives the part that is.
source "$TESTS/e2e/books.sh"

# refused TEXT…: the last report was refused in one line with these texts.
refused() {
    equal "exit status" "${wanted:-2}" "$status"
    equal "lines on standard error" 1 "$(wc -l <report.err)"
    equal "bytes on standard output" 0 "$(wc -c <report)"
    has report.err "leakreport: " "$@"
}
# not_run TEXT…: the same of a program that is there, and of one that is not, with valgrind's exit statuses, which are a shell's
not_run() { wanted=126 refused "$@"; }
not_there() { wanted=127 refused "$@"; }
# a_log: a good log, from a program that forgets three blocks, as ./good
a_log() {
    OPTIONS=--trace-file=good traced "$BUILD/demo" handle
    [ -s good ] || fail "the tracer wrote no log"
}
# number FILE OFFSET SIZE: the little-endian number there
number() { od -An -v -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' \n'; }
# poke FILE OFFSET BYTES: writes bytes, given as for printf
poke() { printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }
# compiled NAME FLAG…: a small program
compiled() {
    local name=$1
    shift
    echo 'int main(void) { return 0; }' >"$name.c"
    gcc -o "$name" "$name.c" "$@"
}
# as_nobody COMMAND…: into ./report, ./report.err, $status, as an unprivileged user; leakreport and
# the tracer are copied to where that user can reach them.
as_nobody() {
    chmod 755 .
    cp "$REPORT" "$LIBTRACE" .
    touch report report.err
    chmod 666 report report.err
    status=0
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid 65534 --regid 65534 --clear-groups "$@" >report 2>report.err || status=$?
    else
        "$@" >report 2>report.err || status=$?
    fi
}

test_log_that_is_missing() {
    report no-such.log
    refused 'no-such.log does not exist' 'leakreport --run PROGRAM'
}

test_log_that_is_empty() {
    : >empty
    report empty
    refused 'empty is empty (0 bytes)'
}

test_garbage() {
    printf 'this is not a log of anything' >garbage
    report garbage
    refused 'garbage is not a trace log: byte 0 should begin "leaklog"'
    head -c 200000 /dev/urandom >garbage
    printf x | dd of=garbage bs=1 conv=notrunc status=none
    report garbage
    refused 'garbage is not a trace log'
}

test_log_of_zeros() {
    head -c 100000 /dev/zero >zeros
    report zeros
    refused 'bytes 0 to 7 are zero'
}

test_directory() {
    mkdir folder
    report folder
    refused 'folder is a directory: name the log inside it, as in folder/trace.log'
}

test_devices() {
    report /dev/zero
    refused '/dev/zero is not a file but a character device'
    report /dev/null
    refused '/dev/null is not a file but a character device'
}

test_fifo_does_not_hang() {
    mkfifo pipe
    status=0
    timeout 20 "$REPORT" pipe >report 2>report.err </dev/null || status=$?
    refused 'pipe is not a file but a pipe'
}

test_log_that_may_not_be_read() {
    a_log
    chmod 000 good
    as_nobody ./leakreport good
    refused 'good may not be read by this user'
}

test_newer_version() {
    a_log
    poke good 8 '\011'
    report good
    refused 'good was written by a newer libtrace, version 9' 'this leakreport reads 8: use the leakreport that came with it'
}

test_other_byte_order() {
    a_log
    poke good 12 '\012\013\014\015'
    report good
    refused 'good was written on a machine with the other byte order (byte 12)'
}

test_damaged_header() {
    a_log
    poke good 16 '\001'
    report good
    refused 'good is damaged at byte 16'
}

test_log_cut_in_header_and_directory() {
    a_log
    local end
    for end in 1 7 8 11 100 375 4095 4096 5000 36863; do
        head -c "$end" good >cut
        report cut
        refused "cut is truncated: it ends at byte $end, inside the" "reaches to byte 36864"
    done
}

test_log_cut_in_its_tables_is_read_as_far_as_it_goes() {
    a_log
    report good
    equal "exit status of the whole log" 0 "$status"
    cp report whole
    local size end offset entry
    size=$(wc -c <good)
    for entry in 0 1 2 3 4 5 6 7 8 9; do
        offset=$(number good $((4096 + 32 * entry + 8)) 8)
        [ "$offset" -gt 36864 ] || continue
        for end in $((offset - 1)) "$offset" $((offset + 1)) $((offset + 100)) $((RANDOM % (size - 36864) + 36864)); do
            [ "$end" -lt "$size" ] || continue
            head -c "$end" good >cut
            report cut
            equal "exit status of a log cut at $end" 0 "$status"
            has report "cut is truncated at byte $end" 'ERROR SUMMARY'
            equal "bytes on standard error" 0 "$(wc -c <report.err)"
        done
    done
}

test_hostile_extents() {
    a_log
    poke good $((4096 + 8)) '\377\377\377\377\377\377\377\377'
    report good
    equal "exit status" 0 "$status"
    has report 'damaged at byte 4096: entry 0 of the directory is invalid'
    poke good $((4096 + 8)) '\000\000\000\000\000\000\000\020'
    report good
    equal "exit status" 0 "$status"
    has report 'Note: good is truncated at byte'
}

test_unknown_option() {
    report --frobnicate trace.log
    refused '--frobnicate is not an option of leakreport; leakreport --help lists them'
}

test_bad_value() {
    report --num-callers=many trace.log
    refused '--num-callers=many is not understood: give a number from 1 to 500'
}

test_no_log_named() {
    report
    refused 'no log is given'
}

test_output_that_cannot_be_written() {
    a_log
    report --log-file=/no/such/folder/out good
    refused '--log-file: /no/such/folder/out cannot be written'
    report --html=/no/such/folder/out good
    refused '--html: /no/such/folder/out cannot be written'
    report --html=page.html --format=json good
    refused '--html=FILE writes a page, and another form was asked for'
    [ ! -e page.html ] || fail 'the page was written'
    status=0
    "$REPORT" good >/dev/full 2>report.err || status=$?
    : >report
    refused 'the report could not be written'
}

test_missing_suppression_file() {
    a_log
    report --suppressions=no.supp good
    equal "exit status" 2 "$status"
    equal "lines on standard error" 1 "$(wc -l <report.err)"
    has report.err 'no.supp'
}

test_name_for_the_report_that_means_nothing() {
    a_log
    for name in % a%x %m '~/x'; do
        report "--log-file=$name" good
        refused --log-file 'file name'
        [ ! -e "$name" ] || fail "$name was made"
    done
}

# --- programs in the place of logs, and programs that cannot be traced -----------------------

test_program_instead_of_a_log() {
    compiled prog
    report prog
    refused 'prog is a program, not a log: trace it with leakreport --run ./prog'
}

test_static_program() {
    compiled prog -static
    report prog
    refused 'prog is not a log, and: prog is statically linked: LD_PRELOAD cannot reach it'
    report --run ./prog
    not_run './prog is statically linked'
    compiled pie -static-pie
    report --run ./pie
    not_run './pie is statically linked'
}

test_set_uid_program() {
    [ "$(id -u)" -eq 0 ] || return 0
    compiled prog
    chmod 4755 prog
    as_nobody ./leakreport --run ./prog
    not_run './prog is set-uid: the loader ignores LD_PRELOAD in it'
    as_nobody ./leakreport prog
    refused 'prog is not a log, and: prog is set-uid'
    chmod 2755 prog
    as_nobody ./leakreport --run ./prog
    not_run './prog is set-gid'
}

# The kernel grants nothing then, and the loader preloads as ever. But it makes secure who has
# capabilities in effect written to the file.
test_rights_that_are_not_granted() {
    [ "$(id -u)" -eq 0 ] || return 0
    local mode run='setpriv --no-new-privs ./leakreport --run --leak-check=no ./prog'
    compiled prog
    for mode in 4755 2755 6755; do
        chmod $mode prog
        as_nobody $run
        equal "exit status of mode $mode" 0 "$status"
        has report.err 'total heap usage'
    done
    chmod 755 prog
    capabilities() { python3 -c 'import os, struct, sys; os.setxattr("prog", "security.capability", struct.pack("<IIIII", 0x2000000 | int(sys.argv[1]), 1 << 13, 0, 0, 0))' "$1"; }
    capabilities 0
    as_nobody $run
    equal 'exit status with capabilities' 0 "$status"
    has report.err 'total heap usage'
    capabilities 1
    as_nobody $run
    not_run './prog has file capabilities: the loader ignores LD_PRELOAD in it'
}
test_program_that_was_cut() {
    compiled prog
    size=$(stat -c %s prog)
    for bytes in 70 500 4000 12290; do
        head -c "$bytes" prog >cut
        chmod +x cut
        report --run ./cut
        not_run "./cut is truncated: it has $(printf "%'d" "$bytes" | sed -E ':a;s/^([0-9]+)([0-9]{3})/\1,\2/;ta') of the at least"
    done
    # What is behind the segments the kernel does not need.
    head -c $((size - 100)) prog >cut
    report --run -q ./cut
    equal 'exit status' 0 "$status"
}
test_program_with_address_sanitizer() {
    compiled prog -fsanitize=address
    report --run ./prog
    not_run './prog is built with AddressSanitizer, which replaces malloc itself'
    compiled prog -fsanitize=address -static-libasan -s
    report --run ./prog
    not_run './prog is built with AddressSanitizer, which replaces malloc itself'
    gcc -shared -Wl,-soname,libclang_rt.asan-x86_64.so -o libclangs.so prog.c
    compiled prog -L. -Wl,--no-as-needed -lclangs
    report --run ./prog
    not_run './prog is built with AddressSanitizer, which replaces malloc itself'
}

# Preloaded all the same, past leakreport's word: the program lives, and a line says what is wrong. (gcc's
# AddressSanitizer refuses every preload.)
test_sanitizers_with_a_preload() {
    local sanitizer compiler kind name
    for sanitizer in gcc:thread:Thread gcc:leak:Leak clang:address:Address clang:thread:Thread clang:memory:Memory clang:leak:Leak; do
        IFS=: read -r compiler kind name <<<"$sanitizer"
        printf '#include <stdlib.h>\nint main(void) { void *volatile block = malloc(10); free(block); return 3; }\n' >sanitized.c
        $compiler -g -fsanitize="$kind" -o sanitized sanitized.c
        same ./sanitized
        equal "exit status with $sanitizer" 3 "$status"
        has summary "this program is built with ${name}Sanitizer, which replaces malloc itself"
    done
}

test_program_of_another_machine() {
    compiled prog
    poke prog 18 '\363\000'
    report --run ./prog
    not_run './prog is for another machine (ELF machine 243, 64 bits)'
}

test_shared_library_and_object_file() {
    echo 'int x;' >lib.c
    gcc -shared -fPIC -o lib.so lib.c
    report --run ./lib.so
    not_run './lib.so is a shared library, not a program'
    gcc -c -o lib.o lib.c
    report lib.o
    refused 'lib.o is an ELF file, but not a program (it is an object file: link it first)'
}

test_damaged_program() {
    compiled prog
    head -c 30 prog >cut
    chmod +x cut
    report --run ./cut
    not_run './cut is a damaged ELF file'
    report cut
    refused 'cut is not a log, and: cut is a damaged ELF file'
}

test_program_that_is_not_there() {
    report --run ./no-such-program
    not_there './no-such-program does not exist: name a program, or a log'
    report --run no-such-program
    not_there 'no-such-program is not in any directory of PATH'
    report --run .
    not_there '. is not in any directory of PATH'
    report --run ./
    not_run './ is a directory: name the program in it, or the log that is to be read'
    report --run
    refused '--run needs a program'
}

test_program_that_may_not_be_executed() {
    echo hello >text
    report --run ./text
    not_run './text may not be executed'
}

# The loader would take the path apart.
test_tracer_in_a_folder_that_cannot_be_preloaded() {
    compiled prog
    for folder in 'a b' 'a:b' 'a$LIB'; do
        mkdir "$folder"
        cp "$REPORT" "$LIBTRACE" "$folder"
        status=0
        "$folder/leakreport" --run ./prog >report 2>report.err || status=$?
        refused "$PWD/$folder/libtrace.so has a space, a colon or a dollar sign in its path"
    done
}

test_script_with_a_static_interpreter() {
    compiled interpreter -static
    printf '#!%s/interpreter\n' "$PWD" >script
    chmod +x script
    report --run ./script
    not_run "$PWD/interpreter is statically linked"
}
