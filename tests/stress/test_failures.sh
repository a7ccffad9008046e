# Failures, of the program's allocator and of the tracer's own means, at every point: the program's
# output and exit status are what they are without the tracer.
source "$TESTS/e2e/books.sh"

# --- the allocator ---------------------------------------------------------------------------------

export PERL_HASH_SEED=0

# failing LIBRARIES NAME=VALUE COMMAND…: into ./NAME.out …
failing() {
    local name=$1 preload=$2 setting=$3 options=()
    shift 3
    [ "$name" = native ] || options=(LIBTRACE_OPTIONS=-q)
    code=0
    rm -f count
    setarch -R env "$setting" FAIL_COUNT="$PWD/count" "${options[@]}" LD_PRELOAD="$preload" "$@" >"$name.out" 2>"$name.all" </dev/null || code=$?
    { grep -v '^==[0-9]*==' "$name.all" || true; } >"$name.err"
    echo "status $code, $(cat count 2>/dev/null || echo no) calls" >"$name.status"
}
# alike NAME=VALUE COMMAND…: with and without the tracer
alike() {
    failing native "$PROGRAMS/libfail_malloc.so" "$@"
    rm -f trace.log
    failing traced "$LIBTRACE $PROGRAMS/libfail_malloc.so" "$@"
    [ -s trace.log ] || fail "$2 was not traced"
    for what in status out err; do
        cmp -s native.$what traced.$what || { diff native.$what traced.$what | head -5; fail "another $what with $1"; }
    done
}
# every_failure COMMAND…: calls that fail one at a time, spread over the run; and every n-th of them
every_failure() {
    local calls n failed=0
    alike FAIL_AT=0 "$@"
    equal 'status without a failure' 0 "$code"
    calls=$(cat count)
    [ "$calls" -gt 100 ] || fail "$1 makes $calls calls only"
    for n in $(seq 1 25) $(seq 26 $((calls / 40)) "$calls"); do
        alike FAIL_AT="$n" "$@"
        [ "$code" = 0 ] || failed=$((failed + 1))
    done
    for n in 1 2 3 5 8 13 34 89 233 610; do alike FAIL_EVERY="$n" "$@"; done
    [ "$failed" -gt 0 ] || fail 'no failure was noticed'
}

test_allocator_of_sqlite3_fails() {
    every_failure sqlite3 :memory: "create table t(a, b);
        insert into t with recursive n(i) as (select 1 union all select i + 1 from n where i < 300) select i, hex(i) || i from n;
        create index x on t(b); select count(*), max(b) from t where b > '31'; select a from t order by b limit 3;"
}
test_allocator_of_perl_fails() {
    every_failure perl -e 'my %h; for my $i (1 .. 200) { $h{"key$i"} = [$i, "x" x $i] } print scalar(keys %h), " ", join(",", sort map { $_->[0] } values %h), "\n"'
}
test_allocator_of_bash_fails() {
    every_failure bash -c 'declare -A a; for i in {1..60}; do a[$i]=${i}x$i; done; f() { local x=${a[$1]}; echo "${x/x/-}"; }; for i in 3 5 60; do f $i; done; echo "${#a[@]}"; exit 0'
}

# --- the log ---------------------------------------------------------------------------------------

# on_log CALL ERROR N COMMAND…: the N-th such system call on the log fails, and all later ones; false when
# there is none. If there is a summary, its totals are the program's.
on_log() {
    local call=$1 error=$2 n=$3
    shift 3
    rm -rf log
    mkdir log
    code=0
    strace -f -qq -o calls -P "$PWD/log/trace.log" -e trace="$call" -e inject="$call:error=$error:when=$n+" \
        -E LIBTRACE_OPTIONS="--trace-file=$PWD/log/trace.log" -E LD_PRELOAD="$LIBTRACE" "$@" >out 2>err || code=$?
    equal "status when $call $n fails" 0 "$code"
    cmp -s native.out out || { diff native.out out | head -5; fail "another output when $call $n fails"; }
    [ -z "$(truth out)" ] || ! grep -q 'total heap usage' err || equal "totals when $call $n fails" "$(truth out)" "$(usage err)"
    grep -q INJECTED calls
}
each_call_on_log() { # each_call_on_log "CALL ERROR" COMMAND…
    local call error n
    read -r call error <<<"$1"
    shift
    "$@" >native.out
    for ((n = 1; n < 200; n++)); do on_log "$call" "$error" "$n" "$@" || break; done
    [ "$n" -lt 200 ] || fail "$call: no end"
    echo "    $call: $((n - 1)) places of $1"
}
every_call_on_log() { # every_call_on_log "CALL ERROR"…: by a program that keeps books, and one of many stacks
    local what
    for what; do
        each_call_on_log "$what" "$PROGRAMS/api_chdir" .
        each_call_on_log "$what" "$PROGRAMS/model_events" 7 1 40000
    done
}
test_disk_full_at_each_growth() { every_call_on_log 'fallocate ENOSPC'; }
test_log_cannot_be_mapped() { every_call_on_log 'mmap ENOMEM'; }
test_log_cannot_be_opened() { every_call_on_log 'openat EACCES' 'newfstatat EACCES' 'fstat EIO'; }
test_log_cannot_be_held() { every_call_on_log 'flock EAGAIN' 'fcntl EMFILE' 'pwrite64 EIO' 'munmap ENOMEM'; }

