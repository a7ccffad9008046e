# Words that the program never wrote: what was in a block's memory before it, and malloc's own links, are no
# pointers. Every lost block is definitely lost, in a heap that was used before.
lost() { # lost BYTES BLOCKS PROGRAM [ARGUMENT]
    traced "$PROGRAMS/$3" "${@:4}"
    equal 'exit status' 0 "$status"
    has err "definitely lost: $1 bytes in $2 blocks" 'indirectly lost: 0 bytes in 0 blocks' \
        'possibly lost: 0 bytes in 0 blocks' 'still reachable: 0 bytes in 0 blocks'
}

test_blocks_that_nobody_writes_to() { lost 100,000 1,000 unwritten_blocks small; }
test_blocks_of_16_to_100000_bytes() { lost 3,816,500 240 unwritten_blocks sizes; }
test_what_realloc_adds() { lost 150,000 300 unwritten_blocks grown; }
test_aligned_blocks() { lost 40,800 200 unwritten_blocks aligned; }
test_blocks_that_are_written_by_half() { lost 200,000 500 unwritten_blocks tail; }
test_blocks_of_operator_new() { lost 60,000 600 unwritten_new; }
test_blocks_that_go_across_threads() {
    for _ in $(seq 5); do
        lost 240,000 960 unwritten_threads
    done
}

# A page that the program does not touch stays away.
test_large_blocks_take_no_more_memory() {
    native "$PROGRAMS/unwritten_pages"
    traced "$PROGRAMS/unwritten_pages"
    [ "$(cat native.out)" -gt 0 ] || fail 'the heap was not found'
    [ "$(cat out)" -le $(($(cat native.out) + 200)) ] || fail "$(cat native.out) kB of the heap are resident natively, $(cat out) kB traced"
}

test_without_a_leak_check_nothing_is_filled() {
    cat >old.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void)
{
    char *volatile block = malloc(500);
    memset(block, 'x', 500);
    free(block);
    block = malloc(500);
    puts(block[300] ? "old" : "blank");
    return 0;
}
C
    gcc -O0 -w -o old old.c
    OPTIONS=-q traced ./old
    equal 'with a leak check' blank "$(cat out)"
    OPTIONS='-q --leak-check=no' traced ./old
    equal 'without a leak check' old "$(cat out)"
}
