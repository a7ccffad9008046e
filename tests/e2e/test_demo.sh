# The demo's figures, first as valgrind prints them, so that the demo cannot drift, then as the
# tracer does.

# summary IN-USE HEAP-USAGE DEFINITELY INDIRECTLY POSSIBLY REACHABLE: the two summaries as text
summary() {
    cat <<END
HEAP SUMMARY:
    in use at exit: $1
  total heap usage: $2
LEAK SUMMARY:
   definitely lost: $3
   indirectly lost: $4
     possibly lost: $5
   still reachable: $6
        suppressed: 0 bytes in 0 blocks
END
}
# clean_summary HEAP-USAGE: of a program that frees everything
clean_summary() {
    cat <<END
HEAP SUMMARY:
    in use at exit: 0 bytes in 0 blocks
  total heap usage: $1
All heap blocks were freed -- no leaks are possible
END
}
none='0 bytes in 0 blocks'

# expected ARGUMENT…: the summaries of demo with these arguments
expected() {
    case "$*" in
    handle) summary '235 bytes in 7 blocks' '34 allocs, 27 frees, 77,412 bytes allocated' \
        '16 bytes in 1 blocks' '83 bytes in 4 blocks' "$none" '136 bytes in 2 blocks' ;;
    'handle --fixed') clean_summary '34 allocs, 34 frees, 77,412 bytes allocated' ;;
    state) summary '10,502,239 bytes in 5,757 blocks' '5,762 allocs, 5 frees, 10,503,231 bytes allocated' \
        '7,272 bytes in 101 blocks' '10,494,967 bytes in 5,656 blocks' "$none" "$none" ;;
    'state --tracked') summary '10,502,239 bytes in 5,757 blocks' '5,762 allocs, 5 frees, 10,503,231 bytes allocated' \
        "$none" "$none" "$none" '10,502,239 bytes in 5,757 blocks' ;;
    'state --fixed') clean_summary '5,762 allocs, 5,762 frees, 10,503,231 bytes allocated' ;;
    '') summary '10,502,474 bytes in 5,764 blocks' '5,796 allocs, 32 frees, 10,580,643 bytes allocated' \
        '7,288 bytes in 102 blocks' '10,495,050 bytes in 5,660 blocks' "$none" '136 bytes in 2 blocks' ;;
    --fixed) clean_summary '5,796 allocs, 5,796 frees, 10,580,643 bytes allocated' ;;
    view) summary '384 bytes in 2 blocks' '3 allocs, 1 frees, 896 bytes allocated' \
        '256 bytes in 1 blocks' "$none" '128 bytes in 1 blocks' "$none" ;;
    'view --fixed') clean_summary '3 allocs, 3 frees, 896 bytes allocated' ;;
    pool) summary '3,671 bytes in 104 blocks' '105 allocs, 1 frees, 3,687 bytes allocated' \
        '528 bytes in 1 blocks' '3,143 bytes in 103 blocks' "$none" "$none" ;;
    'pool --fixed') clean_summary '105 allocs, 105 frees, 3,687 bytes allocated' ;;
    refcount) summary '168 bytes in 3 blocks' '3 allocs, 0 frees, 168 bytes allocated' \
        '112 bytes in 2 blocks' '56 bytes in 1 blocks' "$none" "$none" ;;
    'refcount --fixed') clean_summary '3 allocs, 3 frees, 168 bytes allocated' ;;
    double-free) clean_summary '1 allocs, 2 frees, 64 bytes allocated' ;;
    'double-free --fixed') clean_summary '1 allocs, 1 frees, 64 bytes allocated' ;;
    use-after-free | 'use-after-free --fixed') clean_summary '5 allocs, 5 frees, 240 bytes allocated' ;;
    overrun) clean_summary '1 allocs, 1 frees, 16 bytes allocated' ;;
    'overrun --fixed') clean_summary '1 allocs, 1 frees, 17 bytes allocated' ;;
    aligned) summary '200 bytes in 1 blocks' '1 allocs, 1 frees, 200 bytes allocated' '200 bytes in 1 blocks' "$none" "$none" "$none" ;;
    'aligned --fixed') clean_summary '1 allocs, 1 frees, 200 bytes allocated' ;;
    zero-copy | 'zero-copy --fixed') clean_summary '1 allocs, 1 frees, 54 bytes allocated' ;;
    tracking) summary '29 bytes in 3 blocks' '6 allocs, 3 frees, 125 bytes allocated' '29 bytes in 3 blocks' "$none" "$none" "$none" ;;
    'tracking --fixed') clean_summary '6 allocs, 6 frees, 125 bytes allocated' ;;
    *) fail "no figures are known for: demo $*" ;;
    esac
}