# --- memory and limits -----------------------------------------------------------------------------

# Each mapping but the loader's own: the first one of the log is where the tracer begins.
test_each_mapping_fails_once_and_from_there_on() {
    local first n more code
    "$PROGRAMS/api_chdir" . >native.out
    for more in '' +; do
        first=1
        for ((n = 1; n < 500; n++)); do
            code=0
            rm -f trace.log
            strace -f -qq -y -o calls -e trace=mmap -e inject=mmap:error=ENOMEM:when="$n$more" -E LD_PRELOAD="$LIBTRACE" \
                "$PROGRAMS/api_chdir" . >out 2>err || code=$?
            grep -q INJECTED calls || break
            # The loader needs its mappings, and it is done when the log is mapped.
            if [ "$first" = 1 ] && ! sed '/INJECTED/q' calls | grep -q '\/trace.log'; then continue; fi
            first=0
            equal "status when mapping $n$more fails" 0 "$code"
            cmp -s native.out out || { diff native.out out | head -5; fail "another output when mapping $n$more fails"; }
        done
        [ "$first" = 0 ] && [ "$n" -gt 30 ] || fail "only $n mappings"
    done
}

limited() { # limited ulimit-OPTION VALUE COMMAND…
    local option=$1 value=$2 code=0 native_code=0
    shift 2
    (ulimit -S "$option" "$value" && exec "$@") 2>native.err | cat >native.out
    native_code=${PIPESTATUS[0]}
    rm -f trace.log
    (ulimit -S "$option" "$value" && LD_PRELOAD=$LIBTRACE exec "$@") 2>err | cat >out
    code=${PIPESTATUS[0]}
    equal "status with ulimit $option $value" "$native_code" "$code"
    cmp -s native.out out || fail "another output with ulimit $option $value"
}
test_file_size_limits() {
    local size
    set +e
    for size in 0 1 3 4 35 36 37 40 50 100 130 148 150 200 400 600 660 664 665 668 700 1000 1500 2000 4000 8000; do
        limited -f "$size" "$PROGRAMS/api_chdir" .
        limited -f "$size" "$PROGRAMS/model_events" 7 1 40000
    done
}
# libtrace.so itself takes two megabytes. Without the tracer api_chdir needs 4 MB, perl 13 MB.
test_address_space_limits() {
    local size
    set +e
    for size in $(seq 7000 1500 30000) $(seq 30000 5000 130000); do limited -v "$size" "$PROGRAMS/api_chdir" .; done
    for size in $(seq 30000 5000 180000); do
        limited -v "$size" perl -e 'my @a = map { "x" x $_ } 1 .. 2000; print scalar(@a), "\n"'
    done
}
test_full_disks_of_every_size() {
    [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null || { echo '    only root can mount a disk'; return 0; }
    local size code
    "$PROGRAMS/api_chdir" . >native.out
    mkdir disk
    for size in 4 36 40 44 52 56 84 88 100 148 152 200 500 600 660 664 668 672 700 1000 1500 2700 2800 4000 8000; do
        code=0
        unshare -m bash -c "mount -t tmpfs -o size=${size}k none disk && LIBTRACE_OPTIONS=--trace-file=disk/trace.log LD_PRELOAD='$LIBTRACE' \
            exec '$PROGRAMS/api_chdir' . >out 2>err" || code=$?
        equal "status on a disk of $size kB" 0 "$code"
        cmp -s native.out out || fail "another output on a disk of $size kB"
        equal "totals on a disk of $size kB" "$(truth out)" "$(usage err)"
    done
}
