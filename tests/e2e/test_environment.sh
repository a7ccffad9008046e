# What the program sees of being traced (nothing), its children, its descriptors, and the tracer's options.
source "$TESTS/e2e/books.sh"

program=$PROGRAMS/api_malloc

# --- the environment --------------------------------------------------------------------------------

test_environment_is_the_untraced_one() {
    same "$PROGRAMS/api_environment"
    has_not out LIBTRACE_OPTIONS "LD_PRELOAD=$LIBTRACE"
    equal 'logs' 1 "$(ls *.log | wc -l)"
}
test_environment_without_anything_else() {
    env -i "$PROGRAMS/api_environment" >native.out
    env -i LD_PRELOAD="$LIBTRACE" "$PROGRAMS/api_environment" >out 2>err
    cmp native.out out
    env -i LIBTRACE_OPTIONS=-q LD_PRELOAD="$LIBTRACE" "$PROGRAMS/api_environment" >out
    cmp native.out out
}
# Arguments, environment and auxiliary vector follow each other as the kernel laid them down.
test_start_vector_is_the_untraced_one() {
    same "$PROGRAMS/api_start_vector" 'an argument'
    has out 'auxiliary 6' 'page size 4096' "main's 1, environ 1"
    env -i "$PROGRAMS/api_start_vector" >native.out
    env -i LD_PRELOAD="$LIBTRACE" "$PROGRAMS/api_start_vector" >out 2>err
    cmp native.out out
    env -i A=1 B=2 "$PROGRAMS/api_start_vector" >native.out
    env -i A=1 LD_PRELOAD="$LIBTRACE" B=2 "$PROGRAMS/api_start_vector" >out 2>err
    cmp native.out out
    env -i A=1 "$PROGRAMS/api_start_vector" >native.out
    env -i A=1 "$REPORT" --run "$PROGRAMS/api_start_vector" >out 2>err
    cmp native.out out
    has err 'HEAP SUMMARY'
}
test_start_vector_of_a_program_started_by_the_loader() {
    same /lib64/ld-linux-x86-64.so.2 "$PROGRAMS/api_start_vector"
    has out 'page size 4096'
}
# What a constructor has made of the environment is elsewhere: nothing follows it.
test_environment_made_by_a_constructor() {
    native "$PROGRAMS/api_start_vector" setenv
    traced "$PROGRAMS/api_start_vector" setenv
    equal 'exit status' 0 "$status"
    diff <(grep -E '^(environ|auxiliary) ' native.out) <(grep -E '^(environ|auxiliary) ' out)
}
# Whatever stands beside the tracer in LD_PRELOAD stays there, and only that.
test_other_preloads_are_kept() {
    local other=$PROGRAMS/libapi_early.so another=$PROGRAMS/libapi_bump.so
    for list in "$LIBTRACE $other" "$other:$LIBTRACE" "$other $LIBTRACE:$another" "$LIBTRACE:$other $another"; do
        env -i PATH="$PATH" LIBTRACE_OPTIONS=--log-file=summary LD_PRELOAD="$list" "$PROGRAMS/api_environment" >out
        has out "environ LD_PRELOAD=$other"
        has_not out LIBTRACE libtrace.so
        has summary 'HEAP SUMMARY'
        rm summary
    done
}
test_relative_preload() {
    cp "$LIBTRACE" copy.so
    LD_PRELOAD=./copy.so LIBTRACE_OPTIONS="--trace-children=yes --trace-file=$PWD/%p.log -q" sh -c 'cd /; /bin/true; /bin/false; exit 3' 2>err || status=$?
    equal 'exit status' 3 "$status"
    equal 'logs of the shell and two children' 3 "$(ls *.log | wc -l)"
    equal 'errors' '' "$(cat err)"
}

# What cannot stand in a list is not put there.
test_relative_preload_in_a_folder_that_cannot_be_listed() {
    mkdir 'with a blank $LIB:'
    cp "$LIBTRACE" 'with a blank $LIB:/copy.so'
    cd 'with a blank $LIB:'
    LD_PRELOAD=./copy.so LIBTRACE_OPTIONS="--trace-children=yes --trace-file=%p.log -q" sh -c '/bin/true; /bin/false; exit 3' 2>err || status=$?
    equal 'exit status' 3 "$status"
    equal 'errors' '' "$(cat err)"
    equal 'logs of the shell and two children' 3 "$(ls *.log | wc -l)"
}

