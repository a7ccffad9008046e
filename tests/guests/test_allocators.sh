# Other allocators, linked and preloaded, on either side of the tracer: jemalloc, tcmalloc (its debugging one
# too), mimalloc.
source "$TESTS/e2e/books.sh"

# works: what the program leaks is found, whoever allocates it; what the allocator keeps for itself is beside it
works() {
    equal 'exit status' 3 "$status"
    cmp native.out out
    report trace.log
    equal 'exit status of leakreport' 0 "$status"
    has_not report Invalid Mismatched
    equal 'leak by malloc' '1234 bytes in 1 blocks by malloc' "$(block_of 'leak()')"
    equal 'leak by new' '4321 bytes in 1 blocks by operator new[](unsigned long)' "$(block_of 'leak_new()')"
    has report "The program's malloc is not glibc's"
}
build() {
    g++ -std=c++17 -O0 -g -w -o guest "$TESTS/guests/allocators.cpp" -pthread "$@"
    native ./guest
    equal 'exit status without the tracer' 3 "$native_status"
}
linked() {
    build -Wl,--no-as-needed "-l$1"
    traced ./guest
    works
}
preloaded() {
    build
    status=0
    LD_PRELOAD="$LIBTRACE $1" ./guest >out 2>err || status=$?
    works
    status=0
    LD_PRELOAD="$1 $LIBTRACE" ./guest >out 2>err || status=$?
    equal 'exit status' 3 "$status"
    cmp native.out out
    has err 'the program has a malloc of its own, which the tracer does not see'
}
for name in jemalloc tcmalloc tcmalloc_minimal mimalloc; do
    a_case "linked_with_$name" linked "$name"
done
test_preloaded_jemalloc() { preloaded libjemalloc.so.2; }
test_preloaded_tcmalloc() { preloaded libtcmalloc.so.4; }
test_preloaded_tcmalloc_debug() { preloaded libtcmalloc_debug.so.4; }
test_preloaded_mimalloc() { preloaded libmimalloc.so.2; }
test_allocators_linked_statically() {
    for name in jemalloc_pic tcmalloc_minimal; do
        build "-l:lib$name.a" -ldl -lm
        traced ./guest
        equal 'exit status' 3 "$status"
        cmp native.out out
        has err 'the program has a malloc of its own, which the tracer does not see'
    done
}

# What is lost without having been written to is definitely lost with another allocator too, by new as by malloc.
unwritten() { # unwritten BYTES BLOCKS PROGRAM [ARGUMENT]
    status=0
    LD_PRELOAD="$LIBTRACE libjemalloc.so.2" "$PROGRAMS/$3" "${@:4}" >out 2>err || status=$?
    equal 'exit status' 0 "$status"
    has err "definitely lost: $1 bytes in $2 blocks" 'indirectly lost: 0 bytes in 0 blocks'
}
test_words_never_written_with_jemalloc() {
    unwritten 3,816,500 240 unwritten_blocks sizes
    unwritten 40,800 200 unwritten_blocks aligned
    unwritten 200,000 500 unwritten_blocks tail
    unwritten 60,000 600 unwritten_new
}
