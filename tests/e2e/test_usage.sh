# --peak, --top and --timeline: use_phases has figures that are known by construction, real programs those of valgrind's
# DHAT.
source "$TESTS/e2e/model.sh"

# stack_of FUNCTION: the first line of the entry whose stack names FUNCTION, without "==PID=="
stack_of() { bare report | awk -v f=": $1 " '/ in stack [0-9,]+ of / { head = $0 } index($0, f) { print head; exit }'; }
# peak_of: the peak's bytes, without commas
peak_of() { bare report | sed -n 's/^ *peak heap usage: \([0-9,]*\) bytes.*/\1/p' | tr -d ,; }

test_peak_and_its_stacks() {
    traced "$PROGRAMS/use_phases"
    report --peak trace.log
    equal 'exit status' 0 "$status"
    has report 'total heap usage: 24,011 allocs, 23,411 frees' 'PEAK MEMORY CONSUMERS:' 'peak heap usage: 7,000,000 bytes in 1,011 blocks' \
        'resident set then: about' 'reached between' ' after the start'
    equal 'largest' '5,000,000 bytes (71.4%) in 1 blocks at the peak in stack 1 of 3' "$(stack_of spike)"
    equal 'kept' '1,000,000 bytes (14.3%) in 1,000 blocks at the peak in stack 2 of 3' "$(stack_of keep_many)"
    has_not report 'exact to' 'LEAK SUMMARY' 'TIMELINE' turn_over hurry
}
test_top_by_each_order() {
    traced "$PROGRAMS/use_phases"
    report --top=1 trace.log
    has report 'MOST BYTES ALLOCATED:' '4 more stacks have 32.0% of it.'
    equal 'bytes' '5,000,000 bytes (68.0%) allocated by 1 calls in stack 1 of 5' "$(stack_of spike)"
    report --top=1,calls trace.log
    has report 'MOST CALLS TO ALLOCATION FUNCTIONS:'
    equal 'calls' '20,000 calls (83.3%) allocated 320,000 bytes in stack 1 of 5' "$(stack_of turn_over)"
    report --top=temporary trace.log
    has report 'MOST TEMPORARY ALLOCATIONS:' 'temporary allocations: 3,001 of 24,011 (12.5%)'
    equal 'temporary' '3,000 temporary allocations (100.0%) of 3,000 calls in stack 1 of 2' "$(stack_of hurry)"
    report --top=live trace.log
    has report 'MOST BYTES IN USE:'
    equal 'kept' '500,000 bytes (99.7%) in 500 blocks in use at exit in stack 1 of 2' "$(stack_of keep_many)"
    equal 'turned over' '1,600 bytes (0.3%) in 100 blocks in use at exit in stack 2 of 2' "$(stack_of turn_over)"
}
test_several_orders_in_one_report() {
    traced "$PROGRAMS/use_phases"
    report --peak --top=calls,bytes,1 --timeline trace.log
    equal 'sections' 'PEAK MOST MOST TIMELINE:' "$(bare report | grep -oE '^(PEAK|MOST|TIMELINE:)' | xargs)"
    equal 'stacks' 3 "$(grep -c ' in stack 1 of ' report)"
    has_not report ' in stack 2 of '
}
test_num_callers_makes_stacks_one() {
    traced "$PROGRAMS/use_phases"
    report --top=calls --num-callers=1 trace.log
    has report '24,011 calls (100.0%) allocated 7,350,000 bytes in stack 1 of 1'
    has_not report ': main ('
}
test_timeline_marks_the_peak() {
    traced "$PROGRAMS/use_phases"
    report --timeline trace.log
    bare report | sed -n '/^TIMELINE:/,/^$/p' | sed '1,2d; $d' >rows
    [ "$(wc -l <rows)" -ge 2 ] && [ "$(wc -l <rows)" -le 32 ] || fail "$(wc -l <rows) rows"
    equal 'times in order' "$(awk '{ print $1 }' rows)" "$(awk '{ print $1 }' rows | sort -n)"
    equal 'the peak' '7,000,000 1,011 ######################## <- peak' \
        "$(grep -e '<- peak' rows | awk '{ print $3, $4, $6, $7, $8 }')"
    equal 'at the end' '501,600' "$(tail -1 rows | awk '{ print $3 }')"
}

