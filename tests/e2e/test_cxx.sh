# C++: every operator new and delete, new_handler, bad_alloc, replaced operators, plugins.
source "$TESTS/e2e/books.sh"

# libstdc++ allocates one pool of its own for emergencies and frees it when it is asked to, at the very end. How large it is
# depends on its version, and is asked of valgrind.
bytes_of_pool() {
    cd "$(mktemp -d)" || return
    echo 'int main() {}' >empty.cpp
    g++ -o empty empty.cpp -Wl,--no-as-needed
    by_valgrind ./empty
    usage valgrind.log | sed -n 's/^0 in 0: 1 allocs, 1 frees, \(.*\) allocated$/\1/p'
    rm -r "$PWD"
}
pool_bytes=$(bytes_of_pool)
pool="1 1 $pool_bytes"

test_every_operator() {
    books_agree api_cxx_operators $pool
    # valgrind 3.16 counts what libstdc++ asks for in operator new with an alignment, rounded up.
    ! valgrind_since 3.19 || valgrind_agrees api_cxx_operators
}
test_report_names_every_operator() {
    traced "$PROGRAMS/api_cxx_operators"
    report --show-leak-kinds=all trace.log
    equal 'blocks of main' "11 bytes in 1 blocks by operator new(unsigned long)
12 bytes in 1 blocks by operator new[](unsigned long)
13 bytes in 1 blocks by operator new(unsigned long std::nothrow_t const&)
14 bytes in 1 blocks by operator new[](unsigned long std::nothrow_t const&)
256 bytes in 1 blocks by operator new(unsigned long std::align_val_t)
512 bytes in 1 blocks by operator new[](unsigned long std::align_val_t)
1024 bytes in 1 blocks by operator new(unsigned long std::align_val_t std::nothrow_t const&)
2048 bytes in 1 blocks by operator new[](unsigned long std::align_val_t std::nothrow_t const&)" \
        "$(block_of main | sort -n)"
}
# The three exceptions that a nothrow new catches inside are 136 bytes each on this libstdc++.
test_new_handler_makes_room() { books_agree api_cxx_new_handler 4 4 $((pool_bytes + 3 * 136)); }
test_new_that_throws() {
    books_agree api_cxx_bad_alloc 2001 2001 $((pool_bytes + 2000 * 136))
    report --show-leak-kinds=all trace.log
    equal 'malloc after a throw' '10000 bytes in 1000 blocks by malloc' "$(block_of 'by_malloc(unsigned long)' | sum_of)"
    equal 'calloc after a throw' '10000 bytes in 500 blocks by calloc' "$(block_of 'by_calloc(unsigned long)' | sum_of)"
    equal 'new after a throw' '15000 bytes in 500 blocks by operator new(unsigned long)' "$(block_of 'by_new(unsigned long)' | sum_of)"
}
# sum_of: several records as one
sum_of() { awk '{ bytes += $1; blocks += $4; $1 = $2 = $3 = $4 = $5 = $6 = ""; sub(/^ +/, ""); who = $0 } END { print bytes " bytes in " blocks " blocks by " who }'; }

# The exception's object: an int behind libstdc++'s header.
test_operators_of_a_class() { books_agree api_cxx_class_new 2 2 $((pool_bytes + 132)); }
test_operators_replaced_by_the_program() { books_agree api_cxx_replaced $pool; }
test_operators_replaced_by_a_library() {
    books_agree api_cxx_library_new $pool
    report --show-leak-kinds=all trace.log
    equal 'single objects' '117 bytes in 78 blocks by operator new(unsigned long)' "$(block_of main | grep 'new(' | sum_of)"
    equal 'arrays' '77 bytes in 1 blocks by operator new[](unsigned long)' "$(block_of main | grep 'new\[')"
}
test_destructors_of_thread_local_objects() {
    same "$PROGRAMS/api_cxx_thread_local"
    by_valgrind "$PROGRAMS/api_cxx_thread_local"
    counts() { usage "$1" | sed -E 's/.*: (.*), .*/\1/'; }
    equal 'allocs and frees' "$(counts valgrind.log)" "$(counts summary)"
    no_errors api_cxx_thread_local
}
test_plugin_in_a_c_program() {
    valgrind_agrees api_plugin
    report --show-leak-kinds=all trace.log
    has report 'plugin_make (libapi_plugin.cpp:'
    equal 'parts' '360 bytes in 3 blocks by operator new(unsigned long)' "$(block_of plugin_make | sum_of)"
    equal 'arrays' '3000 bytes in 3 blocks by operator new[](unsigned long)' "$(block_of plugin_make_array | sum_of)"
}