# figures FILE: the lines of its summaries
figures() {
    bare "$1" | grep -E '^(HEAP|LEAK) SUMMARY:|^ +(in use at exit|total heap usage|.* lost|still reachable|suppressed): |^All heap blocks' || true
}
# Of a function that clang -flto inlines from another file valgrind 3.19 does not find the name: there ours stays away, too.
without_nameless() {
    sed -E "$(grep -oE 'UnknownInlinedFun \([a-z_]+\.c:[0-9]+\)' valgrind.log | sort -u |
        sed -E 's/.*\((.*)\.c:(.*)\)/s\/[A-Za-z0-9_]+ \\(\1\\.c:\2\\)\/UnknownInlinedFun (\1.c:\2)\/g/')"
}
# records FILE: its loss records without addresses; the allocation function's object is each tool's
# own, so only its name stays.
records() {
    bare "$1" | without_nameless | sed -n '/ in loss record /,/^$/p' |
        sed -E 's/^(   (at|by)) 0x[0-9A-F]+: /\1 /; s/^(   at [^ ]+) .*/\1/'
}

# stacks FILE: the call stacks of its records, each on one line and once, whatever the leak kinds
stacks() {
    bare "$1" | without_nameless | sed -n '/ in record \| in loss record /,/^$/p' |
        sed -E 's/ 0x[0-9A-F]+:/ /; s/^(   at +[^ ]+) .*/\1/; /record [0-9]+ of/d' |
        awk '/^$/ { print stack; stack = ""; next } { sub(/^ +(at|by) +/, ""); stack = stack "; " $0 }
             END { if (stack != "") print stack }' | sort -u
}

# by_valgrind ARGUMENT…: demo under valgrind, whose words go to ./valgrind.log. Its heap lies at low addresses, and
# the state's caches take 10 MB of them: a stray number somewhere in libc's data can be one of those, and then a cache
# is "possibly lost". A run whose figures are not the expected ones is made again, with the heap elsewhere, above all
# that fits 32 bits; the last one counts.
by_valgrind() {
    local attempt elsewhere=
    for attempt in 1 2 3 4 5; do
        valgrind $elsewhere --command-line-only=yes --leak-check=full --show-leak-kinds=all --log-file=valgrind.log \
            "$BUILD/demo" "$@" >valgrind.out
        [ "$(figures valgrind.log)" != "$(expected "$@")" ] || break
        echo "valgrind's run $attempt has other figures"
        elsewhere=--aspace-minaddr=0x${attempt}04000000
    done
}
# valgrind_agrees ARGUMENT…; tracer_agrees ARGUMENT…: it prints the figures that are expected
valgrind_agrees() {
    by_valgrind "$@"
    equal "valgrind's figures for demo $*" "$(expected "$@")" "$(figures valgrind.log)"
}
tracer_agrees() {
    traced "$BUILD/demo" "$@"
    equal "exit status of demo $*" 0 "$status"
    equal "the tracer's figures for demo $*" "$(expected "$@")" "$(figures err)"
}
# heap_usage_agrees ARGUMENT…: the tracer's HEAP SUMMARY alone, without leak kinds
heap_usage_agrees() {
    traced "$BUILD/demo" "$@"
    equal "the tracer's heap summary for demo $*" "$(expected "$@" | sed '/^LEAK/,$d')" \
        "$(figures err | sed '/^LEAK/,$d')"
}
# stacks_agree ARGUMENT…: leakreport's call stacks are valgrind's, frame by frame
stacks_agree() {
    by_valgrind "$@"
    traced "$BUILD/demo" "$@"
    report --show-leak-kinds=all trace.log
    stacks valgrind.log >expected.stacks
    stacks report >found.stacks
    [ -s expected.stacks ] || fail "valgrind has no call stack for demo $*"
    diff expected.stacks found.stacks | head -40 || true
    cmp -s expected.stacks found.stacks || fail "the call stacks of demo $* differ from valgrind's"
}
# reports_agree ARGUMENT…: leakreport's loss records are valgrind's, frame by frame
reports_agree() {
    by_valgrind "$@"
    traced "$BUILD/demo" "$@"
    report --show-leak-kinds=all trace.log
    records valgrind.log >expected.records
    records report >found.records
    [ -s expected.records ] || fail "valgrind has no loss record for demo $*"
    diff expected.records found.records | head -40 || true
    cmp -s expected.records found.records || fail "the loss records of demo $* differ from valgrind's"
}

