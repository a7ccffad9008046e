# leakreport's text on real programs: names, files, lines and options, as valgrind prints them.

# source: a program whose stacks have an inlined function and a static one
source_c() {
    cat >prog.c <<'END'
#include <stdlib.h>
void *keep[3];
static inline __attribute__((always_inline)) void *inlined(size_t size) { return malloc(size); }
static __attribute__((noinline)) void *caller(size_t size) { void *volatile block = inlined(size); return block; }
int main(void)
{
    keep[0] = caller(1000);
    keep[1] = calloc(2, 10000);
    return 0;
}
END
}
# comparable FILE: its text from the heap summary on, without addresses and the tracer's own path
comparable() {
    bare "$1" | sed -n '/^HEAP SUMMARY/,$p' | sed -E 's/0x[0-9A-F]+: //; s/^(   at .*) \((in |vg_replace_malloc).*/\1/'
}
# frames FILE: only the frames of that
frames() { bare "$1" | grep -E '^   (at|by) ' | sed -E 's/0x[0-9A-F]+: //; s/^(   at .*) \((in |vg_replace_malloc).*/\1/'; }

test_frames_are_valgrinds() {
    source_c
    gcc -O1 -g -o prog prog.c
    traced ./prog
    report --show-leak-kinds=all trace.log
    equal "exit status" 0 "$status"
    valgrind --leak-check=full --show-leak-kinds=all ./prog 2>valgrind.err
    frames report >ours
    frames valgrind.err >theirs
    has theirs 'inlined (prog.c:3)' 'caller (prog.c:4)' 'main (prog.c:7)' 'calloc'
    diff theirs ours
}

test_report_is_valgrinds_to_the_letter() {
    local kinds
    for kinds in all definite,possible indirect none; do
        for what in handle 'handle --fixed'; do
            # shellcheck disable=SC2086
            traced "$BUILD/demo" $what
            report --show-leak-kinds=$kinds trace.log
            # shellcheck disable=SC2086
            valgrind --leak-check=full --show-leak-kinds=$kinds "$BUILD/demo" $what >/dev/null 2>valgrind.err
            comparable valgrind.err >theirs
            comparable report >ours
            has theirs 'HEAP SUMMARY' 'ERROR SUMMARY'
            diff theirs ours
        done
    done
}

test_bad_frees_are_valgrinds() {
    cat >prog.cpp <<'END'
#include <cstdlib>
static int global;
static char *make(size_t size) { return (char *)malloc(size); }
static void drop(void *block) { free(block); }
int main()
{
    char *twice = make(1234), *inside = make(70), *mismatched = make(1);
    drop(twice);
    drop(twice);
    drop(inside + 3);
    drop(&global);
    drop((void *)123456);
    delete mismatched;
    free(inside);
    delete[] new long;
    return 0;
}
END
    g++ -O0 -g -w -o prog prog.cpp
    traced ./prog
    report -s trace.log
    valgrind --leak-check=full -s ./prog 2>valgrind.err
    for file in report valgrind.err; do
        bare $file | sed -n '/^Invalid free/,$p' | sed -E 's/ 0x[0-9A-Fa-f]+:?//; s/^(   at .*) \((in |vg_replace_malloc).*/\1/' >$file.text
    done
    has valgrind.err.text 'Mismatched free() / delete / delete []' ' Address is 3 bytes inside a block of size 70' ' Block was alloc' 'data symbol' 'drop(void*) (prog.cpp:4)'
    diff valgrind.err.text report.text
}

test_exit_status_tells_errors() {
    traced "$BUILD/demo" handle
    report trace.log
    equal "exit status" 0 "$status"
    has report 'ERROR SUMMARY: 1 errors from 1 contexts (suppressed: 0 from 0)'
    report --error-exitcode=9 trace.log
    equal "exit status with errors" 9 "$status"
    report --error-exitcode=9 -q trace.log
    equal "exit status with errors, quiet" 9 "$status"
    report --error-exitcode=9 --errors-for-leak-kinds=none trace.log
    equal "exit status when no kind is an error" 0 "$status"
    report --error-exitcode=9 --leak-check=summary trace.log
    equal "exit status of a summary" 0 "$status"
    printf '{\n  box\n  Memcheck:Leak\n  ...\n  fun:box_handler\n}\n' >box.supp
    report --error-exitcode=9 --suppressions=box.supp trace.log
    equal "exit status when all is suppressed" 0 "$status"
    has report 'suppressed: 99 bytes in 5 blocks' 'Of the suppressed blocks, 4 are lost only through suppressed ones.' '(suppressed: 1 from 1)'
    traced "$BUILD/demo" handle --fixed
    report --error-exitcode=9 trace.log
    equal "exit status without errors" 0 "$status"
}

