# Programs with functions that bear names of libc's: the tracer, and libunwind under it, call none of them.
source "$TESTS/e2e/books.sh"

# bearing NAME…: ./bearing, a program that has a function of each name, which says so and ends the program
bearing() {
    {
        echo 'extern void *malloc(unsigned long); extern void free(void *);'
        echo 'static long call(long n, long a, long b, long c) { __asm__ volatile("syscall" : "+a"(n) : "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory"); return n; }'
        echo 'static int called(const char *name) { int n = 0; while (name[n]) n++; call(1, 1, (long)name, n); call(231, 3, 0, 0); return 0; }'
        for name; do echo "int $name() { return called(\"$name \"); }"; done
        echo 'static __attribute__((noinline)) void lose(int bytes) { void *volatile lost = malloc(bytes); lost = 0; }'
        echo 'int main(void) { for (int i = 0; i < 3; i++) { free(malloc(10)); lose(50); } call(1, 1, (long)"working\n", 8); return 0; }'
    } >bearing.c
    gcc -w -g -O1 -fno-builtin -fno-tree-loop-distribute-patterns -fno-stack-protector -rdynamic -o bearing bearing.c
}
# untouched WHAT: it runs as ever, and is traced
untouched() {
    native ./bearing
    equal "what the program with $1 says itself" 'working' "$(cat native.out)"
    OPTIONS='--verify-stacks=yes -v' traced ./bearing
    equal "what the program with $1 says" 'working' "$(cat out)"
    equal "exit status with $1" 0 "$status"
    has err 'definitely lost: 150 bytes in 3 blocks' ' frames by SP'
    report --leak-check=full trace.log
    has report ': lose (bearing.c:' ': main (bearing.c:'
    has_not report 'could not'
}
libc=$(ldd /bin/sh | awk '$1 == "libc.so.6" { print $3 }')
# All but the allocator, which is a thing of its own, and what begins with an underscore, which is libc's.
public() { nm -D --defined-only "$libc" | awk '$2 ~ /[TWi]/ { print $3 }' | sed 's/@.*//' | grep -v '^_' | sort -u |
    grep -vxE '(m|c|re)alloc|free|cfree|memalign|.*aligned?_.*alloc|posix_memalign|aligned_alloc|p?valloc|reallocarray|malloc_.*|main'; }

test_every_name_of_libc() {
    # shellcheck disable=SC2046
    bearing $(public)
    [ "$(grep -c '^int ' bearing.c)" -gt 1000 ] || fail "only $(grep -c '^int ' bearing.c) names"
    untouched 'all names'
}
# Its functions take part in the end, too: without them the program has an end of its own.
test_names_that_menus_and_parsers_have() {
    for name in on_exit dlopen strlen pipe2 sigprocmask fork open; do
        bearing $name
        untouched $name
    done
}
# Exceptions go through the unwinder of the program's own libraries, not through the one that the tracer brings.
test_exceptions_where_libc_has_other_names() {
    cat >throwing.cc <<'C'
#include <cstdio>
#include <stdexcept>
int exits(void) __asm__("on_exit"), pipes(void) __asm__("pipe2"), masks(void) __asm__("sigprocmask");
int exits(void) { puts("on_exit"); return 0; }
int pipes(void) { puts("pipe2"); return -1; }
int masks(void) { puts("sigprocmask"); return -1; }
int main()
{
    int caught = 0;
    for (int i = 0; i < 100; i++)
        try {
            throw std::runtime_error("x");
        } catch (const std::exception &) {
            caught++;
        }
    printf("%d caught\n", caught);
}
C
    g++ -w -o throwing throwing.cc
    same ./throwing
    has out '100 caught'
}

# Debian builds packages with folders named from where they are unpacked. DWARF 5 names such a folder twice, and so does valgrind.
test_a_relative_folder_is_put_before_a_file_as_by_valgrind() {
    mkdir -p here/inner
    echo '#include <stdlib.h>
static void *volatile lost;
#include "inner/lose.h"
int main(void) { lost = malloc(20); lose(); lost = 0; return 0; }' >here/there.c
    echo 'static __attribute__((always_inline)) inline void lose(void) { lost = malloc(10); }' >here/inner/lose.h
    paths() { sed -nE 's/.*\(([^ ()]*\.[ch]:[0-9]+)\)$/\1/p' "$1" | grep -F there; }
    # Older valgrinds cannot read DWARF 5.
    for version in 3 4 $(! valgrind_since 3.19 || echo 5); do
        gcc -O1 -g -gdwarf-$version -fdebug-prefix-map="$PWD/here"=./there -o there here/there.c
        (cd here && gcc -O1 -g -gdwarf-$version -fdebug-prefix-map="$PWD"=./there -o ../within there.c)
        for program in ./there ./within; do
            for after in '' /; do
                valgrind "--fullpath-after=$after" --leak-check=full $program 2>theirs
                report "--fullpath-after=$after" --leak-check=full $program
                [ "$(paths theirs | wc -l)" -ge 2 ] || fail "valgrind tells no path"
                diff <(paths theirs) <(paths report.err) || fail "DWARF $version, $program, after '$after'"
            done
        done
    done
}
