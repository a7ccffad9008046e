# --sample=BYTES: a sample of the blocks is recorded, and figures are estimates of what all would give.

# near WHAT TRUTH ESTIMATE PERCENT
near() {
    awk "BEGIN { exit !($3 > $2 * (1 - $4 / 100) && $3 < $2 * (1 + $4 / 100)) }" || fail "$1: $3 is not within $4 % of $2"
}
# sums FILE: of the text's heap summary: bytes and blocks in use, allocs, frees, bytes allocated.
sums() {
    sed -n 's/.*in use at exit: \([0-9,]*\) bytes in \([0-9,]*\).*/\1 \2/p; s/.*usage: \([0-9,]*\) allocs, \([0-9,]*\) frees, \([0-9,]*\).*/\1 \2 \3/p' "$1" | tr -d , | tr '\n' ' '
}
# place NAME: bytes of the record with this function.
place() { grep -F -B3 ": $1(" report | sed -n 's/.*== \([0-9,]*\) bytes in .* are in use at exit.*/\1/p' | tr -d , | tail -1; }

# One byte in 512 is 100,000 blocks of some 400,000: the errors below are more than ten standard errors.
test_sums_and_stacks_are_estimated() {
    LIBTRACE_OPTIONS='-q --leak-check=no' LD_PRELOAD=$LIBTRACE "$PROGRAMS/sampled" exact
    report --leak-check=full trace.log
    read -r bytes blocks allocs frees allocated <<<"$(sums report)"
    declare -A truth
    for at in take_small take_middle take_large take_numbers grow; do truth[$at]=$(place $at); done
    equal 'take_small' 4800000 "${truth[take_small]}"
    OPTIONS='-q --sample=512' traced "$PROGRAMS/sampled" exact
    report trace.log
    read -r e_bytes e_blocks e_allocs e_frees e_allocated <<<"$(sums report)"
    near 'bytes in use' "$bytes" "$e_bytes" 2
    near 'blocks in use' "$blocks" "$e_blocks" 10
    near allocs "$allocs" "$e_allocs" 10
    near frees "$frees" "$e_frees" 15
    near 'bytes allocated' "$allocated" "$e_allocated" 2
    for at in take_small take_middle take_large take_numbers; do near $at "${truth[$at]}" "$(place $at)" 15; done
    equal 'grow, whose block is drawn for certain' "${truth[grow]}" "$(place grow)"
    has report 'of them) are in use at exit in record' 'Figures are estimates' 'Bad frees are not looked for' 'operator new[](unsigned long)' \
        'no leak check was made: with --sample only some blocks are recorded' 'ERROR SUMMARY: 0 errors'
}

# The estimate goes to nothing with the blocks, and what is not known is not called good.
test_what_is_freed_is_taken_off() {
    OPTIONS=--sample=512 traced "$PROGRAMS/sampled" freed
    has err 'libtrace: figures are estimates from a sample of one byte in 512'
    has_not err 'All heap blocks were freed'
    report trace.log
    read -r bytes blocks allocs frees allocated <<<"$(sums report)"
    near 'frees' "$allocs" "$frees" 1
    near 'the bytes that are freed' "$allocated" $((allocated - bytes)) 0.1
    has_not report 'All heap blocks were freed' 'Invalid free' 'Mismatched free'
}

test_a_forked_child_goes_on_with_the_sample() {
    OPTIONS='-q --sample=64 --trace-children=yes --trace-file=%p.log' traced "$PROGRAMS/fork_ways" fork
    report ./*.log
    has report 'Figures are estimates' 'ERROR SUMMARY: 0 errors'
    OPTIONS='-q --sample=5000 --trace-children=yes --trace-file=threads.%p.log' traced "$PROGRAMS/fork_begin"
    equal 'children that ended badly' 0 "$status"
}

test_what_needs_every_block_is_refused_with_it() {
    for option in --guard=all --stale-pointers=yes --heap-graph=yes --freelist-vol=1000; do
        OPTIONS="--sample=1000 $option" traced "$PROGRAMS/sampled" freed
        equal 'exit status' 2 "$status"
        has err '--sample records some blocks only'
    done
    OPTIONS=--sample=0 traced "$PROGRAMS/sampled" freed
    equal 'exit status' 0 "$status"
    OPTIONS=--sample=1k traced "$PROGRAMS/sampled" freed
    has err 'a number of bytes is expected, 524288 say'
}

# What a reader of probes is told is what the log has: gdb stops at each.
test_probes_tell_what_is_drawn_and_what_of_it_is_freed() {
    readelf -n "$LIBTRACE" >notes
    has notes 'Provider: otel_memory' 'Name: alloc' 'Arguments: 8@%rdi 8@%rsi 8@%rdx' 'Name: free' 'Arguments: 8@%rdi'
    cat >commands <<'END'
set pagination off
set environment LD_PRELOAD LIBTRACE_HERE
set environment LIBTRACE_OPTIONS --sample=100000
set startup-with-shell off
catch load libtrace
run freed
break -probe-stap otel_memory:alloc
commands
silent
printf "drawn %lx %lu %lu\n", $_probe_arg0, $_probe_arg1, $_probe_arg2
continue
end
break -probe-stap otel_memory:free
commands
silent
printf "freed %lx\n", $_probe_arg0
continue
end
continue
END
    # gdb 18 stops once more where a second thread meets a probe. The first that finds no program left ends the script.
    for _ in {1..20}; do echo continue; done >>commands
    sed -i "s|LIBTRACE_HERE|$LIBTRACE|" commands
    DEBUGINFOD_URLS= gdb -nx -batch -x commands "$PROGRAMS/sampled" >told 2>&1 || true
    report trace.log
    read -r _ _ _ _ allocated <<<"$(sums report)"
    grep -c '^drawn' told >/dev/null || { head -40 told; fail 'nothing was told'; }
    equal 'bytes that were drawn, by their weights' "$allocated" "$(awk '$1 == "drawn" { sum += $4 } END { print sum }' told)"
    awk '$1 == "drawn" { live[$2]++; drawn++ } $1 == "freed" { if (!live[$2]) { print "freed, and not drawn: " $2; bad = 1 } live[$2]-- ; freed++ }
        END { exit bad || drawn < 100 || freed < drawn / 2 }' told || fail 'the probes do not go together'
}