# --- with leaks, and with others ----------------------------------------------------------------------

test_leaks_come_along_when_they_are_asked_for() {
    traced "$PROGRAMS/leak_direct"
    report --peak --error-exitcode=7 trace.log
    equal 'exit status' 7 "$status"
    has report 'ERROR SUMMARY: 2 errors from 2 contexts' 'For errors and leaks, add: --leak-check=full'
    has_not report 'definitely lost'
    report --peak --leak-check=full --error-exitcode=7 trace.log
    equal 'exit status' 7 "$status"
    has report 'PEAK MEMORY CONSUMERS:' 'definitely lost in loss record' 'LEAK SUMMARY:'
    report trace.log
    has_not report PEAK MOST TIMELINE
}
test_each_of_many_logs() {
    for name in one two; do
        OPTIONS=--trace-file=$name.log traced "$PROGRAMS/use_phases"
    done
    report --peak --timeline one.log two.log
    equal 'exit status' 0 "$status"
    equal 'peaks' 2 "$(grep -c 'peak heap usage: 7,000,000 bytes in 1,011 blocks' report)"
    equal 'timelines' 2 "$(grep -c TIMELINE report)"
    report -q --peak one.log two.log
    equal 'processes named' 2 "$(grep -c ' Process [12] of 2, log ' report)"
}
test_threads_that_pass_blocks_on() {
    traced "$PROGRAMS/use_phases" threads
    report --top=all trace.log
    equal 'exit status' 0 "$status"
    bare report | grep -q 'exact to 4,096 bytes for each of [23] threads' || fail 'it is not said how exact the peak is'
    grep -qF '1,000,000 bytes (' report || fail 'the million of hand_over'
    peak=$(peak_of)
    [ "$peak" -ge $((1000000 - 3 * 4096)) ] && [ "$peak" -le 1010000 ] || fail "a peak of $peak"
    share=$(stack_of hand_over | tr -d ,)
    [ "${share%% *}" -ge $((1000000 - 3 * 4096)) ] && [ "${share%% *}" -le 1000000 ] || fail "hand_over at the peak: $share"
    bare report | sed -n '/^MOST BYTES IN USE/,$p' >live
    has_not live hand_over take_over
}

# --- killed, running ----------------------------------------------------------------------------------

test_killed_after_the_peak() {
    traced "$PROGRAMS/use_phases" kill
    equal 'exit status' 137 "$status"
    report --peak --top=5,live,temporary --timeline trace.log
    has report 'It ended without recording how' 'peak heap usage: 7,000,000 bytes in 1,011 blocks' '3,000 temporary allocations (100.0%)' \
        '500,000 bytes (99.7%) in 500 blocks in use when it ended in stack 1 of 2' '<- peak'
}
# No sample came after it: the time that the log has would be an older peak's.
test_killed_at_the_peak() {
    traced "$PROGRAMS/use_phases" kill-at-peak
    report --peak trace.log
    has report 'peak heap usage: 7,000,000 bytes in 1,011 blocks' 'reached later than'
}
test_reading_while_the_program_runs() {
    start trace.log
    for round in $(seq 20); do
        report --top=all --timeline trace.log
        equal "exit status of leakreport ($(head -1 report.err))" 0 "$status"
        has report 'still running' 'PEAK MEMORY CONSUMERS:' 'in use now in stack 1 of'
        [ "$(peak_of)" -gt 1000 ] || fail "a peak of $(peak_of)"
    done
    kill -9 $pid
    wait $pid 2>/dev/null || true
}