# --- the demo itself --------------------------------------------------------------------------------

test_valgrind_figures_of_handle() { valgrind_agrees handle; }
test_valgrind_figures_of_handle_fixed() { valgrind_agrees handle --fixed; }
test_valgrind_figures_of_state() { valgrind_agrees state; }
test_valgrind_figures_of_state_fixed() { valgrind_agrees state --fixed; }
test_valgrind_figures_of_state_tracked() { valgrind_agrees state --tracked; }
test_valgrind_figures_of_both() { valgrind_agrees; }
test_valgrind_figures_of_both_fixed() { valgrind_agrees --fixed; }
test_valgrind_figures_of_view() { valgrind_agrees view; valgrind_agrees view --fixed; }
test_valgrind_figures_of_pool() { valgrind_agrees pool; valgrind_agrees pool --fixed; }
test_valgrind_figures_of_refcount() { valgrind_agrees refcount; valgrind_agrees refcount --fixed; }
test_valgrind_figures_of_double_free() { valgrind_agrees double-free; valgrind_agrees double-free --fixed; }
test_valgrind_figures_of_use_after_free() { valgrind_agrees use-after-free; valgrind_agrees use-after-free --fixed; }
test_valgrind_figures_of_overrun() { valgrind_agrees overrun; valgrind_agrees overrun --fixed; }
test_valgrind_figures_of_aligned() { valgrind_agrees aligned; valgrind_agrees aligned --fixed; }
test_valgrind_figures_of_zero_copy() { valgrind_agrees zero-copy; valgrind_agrees zero-copy --fixed; }
test_valgrind_figures_of_tracking() { valgrind_agrees tracking; valgrind_agrees tracking --fixed; }

