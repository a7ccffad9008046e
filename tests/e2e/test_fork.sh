# --trace-children=yes and children that are forked: each has a log of its own that goes on from its parent's,
# with valgrind's figures; the program behaves as without; and what cannot be traced is said in one line.
source "$TESTS/e2e/books.sh"

# forked ARGUMENT…: the program natively into ./native, traced into ./traced, a log and a summary for each
# process; both are the same
forked() {
    mkdir -p logs
    "$PROGRAMS/end_status" "$@" >native 2>native.err </dev/null
    "$PROGRAMS/end_status" env LD_PRELOAD="$LIBTRACE" LIBTRACE_OPTIONS='--trace-children=yes --trace-file=logs/%p.log --log-file=logs/%p.summary' \
        "$@" >traced 2>traced.err </dev/null
    diff native traced
    diff native.err traced.err
}
# What a summary says, on a line.
lines() {
    bare "$1" | tr -d , | awk -v OFS='; ' '
        / in use at exit: / { use = $5 " in " $8 }
        / total heap usage: / { heap = $4 " allocs " $6 " frees " $8 }
        / (definitely|indirectly|possibly) lost: |still reachable: / { kinds = kinds " " $1 " " $3 "/" $6 }
        END { print use, heap kinds }'
}
# Numbers of processes begin anew at times: a child's may be lower than its parent's.
same_lines() { diff <(sort "$1") <(sort "$2"); }
# ./reports and, on a line each, ./ours
reports() {
    local log
    for log in $(ls logs | grep '\.log$' | sort -n); do
        report --leak-check=summary "logs/$log"
        equal "exit status of leakreport for $log" 0 "$status"
        has_not report 'Note:'
        cat report >>reports
        lines report >>ours
    done
}
by_valgrind_too() {
    mkdir -p valgrind
    "$PROGRAMS/end_status" valgrind --command-line-only=yes --trace-children=yes --leak-check=full --show-leak-kinds=all \
        --log-file=valgrind/%p "$@" >valgrind.out 2>valgrind.err </dev/null || true
    for log in $(ls valgrind | sort -n); do lines "valgrind/$log"; done >theirs
}

parent='450 in 3; 3 allocs 0 frees 450 definitely 100/1 indirectly 50/1 possibly 0/0 still 300/1'
child='260 in 4; 5 allocs 1 frees 560 definitely 170/2 indirectly 50/1 possibly 0/0 still 40/1'
# check_way WAY CHILDREN TEXT: so many children, their ends say TEXT
check_way() {
    forked "$PROGRAMS/fork_ways" "$1"
    equal 'end of the output' 'exited 3' "$(tail -n 1 traced)"
    reports
    { echo "$parent"; for _ in $(seq "$2"); do echo "$child"; done; } >expected
    same_lines expected ours
    equal 'children' "$2" "$(grep -c 'Forked by process' reports)"
    [ "$2" = 0 ] || has reports "$3"
}
check_way_by_valgrind_too() { # WAY CHILDREN TEXT
    check_way "$@"
    by_valgrind_too "$PROGRAMS/fork_ways" "$1"
    same_lines theirs ours
}
# Those where valgrind's figures are the same, line by line.
while read -r way children text; do
    [ "$way" != _Fork ] || libc_since 34 || continue
    a_case "$way" check_way_by_valgrind_too "$way" "$children" "$text"
done <<'END'
exit       1 It ended with exit status 11.
_exit      1 It ended through _exit with exit status 12.
quick_exit 1 It ended through quick_exit with exit status 13.
abort      1 (SIGABRT)
fault      1 (SIGSEGV)
exec_fails 1 It ended with exit status 17.
handler    1 It ended through _exit with exit status 22.
again      2 It ended with exit status 18.
twice      2 It ended with exit status 21.
forkpty    1 It ended with exit status 23.
_Fork      1 It ended through _exit with exit status 24.
END
# Not to be seen by fork's handlers: harmless, as without the option.
for way in clone vfork; do a_case "untraced_$way" check_way "$way" 0; done

