#!/usr/bin/env bash
# run.sh [NAME…]: runs the commands of commands.list, or those named, three times: as they are, under
# valgrind and under the tracer, in the same environment. Prints a table of the leak kinds that both
# found and compares output and exit status with the untraced run. A difference that known.list explains
# is marked with its reason; any other makes the exit status 1. So does a command that is not installed.
#
# valgrind adds variables to the environment, and its own libraries to LD_PRELOAD, and programs copy
# those into blocks: the other two runs get the same ones. Hash seeds are fixed.
set -u
here=$(cd "$(dirname "$0")" && pwd)
BUILD=${BUILD:-$here/../../build}
LIBTRACE=$(cd "$BUILD" && pwd)/libtrace.so
work=$(mktemp -d)
xvfb=
trap '[ -z "$xvfb" ] || kill "$xvfb"; rm -r "$work"' EXIT
export LC_ALL=C TERM=dumb HOME=$work PYTHONHASHSEED=0 PERL_HASH_SEED=0 PERL_PERTURB_KEYS=0 GIT_CONFIG_NOSYSTEM=1 PAGER=cat
export RUBYOPT= PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin LANG=
unset LD_PRELOAD LIBTRACE_OPTIONS PERL5LIB LESSOPEN DEBUGINFOD_URLS
CC1=$(gcc -print-prog-name=cc1)
export CC1

make_files() {
    mkdir -p tree/inner gnupg && chmod 700 gnupg
    perl -e 'srand 1; for (1..4000) { print join("", map { chr 97 + int rand 26 } 1..3 + rand 8), $_ % 9 ? "" : "ing", "\n" }' >words
    sort words >words.sorted
    perl -e 'printf "%05d,%d,name%d\n", $_, ($_ * 7919) % 1000, $_ % 31 for 1..2000' >table.csv
    seq 1 40 >small
    seq 1 40 | sed 's/^17$/seventeen/' >small.new
    diff -u small small.new >small.diff
    cp words small tree/ && cp table.csv tree/inner/
    tar -czf tree.tgz tree && find tree | cpio -o --quiet >tree.cpio
    zip -q -r tree.zip tree
    printf '#include <stdio.h>\n#include <stdlib.h>\nstatic int twice(int n) { return 2 * n; }\nint main(int argc, char **argv)\n{\n    for (int i = 0; i < argc; i++)\n        printf("%%d %%s\\n", twice(i), argv[i]);\n    return 0;\n}\n' >program.c
    gcc -O1 -S -o program.s program.c && gcc -c -o program.o program.c && gcc -g -o program program.c
    printf 'scale=30\n4*a(1)\nfor (i = 0; i < 50; i++) i^7\n' | sed 's/a(1)/1/' >sums
    printf 'define(`f'\'', `ifelse($1, 0, 1, `eval($1 * f(decr($1)))'\'')'\'')f(10)\n' >macros
    printf 'all: one two\none: words\n\tsort $< >$@\ntwo: small one\n\tcat $^ >$@\n' >rules
    printf '%%token N\n%%%%\ns: s N | N;\n%%%%\n' >grammar.y
    printf '%%%%\n[a-z]+ { return 1; }\n[0-9]+ { return 2; }\n. ;\n%%%%\n' >scanner.l
    { echo 'create table t (a integer primary key, b text);'
      perl -e 'print "insert into t (b) values (\x27row $_\x27);\n" for 1..200'
      echo 'create index i on t (b); select count(*), max(b) from t where b like "row 1%";'; } >statements
    echo 'set d [dict create]; for {set i 0} {$i < 500} {incr i} { dict set d k$i [expr {$i * $i}] }; puts [dict size $d]' >script.tcl
    perl -e 'print "<list>"; print "<item n=\"$_\">text $_</item>" for 1..200; print "</list>\n"' >document.xml
    echo '<x:stylesheet version="1.0" xmlns:x="http://www.w3.org/1999/XSL/Transform"><x:template match="item"><x:value-of select="@n"/>,</x:template></x:stylesheet>' >sheet.xsl
    perl -e 'print "[", join(",", map { "{\"n\":$_,\"s\":\"t$_\"}" } 1..100), "]\n"' >document.json
    ssh-keygen -q -t ed25519 -N '' -f key
    git init -q repository
    (cd repository && git config user.email a@b && git config user.name a && for i in 1 2 3; do
        seq $i 40 >small && echo "one $i" >"file$i" && git add . &&
            GIT_AUTHOR_DATE="2020-01-0${i}T00:00:00Z" GIT_COMMITTER_DATE="2020-01-0${i}T00:00:00Z" git commit -qm "number $i"; done)
} >/dev/null 2>&1

