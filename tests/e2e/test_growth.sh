# The block table of a heap that grows: what the log takes for each live block.
source "$TESTS/e2e/books.sh"

# A whole page at a time is given out, and the last extent of places is half empty at most: both are holes.
test_a_million_blocks_take_24_bytes_each() {
    LD_PRELOAD="$LIBTRACE" LIBTRACE_OPTIONS='-q --leak-check=no' "$PROGRAMS/many_blocks" 1 >out 2>err || cat err
    report --show-leak-kinds=none trace.log
    has report 'in 1,000,001 blocks'
    bytes=$(($(du -k trace.log | cut -f1) * 1024 - 500000))
    [ "$bytes" -gt 8000000 ] || fail "the log has $bytes bytes: where are the blocks?"
    [ "$bytes" -le 24000000 ] || fail "$bytes bytes for a million blocks"
}