# --- real programs, beside valgrind's DHAT ------------------------------------------------------------

# as_dhat COMMAND…: the peak is that of DHAT, which keeps exact books, within 1 in NEAR: the tracer's variables are not
# in its program's environment, valgrind's are
as_dhat() {
    valgrind --tool=dhat --dhat-out-file=/dev/null --log-file=dhat "$@" >/dev/null 2>&1
    OPTIONS=-q traced "$@"
    report --peak --top=3 trace.log
    local theirs ours
    theirs=$(bare dhat | tr -d , | awk '/^At t-gmax:/ { print $3, $6 }')
    ours=$(bare report | tr -d , | awk '/peak heap usage:/ { print $4, $7 }')
    [ -n "$theirs" ] || fail "DHAT says nothing of $1"
    [ -z "${NEAR:-}" ] || ours=$(awk -v near="$NEAR" -v theirs="$theirs" -v ours="$ours" 'BEGIN {
        split(theirs, t, " "); split(ours, o, " ")
        for (i = 1; i <= 2; i++) if ((t[i] - o[i]) ^ 2 > (t[i] / near) ^ 2) far = 1
        print far ? ours : theirs }')
    equal "peak bytes and blocks of $1" "$theirs" "$ours"
}
# shares: the stacks of the peak are all of it
shares() {
    report --peak --top=1000000 trace.log
    equal 'sum of all shares' "$(peak_of)" "$(bare report | tr -d , | awk '/ at the peak in stack / { n += $1 } END { print n }')"
}
test_use_phases_as_dhat() { as_dhat "$PROGRAMS/use_phases"; }
test_sqlite3_as_dhat() {
    cat >script.sql <<'END'
create table t(a integer primary key, b text, c real);
with recursive n(i) as (select 1 union all select i+1 from n where i<5000) insert into t select i, printf('row %d', i), i*1.5 from n;
create index ib on t(b);
select b, count(*) from t group by substr(b,1,6) order by 2 desc limit 5;
END
    as_dhat sqlite3 :memory: '.read script.sql'
    # In some releases the program has the library inside, stripped.
    ! ldd "$(command -v sqlite3)" | grep -q libsqlite3 || has report sqlite3Malloc
    shares
}
test_perl_as_dhat() {
    export PERL_HASH_SEED=0
    NEAR=100 as_dhat perl -e 'my %h; $h{$_ % 977} .= "x$_" for 1 .. 5000; my @k = map { "block $_" } 1 .. 20000;'
    shares
}
test_python3_as_dhat() {
    export PYTHONHASHSEED=0 PYTHONMALLOC=malloc PYTHONDONTWRITEBYTECODE=1
    NEAR=100 as_dhat /usr/bin/python3 -c 'import json
d = [{"i": i, "s": "x" * (i % 50)} for i in range(2000)]
print(len(json.loads(json.dumps(d))))'
    shares
}

# --- blocks that move -----------------------------------------------------------------------------------

# moves_of FUNCTION: calls, moves and bytes of all stacks in which it called realloc (./report).
moves_of() {
    tr -d , <report | awk -v of="$1 " '
        / bytes \(.*copied in .* moves in stack/ { bytes = $2; next }
        / calls of realloc moved / { moved = $2; calls = $4; next }
        bytes && / by 0x/ { if (index($0, ": " of)) { b += bytes; m += moved; c += calls } bytes = 0 }
        END { print c + 0, m + 0, b + 0 }'
}
test_what_realloc_moved() {
    traced "$PROGRAMS/use_moves"
    report --top=10,moved trace.log
    has report 'MOST BYTES COPIED BY REALLOC:' ' calls of realloc moved the block ('
    equal 'grow' "$(sed -n 1p out)" "$(moves_of grow)"
    [ "$(awk 'NR == 1 { print $2 }' out)" -gt 10 ] || fail 'nothing moved'
    traced /bin/true
    report --top=moved trace.log
    has report 'no block was moved'
}