# --- children ---------------------------------------------------------------------------------------

test_children_are_not_traced() {
    OPTIONS='--trace-file=%p.log' traced bash -c "/bin/true; (:); '$program' >/dev/null; exit 3"
    equal 'exit status' 3 "$status"
    equal 'logs' 1 "$(ls *.log | wc -l)"
    equal 'summaries' 1 "$(grep -c 'HEAP SUMMARY' err)"
}
test_children_are_traced_when_asked() {
    OPTIONS='--trace-children=yes --trace-file=%p.log' traced bash -c "/bin/true; '$program' >/dev/null; exit 3"
    equal 'exit status' 3 "$status"
    equal 'logs' 3 "$(ls *.log | wc -l)"
    for log in *.log; do
        report --leak-check=summary "$log"
        equal "exit status of leakreport $log" 0 "$status"
        has report "==${log%.log}== Command: "
        cat report >>reports
    done
    has reports "Command: bash -c" "Command: $program" 'Command: /bin/true'
}
# A child that goes under its parent's name: the parent's log is left alone, and the child says where its own is.
test_child_with_its_parents_log_name() {
    OPTIONS='--trace-children=yes --trace-file=one.log' traced bash -c "'$program' >/dev/null & wait"
    equal 'exit status' 0 "$status"
    equal 'logs' 2 "$(ls one*.log | wc -l)"
    child=$(ls one.*.log)
    has err "another traced process is writing $PWD/one.log; this one writes $PWD/$child"
    report one.log
    has report 'Command: bash -c'
    report "$child"
    has report "Command: $program"
}
# The shell makes way for the program: one process, the second log takes the first one's place.
test_exec_in_the_same_process() {
    OPTIONS='--trace-children=yes' traced bash -c "exec '$program'"
    equal 'exit status' 0 "$status"
    equal 'totals' "$(truth out)" "$(usage <(tac err | sed '/in use at exit/q' | tac | sed '1i ==1== HEAP SUMMARY:'))"
}

test_exec_keeps_the_log_of_what_was_before() {
    OPTIONS='--trace-children=yes' traced bash -c "exec bash -c 'exec $program'"
    equal 'exit status' 0 "$status"
    equal 'logs' 3 "$(ls trace*.log | wc -l)"
    report trace.log
    has report 'Command: bash -c exec bash'
    report "$(ls trace.*.2.log)"
    has report "Command: $program"
}

# --- the log's name ---------------------------------------------------------------------------------

test_trace_file_names() {
    mkdir folder
    export WHO='some body'
    OPTIONS="--trace-file=folder/a.%p.%n.%%.%q{WHO}.log" traced "$program"
    equal 'exit status' 0 "$status"
    ls folder >names
    grep -qE '^a\.[0-9]+\.1\.%\.some body\.log$' names || fail "the log is named $(cat names)"
    pid=$(sed -E 's/^a\.([0-9]+).*/\1/' names)
    has err "==$pid== HEAP SUMMARY:" "leakreport $PWD/folder/$(cat names)"
}
test_default_name() {
    traced "$program"
    [ -f trace.log ] || fail 'no trace.log'
    equal 'mode' 600 "$(stat -c %a trace.log)"
    has err "leakreport $PWD/trace.log"
    rm trace.log
    umask 0777
    OPTIONS=-q traced /bin/true
    umask 022
    equal 'mode' 600 "$(stat -c %a trace.log)"
}
test_options_in_quotes() {
    OPTIONS="--trace-file='with blanks.log'  \"--log-file=the summary\"" traced "$program"
    [ -f 'with blanks.log' ] && [ -f 'the summary' ] || fail "$(ls)"
}
test_relative_names_mean_the_start_directory() {
    mkdir elsewhere
    OPTIONS='--trace-file=here.log --log-file=here.txt' traced "$PROGRAMS/api_chdir" elsewhere
    equal 'exit status' 0 "$status"
    equal 'elsewhere' '' "$(ls elsewhere)"
    equal 'totals' "$(truth out)" "$(usage here.txt)"
    report here.log
    has report 'in use at exit: 500,000 bytes in 50,000 blocks'
}
test_directory_that_goes_away() {
    mkdir gone
    (cd gone && LIBTRACE_OPTIONS='--trace-file=here.log' LD_PRELOAD=$LIBTRACE bash -c "rm -r ../gone; exec -a x '$PROGRAMS/api_malloc'" >../out 2>../err)
    equal 'the program goes on' "$("$program")" "$(cat out)"
}

