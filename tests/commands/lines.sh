#!/usr/bin/env bash
# lines.sh [NAME…]: the command lines of lines.list, or those named, three times: with valgrind, with leakreport called by the name
# valgrind, and with leakreport under its own name. Standard output, exit status, the files that are left, and the lines of each
# report (but for addresses, process ids, preamble and what lines_known.list names) must be the same.
set -u
here=$(cd "$(dirname "$0")" && pwd)
BUILD=$(cd "${BUILD:-$here/../../build}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C HOME=$work/home TERM=dumb PYTHONHASHSEED=0
unset LD_PRELOAD LIBTRACE_OPTIONS LEAKREPORT_OPTS VALGRIND_OPTS DEBUGINFOD_URLS
valgrind=$(command -v valgrind) || { echo 'valgrind is not installed'; exit 2; }

make_files() { # into $work/files, once
    mkdir -p "$work/files" "$work/home" "$work/as"
    ln -s "$BUILD/leakreport" "$work/as/valgrind"
    cd "$work/files" || exit 2
    printf '{\n  some\n  Memcheck:Leak\n  match-leak-kinds: reachable\n  fun:malloc\n  fun:no_such_function\n}\n' >v.supp
    printf '#!/bin/sh\nshift\nexec "$@"\n' >libtool
    chmod +x libtool
    echo 'int x;' | gcc -shared -fPIC -xc - -o libx.so
    echo 'int main(void) { void *p = malloc(40); free(p); return 0; }' | gcc -g -include stdlib.h -xc - -o "$work/clean"
}
# What may differ: blank lines, addresses, ids, the library that replaces malloc, and what only one of the two says in its head.
plain() {
    sed -E "s/^==[0-9]+== ?//; /^--[0-9]+-- ?/d; s/0x[0-9A-Fa-f]+/0x/g; s/ \((in [^ ]*(vgpreload_memcheck|libtrace)[^ ]*|vg_replace_malloc[^ )]*)\)//; s/\.[0-9]+\.log/.PID.log/; s/loss record [0-9]+ of/loss record N of/
        /^(Memcheck, a memory|Copyright \(C\)|Using Valgrind|leakreport [0-9.]*, a heap|It ended|Note: |Parent PID:|Process [0-9]+ of|PID [0-9]+, parent)/d
        /^  resident [0-9.]+ MB: in blocks/d; /^(embedded gdbserver:|Searching for pointers|Checked [0-9,]+ bytes|WARNING: new redirection|Preferring higher prio)/d; /^TO CONTROL THIS/,/^--pid is opt/d" "$1" | sed '/./,$!d; /^Process terminating/i\\' | cat -s
}
run_line() { # run_line AS COMMAND ARGUMENTS: into $work/AS
    local as=$1 command=$2 arguments=$3 folder=$work/here path=$PATH
    rm -rf "$folder" "$work/$as" && cp -a "$work/files" "$folder" && cd "$folder" || exit 2
    mkdir "$work/$as"
    [ "$as" = valgrind ] || path=$work/as:$path
    [ "$as" != leakreport ] || { path=$BUILD:$PATH; command=${command//valgrind -/leakreport -}; command=${command//valgrind .\//leakreport ./}; }
    # shellcheck disable=SC2086
    (set +e; PATH=$path timeout 120 bash -c "$command" shell $arguments >"$work/$as/out" 2>"$work/$as/err" </dev/null; echo "exit status $?" >"$work/$as/status")
    wait
    for file in err *.txt *.log v.7.*.log valgrind.* fd4 log r-*.xml x.xml; do
        [ -e "$file" ] || continue
        # Of XML what its readers show: all else has tests of its own.
        case $file in *.xml) sed -nE 's/^ *(<(protocolversion|state|kind|leakedbytes|leakedblocks|fn|file|line|text|what|auxwhat|count)>.*)/\1/p' "$file" | sed -E 's/loss record [0-9]+ of/loss record N of/; /^<line>[^0-9]/d' >"$file.shown" && mv "$file.shown" "$file" ;; esac
        # Each of several processes has a file of its own: by their contents.
        plain "$file" >"$work/$as/file.$(echo "$file" | sed -E 's/[0-9]{2,}/PID/')"
    done
    plain "$work/$as/err" >"$work/$as/err.plain"
    rm "$work/$as/err"
}
compare() { # compare NAME PROGRAM COMMAND
    local name=$1 command=$3 arguments bad=
    set -- $2
    rm -f "$work/files/prog"
    case $1 in
    clean) cp "$work/clean" "$work/files/prog" ;;
    true) cp /bin/true "$work/files/prog" ;;
    *) cp "$BUILD/tests/programs/$1" "$work/files/prog" ;;
    esac
    shift
    arguments=$*
    total=$((total + 1))
    run_line valgrind "$command" "$arguments"
    for as in by_name leakreport; do
        # Under its own name the default is another.
        if [ $as = leakreport ] && [[ $command != *--leak-check* ]]; then continue; fi
        run_line $as "$command" "$arguments"
        diff -r "$work/valgrind" "$work/$as" >"$work/difference" && continue
        known=$(sed -n "s/^$name	//p" "$here/lines_known.list" 2>/dev/null)
        [ -n "$known" ] && echo "known: $name ($as): $known" && continue
        bad=1
        echo "DIFFERENT: $name ($as): $command"
        sed 's/^/    /' "$work/difference" | head -40
    done
    [ -z "$bad" ] && same=$((same + 1))
}

make_files
total=0 same=0
while IFS='	' read -r name program command <&3; do
    case $name in '' | '#'*) continue ;; esac
    [ $# = 0 ] || [[ " $* " == *" $name "* ]] || continue
    compare "$name" "$program" "$command"
done 3<"$here/lines.list"
echo "$total command lines, $same with the same result as valgrind's"
[ "$same" = "$total" ] && [ "$total" -gt 0 ]
