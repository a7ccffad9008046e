# The XML of every small program that ends by itself, of each case of those that have cases, and of the demo, is
# valgrind's in error kinds, leaked bytes and blocks, functions and lines. Takes about twenty minutes.

# known PROGRAM: why its XML differs; nothing: it must not.
known() {
    case $1 in
    leak_registers_xmm | leak_registers_ymm) echo 'valgrind looks at general registers alone' ;;
    leak_signal_stack*) echo "valgrind's stacks end at an alternate signal stack" ;;
    stack_exceptions) echo 'a signal ends it, and valgrind frees no caches of libstdc++ then' ;;
    free_exceptions | api_cxx_bad_alloc | api_cxx_new_handler | api_aligned) echo 'valgrind ends it at what must fail' ;;
    free_sized | api_sized) echo 'valgrind 3.19 does not know free_sized' ;;
    api_rust) echo "a panic lists the loaded libraries, which are others under valgrind" ;;
    api_own_malloc_first) echo 'it has a malloc of its own, in which leakreport does not look' ;;
    api_usable) echo 'it does what malloc_usable_size says, which is the size that was asked for under valgrind' ;;
    loader_deepbind | loader_deepbind_cxx | loader_twin) echo 'a library calls the malloc of libc past the tracer' ;;
    free_threads) echo 'it leaks what its threads come to' ;;
    stack_split) echo 'valgrind does not know split stacks' ;;
    stack_use_first | api_cxx_replaced | api_descriptors_reused | thread_detached) echo 'it does something else under valgrind' ;;
    live_errors) echo 'valgrind names the line where main begins for a frame of it' ;;
    check_names) echo 'it names its blocks, which valgrind does not show' ;;
    diff_phases) echo "it asks for leak checks itself, whose records stand in valgrind's file between the others" ;;
    generated_code) echo "valgrind does not read perf's map files" ;;
    stale_pointers) echo "valgrind's realloc never grows a block in place" ;;
    own_rust | holders_rust:* | leak_rust_rc_cycle) echo "valgrind leaves out inlined frames of Rust's library, which addr2line has" ;;
    guard_cases:*_page_behind) echo "valgrind names the arena of its own in which the address lies" ;;
    guard_cases:*_page_before) echo "valgrind has other memory there, which may be touched" ;;
    guard_cases:add_*) echo "valgrind names the read and the write of one instruction, the guard its fault" ;;
    guard_cases:by_*) echo "valgrind has string functions of its own, which go byte by byte" ;;
    guard_cases:in_handler_on_own_stack) echo "valgrind's stacks end at an alternate signal stack" ;;
    guard_cases:in_callback) echo "valgrind names each access, the guard the first to a block" ;;
    guard_cases:atomic_freed) echo "valgrind takes it for a read and a write, of which it names the first" ;;
    check_lsan) echo "it asks for LeakSanitizer's functions, and loses nothing where there are none" ;;
    esac
}
# options PROGRAM: what leakreport needs to look where valgrind always does
options() {
    case $1 in
    double_*) echo --freelist-vol=20000000 ;;
    guard_cases:*_before) echo --guard=all,begin ;;
    guard_*) echo --guard=all ;;
    esac
}
# cases PROGRAM: its arguments; nothing: it has none
cases() {
    case $1 in
    guard_cases) "$PROGRAMS/$1" | grep . ;;
    holders | holders_cxx | holders_rust) sed -n "s/^== $1 //p" "$TESTS/e2e/holders.expected" ;;
    free_kinds) grep -o 'KIND([a-z_]*)' "$TESTS/programs/free_kinds.cpp" | sed '/(name)/d; s/KIND(//; s/)//' ;;
    sampled) echo exact freed ;;
    pool_requests) echo pieces destroyed freed trimmed changed malloclike realloc metapool metapool-auto ;;
    esac
}
# not_run PROGRAM: it needs arguments, takes long, or is no matter of single errors
not_run() {
    case $1 in
    growth_kinds | live_server) ;;
    *.so | api_descriptors_asked | check_churn | core_* | api_huge | end_* | fork_* | locked_leaks | log_* | loader_loop | many_* | model_* | random_graph | run_seat) ;;
    sandbox* | scan_* | scarce | signal_ways | stack_moves | thread_exchange | thread_kill | thread_losses | thread_many | thread_signals | unwritten*) ;;
    *) return 1 ;;
    esac
}

compare() { # compare NAME PROGRAM [ARGUMENT]...
    local name=$1 why accesses= valgrinds=$2
    [[ $name == ${ONLY:-*} ]] || return 0
    shift
    why=$(known "$name")
    case $name in
    guard_cases:*) accesses=--accesses ;;
    # Its requests are for us; built with valgrind's headers they are for valgrind.
    pool_requests:*)
        valgrinds=$PWD/pool_requests
        [ -e "$valgrinds" ] || gcc -g -O0 -w -o "$valgrinds" "$TESTS/programs/pool_requests.c"
        ;;
    esac
    timeout 100 valgrind --command-line-only=yes --leak-check=full --show-leak-kinds=all --num-callers=30 --child-silent-after-fork=yes \
        --xml=yes --xml-file=valgrind.xml "$valgrinds" "${@:2}" >/dev/null 2>&1 </dev/null
    timeout 60 "$REPORT" --command-line-only=yes --show-leak-kinds=all --num-callers=30 $(options "$name") \
        --xml=yes --xml-file=ours.xml "$@" >/dev/null 2>&1 </dev/null
    xmllint --noout ours.xml || { echo "    $name: leakreport wrote no XML"; bad=$((bad + 1)); }
    total=$((total + 1))
    if python3 "$TESTS/e2e/xml_differ.py" $accesses valgrind.xml ours.xml >difference 2>&1; then
        same=$((same + 1))
    elif [[ $why == *"inlined frames"* ]] && ! python3 "$TESTS/e2e/xml_differ.py" --called valgrind.xml ours.xml >difference 2>&1; then
        echo "    $name, not in inlined frames alone:"
        sed 's/^/    | /' difference | cut -c1-300 | head -20
        bad=$((bad + 1))
    elif [ -n "$why" ]; then
        explained=$((explained + 1))
    else
        echo "    $name:"
        sed 's/^/    | /' difference | cut -c1-300 | head -20
        bad=$((bad + 1))
    fi
}
compare_program() { # compare_program FILE: with each of its cases, if it has some
    local name list case
    name=$(basename "$1")
    if not_run "$name" || [ ! -f "$1" ] || [ ! -x "$1" ]; then
        return
    fi
    list=$(cases "$name")
    [ -n "$list" ] || compare "$name" "$1"
    for case in $list; do
        compare "$name:$case" "$1" "$case"
    done
}

# ONLY='guard_*': only those, for a try.
test_every_program_has_valgrinds_xml() {
    local program kind total=0 same=0 explained=0 bad=0
    set +e
    for program in "$PROGRAMS"/*; do
        compare_program "$program"
    done
    for kind in handle state view pool refcount double-free aligned tracking; do
        compare "demo_$kind" "$BUILD/demo" "$kind"
        compare "demo_${kind}_fixed" "$BUILD/demo" "$kind" --fixed
    done
    echo "    $total programs and cases: $same the same, $explained with a known difference, $bad not"
    [ "$bad" = 0 ] || fail 'XML differs'
    [ -n "${ONLY:-}" ] || [ "$total" -ge 200 ] || fail "only $total were compared"
}