# gone COMMAND: the command in a folder that is not there any more
gone() {
    mkdir gone
    (cd gone && rmdir ../gone && LD_PRELOAD=$LIBTRACE exec "$@" >../out 2>../err)
}
test_directory_that_was_removed_before() {
    "$program" >native.out
    status=0
    gone "$program" || status=$?
    unharmed 'cannot create trace.log: No such file or directory'
    LIBTRACE_OPTIONS="--trace-file=$PWD/here.log" gone "$program"
    equal 'totals' "$(truth out)" "$(usage err)"
    report here.log
    has report "Command: $program"
}
# Deeper than any path may be long.
test_directory_that_is_too_deep() {
    local name=$(printf 'x%.0s' $(seq 250)) top=$PWD
    "$program" >native.out
    for _ in $(seq 18); do mkdir "$name" && cd -P "$name" 2>/dev/null || cd "$name"; done
    status=0
    LD_PRELOAD=$LIBTRACE "$program" >"$top/out" 2>"$top/err" || status=$?
    "$REPORT" trace.log >"$top/report"
    LIBTRACE_OPTIONS="--trace-file=$top/here.log -q" LD_PRELOAD=$LIBTRACE "$program" >/dev/null 2>>"$top/err"
    cd "$top"
    equal 'exit status' 0 "$status"
    equal 'totals' "$(truth out)" "$(usage err)"
    has_not err 'libtrace: '
    has report "Command: $program"
    report here.log
    has report "Command: $program"
}