# Every error that valgrind knows, not only leaks.
test_fixed_demos_are_clean() {
    for name in handle state view pool refcount double-free use-after-free overrun aligned zero-copy tracking; do
        by_valgrind "$name" --fixed
        has valgrind.log 'ERROR SUMMARY: 0 errors from 0 contexts'
    done
}
# The view of the view demo is stale, but nothing that was freed is read through it.
test_leaking_demos_touch_no_freed_memory() {
    for name in handle state view pool refcount; do
        by_valgrind "$name"
        has_not valgrind.log 'Invalid' 'uninitialised'
    done
}
test_blocks_of_the_handle() {
    by_valgrind handle
    has valgrind.log '99 (16 direct, 83 indirect) bytes in 1 blocks are definitely lost' \
        '8 bytes in 1 blocks are indirectly lost' '11 bytes in 1 blocks are indirectly lost' \
        '16 bytes in 1 blocks are indirectly lost' '48 bytes in 1 blocks are indirectly lost' \
        '40 bytes in 1 blocks are still reachable' '96 bytes in 1 blocks are still reachable' \
        'handlers_dispatch (libhandlers.c:'
    grep -qxF 'handle: 8 messages handled, the latest is "another one"' valgrind.out
}
# stdio must not add a block that depends on where the output goes.
test_figures_do_not_depend_on_the_output() {
    valgrind --command-line-only=yes --log-file=pipe.log "$BUILD/demo" handle --fixed | cat >/dev/null
    valgrind --command-line-only=yes --log-file=null.log "$BUILD/demo" handle --fixed >/dev/null
    script -qec "valgrind --command-line-only=yes --log-file=terminal.log '$BUILD/demo' handle --fixed" /dev/null >/dev/null
    for log in pipe.log null.log terminal.log; do
        equal "figures in $log" "$(expected handle --fixed)" "$(figures $log)"
    done
}
test_fixed_state_stays_level() {
    (ulimit -d 4000 && "$BUILD/demo" state --fixed) >out
    native_status=0
    (ulimit -d 4000 && "$BUILD/demo" state) >out 2>err || native_status=$?
    equal 'exit status without memory' 1 "$native_status"
    equal 'its words' 'demo: out of memory' "$(cat err)"
}
test_double_free_ends_the_program_under_glibc() {
    native "$BUILD/demo" double-free
    equal 'exit status' 134 "$native_status"
    has native.err 'free(): double free detected'
    has_not native.out 'still running'
}
test_list_names_every_demo() {
    native "$BUILD/demo" list
    equal 'exit status' 0 "$native_status"
    for name in handle state view pool refcount double-free use-after-free overrun aligned zero-copy tracking; do
        grep -qE "^$name( \[--(tracked|annotated)\])?\$" native.out || fail "no $name in the list"
    done
    has native.out '16 bytes definitely' '--tracked' '--fixed'
}
# refused ARGUMENT…: one line on standard error, nothing else, status 2
refused() {
    native "$BUILD/demo" "$@"
    equal "exit status of demo $*" 2 "$native_status"
    equal "lines of demo $*" 1 "$(wc -l <native.err)"
    equal "output of demo $*" '' "$(cat native.out)"
}
test_bad_arguments_are_refused() {
    refused bogus
    has native.err "cannot take the argument 'bogus'"
    refused handle state
    refused handle --fixed --tracked
    refused handle --tracked
    has native.err '--tracked goes with state only'
    refused --tracked
    refused list --fixed
    refused ''
}

# --- the demo under the tracer ---------------------------------------------------------------------

test_heap_usage_of_handle() { heap_usage_agrees handle; }
test_heap_usage_of_state() { heap_usage_agrees state; }
test_heap_usage_of_state_tracked() { heap_usage_agrees state --tracked; }
test_heap_usage_of_both() { heap_usage_agrees; }
test_heap_usage_of_the_other_demos() {
    heap_usage_agrees view
    heap_usage_agrees pool
    heap_usage_agrees refcount
}
test_tracer_figures_of_handle() { tracer_agrees handle; }
test_tracer_figures_of_handle_fixed() { tracer_agrees handle --fixed; }
test_tracer_figures_of_state() { tracer_agrees state; }
test_tracer_figures_of_state_fixed() { tracer_agrees state --fixed; }
test_tracer_figures_of_state_tracked() { tracer_agrees state --tracked; }
test_tracer_figures_of_both() { tracer_agrees; }
test_tracer_figures_of_both_fixed() { tracer_agrees --fixed; }
test_tracer_figures_of_view() { tracer_agrees view; tracer_agrees view --fixed; }
test_tracer_figures_of_pool() { tracer_agrees pool; tracer_agrees pool --fixed; }
test_tracer_figures_of_refcount() { tracer_agrees refcount; tracer_agrees refcount --fixed; }

