#!/usr/bin/env bash
# make_corpus.sh [BUILD]: makes tests/fuzz/corpus anew, after a change of the log's format or of the
# options: what corpus_log damages, logs of small programs, and a few lines each for options and
# suppressions. Files that a fuzzer found (named found-…) stay; those in corpus/log are of their own
# version, so what they show belongs into corpus_log.c, too.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:-$here/../../build}" && pwd)
corpus=$here/corpus
make -C "$here/../.." -s "BUILD=$build" all programs "$build/fuzz/corpus_log" "$build/fuzz/module.so"

mkdir -p "$corpus"/log "$corpus"/options "$corpus"/suppress
find "$corpus" -type f ! -name 'found-*' -delete
"$build/fuzz/corpus_log" make "$corpus/log"

# Real logs. The programs are copied, so that no path of this machine's user is in them.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp "$build"/demo "$build"/lib*.so  "$build"/tests/programs/lib*.so "$scratch"
real() { # real NAME PROGRAM [ARGUMENT…]
    local name=$1 program=$2
    shift 2
    [ -e "$scratch/$program" ] || cp "$build/tests/programs/$program" "$scratch"
    (cd "$scratch" && rm -f trace.log && LIBTRACE_OPTIONS="-q ${GRAPH:-}" LD_PRELOAD=./libtrace.so "./$program" "$@") >/dev/null 2>&1 || true
    "$build/fuzz/corpus_log" pack "$scratch/trace.log" "$corpus/log/real_$name"
}
real demo demo handle
real tree leak_tree
real cycle leak_cycle_outside_member
GRAPH=--heap-graph=yes real graph leak_tree
real heuristics leak_heuristic_vtable
real large leak_large
real cpp leak_cpp_exception
real bad_frees free_kinds thrice
real bad_realloc free_kinds by_realloc
real threads thread_many 4 50
real aborts end_ways abort
real killed end_ways kill
real names check_names

options() { # options NAME LIBTRACE_OPTIONS LD_PRELOAD ARGUMENT…
    local name=$1
    shift
    printf '%s\0' "$@" >"$corpus/options/$name"
}
options report '-q --trace-file=/tmp/%p.log' ./libtrace.so --leak-check=full --show-leak-kinds=definite,indirect trace.log
options many '--log-file=%q{HOME}/%n%% -v' '/opt/libtrace.so:/lib/x.so' -s -q -v --error-exitcode=3 --num-callers=500 \
    --suppressions=a --suppressions=b --fullpath-after=/src --gen-suppressions=all --log-file=%p t u t
options old '--leak-check-heuristics=stdstring,newarray --verify-stacks=yes' '/lib/a.so /opt/libtrace.so' \
    --show-reachable=yes --show-possibly-lost=no --tool=memcheck --vgdb=no --leak-resolution=low t
options run "--trace-children=yes '--trace-file=a b'" /opt/libtrace.so --run -q --trace-file=x -- ./prog -a
options names '"--trace-file=q"r --run-libc-freeres=no' '' -- --run
options quotes "--trace-file='unclosed" '::: /opt/libtrace.so ::' --errors-for-leak-kinds=all,none t
options unknown '--nothing' ./x --leak-check= t
options bad_values '--trace-file=~/x' /opt/libtrace.so --num-callers=18446744073709551617 t
options bad_percent '--trace-file=%q{' '' --error-exitcode=2 t
options no_variable '--trace-file=%q{NOT_SET_ANYWHERE}' '' -- t t
options long_word "--trace-file=/$(head -c 9000 /dev/zero | tr '\0' a)" "$(head -c 5000 /dev/zero | tr '\0' b)" t
options help '' '' --help
options usage '--peak' '' --peak --timeline --top=7,all --top=18446744073709551617,calls --top=,, --top=calls,bytes,3 t
options blank ' 	 ' ' '

suppress() { # suppress NAME: standard input
    cat >"$corpus/suppress/$1"
}
suppress valgrind <<'X'
# a comment
{
   one of each
   Memcheck:Leak
   match-leak-kinds: definite,possible
   fun:malloc
   ...
   fun:a::*
   obj:*/liba.so
   src:a.c:12
}
{
   another tool's
   Helgrind,Memcheck:Race
   fun:*
}
{
   other kinds
   Memcheck:Cond
   fun:main
}
{
   a free
   Memcheck:Free
   obj:*
   fun:aaaa?a*b
}
X
suppress leak_sanitizer <<'X'
leak:a::b
leak:^main$
leak:*
leak:liba.so
X
printf 'leak:\nleak:^$\n' | suppress empty_templates
printf '{\n x\n Memcheck:Leak\n ...\n}\n' | suppress dots_only
printf '{\n x\n Memcheck:Leak\n fun:a\n' | suppress not_closed
printf '{\n x\n Memcheck:Nothing\n fun:a\n}\n' | suppress unknown_kind
printf '{\n \033]0;x\007\n Memcheck:Leak\n \302\233m\n}\n' | suppress escapes
printf 'leak:a\0b\n' | suppress nul
printf '\357\273\277leak:a\r\n' | suppress byte_order_mark
{ printf '{\n stars\n Memcheck:Leak\n'; for i in $(seq 20); do printf ' ...\n fun:*a*a*a*a*a*b\n'; done; printf '}\n'; } | suppress stars
{ printf '{\n frames\n Memcheck:Leak\n'; for i in $(seq 600); do printf ' fun:*\n'; done; printf '}\n'; } | suppress six_hundred_frames
for i in $(seq 70); do printf 'leak:a%d\n' "$i"; done | suppress seventy_rules

find "$corpus" -type f | wc -l
du -sb "$corpus"
