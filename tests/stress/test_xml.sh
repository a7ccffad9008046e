# The XML of every small program that ends by itself, and of the demo, is valgrind's in error kinds, leaked bytes and
# blocks, functions and lines. Takes about ten minutes.

# known PROGRAM: why its XML differs; nothing: it must not.
known() {
    case $1 in
    leak_registers_xmm | leak_registers_ymm) echo 'valgrind looks at general registers alone' ;;
    leak_rust_*) echo "valgrind names inlined functions of Rust without their type" ;;
    supp_names) echo 'valgrind names inlined functions without their class' ;;
    leak_signal_stack*) echo "valgrind's stacks end at an alternate signal stack" ;;
    free_kinds | stack_exceptions) echo 'a signal ends it, and valgrind frees no caches of libstdc++ then' ;;
    free_exceptions | api_cxx_bad_alloc | api_cxx_new_handler | api_aligned) echo 'valgrind ends it at what must fail' ;;
    free_sized | api_sized) echo 'valgrind 3.19 does not know free_sized' ;;
    api_rust) echo "valgrind names inlined functions of Rust without their type" ;;
    api_own_malloc_first) echo 'it has a malloc of its own, in which leakreport does not look' ;;
    api_usable) echo 'it does what malloc_usable_size says, which is the size that was asked for under valgrind' ;;
    loader_deepbind | loader_deepbind_cxx | loader_twin) echo 'a library calls the malloc of libc past the tracer' ;;
    free_threads) echo 'it leaks what its threads come to' ;;
    stack_split) echo 'valgrind does not know split stacks' ;;
    stack_use_first | api_cxx_replaced | api_descriptors_reused | thread_detached) echo 'it does something else under valgrind' ;;
    live_errors) echo 'valgrind names the line where main begins for a frame of it' ;;
    check_names) echo 'it names its blocks, which valgrind does not show' ;;
    check_lsan) echo "it asks for LeakSanitizer's functions, and loses nothing where there are none" ;;
    esac
}
# not_run PROGRAM: it needs arguments, takes long, or is no matter of single errors
not_run() {
    case $1 in
    *.so | api_descriptors_asked | check_churn | api_huge | end_* | fork_* | locked_leaks | log_* | loader_loop | many_* | model_* | random_graph | run_seat) ;;
    sandbox* | scan_* | scarce | signal_ways | stack_moves | thread_exchange | thread_kill | thread_losses | thread_many | thread_signals | unwritten*) ;;
    *) return 1 ;;
    esac
}

compare() { # compare NAME PROGRAM [ARGUMENT]
    local name=$1 why
    shift
    why=$(known "$name")
    timeout 100 valgrind --command-line-only=yes --leak-check=full --show-leak-kinds=all --num-callers=30 --child-silent-after-fork=yes \
        --xml=yes --xml-file=valgrind.xml "$@" >/dev/null 2>&1 </dev/null
    timeout 60 "$REPORT" --command-line-only=yes --show-leak-kinds=all --num-callers=30 --xml=yes --xml-file=ours.xml "$@" >/dev/null 2>&1 </dev/null
    xmllint --noout ours.xml || { echo "    $name: leakreport wrote no XML"; bad=$((bad + 1)); }
    total=$((total + 1))
    if python3 "$TESTS/e2e/xml_differ.py" valgrind.xml ours.xml >difference 2>&1; then
        same=$((same + 1))
    elif [ -n "$why" ]; then
        explained=$((explained + 1))
    else
        echo "    $name:"
        sed 's/^/    | /' difference | cut -c1-300 | head -20
        bad=$((bad + 1))
    fi
}

test_every_program_has_valgrinds_xml() {
    local program kind total=0 same=0 explained=0 bad=0
    set +e
    for program in "$PROGRAMS"/*; do
        not_run "$(basename "$program")" || [ ! -f "$program" ] || [ ! -x "$program" ] || compare "$(basename "$program")" "$program"
    done
    for kind in handle state view pool refcount double-free; do
        compare "demo_$kind" "$BUILD/demo" "$kind"
        compare "demo_${kind}_fixed" "$BUILD/demo" "$kind" --fixed
    done
    echo "    $total programs: $same the same, $explained with a known difference, $bad not"
    [ "$bad" = 0 ] || fail 'XML differs'
    [ "$total" -ge 150 ] || fail "only $total programs were compared"
}
