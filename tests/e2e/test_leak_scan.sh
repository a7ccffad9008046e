# The leak check under conditions that it cannot choose: no child to be had, a child that dies or
# hangs while libc's caches are freed, no file to be opened, many busy threads, huge reservations.
# In each the program's own exit status stays, and what is said of the check is true.
in_place='leak checks had to run inside the program'

check_kinds() { # check_kinds LOST REACHABLE PROGRAM [ARGUMENT]
    traced "$PROGRAMS/$3" "${@:4}"
    equal "exit status" 3 "$status"
    has err "definitely lost: $1" "indirectly lost: 0 bytes in 0 blocks" "possibly lost: 0 bytes in 0 blocks" "still reachable: $2"
}

test_without_a_child_the_check_is_made_in_place() {
    check_kinds "40 bytes in 1 blocks" "24 bytes in 1 blocks" scan_no_child
    has err "$in_place"
    report trace.log
    has report "The leak check was made without freeing libc's own caches first"
}

test_after_the_child_died_the_check_is_made_in_place() {
    check_kinds "40 bytes in 1 blocks" "496 bytes in 2 blocks" scan_child dies
    has err "$in_place"
    [ -z "$(ls | grep '^core')" ] || fail "the child left a core file"
}

test_a_child_that_hangs_is_killed_and_the_check_is_made_in_place() {
    check_kinds "40 bytes in 1 blocks" "496 bytes in 2 blocks" scan_child hangs
    has err "$in_place"
    ! pgrep -f "^$PROGRAMS/scan_child hangs" >/dev/null || fail "the child is still there"
}

# Threads that stand still give no lock back; a wait for one would last until the child is killed.
test_locks_of_other_threads_do_not_stop_the_child() {
    native "$PROGRAMS/scan_locks"
    equal 'exit status without the tracer' 3 "$native_status"
    for _ in 1 2 3; do
        traced "$PROGRAMS/scan_locks"
        equal "exit status" 3 "$status"
        has err "definitely lost: 40 bytes in 1 blocks"
        has_not err "in place"
        equal 'standard output' '' "$(cat out)"
        equal 'calls of the functions of streams' 0 "$(($(od -An -tu1 calls)))"
    done
}

test_a_healthy_program_needs_no_check_in_place() {
    traced "$PROGRAMS/leak_direct"
    has err "definitely lost: 30 bytes in 2 blocks"
    has_not err "in place"
}

test_without_files_the_kinds_are_not_told() {
    traced "$PROGRAMS/scan_no_files"
    equal "exit status" 3 "$status"
    has err "in use at exit: 40 bytes in 1 blocks" "Leak kinds are not known: no leak check was made: no file descriptor was left"
    has_not err "definitely lost" "in place"
    report trace.log
    has report "40 bytes in 1 blocks are in use at exit"
}

# On a machine that is busy itself a thread may not answer in time: then the figures are said to be
# doubtful, and the exit status counts.
test_busy_threads_are_held_meanwhile() {
    traced "$PROGRAMS/scan_many_threads"
    equal "exit status" 3 "$status"
    has err "definitely lost: "
    has_not err "in place"
    grep -q 'did not stop' err || has err "definitely lost: 40 bytes in 1 blocks" "indirectly lost: 0 bytes in 0 blocks"
}

# What is not used is not read: neither time nor the counted bytes would allow it.
test_huge_reservations_are_read_where_they_are_used() {
    check_kinds "40 bytes in 1 blocks" "4,294,967,352 bytes in 3 blocks" scan_huge_reserve
    has_not err "in place"
    report trace.log
    has_not report "could not be read"
}

# sparse KIND FILE: what the program does not use of its memory is not there after the check either, and what it uses is searched.
sparse() {
    LD_PRELOAD=$LIBTRACE "$PROGRAMS/scan_sparse" "$@" 2>err | cat >out # cat waits for the child that measures
    equal "of $1" 'grown by 0 pages' "$(cat out)"
    has err 'still reachable: 298 bytes in 3 blocks' 'definitely lost: 0 bytes'
    has_not err 'in place'
    report trace.log
    has_not report 'could not be read'
}
for kind in anonymous zero segment memory_file private_memory_file; do a_case "sparse_${kind}_stays_sparse" sparse "$kind"; done
test_sparse_file_stays_sparse() { sparse file "$PWD/sparse"; }
test_sparse_private_file_stays_sparse() { sparse private_file "$PWD/sparse"; }
test_sparse_file_in_dev_shm_stays_sparse() {
    local name=/dev/shm/scan_sparse.$$
    sparse file $name
    rm $name
}
test_sparse_memory_of_who_was_root_stays_sparse() {
    local as=()
    chmod 777 .
    [ "$(id -u)" != 0 ] || as=(setpriv --reuid=65534 --clear-groups)
    "${as[@]}" env LD_PRELOAD="$LIBTRACE" UNDUMPABLE=1 "$PROGRAMS/scan_sparse" anonymous 2>err | cat >out
    equal 'of it' 'grown by 0 pages' "$(cat out)"
    has err 'still reachable: 298 bytes in 3 blocks' 'definitely lost: 0 bytes'
}

# Where malloc's own marks are not as they are known none of them is used, and the report says so.
test_malloc_of_another_layout() {
    status=0
    LD_PRELOAD="$LIBTRACE $PROGRAMS/libodd_usable.so" "$PROGRAMS/end_ways" return >out 2>err || status=$?
    equal 'exit status' 3 "$status"
    report trace.log
    has report "The C library's malloc lays its memory out in a way that leakreport does not know" \
        'definitely lost: 100 bytes in 1 blocks' 'indirectly lost: 50 bytes in 1 blocks' 'still reachable: 300 bytes in 1 blocks'
    traced "$PROGRAMS/end_ways" return
    report trace.log
    has_not report 'in a way that leakreport does not know'
}