# A folder of a file system that was taken away: getcwd says "(unreachable)/".
test_directory_out_of_reach() {
    [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null || return 0
    mkdir disk
    status=0
    unshare -m bash -c "mount -t tmpfs none disk && cd disk && umount -l ../disk && LD_PRELOAD='$LIBTRACE' '$program' && '$REPORT' trace.log >&3" >out 2>err 3>report || status=$?
    equal 'exit status' 0 "$status"
    equal 'totals' "$(truth out)" "$(usage err)"
    has report "Command: $program"
}

# --- files in the way -------------------------------------------------------------------------------

# unharmed WORDS…: the program ran as ever, its totals were printed, and one line of the tracer says WORDS
unharmed() {
    "$program" >native.out
    equal 'exit status' 0 "$status"
    cmp native.out out
    equal 'totals' "$(truth out)" "$(usage err)"
    has err "$@"
    equal 'lines of complaint' 1 "$(bare err | grep -c '^libtrace: ')"
}
test_foreign_file_is_left_alone() {
    echo 'my diary' >trace.log
    traced "$program"
    unharmed 'exists and is not a trace log' "$PWD/trace.log"
    equal 'the diary' 'my diary' "$(cat trace.log)"
}
# Another user's log, or one that its owner may not read: what it is cannot be seen, so that is what is said.
test_log_that_may_not_be_read() {
    [ "$(id -u)" = 0 ] || return 0
    traced "$program"
    chmod 0 trace.log
    cp trace.log before.log
    chmod 777 .
    cp "$program" "$LIBTRACE" .
    status=0
    setpriv --reuid=65534 --regid=65534 --clear-groups env LD_PRELOAD=./libtrace.so "./$(basename "$program")" >out 2>err || status=$?
    unharmed "$PWD/trace.log exists and cannot be read: Permission denied: it is not overwritten"
    has_not err 'is not a trace log'
    cmp before.log trace.log
}
test_symbolic_link_is_not_followed() {
    ln -s target trace.log
    traced "$program"
    unharmed "$PWD/trace.log"
    [ ! -e target ] || fail 'the link was followed'
    echo 'my diary' >target
    traced "$program"
    equal 'the diary' 'my diary' "$(cat target)"
    # Not even to a trace log.
    rm trace.log
    OPTIONS='--trace-file=real.log -q' traced "$program"
    cp real.log copy.log
    ln -s real.log trace.log
    traced "$program"
    unharmed "$PWD/trace.log"
    cmp real.log copy.log
}
test_directory_or_device_in_the_way() {
    mkdir trace.log
    traced "$program"
    unharmed "$PWD/trace.log"
    OPTIONS=--trace-file=/dev/null traced "$program"
    unharmed /dev/null
    [ -c /dev/null ]
    mkfifo pipe.log
    OPTIONS=--trace-file=pipe.log traced "$program"
    unharmed pipe.log
    [ -p pipe.log ]
}
test_directory_that_is_not_there() {
    OPTIONS=--trace-file=no/such/folder/trace.log traced "$program"
    unharmed no/such/folder 'cannot create'
}
test_directory_without_permission() {
    [ "$(id -u)" = 0 ] || return 0
    mkdir forbidden
    chmod 755 . && chmod 555 forbidden
    LD_PRELOAD= setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$LIBTRACE" || return 0 # the build folder is private
    status=0
    setpriv --reuid=65534 --regid=65534 --clear-groups env LIBTRACE_OPTIONS=--trace-file=forbidden/trace.log LD_PRELOAD="$LIBTRACE" \
        "$program" >out 2>err || status=$?
    unharmed 'cannot create' 'Permission denied'
}
test_old_log_is_replaced() {
    OPTIONS=-q traced "$PROGRAMS/api_chdir" .
    OPTIONS=-q traced "$program"
    report trace.log
    has report "Command: $program"
    equal 'logs' 1 "$(ls | grep -c '\.log$')"
}
test_log_of_a_killed_program_is_replaced() {
    OPTIONS=-q traced bash -c 'kill -9 $$'
    equal 'exit status' 137 "$status"
    OPTIONS=-q traced "$program"
    report trace.log
    has report "Command: $program"
}
test_exec_many_times_in_the_same_process() {
    echo '[ "$1" -ge 70 ] || exec bash loop.sh $(($1 + 1))' >loop.sh
    OPTIONS='-q --trace-children=yes' traced bash loop.sh 0
    equal 'exit status' 0 "$status"
    equal 'logs' 71 "$(ls trace*.log | wc -l)"
    equal 'words' '' "$(cat err)"
}
# The child that it left behind still holds its log.
test_exec_beside_a_child() {
    mkfifo hold
    OPTIONS='-q --trace-children=yes' traced bash -c "(read _ <hold; :) & exec sh -c 'echo >hold; exit 7'"
    equal 'exit status' 7 "$status"
    equal 'words' '' "$(cat err)"
}
test_log_of_a_live_program_is_not_replaced() {
    LIBTRACE_OPTIONS=-q LD_PRELOAD=$LIBTRACE sleep 100 &
    first=$!
    until [ -s trace.log ] && "$REPORT" trace.log >/dev/null 2>&1; do sleep 0.01; done
    traced "$program"
    kill $first
    equal 'exit status' 0 "$status"
    second=$(ls trace.*.log)
    has err "another traced process is writing $PWD/trace.log; this one writes $PWD/$second"
    report trace.log
    has report 'Command: sleep 100'
    report "$second"
    has report "Command: $program"
}

# --- a full disk ------------------------------------------------------------------------------------

# full_disk: the log had to stop growing; the totals did not
full_disk() {
    equal 'exit status' 0 "$status"
    equal 'totals' "$(truth out)" "$(usage err)"
    equal 'lines of complaint' 1 "$(bare err | grep -c 'cannot grow')"
    report "$1"
    equal 'exit status of leakreport' 0 "$status"
    grep -qiE 'incomplete|could not be recorded|lacks|full' report || fail 'the report does not say that the log is incomplete'
}
test_file_size_limit() {
    status=0
    (ulimit -f 1500 && LD_PRELOAD=$LIBTRACE exec "$PROGRAMS/api_chdir" . >out 2>err) || status=$?
    full_disk trace.log
}
test_full_disk() {
    [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null || return 0
    mkdir disk
    status=0
    unshare -m bash -c "mount -t tmpfs -o size=1200k none disk && LIBTRACE_OPTIONS=--trace-file=disk/trace.log LD_PRELOAD='$LIBTRACE' \
        '$PROGRAMS/api_chdir' . >out 2>err; code=\$?; cp --sparse=always disk/trace.log trace.log; exit \$code" || status=$?
    full_disk trace.log
}
test_disk_that_is_full_at_once() {
    [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null || return 0
    mkdir disk
    status=0
    unshare -m bash -c "mount -t tmpfs -o size=4k none disk && head -c 4096 /dev/zero >disk/filler; LIBTRACE_OPTIONS=--trace-file=disk/trace.log \
        LD_PRELOAD='$LIBTRACE' '$program' >out 2>err" || status=$?
    unharmed 'cannot write' 'No space left'
}

# --- file descriptors -------------------------------------------------------------------------------

test_descriptors_are_not_seen() { same "$PROGRAMS/api_descriptors" list; }
descriptors() {
    same "$PROGRAMS/api_descriptors" "$1"
    equal 'exit status' 0 "$status"
    equal 'totals' "$(truth out)" "$(usage summary)"
    report --show-leak-kinds=all trace.log
    equal 'exit status of leakreport' 0 "$status"
    equal 'all blocks are in the log' 40000 "$(block_of allocate | awk '{ blocks += $4 } END { print blocks }')"
}
test_program_that_closes_from_3() { descriptors closefrom; }
test_program_that_closes_2() { descriptors close2; }
test_program_that_closes_all_and_takes_their_numbers() { descriptors all; }
test_descriptor_2_belongs_to_another_file() {
    traced "$PROGRAMS/api_descriptors" reuse2
    equal 'exit status' 0 "$status"
    equal 'own_file' mine "$(cat own_file)"
}
# asked LIMIT [OPTION]: a program with this limit of descriptors (ulimit's words) that asks and takes every number
asked() {
    # shellcheck disable=SC2086
    ulimit $1
    native "$PROGRAMS/api_descriptors_asked"
    OPTIONS="--log-file=summary.%p ${2:-}" traced "$PROGRAMS/api_descriptors_asked"
    equal 'exit status' "$native_status" "$status"
    equal 'exit status' 0 "$status"
    # Before 2.32 libc does not tell that there is one thread only, so that the limit cannot be raised for a moment.
    if [[ $1 = -Sn* ]] && ! libc_since 32; then
        diff <(sed -E 's/opened 897, the last is 899/opened 895, the last is 897/' native.out) out
    else
        cmp native.out out
    fi
    has <(for summary in summary.*; do usage "$summary"; done) "$(truth out)"
    has out 'at last: fstat 2'
    report --show-leak-kinds=all trace.log
    has_not report 'incomplete'
    equal 'all blocks are in the log' 80000 "$(block_of allocate | awk '{ blocks += $4 } END { print blocks }')"
}
# Above the first limit there are numbers for the tracer; where the hard limit is no higher it takes one below.
test_descriptors_asked_for() { asked "-Sn 900"; }
test_descriptors_asked_for_where_there_are_no_others() { asked "-HSn 6000"; }
test_descriptors_asked_for_by_traced_children() { asked "-Sn 900" --trace-children=yes; }
test_descriptors_asked_for_by_traced_children_at_the_limit() { asked "-HSn 6000" --trace-children=yes; }
test_descriptors_closed_and_used_for_own_files() {
    same "$PROGRAMS/api_descriptors_reused"
    equal 'exit status' 0 "$status"
    equal 'totals' "$(truth out)" "$(usage summary)"
}
test_start_with_closed_descriptors() {
    "$PROGRAMS/api_descriptors" list >native.out 2>&- <&-
    LIBTRACE_OPTIONS=--log-file=summary LD_PRELOAD=$LIBTRACE "$PROGRAMS/api_descriptors" list >out 2>&- <&-
    cmp native.out out
    has summary 'HEAP SUMMARY'
    LD_PRELOAD=$LIBTRACE "$PROGRAMS/api_descriptors" list >out 2>&- <&-
    cmp native.out out
}
test_limit_of_descriptors() {
    (ulimit -n 20 && exec "$PROGRAMS/api_descriptors" list) >native.out 2>native.err
    (ulimit -n 20 && LIBTRACE_OPTIONS=--log-file=summary LD_PRELOAD=$LIBTRACE exec "$PROGRAMS/api_descriptors" list) >out 2>err
    # Where no number above the program's exists, the highest below the limit are taken: the program's
    # own next one is what it would be.
    equal "next descriptor" "$(sed 's/.*next//' native.out)" "$(sed 's/.*next//' out)"
    has summary 'HEAP SUMMARY'
}
