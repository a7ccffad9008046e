# The block table of a heap that grows: no call of malloc does much of the work, and what has moved is given back.
source "$TESTS/e2e/books.sh"

# bytes ADVICE: the lengths of such calls, one a line
bytes() { sed -n "s/^[0-9]* *madvise([^,]*, \([0-9]*\), $1).*/\1/p" calls; }
largest() { sort -n | tail -n 1; }

test_a_million_blocks_are_moved_in_pieces() {
    strace -f -e trace=madvise -o calls -E LD_PRELOAD="$LIBTRACE" -E LIBTRACE_OPTIONS=-q "$PROGRAMS/many_blocks" 1 >out 2>err || cat err
    equal 'the largest piece that gets its pages' 2097152 "$(bytes MADV_POPULATE_WRITE | largest)"
    equal 'the largest piece that is given back' 8388608 "$(bytes MADV_REMOVE | largest)"
    # Generations of 128 KiB, 512 KiB, 2 MiB, 8 MiB and 12 MiB have moved; two more are there.
    equal 'given back' 23724032 "$(bytes MADV_REMOVE | awk '{ sum += $1 } END { print sum }')"
    report --show-leak-kinds=none trace.log
    has report 'in 1,000,001 blocks'
}