test_generated_suppression_suppresses() {
    traced "$BUILD/demo" handle
    report --gen-suppressions=all trace.log
    bare report | sed -n '/^{/,/^}/p' >made.supp
    has made.supp 'Memcheck:Leak' 'match-leak-kinds: definite' 'fun:malloc' 'fun:box_handler' 'fun:main'
    report --suppressions=made.supp -v trace.log
    has report 'definitely lost: 0 bytes in 0 blocks' 'used_suppression:      1 <insert_a_suppression_name_here>'
}

test_address_is_that_of_the_call() {
    source_c
    gcc -O1 -g -no-pie -o prog prog.c
    traced ./prog
    report --show-leak-kinds=all trace.log
    # The call instruction ends where the return address begins; valgrind prints the byte before.
    local after
    after=$(objdump -d prog | awk '/<main>:/ { in_main = 1 } in_main && /call.*<calloc@plt>/ { getline; sub(":", "", $1); print $1; exit }')
    has report "$(printf '   by 0x%X: main (prog.c:8)' $((0x$after - 1)))"
}

test_cxx_names_have_parameters() {
    cat >prog.cpp <<'END'
#include <string>
namespace shop { struct Cart { int *prices(unsigned long count) const { return new int[count]; } }; }
int *kept;
template <class T> void fill(T const &cart, std::string const &) { kept = cart.prices(100); }
int main() { fill(shop::Cart(), "x"); return 0; }
END
    g++ -O0 -g -o prog prog.cpp
    traced ./prog
    report --show-leak-kinds=all trace.log
    has report ': operator new[](unsigned long) (in ' ': shop::Cart::prices(unsigned long) const (prog.cpp:2)' ': void fill<shop::Cart>(shop::Cart const&, std::__cxx11::basic_string<char'
    report --show-leak-kinds=all --demangle=no trace.log
    has report ': _Znam (in ' ': _ZNK4shop4Cart6pricesEm (prog.cpp:2)'
}