# An X server of our own, whose number it writes to file 1 when it is there.
start_display() {
    Xvfb -displayfd 1 -screen 0 1280x1024x24 >"$work/display" 2>/dev/null &
    xvfb=$!
    for _ in $(seq 100); do
        [ ! -s "$work/display" ] || break
        sleep 0.1
    done
    export DISPLAY=:$(cat "$work/display") GDK_BACKEND=x11 NO_AT_BRIDGE=1 GSETTINGS_BACKEND=memory
}

kinds() { # kinds FILE: definite, indirect, possible, reachable, each BYTES/BLOCKS, of the last summary in it
    awk '{ gsub(",", "") } /no leaks are possible/ { k = "0/0 0/0 0/0 0/0" }
         /definitely lost: / { k = $4 "/" $7 } /indirectly lost: |possibly lost: |still reachable: / { k = k " " $4 "/" $7 }
         END { print k }' "$1"
}

folder() { # folder HOW: a copy of the files under the same name for each run, because programs keep it in blocks
    rm -rf "$work/here" && cp -a "$work/files" "$work/here" && cd "$work/here" || exit 2
}
run_shell() { # run_shell COMMANDS: by a shell that is not traced itself and adds nothing to the environment
    folder
    env -u _ sh -c "$1" >"$work/out" 2>"$work/err" </dev/null
}
like_valgrind() { # like_valgrind PRELOAD: what valgrind exports
    echo "export LD_LIBRARY_PATH=/usr/lib/debug GLIBCPP_FORCE_NEW=1 GLIBCXX_FORCE_NEW=1 LD_PRELOAD='$1';"
}

compare() { # compare NAME COMMAND
    local name=$1 command=$2 native valgrind traced same=same reason=
    run_shell "$(like_valgrind "$preloaded") $command"
    native=$?
    mv "$work/out" "$work/native.out"
    mv "$work/err" "$work/native.err"
    total=$((total + 1))
    if [ $native = 127 ]; then
        different=$((different + 1))
        echo "$name: not installed"
        return
    fi
    run_shell "${command/exec /exec valgrind --leak-check=summary --log-file=$work/valgrind.log }"
    valgrind=$(kinds "$work/valgrind.log")
    run_shell "$(like_valgrind "$LIBTRACE:$preloaded") \
        export LIBTRACE_OPTIONS='--log-file=$work/traced.log --trace-file=$work/trace.log'; $command"
    [ $? = $native ] && cmp -s "$work/native.out" "$work/out" && cmp -s "$work/native.err" "$work/err" || same=OUTPUT
    traced=$(kinds "$work/traced.log")
    rm -f "$work"/*.log
    if [ -n "$valgrind" ] && [ "${valgrind% *}" = "${traced% *}" ] && [ $same = same ]; then
        equal=$((equal + 1))
        [ "$valgrind" = "$traced" ] || reason='but for what is still reachable'
    else
        reason=$(sed -n "s/^$name	//p" "$here/known.list")
        [ -n "$reason" ] && explained=$((explained + 1)) || { different=$((different + 1)); reason=DIFFERENT; }
    fi
    printf '%-15s %-6s %-48s %-48s %s\n' "$name" "$same" "${valgrind:--}" "${traced:--}" "$reason"
}

valgrind -q true || { echo 'valgrind does not run here'; exit 2; }
preloaded=$(valgrind -q env | sed -n 's/^LD_PRELOAD=//p')
mkdir "$work/files" && cd "$work/files" && make_files
start_display
total=0 equal=0 explained=0 different=0
printf '%-15s %-6s %-48s %-48s\n' command output 'valgrind: definite indirect possible reachable' 'traced'
while IFS='	' read -r name command <&3; do
    case $name in '' | '#'*) continue ;; esac
    [ $# = 0 ] || [[ " $* " == *" $name "* ]] || continue
    compare "$name" "$command"
done 3<"$here/commands.list"
echo "$total commands: $equal with valgrind's definite, indirect and possible figures, $explained differ for a known reason, $different differ"
[ $different = 0 ]
