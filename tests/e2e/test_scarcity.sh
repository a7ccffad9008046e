# Too little of something: address space, data, memory in a control group, a filesystem that is no disk. The program
# goes on as far as it would without the tracer, and what could not be recorded is said. (A full disk, file sizes and
# descriptors: test_environment.sh.)
source "$TESTS/e2e/books.sh"
program=$PROGRAMS/scarce

can() { "$@" >/dev/null 2>&1 || { echo "    skipped: $* is not possible here"; return 1; }; }
# went_on: the program found every way to fail, and went on
went_on() {
    equal 'exit status' 3 "$status"
    cmp native.out out
    has err 'HEAP SUMMARY'
    has_not err ERRORS
    report trace.log
    equal 'exit status of leakreport' 0 "$status"
}
runs_out() {
    native "$program" "$1"
    equal 'exit status without the tracer' 3 "$native_status"
    traced "$program" "$1"
    went_on
    has report 'in use at exit: 1,234 bytes in 1 blocks'
}
test_address_space_runs_out() { runs_out address_space; }
test_data_runs_out() { runs_out data; }
# With so little that the tracer cannot begin, or begins and cannot go on, the program runs all the same.
test_started_with_little_address_space() {
    local limit
    native "$program" started
    for limit in 16000 20000 28000 36000 40000 44000 46000 48000 50000 52000 54000 60000 80000 120000; do
        rm -f trace*.log
        status=0
        (ulimit -v $limit && LD_PRELOAD=$LIBTRACE exec "$program" started >out 2>err) || status=$?
        equal "exit status within $limit KiB" 3 "$status"
        cmp native.out out
        grep -qE 'HEAP SUMMARY|tracing is not possible here|cannot be preloaded' err || fail "within $limit KiB nothing is said: $(cat err)"
    done
}

# in_group MEGABYTES COMMAND…: in a control group with so much memory
in_group() {
    local megabytes=$1 group
    shift
    if [ -w /sys/fs/cgroup/cgroup.procs ]; then
        group=/sys/fs/cgroup/leakreport.$$ && mkdir $group || return 99
        echo $((megabytes << 20)) >$group/memory.max || return 99
    else
        group=/sys/fs/cgroup/memory/leakreport.$$ && mkdir $group || return 99
        echo $((megabytes << 20)) >$group/memory.limit_in_bytes || return 99
    fi
    status=0
    (echo $BASHPID >$group/cgroup.procs && exec "$@") >out 2>err || status=$?
    until rmdir $group 2>/dev/null; do sleep 0.05; done
}
can_group() { can in_group 100 true && can test "$status" = 0; }
test_control_group_near_its_limit() {
    can_group || return 0
    native "$program" many
    in_group 40 env LD_PRELOAD="$LIBTRACE" "$program" many
    went_on
    has report '300,001 allocs, 300,000 frees, 6,001,234 bytes allocated'
}
# Killed for want of memory: the log has what was live.
test_control_group_over_its_limit() {
    can_group || return 0
    in_group 10 env LD_PRELOAD="$LIBTRACE" LIBTRACE_OPTIONS=--trace-file=/dev/shm/leakreport.$$.log "$program" many
    equal 'exit status' 137 "$status"
    report /dev/shm/leakreport.$$.log
    rm /dev/shm/leakreport.$$.log
    equal 'exit status of leakreport' 0 "$status"
    has report 'It ended without recording how' 'in use when it ended: ' ': take (scarce.c:'
}

on_fuse() { # on_fuse OPTIONS: the program with its log on a filesystem of a process
    native "$program" many
    mkdir under over
    bindfs "$@" under over
    OPTIONS=--trace-file=over/x.log traced "$program" many
    cp over/x.log trace.log 2>/dev/null || true
    umount over
}
test_log_on_a_fuse_filesystem() {
    can test -w /dev/fuse && can unshare -m true || return 0
    on_fuse
    went_on
    has report '300,001 allocs, 300,000 frees, 6,001,234 bytes allocated'
}
# One that maps no files: no log, the summary all the same. A bindfs that was built with FUSE 3 has no such mount.
no_maps_on_fuse() { ! ldd "$(command -v bindfs)" | grep -q libfuse3; }
test_filesystem_that_cannot_map() {
    if no_maps_on_fuse; then
        can test -w /dev/fuse && can unshare -m true || return 0
        on_fuse -o direct_io
    else
        native "$program" many
        status=0
        LIBTRACE_OPTIONS='--debug-invariants=yes --trace-file=x.log' "$PROGRAMS/no_shared_maps" "$LIBTRACE" "$program" many >out 2>err || status=$?
    fi
    equal 'exit status' 3 "$status"
    cmp native.out out
    has err 'x.log' 'there will be a summary, but no log' '300,001 allocs, 300,000 frees, 6,001,234 bytes allocated'
}