test_daemon() {
    forked "$PROGRAMS/fork_ways" daemon
    reports
    printf '%s\n' "$parent" "$parent" "$child" >expected
    same_lines expected ours
    equal 'children' 2 "$(grep -c 'Forked by process' reports)"
    has reports 'It ended through _exit with exit status 0.' 'It ended with exit status 0.'
}
# The thread that forked is the only one; its mother thread's blocks are there still.
test_from_another_thread() {
    forked "$PROGRAMS/fork_ways" thread
    reports
    equal 'children' 1 "$(grep -c 'Forked by process' reports)"
    has reports 'definitely lost: 170 bytes in 2 blocks' 'indirectly lost: 50 bytes in 1 blocks' 'possibly lost: 0 bytes' 'exit status 21'
}
test_inherited_block_freed_twice() {
    OPTIONS='--trace-children=yes --trace-file=%p.log --log-file=%p.summary' traced "$PROGRAMS/fork_ways" bad_free
    has out 'found 1, status 1000'
    for log in *.log; do
        report "$log"
        ! grep -q 'Forked by' report || break
    done
    has report 'Invalid free()' ': run (fork_ways.c:' 'bytes inside a block of size 300 free' ': work_in_child (fork_ways.c:' ': leak (fork_ways.c:' \
        '5 allocs, 2 frees, 560 bytes allocated' 'ERROR SUMMARY: 3 errors'
}
test_killed_child() {
    forked "$PROGRAMS/fork_ways" killed
    for log in logs/*.log; do "$REPORT" "$log" >>all; done
    has all 'Forked by process' 'It ended without recording how' 'in use when it ended: 260 bytes in 4 blocks' \
        '5 allocs, 1 frees, 560 bytes allocated' ': lose_in_child (fork_ways.c:'
    forked "$PROGRAMS/fork_ways" sigkill_at_once
}
# One process, one log: what a child does on its way to another program makes way for that.
test_child_becomes_another_program() {
    forked "$PROGRAMS/fork_ways" exec
    equal 'logs' 2 "$(ls logs/*.log | wc -l)"
    for log in logs/*.log; do "$REPORT" "$log" >>all; done
    has all 'Command: sh -c exit 5'
    has_not all 'It became another program: /bin/sh' 'Forked by'
}
test_running_child() {
    cat >wait.pl <<'END'
$| = 1; my $pid = fork();
if (!$pid) { print "child $$\n"; <STDIN>; exit 0 }
waitpid $pid, 0;
END
    mkfifo in out
    LIBTRACE_OPTIONS='--trace-children=yes --trace-file=%p.log -q' LD_PRELOAD=$LIBTRACE perl wait.pl <in >out &
    exec 8>in 9<out
    read -r _ child <&9
    report "$child.log"
    has report 'Forked by process' 'It is still running' 'in use now'
    exec 8>&-
    wait
    report "$child.log"
    has report 'It ended with exit status 0.'
}

# --- threads -----------------------------------------------------------------------------------------

# Every free of a child is of a block that its log has, and no more blocks are left than the 8 threads may
# have had in hand, two each.
test_fork_while_threads_allocate() {
    forked "$PROGRAMS/fork_threads" 25
    has traced '25 of 25 children ended well'
    equal 'logs' 26 "$(ls logs/*.log | wc -l)"
    cat logs/*.summary >summaries
    has_not summaries 'libtrace: ' 'ERRORS'
    for log in logs/*.log; do
        report --leak-check=summary "$log"
        grep -q 'Forked by' report || continue
        has_not report 'Note:' 'Invalid'
        left=$(bare report | awk '/in use at exit/ { print $8 }')
        [ "$left" -le 16 ] || fail "$log: $left blocks are left"
    done
}
# They begin, map memory and end while the forks go on.
test_fork_while_threads_begin_and_map() {
    for _ in 1 2 3 4 5; do
        rm -f child.* summary.*
        OPTIONS='--trace-children=yes --trace-file=child.%p.log --log-file=summary.%p' traced "$PROGRAMS/fork_begin"
        equal 'bad children' 0 "$status"
        equal 'logs' 21 "$(ls child.*.log | wc -l)"
        cat summary.* >summaries
        has_not summaries 'libtrace: ' 'ERRORS'
    done
}
test_many_threads_fork_at_once() {
    forked "$PROGRAMS/fork_storm" 8
    has traced '32 of 32 children ended well, and programs too: 1'
    cat logs/*.summary >summaries
    has_not summaries 'not traced' 'ERRORS'
    equal 'children' 32 "$(for log in logs/*.log; do "$REPORT" --leak-check=summary "$log"; done | grep -c 'Forked by')"
}

# --- names and places --------------------------------------------------------------------------------

test_default_name_and_directory() {
    mkdir '100%p of it' && cd '100%p of it'
    export LIBTRACE_OPTIONS='--trace-children=yes --log-file=summary' LD_PRELOAD=$LIBTRACE
    perl -e 'chdir "/"; if (!fork()) { my $x = "y" x 1000; exit 0 } wait'
    unset LD_PRELOAD
    equal 'logs' 2 "$(ls trace*.log | wc -l)"
    has summary "leakreport $PWD/trace.log" "leakreport $PWD/$(ls trace.*.log)"
    equal 'summaries in one file' 2 "$(grep -c 'HEAP SUMMARY' summary)"
}
# A daemon's starter waits for the end of its output, and may not wait for the daemon.
test_output_ends_with_the_starter() {
    mkfifo hold
    LIBTRACE_OPTIONS='--trace-children=yes' LD_PRELOAD=$LIBTRACE perl -e 'use POSIX;
        if (!fork()) { POSIX::setsid(); for ($_ = 0; $_ < 3; $_++) { POSIX::close($_) } open(my $h, "<", "hold"); <$h>; exit 0 } print "started\n"' 2>&1 | { timeout 60 cat >text && touch ended; } || true
    echo >hold
    [ -e ended ] || fail 'the output did not end with the starter'
    has text started 'HEAP SUMMARY'
}
untraced() { # untraced WHAT_THE_PARENT_DOES TEXT
    mkdir -p place
    OPTIONS="--trace-children=yes --trace-file=$PWD/place/trace.log" traced perl -e "$1;"' if (!fork()) { my $x = "y" x 1000; exit 4 } wait; print $? >> 8; print "\n"'
    equal 'output' 4 "$(cat out)"
    equal 'lines about it' 1 "$(grep -c 'this forked process is not traced' err)"
    has err "this forked process is not traced: $2"
    equal 'summaries' 1 "$(grep -c 'HEAP SUMMARY' err)"
}
# limit RESOURCE AMOUNT: setrlimit in perl's words
limit() { echo "my \$l = pack(\"QQ\", $2, $2); syscall(160, $1, \$l) == 0 || die"; }
test_place_is_gone() { untraced 'unlink glob("place/*"); rmdir "place"' "cannot create $PWD/place/trace."; has err 'No such file or directory'; }
test_place_is_no_folder() { untraced 'rename "place", "other"; open(my $f, ">", "place")' "cannot create $PWD/place/trace."; has err 'Not a directory'; }
test_file_size_is_limited() {
    untraced "$(limit 1 100000)" "cannot write $PWD/place/trace."
    equal 'logs' place/trace.log "$(echo place/*)"
}
test_no_descriptor_is_left() { untraced "$(limit 7 3)" 'no file descriptor was left'; }

# --- real programs -----------------------------------------------------------------------------------

# same_tree COMMAND…: behaves the same; its logs have no notes and name no bad frees; their number is $logs
same_tree() {
    native "$@"
    mkdir logs
    OPTIONS="--trace-children=yes --trace-file=$PWD/logs/%p.log --log-file=$PWD/logs/%p.summary" traced "$@"
    equal 'exit status' "$native_status" "$status"
    diff native.out out
    diff native.err err
    logs=$(ls logs/*.log | wc -l)
    for log in logs/*.log; do
        report --leak-check=summary "$log"
        equal "exit status of leakreport for $log" 0 "$status"
        has_not report 'Note:' 'Invalid' 'Mismatched'
        cat report >>reports
    done
}
test_bash_subshells() {
    # shellcheck disable=SC2016
    same_tree bash --norc -c 'f() { local x=$(echo hi; :); echo $x; }; (f; (exit 4); echo $?); for i in 1 2; do (f; :) & done; wait; /bin/true; exit 3'
    equal 'logs' 9 "$logs"
    equal 'forked' 7 "$(grep -c 'Forked by' reports)"
}
test_perl_forks() {
    export PERL_HASH_SEED=0 PERL_PERTURB_KEYS=0
    cat >forks.pl <<'END'
my @keep = map { { n => $_, s => "x" x $_ } } 1..500;
for my $i (1..3) { my $pid = fork(); if (!$pid) { my %h = map { $_ => [1..10] } 1..100*$i; print "child $i ", scalar(keys %h), "\n"; exit $i } waitpid $pid, 0; print "status ", $? >> 8, "\n" }
open(my $p, "-|") // die or do { print "from a pipe\n"; exit 0 }; print <$p>;
END
    same_tree perl forks.pl
    equal 'logs' 5 "$logs"
    equal 'forked' 4 "$(grep -c 'Forked by' reports)"
    # Definitely and indirectly lost are valgrind's, process by process.
    valgrind --command-line-only=yes --trace-children=yes --leak-check=full --log-file=vg.%p perl forks.pl >/dev/null 2>&1
    losses() { tr -d , <"$1" | awk '/(definitely|indirectly) lost:/ { printf "%s %s/%s ", $2, $4, $6 }'; echo; }
    for log in $(ls vg.* | sort -t. -k2n); do losses "$log"; done >theirs
    for log in $(ls logs/*.summary | sort -t/ -k2n); do losses "$log"; done >ours
    same_lines theirs ours
}
test_python_forks() {
    export PYTHONMALLOC=malloc PYTHONHASHSEED=0
    cat >forks.py <<'END'
import os, multiprocessing
def work(n): return sum(range(n))
multiprocessing.set_start_method('fork')
with multiprocessing.Pool(3) as pool:
    print(pool.map(work, range(1000, 1010)))
    pool.close()
    pool.join()
for i in range(2):
    child = os.fork()
    if child == 0:
        kept = [str(j) for j in range(5000)]
        os._exit(4 + i)
    print(os.waitpid(child, 0)[1])
END
    same_tree /usr/bin/python3 forks.py
    equal 'logs' 6 "$logs"
    equal 'forked' 5 "$(grep -c 'Forked by' reports)"
}
test_git_and_make() {
    cat >Makefile <<'END'
all: one two three four
%: ; @git init -q $@.git && cd $@.git && echo $@ >f && git add f && git -c user.name=n -c user.email=e commit -qm $@ && git gc -q && git count-objects
END
    mkdir work && cp Makefile work
    same_tree bash -c 'cd work && rm -rf *.git && make -s -j2 | sort'
    [ "$logs" -ge 30 ] || fail "only $logs logs"
}