test_rust_names_have_no_hash() {
    cat >prog.rs <<'END'
mod shop { #[inline(never)] pub fn leak_cart(n: usize) -> *mut Vec<u64> { Box::into_raw(Box::new(Vec::with_capacity(n))) } }
fn main() { let cart = shop::leak_cart(1000); println!("{}", cart.is_null()); }
END
    for scheme in legacy v0; do
        /usr/bin/rustc -g -C symbol-mangling-version=$scheme -Z unstable-options -o prog prog.rs 2>/dev/null || /usr/bin/rustc -g -o prog prog.rs
        traced ./prog
        report --show-leak-kinds=all trace.log
        has report ': prog::shop::leak_cart (prog.rs:1)' ': prog::main (prog.rs:2)'
        bare report >bare
        ! grep -qE '::h[0-9a-f]{16}|\$LT\$|_ZN|_R[NI]' bare || fail "a mangled name is left: $(grep -m1 -E '::h[0-9a-f]{16}|\$LT\$|_ZN|_R[NI]' bare)"
    done
}

test_stripped_program_without_debug_file() {
    source_c
    gcc -O1 -s -o prog prog.c
    traced ./prog
    report --show-leak-kinds=all trace.log
    has report ": ??? (in $PWD/prog)" ': malloc (in '
}

test_debug_file_named_by_debuglink() {
    source_c
    gcc -O1 -g -o prog prog.c
    objcopy --only-keep-debug prog prog.debug
    objcopy --strip-all --add-gnu-debuglink=prog.debug prog
    traced ./prog
    report --show-leak-kinds=all trace.log
    has report 'inlined (prog.c:3)' 'caller (prog.c:4)' 'main (prog.c:8)'
}

test_units_without_an_address_index() {
    command -v clang >/dev/null || return 0
    source_c
    clang -O1 -g -o prog prog.c
    traced ./prog
    report --show-leak-kinds=all trace.log
    has report 'inlined (prog.c:3)' 'caller (prog.c:4)' 'main (prog.c:7)'
}

# The frames are gdb's.
test_split_debug_information() {
    source_c
    sed -i 's/^int main/static inline __attribute__((always_inline)) void *middle(size_t size)\n{\n    return caller(size);\n}\nint main/; s/static __attribute__((noinline)) void .caller/static inline __attribute__((always_inline)) void *caller/' prog.c
    local version frames
    frames='inlined (prog.c:3) caller (prog.c:4) main (prog.c:11)'
    for version in 4 5; do
        gcc -O2 -g -gdwarf-$version -gsplit-dwarf -o prog prog.c
        traced ./prog
        report --show-leak-kinds=reachable trace.log
        equal "frames of version $version" "$frames" "$(sed -nE '/ 1,000 bytes/,/^==[0-9]+== $/s/.*: ([a-z]+) (\(prog.*)/\1 \2/p' report | xargs)"
        has_not report Note:
    done
    mv prog.dwo elsewhere
    report --show-leak-kinds=reachable trace.log
    has report "Note: $PWD/prog was built with -gsplit-dwarf, and a part of its debug information (the last one looked for is in prog.dwo) could not be read" 'main (prog.c:3)'
}

test_moved_and_rebuilt_modules_are_named() {
    source_c
    gcc -O1 -g -Wl,--build-id=0x0123456789abcdef -o prog prog.c
    traced ./prog
    mv prog elsewhere
    report --show-leak-kinds=all trace.log
    equal "exit status" 0 "$status"
    has report "Note: $PWD/prog (build id 0123456789abcdef) could not be found: its frames have no names." ": ??? (in $PWD/prog)"
    gcc -O1 -g -Wl,--build-id=0xff -o prog prog.c
    report --show-leak-kinds=all trace.log
    has report "Note: $PWD/prog (build id 0123456789abcdef) is a different build from the one that was traced"
    has_not report 'caller (prog.c'
}

# Without build ids a file is known by its size, its inode and the time of its last change.
test_rebuilt_program_without_build_id_is_told() {
    source_c
    gcc -O1 -g -Wl,--build-id=none -o prog prog.c
    traced ./prog
    report --show-leak-kinds=all trace.log
    has report 'caller (prog.c' 'main (prog.c'
    has_not report 'build id'
    cp prog copy && mv copy prog
    report --show-leak-kinds=all trace.log
    has report 'caller (prog.c' "Note: $PWD/prog has no build id, and the file was changed or copied since it was traced: if it was rebuilt, the names"
    { echo 'int other(int i) { return i * 3 + 1; }'; sed 's/caller/called/g' prog.c; } >other.c
    gcc -O1 -g -Wl,--build-id=none -o prog other.c
    report --show-leak-kinds=all trace.log
    has report "Note: $PWD/prog (build id none) is a different build from the one that was traced: its frames have no names." ": ??? (in $PWD/prog)"
    has_not report other.c
}
# The second plugin lies where the first one lay, under its name.
test_plugin_that_is_replaced_in_the_run() {
    cat >prog.c <<'END'
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
int main(void)
{
    for (int i = 0; i < 4; i++) {
        void *plugin = dlopen("./plugin.so", RTLD_NOW);
        ((void (*)(void))dlsym(plugin, "run"))();
        dlclose(plugin);
        if (i == 1 && rename("second.so", "plugin.so") != 0)
            abort();
    }
    return 0;
}
END
    local which
    for which in first second_and_longer; do
        printf 'void *malloc(unsigned long);\nvoid *volatile last;\n__attribute__((noinline)) static void in_%s(void) { last = malloc(11); last = 0; }\nvoid run(void) { in_%s(); last = 0; }\n' $which $which >$which.c
        gcc -O1 -g -shared -fPIC -Wl,--build-id=none -o $which.so $which.c
    done
    cp first.so plugin.so && mv second_and_longer.so second.so
    gcc -g -o prog prog.c -ldl
    traced ./prog
    equal 'exit status' 0 "$status"
    report trace.log
    has report '22 bytes in 2 blocks are definitely lost' 'in_second_and_longer (second_and_longer.c:3)' "plugin.so (build id none) is a different build from the one that was traced"
    has_not report in_first
}
test_program_that_was_removed_while_it_ran() {
    printf '#include <stdlib.h>\n#include <unistd.h>\nvoid *last;\nint main(void) { unlink("prog"); last = malloc(7); last = 0; return 0; }\n' >prog.c
    gcc -g -Wl,--build-id=none -o prog prog.c
    cp prog kept
    OPTIONS=-q traced ./prog
    report trace.log
    has report "Note: $PWD/prog (build id none) could not be found"
    cp kept prog
    report trace.log
    has report 'main (prog.c:4)' "Note: $PWD/prog has no build id, and the file was changed or copied"
}
# /proc/self/exe is the loader then.
test_program_that_the_loader_was_told_to_run() {
    source_c
    gcc -O1 -g -o prog prog.c
    mkdir folder && ln -s ../prog folder/link
    for name in ./prog folder/link "$PWD/prog"; do
        traced /lib64/ld-linux-x86-64.so.2 "$name"
        report --show-leak-kinds=all trace.log
        has report 'caller (prog.c' 'main (prog.c'
        has_not report Note:
    done
    gcc -O1 -Wl,--build-id=none -o prog prog.c
    local own_name=(--argv0 /bin/true)
    libc_since 33 || own_name=()
    traced /lib64/ld-linux-x86-64.so.2 "${own_name[@]}" ./prog
    equal 'exit status' 0 "$status"
    report --show-leak-kinds=all trace.log
    has report "main (in $PWD/prog)"
}

test_main_is_the_last_frame_unless_asked() {
    source_c
    gcc -O1 -g -o prog prog.c
    traced ./prog
    report --show-leak-kinds=all trace.log
    has_not report _start __libc_start
    equal "last frames that are not main" 0 "$(bare report | awk '/^$/ && frame && frame !~ /: main / { n++ } { frame = /^   (at|by) / ? $0 : "" } END { print n + 0 }')"
    report --show-leak-kinds=all --show-below-main=yes trace.log
    has report ': __libc_start_main' ': _start (in '
}

# Frames of valgrind's, where there is no main.
test_before_and_behind_main() {
    cat >prog.c <<'END'
#include <stdlib.h>
void *volatile last;
__attribute__((noinline)) static void deep(void) { last = malloc(31); last = 0; }
__attribute__((constructor)) static void early(void) { deep(); }
__attribute__((destructor)) static void late(void) { last = malloc(33); last = 0; }
static void at_exit(void) { last = malloc(34); last = 0; }
int main(void) { atexit(at_exit); last = malloc(32); last = 0; return 0; }
END
    gcc -g -o prog prog.c
    traced ./prog
    valgrind --command-line-only=yes --leak-check=full --gen-suppressions=all --log-file=valgrind.log ./prog
    report --gen-suppressions=all trace.log
    frames() { bare "$1" | sed -nE 's/^   by 0x[0-9A-F]+: //p; s/^   (fun|obj):/&/p'; }
    [ "$(frames valgrind.log | grep -c 'below main')" -ge 6 ] || fail "$(cat valgrind.log)"
    diff <(frames valgrind.log) <(frames report)
}

test_thread_stacks_end_in_clone() {
    cat >prog.c <<'END'
#include <pthread.h>
#include <stdlib.h>
static void *kept;
static void *work(void *unused) { kept = malloc(4000); return unused; }
int main(void) { pthread_t thread; pthread_create(&thread, 0, work, 0); pthread_join(thread, 0); return 0; }
END
    gcc -O0 -g -o prog prog.c -pthread
    traced ./prog
    report --show-leak-kinds=all trace.log
    bare report | grep -A5 '^4,000 bytes' >stack
    has stack ': work (prog.c:4)' ': start_thread ('
    grep -qE ': (__)?clone3? \(' stack || fail "the outermost frame is none of clone: $(cat stack)"
}

test_num_callers_and_fullpath() {
    source_c
    gcc -O1 -g -o prog prog.c
    traced ./prog
    report --show-leak-kinds=all --num-callers=1 trace.log
    has_not report 'main ('
    report --show-leak-kinds=all --fullpath-after= trace.log
    has report "main ($PWD/prog.c:8)"
    report --show-leak-kinds=all --fullpath-after="${PWD%/*}/" trace.log
    has report "main (${PWD##*/}/prog.c:8)"
}

test_report_of_a_killed_process() {
    cat >prog.c <<'END'
#include <stdlib.h>
#include <unistd.h>
static void *kept[3];
static void forget(void) { for (int i = 0; i < 3; i++) kept[i] = malloc(700); }
int main(void) { forget(); write(1, "x", 1); pause(); return 0; }
END
    gcc -O0 -g -w -o prog prog.c
    mkfifo ready
    LD_PRELOAD=$LIBTRACE ./prog >ready 2>err &
    local pid=$! byte
    read -r -n 1 byte <ready
    report trace.log
    equal "exit status" 0 "$status"
    has report "It is still running: what follows is as of now." '    in use now: 2,100 bytes in 3 blocks' \
        '2,100 bytes in 3 blocks are in use now in record 1 of 1' ': forget (prog.c:4)' \
        'Leak kinds are not known'
    kill -9 $pid
    wait $pid 2>/dev/null || true
    report trace.log
    equal "exit status" 0 "$status"
    has report 'It ended without recording how' '    in use when it ended: 2,100 bytes in 3 blocks' \
        '2,100 bytes in 3 blocks are in use when it ended in record 1 of 1' ': main (prog.c:5)' \
        'Leak kinds are not known: the process ended before a leak check could be made.'
}

test_head_says_command_and_exit_status() {
    echo 'int main(int count, char **words) { return count; }' >prog.c
    gcc -o prog prog.c -w
    traced ./prog one 'two three'
    report trace.log
    has report 'Command: ./prog one two three' 'exit status 3.' 'All heap blocks were freed -- no leaks are possible'
    local pid
    pid=$(sed -nE '1s/^==([0-9]+)== .*/\1/p' report)
    equal "lines without ==PID== " 0 "$(grep -vc "^==$pid== " report)"
}

test_log_file_takes_the_report() {
    traced "$BUILD/demo" handle
    report trace.log
    cp report expected
    report --log-file=out.%p.txt trace.log
    equal "bytes on standard output" 0 "$(wc -c <report)"
    local pid
    pid=$(sed -nE '1s/^==([0-9]+)== .*/\1/p' expected)
    diff expected "out.$pid.txt"
}

test_help_and_version() {
    report --help
    equal "exit status" 0 "$status"
    has report '--leak-check=no|summary|full' '--num-callers=N' '--error-exitcode=N'
    report --version
    equal "exit status" 0 "$status"
    grep -qE '^leakreport [0-9]+\.[0-9]+\.[0-9]+$' report || fail "version: $(cat report)"
}

test_option_of_valgrind_without_meaning_is_ignored_aloud() {
    traced "$BUILD/demo" handle
    report --track-origins=yes trace.log
    equal "exit status" 0 "$status"
    has report 'Note: --track-origins is ignored'
}

# --- leakreport --run ------------------------------------------------------------------------

test_run_traces_a_program() {
    source_c
    gcc -O1 -g -o prog prog.c
    status=0
    "$REPORT" --run "--trace-file=my log" -q ./prog >out 2>err || status=$?
    equal "exit status" 0 "$status"
    equal "bytes on standard error" 0 "$(wc -c <err)"
    report --show-leak-kinds=all 'my log'
    has report 'Command: ./prog' 'calloc (in ' 'main (prog.c:8)'
}

test_run_keeps_status_output_and_arguments() {
    printf '#!/bin/sh\nprintf "%%s|" "$@"\nexit 42\n' >script
    chmod +x script
    status=0
    "$REPORT" --run -q ./script 'a b' -c '' >out 2>err || status=$?
    equal "exit status" 42 "$status"
    equal output 'a b|-c||' "$(cat out)"
}

test_run_finds_programs_in_path() {
    status=0
    "$REPORT" --run true >out 2>err || status=$?
    equal "exit status" 0 "$status"
    report trace.log
    has report 'Command: true'
}

test_run_preloads_in_front_of_others() {
    echo 'int other_library = 1;' >other.c
    gcc -shared -fPIC -o other.so other.c
    status=0
    LD_PRELOAD=$PWD/other.so "$REPORT" --run --trace-children=yes sh -c 'echo "$LD_PRELOAD"' >out 2>err || status=$?
    equal "exit status" 0 "$status"
    grep -qE "/libtrace\.so[: ]$PWD/other\.so" out || fail "LD_PRELOAD is $(cat out)"
}