test_output_is_the_same_under_the_tracer() {
    for arguments in '' --fixed 'state --tracked' view pool refcount list; do
        # shellcheck disable=SC2086
        native "$BUILD/demo" $arguments
        # shellcheck disable=SC2086
        traced "$BUILD/demo" $arguments
        equal "exit status of demo $arguments" "$native_status" "$status"
        [ -s trace.log ] || fail "demo $arguments was not traced: $(cat err)"
        cmp native.out out
        rm trace.log
    done
}
test_report_names_functions_and_lines_of_handle() {
    traced "$BUILD/demo" handle
    report --show-leak-kinds=all trace.log
    equal 'exit status' 0 "$status"
    has report "box_handler ($(line_of handle.c 'malloc(sizeof *box)'))" \
        "start_listening ($(line_of handle.c '= box_handler('))" \
        "shared_text_replace ($(line_of handle.c 'malloc(length)'))" \
        "handlers_dispatch ($(line_of libhandlers.c 'handler->function(handler->user_data'))" \
        "registry_create ($(line_of libhandlers.c 'calloc(FIRST_CAPACITY'))" \
        "main ($(line_of main.c 'run_request(&request);'))"
}
test_report_names_functions_and_lines_of_state() {
    traced "$BUILD/demo" state
    report trace.log
    equal 'exit status' 0 "$status"
    has report "update_app_state ($(line_of state.c 'malloc(sizeof *updated)'))" \
        "interact ($(line_of state.c '= update_app_state('))" \
        "create_app_state ($(line_of state.c 'calloc(1, sizeof *state)'))"
}
test_report_of_fixed_has_no_record() {
    traced "$BUILD/demo" handle --fixed
    report trace.log
    equal 'exit status' 0 "$status"
    has report 'All heap blocks were freed -- no leaks are possible'
    has_not report 'in loss record'
}
test_stacks_of_handle_are_valgrinds() { stacks_agree handle; }
test_stacks_of_state_are_valgrinds() { stacks_agree state; }
test_stacks_of_state_tracked_are_valgrinds() { stacks_agree state --tracked; }
test_stacks_of_view_are_valgrinds() { stacks_agree view; }
test_stacks_of_pool_are_valgrinds() { stacks_agree pool; }
test_stacks_of_refcount_are_valgrinds() { stacks_agree refcount; }
test_report_of_handle_is_valgrinds() { reports_agree handle; }
test_report_of_state_is_valgrinds() { reports_agree state; }
test_report_of_state_tracked_is_valgrinds() { reports_agree state --tracked; }
test_report_of_view_is_valgrinds() { reports_agree view; }
test_report_of_pool_is_valgrinds() { reports_agree pool; }
test_report_of_refcount_is_valgrinds() { reports_agree refcount; }

# Unlike under glibc alone, the program goes on.
test_double_free_survives_and_is_named() {
    traced "$BUILD/demo" double-free
    equal 'exit status' 0 "$status"
    has out 'still running after freeing one letter twice'
    report trace.log
    has report 'Invalid free() / delete / delete[] / realloc()' \
        "0 bytes inside a block of size 64 free'd" "Block was alloc'd at" \
        "sender_close ($(line_of double_free.c 'free(sender->draft)'))" \
        "outbox_send ($(line_of double_free.c 'free(outbox->letters[i])'))" \
        "sender_write ($(line_of double_free.c 'malloc(sizeof *sender->draft)'))"
}

# --- wrong accesses -----------------------------------------------------------------------------------

# errors FILE: what is wrong, where, and about which block, without addresses and objects.
errors() {
    bare "$1" | without_nameless | sed -n '/^Invalid/,/^$/p' |
        sed -E 's/^(   (at|by)) 0x[0-9A-F]+: /\1 /; s/^(   at [^ ]+) \(in .*/\1/; s/^(   at (free|malloc)) .*/\1/; s/Address 0x[0-9a-f]+ /Address /; s/is [0-9]+ (bytes inside a block of size 200)/is some \1/; s/^ *Block was/ Block was/'
}
# errors_agree DEMO: with --guard=all they are valgrind's, frame by frame, and the mended demo has none.
errors_agree() {
    by_valgrind "$1"
    errors valgrind.log >expected.errors
    [ -s expected.errors ] || fail "valgrind has no error for demo $1"
    OPTIONS='--guard=all' tracer_agrees "$1"
    report trace.log
    errors report >found.errors
    diff expected.errors found.errors || fail "the errors of demo $1 differ from valgrind's"
    OPTIONS='--guard=all' tracer_agrees "$1" --fixed
    report trace.log
    has report 'ERROR SUMMARY: 0 errors from 0 contexts'
}
test_use_after_free_is_named() { errors_agree use-after-free; }
test_overrun_is_named() { errors_agree overrun; }
test_aligned_is_named() { errors_agree aligned; }
test_zero_copy_is_named() { errors_agree zero-copy; }
test_tracking_is_told_what_it_does_not_see() {
    reports_agree tracking
    has out '0 bytes in 0 blocks are in use, says the tally'
    has report "sensor_new ($(line_of tracking.c 'strdup(name)'))"
    tracer_agrees tracking --fixed
}
