# Core files: a log that is judged by one, and one alone.

# waits COMMAND...: it runs, as $pid, until it waits.
waits() {
    mkfifo from
    "$@" >from 2>waits.err &
    pid=$!
    trap 'kill -9 $pid 2>/dev/null || true' EXIT
    exec 9<from
    IFS= read -r -t 60 line <&9 || fail 'the program says nothing'
    sleep 0.1 # into its pause()
}
core() {
    gcore -o core "$pid" >gcore.out 2>&1 || fail "no core: $(cat gcore.out)"
}
# waits_traced PROGRAM: its core is core.$pid, and its log as it was then copy.log.
waits_traced() {
    waits env LIBTRACE_OPTIONS="-q --trace-file=$PWD/t.log" LD_PRELOAD="$LIBTRACE" "$PROGRAMS/$1"
    core
    cp t.log copy.log
}
# Loss records and summaries, without what the head says.
judgement() { sed -n '/ bytes in .* blocks are /,$p' "$1"; }

test_log_and_core_give_the_kinds_of_the_check() {
    waits_traced core_waits
    report --show-leak-kinds=all --num-callers=30 --check "$pid"
    mv report live
    report copy.log
    has report 'Leak kinds are not known'
    report --show-leak-kinds=all --num-callers=30 copy.log --core=core."$pid"
    equal 'exit status' 0 "$status"
    has report 'This is how it was at 20' 'judged from outside' 'definitely lost: 1,248,720 bytes in 5 blocks' 'by 0x' 'lose (core_waits.c'
    equal 'what the check said' "$(judgement live)" "$(judgement report)"
    report --error-exitcode=9 -q copy.log --core=core."$pid"
    equal 'exit status' 9 "$status"
    "$REPORT" --format=json copy.log --core=core."$pid" >json
    has json '"has_kinds":true'
}

# What a deadly signal's own check found is what its core shows.
test_log_of_a_crash_is_judged_anew() {
    waits_traced core_waits
    kill -SEGV "$pid"
    wait "$pid" || true
    report --show-leak-kinds=all t.log
    mv report check
    has check 'SIGSEGV'
    report --show-leak-kinds=all t.log --core=core."$pid"
    has report 'SIGSEGV'
    equal 'kinds' "$(grep -A4 'LEAK SUMMARY' check)" "$(grep -A4 'LEAK SUMMARY' report)"
}

test_core_alone_shows_the_heap() {
    waits "$PROGRAMS/core_waits"
    core
    kill -9 "$pid"
    report --show-leak-kinds=all core."$pid"
    equal 'exit status' 0 "$status"
    has report 'Command: ' 'core_waits' 'Nobody traced the process' \
        'in 5 blocks are still reachable' 'at 0x38: blocks of up to 56 bytes' \
        '480 (168 direct, 312 indirect) bytes in 3 blocks are definitely lost' \
        'definitely lost: 1,253,512 bytes in 5 blocks' 'indirectly lost: 312 bytes in 3 blocks' 'possibly lost: 312 bytes in 1 blocks'
    has_not report 'total heap usage'
    report --core=core."$pid" -q
    has report '480 (168 direct, 312 indirect) bytes in 3 blocks are definitely lost'
}

test_core_alone_tells_classes() {
    waits "$PROGRAMS/core_types"
    core
    kill -9 "$pid"
    report --show-leak-kinds=all core."$pid"
    has report '96 bytes in 4 blocks are still reachable' ': vtable for Session' '216 bytes in 3 blocks are definitely lost' ': vtable for Timer'
}

test_cores_that_cannot_be_used_are_refused() {
    refused() { # refused SENTENCE ARGUMENT...
        local sentence=$1
        shift
        report "$@"
        equal "exit status of $*" 2 "$status"
        has report.err "$sentence"
        equal "lines of $*" 1 "$(wc -l <report.err)"
    }
    waits_traced core_waits
    good=core.$pid
    refused 'runs on, and its log with it' t.log --core="$good"
    head -c 200000 "$good" >cut
    refused 'cut is cut: it has 200,000 bytes' copy.log --core=cut
    refused 'cut is cut' cut
    echo nothing >text
    refused 'text is no core file' copy.log --core=text
    refused 'absent cannot be read: No such file' copy.log --core=absent
    refused 'goes with the one log of its process' copy.log t.log --core="$good"
    refused 'is a core file, and --core names another' "$good" --core="$good"
    echo 0 >/proc/"$pid"/coredump_filter
    gcore -o filtered "$pid" >gcore.out 2>&1
    refused 'coredump_filter left that out' copy.log --core=filtered."$pid"
    mv copy.log first.log
    kill -9 "$pid"
    rm from t.log
    waits_traced core_types
    refused "first.log is of process ${good#core.}, and core.$pid of process $pid" first.log --core=core."$pid"
}
