# Programs of a Debian machine: the same output, errors and exit status with the tracer as without; every call stack equal
# to libunwind's own; reports that name the program's functions; heap usage that is valgrind's.
#
# Heap usage (allocs, frees, bytes) beside valgrind 3.19's, on Debian 12. The figures depend on the environment, since perl and
# python copy it; valgrind adds GLIBCPP_FORCE_NEW, GLIBCXX_FORCE_NEW, LD_LIBRARY_PATH, LD_PRELOAD and PWD, and reorders it.
#
#                      valgrind                tracer, the same        tracer, without the     what is left
#                                              environment             five variables
#   sqlite3             7109  6861 1217393      7109  6861 1217393      7109  6861 1217393     nothing
#   perl                8078  7430  850229      8078  7430  850229      8052  7424  849142     nothing: 26 are %ENV's five
#   python3             2114  2092 4874914      2114  2092 4874914      2114  2092 4874874     nothing: 40 bytes are environ's
#   python3, by malloc 71100 70614 9362443     71106 70620 9363741     71096 70610 9362891     6 allocs that are freed again; a
#                                                                  preload that only counts has the tracer's figure
#
# What the loader allocates before libc is ready neither sees, and libc's own caches both free in the end.
source "$TESTS/e2e/books.sh"

# observed FUNCTION COMMAND…: everything above but the heap usage. FUNCTION is a pattern for a function's name in the report;
# "-" where the program leaves no block or is stripped of its names.
observed() {
    local function=$1
    shift
    OPTIONS='-v --verify-stacks=yes' same "$@"
    grep -qE '[1-9][0-9,]* compared with libunwind' summary || fail "no stack of $1 was compared"
    has summary 'compared with libunwind, 0 different'
    rm trace.log
    same "$@"
    no_errors "$1"
    report --show-leak-kinds=all --num-callers=40 trace.log
    equal "exit status of leakreport for $1" 0 "$status"
    [ "$function" = - ] || frees_all "$@" || grep -qE "^==[0-9]+==    (by|at) 0x[0-9A-F]+: $function \(" report ||
        fail "the report of $1 names no function like $function"
}
# frees_all COMMAND…: valgrind sees no block at its end either; python frees its own from 3.14 on
frees_all() {
    grep -q 'in use at exit: 0 bytes in 0 blocks' summary &&
        valgrind --command-line-only=yes "$@" 2>&1 >valgrind.out | grep -q 'in use at exit: 0 bytes in 0 blocks'
}
# heap_usage_of FILE: "ALLOCS FREES BYTES"
heap_usage_of() { usage "$1" | sed 's/.*: //' | tr -dc '0-9 ' | xargs; }
# within_a_hundredth COMMAND…: total heap usage within 1% of valgrind's; leaves both in $ours and $theirs
within_a_hundredth() {
    env -i PATH=/usr/bin:/bin $VARIABLES valgrind --command-line-only=yes --log-file=valgrind.log "$@" >valgrind.out 2>&1 || true
    theirs=$(heap_usage_of valgrind.log)
    env -i PATH=/usr/bin:/bin $VARIABLES LD_PRELOAD="$LIBTRACE" LIBTRACE_OPTIONS=--log-file=summary "$@" >out 2>err || true
    ours=$(heap_usage_of summary)
    awk -v ours="$ours" -v theirs="$theirs" 'BEGIN { split(ours, a, " "); n = split(theirs, b, " ")
        for (i = 1; i <= 3; i++) if (a[i] < b[i] * 0.99 || a[i] > b[i] * 1.01) exit 1
        exit n != 3 }' || fail "heap usage of $1: valgrind says $theirs, the tracer $ours"
}
# as_in_valgrind: the environment that valgrind gives its program, with the tracer in place of valgrind's preloads, in $environment
as_in_valgrind() {
    # For them one of the same length that does nothing: another name of a library which is there anyway.
    local entry nothing=$(ldconfig -p | awk '/libm\.so\.6.*x86-64/ { print $NF; exit }')
    environment=()
    while read -r entry; do
        if [[ $entry = LD_PRELOAD=* ]]; then
            while [ ${#nothing} -lt $((${#entry} - 11)) ]; do nothing=/$nothing; done
            entry=LD_PRELOAD=$LIBTRACE:$nothing
        fi
        environment+=("$entry")
    done < <(env -i PATH=/usr/bin:/bin $VARIABLES valgrind --command-line-only=yes -q env)
}
# near_valgrind COMMAND…: and in the environment that valgrind gives its program, to the order of its variables, equal but
# for $BESIDE allocs
near_valgrind() {
    local ours theirs environment=()
    within_a_hundredth "$@"
    as_in_valgrind
    env -i "${environment[@]}" LIBTRACE_OPTIONS=--log-file=summary "$@" >out 2>err || true
    ours=$(heap_usage_of summary)
    if [ -z "${BESIDE:-}" ]; then
        equal "heap usage of $1 in valgrind's environment" "$theirs" "$ours"
    else
        [ $((${ours%% *} - ${theirs%% *})) -le "$BESIDE" ] && [ $((${theirs%% *} - ${ours%% *})) -le "$BESIDE" ] ||
            fail "heap usage of $1 in valgrind's environment: $theirs; the tracer: $ours"
    fi
}

sql() {
    cat >script.sql <<'END'
create table t(a integer primary key, b text, c real);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000) insert into t select i, 'row ' || i, i * 0.5 from n;
create index tb on t(b);
begin; update t set c = c + 1 where a % 3 = 0; delete from t where a % 7 = 0; rollback;
select count(*), sum(a), max(c), group_concat(a % 10) from t where b like 'row 29%';
select b from t where b like 'row 29%' order by b desc limit 5;
select nonsense from t;
END
}
test_sqlite3() { sql; observed - sqlite3 :memory: '.read script.sql'; }
# It frees everything at its end, so its functions are seen when it does not come to it. In some releases the program has
# the library inside, stripped.
named=': sqlite3(_[a-z0-9_]+|[A-Z][A-Za-z]+) \('
ldd "$(command -v sqlite3)" | grep -q libsqlite3 || named='by 0x[0-9A-F]+: \?\?\? \(in /usr/bin/sqlite3\)'
test_sqlite3_on_disk_killed() {
    sql
    sed -i /nonsense/d script.sql # after an error it would not come to the kill
    OPTIONS=-q traced sqlite3 data.db '.read script.sql' '.shell kill -9 $PPID'
    equal 'exit status' 137 "$status"
    report --show-leak-kinds=all --num-callers=40 trace.log
    equal 'exit status of leakreport' 0 "$status"
    grep -qE "$named" report || fail 'no function of sqlite3 is named'
}
test_sqlite3_heap_usage() { sql; VARIABLES= near_valgrind sqlite3 :memory: '.read script.sql'; }

perl_text='my %h; $h{$_ % 977} .= "x$_" for 1..20000; my @s = sort { $h{$a} cmp $h{$b} } keys %h; print scalar(@s), " $s[0]\n";
           eval { die "inside\n" }; print STDERR "caught $@"; my $t = join ",", map { s/1/one/r } @s; print length $t, "\n"; exit 3'
export PERL_HASH_SEED=0 PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1
test_perl() { observed '(Perl|perl)_[a-z_0-9]+' perl -e "$perl_text"; }
test_perl_heap_usage() { VARIABLES=PERL_HASH_SEED=0 near_valgrind perl -e "$perl_text"; }

python_text='import json, re, sys
d = {i: [str(j) for j in range(i % 50)] for i in range(300)}
print(len(json.dumps(d)), re.sub("[a-c]+", "x", "abcabcdef"))
try: d[-1]
except KeyError as e: print("caught", e, file=sys.stderr)
sys.exit(5)'
test_python3() { observed '_?Py[A-Za-z_]+' /usr/bin/python3 -c "$python_text"; }
test_python3_with_malloc() {
    export PYTHONMALLOC=malloc
    observed '_?Py[A-Za-z_]+' /usr/bin/python3 -c "$python_text"
}
test_python3_with_threads_and_children() {
    observed '_?Py[A-Za-z_]+' /usr/bin/python3 -c 'import subprocess, threading
threads = [threading.Thread(target=lambda n=n: [str(i) * n for i in range(2000)]) for n in range(4)]
[t.start() for t in threads]; [t.join() for t in threads]
print(subprocess.run(["echo", "a child"], capture_output=True, text=True).stdout, end="")
print(subprocess.check_output("env | grep -c LIBTRACE; true", shell=True))'
}
test_python3_heap_usage() { VARIABLES=PYTHONHASHSEED=0 near_valgrind /usr/bin/python3 -c "$python_text"; }
# From 3.14 on a whole number of 30 bits comes from a list of python's own, a larger one from malloc. The name of a thread is an
# address, so its size, and with it the number of allocations, is another one in valgrind, where all addresses are low.
natively_more() { # natively_more TEXT: how many allocations more it is than in valgrind
    local python=(/usr/bin/python3 -c "import _thread; [$1 == i for i in range(1000)]")
    env -i PYTHONMALLOC=malloc valgrind --command-line-only=yes --log-file=valgrind.log "${python[@]}"
    env -i PYTHONMALLOC=malloc COUNTS=counts LD_PRELOAD="$PROGRAMS/libcounts.so" "${python[@]}"
    echo $(($(od -An -td8 counts) - $(heap_usage_of valgrind.log | cut -d' ' -f1)))
}
addresses_are_counted() { [ $(($(natively_more '_thread.get_ident()') - $(natively_more 42))) -gt 900 ]; }
test_python3_with_malloc_heap_usage() {
    VARIABLES='PYTHONHASHSEED=0 PYTHONMALLOC=malloc'
    if ! addresses_are_counted; then
        BESIDE=10 near_valgrind /usr/bin/python3 -c "$python_text"
        return
    fi
    local ours theirs
    within_a_hundredth /usr/bin/python3 -c "$python_text"
    env -i $VARIABLES LIBTRACE_OPTIONS=--log-file=summary COUNTS=counts LD_PRELOAD="$LIBTRACE:$PROGRAMS/libcounts.so" \
        /usr/bin/python3 -c "$python_text" >out 2>err || true
    equal 'allocations, counted by a preload that does nothing else' $(od -An -td8 counts) "$(heap_usage_of summary | cut -d' ' -f1)"
}

repository() {
    export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
    export GIT_AUTHOR_DATE='2024-01-01 00:00 +0000' GIT_COMMITTER_DATE='2024-01-01 00:00 +0000' HOME=$PWD
    git init -q repository
    for i in 1 2 3; do
        seq $((i * 100)) >repository/file$i
        git -C repository add file$i
        git -C repository commit -qm "commit $i"
    done
    echo more >>repository/file1
    echo new >repository/other
}
test_git() {
    repository
    observed - git -C repository log --stat
    observed - git -C repository status
    observed - git -C repository diff
    observed - git -C repository show HEAD~1
    observed - git -C repository no-such-command
}
test_gcc() {
    printf '#include <stdio.h>\nint main(void) { printf("%%d\\n", 6 * 7); return 0; }\n' >one.c
    observed - gcc -c -O2 one.c -o one.o
    cp one.o untraced.o
    rm one.o
    traced gcc -c -O2 one.c -o one.o
    cmp one.o untraced.o
    echo 'int main(void) { return undeclared; }' >two.c
    observed - gcc -c two.c
    equal 'exit status of a failed gcc' 1 "$native_status"
}
# The driver, the compiler proper, the assembler: each with a log.
test_gcc_and_its_children() {
    printf 'int main(void) { return 0; }\n' >one.c
    native gcc -c one.c -o untraced.o
    OPTIONS='--trace-children=yes --trace-file=gcc.%p.log --log-file=gcc.%p.summary' traced gcc -c one.c -o one.o
    equal 'exit status' 0 "$status"
    cmp one.o untraced.o
    cmp native.err err
    ls gcc.*.log >logs
    equal 'logs' 3 "$(wc -l <logs)"
    for log in $(cat logs); do
        report --leak-check=summary "$log"
        equal "exit status of leakreport $log" 0 "$status"
        cat report >>reports
    done
    has reports 'Command: gcc -c one.c' '/cc1 -quiet'
    grep -qE 'Command: ([^ ]*[/-])?as ' reports || fail 'the assembler has no report'
}
test_bash() {
    observed 'xmalloc' bash -c 'f() { local i; for i in $(seq 50); do a[$i]=$i; done; }; f; echo ${#a[@]}; echo x | (read y; echo $y >&2)
        trap "echo trapped" USR1; kill -USR1 $$; set | wc -l >/dev/null; cat <<<here; exit 4'
    equal 'exit status of bash' 4 "$native_status"
}
test_node() {
    observed 'node::.*' node -e 'const a = []; for (let i = 0; i < 5000; i++) a.push({ i, s: "x".repeat(i % 50) });
        setTimeout(() => { console.log(a.length, JSON.stringify(a).length); process.exit(6) }, 10); console.error("to stderr")'
}
test_xmllint() {
    echo '<a><b c="d">text</b><b/></a>' >good.xml
    echo '<a><b></a>' >bad.xml
    observed - xmllint --format --xpath //b good.xml
    observed - xmllint bad.xml
    [ "$native_status" -ne 0 ] || fail 'bad.xml is none'
}
test_curl() { observed 'curl_version[a-z_]*|gcry_[a-z_]+' curl --version; }
test_curl_that_fails() { observed - curl -s --max-time 5 http://127.0.0.1:1/; }
test_coreutils() {
    observed - ls -la /usr/bin
    observed - cat /etc/passwd "$0"
    observed - sort -r /etc/passwd
    observed - date -d @0
    observed - ls /no/such/file
    equal 'exit status of ls' 2 "$native_status"
}
