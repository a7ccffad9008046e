# A process that becomes another program (exec) is traced on: the log is the last program's.
source "$TESTS/e2e/books.sh"
leaky="$PROGRAMS/end_ways return" # exit status 3, loses 100 and 50 bytes
ways=$PROGRAMS/exec_ways

# follows COMMAND…: as without the tracer, and there is one log, of end_ways return, with all that it lost
follows() {
    local OPTIONS="--log-file=summary ${OPTIONS:-}"
    rm -f ./*.log
    native "$@"
    traced "$@"
    equal "exit status of $*" "$native_status" "$status"
    cmp native.out out || fail "the output of $* changes"
    cmp native.err err || fail "the error output of $* changes: $(diff native.err err)"
    equal 'logs' trace.log "$(echo ./*.log | sed 's,\./,,g')"
    report trace.log
    has report "end_ways return" 'It ended with exit status 3.' '150 (100 direct, 50 indirect) bytes in 1 blocks are definitely lost'
    equal 'the figures' '450 in 3: 3 allocs, 0 frees, 450 allocated' "$(usage report)"
}
# was N: the log says so of so many programs
was() { equal 'programs before' "$1" "$(grep -c 'Note: before an exec this process was: ' report)"; }
# not_followed REASON COMMAND…: as without the tracer; the log says why it is not of the last program
not_followed() {
    local reason=$1
    shift
    rm -f ./*.log
    native "$@"
    OPTIONS="--log-file=summary" traced "$@"
    equal "exit status of $*" "$native_status" "$status"
    cmp native.out out || fail "the output of $* changes"
    cmp native.err err || fail "the error output of $* changes: $(cat err)"
    report --error-exitcode=9 trace.log
    equal 'exit status of leakreport' 2 "$status"
    has report 'It became another program' "That one is not traced: $reason"
    has report.err "which is not traced: $reason"
    has summary "which is not traced: $reason"
}

# --- what is run before the program -------------------------------------------------------------

test_script_that_ends_in_exec() {
    printf '#!/bin/sh\nexec %s\n' "$leaky" >script
    chmod +x script
    follows ./script
    was 1
    has report 'Note: before an exec this process was: /bin/sh ./script (' ' allocs, '
    has summary 'libtrace: before an exec this process was: /bin/sh ./script ('
}
test_commands_that_run_another() {
    local command
    for command in env 'env A=1 B=2' 'env -i' 'env -u HOME' nice 'nice -n 1' 'stdbuf -oL' 'setsid -w' 'ionice' 'nohup' 'chrt -o 0' \
        'setarch -R' 'prlimit --core=0' 'bash -c "exec \"\$@\"" x' 'perl -e "exec @ARGV"' '/usr/bin/python3 -c "import os,sys; os.execvp(sys.argv[1], sys.argv[1:])"'; do
        eval "follows $command $leaky" </dev/null
        was 1
    done
    follows env nice env -i stdbuf -o0 $leaky
    was 4
}
# As pyenv, rbenv and nvm have them: a script in PATH that looks for the program of its name behind itself.
test_shim() {
    mkdir shims
    cat >shims/end_ways <<'S'
#!/usr/bin/env bash
set -e
program="${0##*/}"
for folder in $(tr : ' ' <<<"$PATH"); do [ "$folder" = "${0%/*}" ] || [ ! -x "$folder/$program" ] || break; done
exec -a "$program" "$folder/$program" "$@"
S
    chmod +x shims/end_ways
    PATH=$PWD/shims:$PROGRAMS:$PATH follows end_ways return
    was 2
}
# What libtool makes in place of a program that is not installed yet.
test_libtool_wrapper() {
    mkdir -p prog/.libs
    cp "$PROGRAMS/end_ways" prog/.libs/end_ways
    cat >prog/end_ways <<'S'
#! /bin/sh
# prog - temporary wrapper script for .libs/prog
thisdir=`echo "$0" | sed 's%/[^/]*$%%'`
LD_LIBRARY_PATH="$thisdir/.libs:$LD_LIBRARY_PATH"
export LD_LIBRARY_PATH
exec "$thisdir/.libs/end_ways" ${1+"$@"}
S
    chmod +x prog/end_ways
    OPTIONS= follows prog/end_ways return
    was 1
}
for way in execve execve_preloads execve_empty_preload execve_null execle execvpe fexecve fexecve_path execveat execveat_empty syscall syscall_at clearenv environ_null; do
    a_case "by_$way" by_way "$way"
done
# by_way WAY: a program that is given an environment of its own sees that one
by_way() {
    native "$PROGRAMS/child_ways" "$1" "$PROGRAMS/child_ways"
    OPTIONS=-q traced "$PROGRAMS/child_ways" "$1" "$PROGRAMS/child_ways"
    equal 'exit status' "$native_status" "$status"
    cmp native.out out
    equal 'standard error' "$(cat native.err)" "$(cat err)"
    report ./trace*.log
    case $1 in clearenv | environ_null) return ;; esac
    has report 'child_ways child' '4,321 bytes in 1 blocks are definitely lost'
}
test_the_program_sees_nothing_of_it() {
    local command OPTIONS=-q
    for command in 'env -i sh -c "env | grep -v ^_="' 'sh -c "exec env"' 'env A=1 bash -c "exec -c env"' 'env sh -c "ls /proc/self/fd; true"' \
        'env sh -c "exec bash -c \"ls /proc/self/fd; true\""' 'env LD_PRELOAD=libm.so.6 sh -c "exec env | grep LD_"' \
        'sh -c "exec cat /proc/self/cmdline"' 'env sh -c "ulimit -n; exec bash -c \"ulimit -n; ulimit -Hn\""'; do
        eval "native $command" 9</dev/null
        eval "traced $command" 9</dev/null
        equal "exit status of $command" "$native_status" "$status"
        diff native.out out || fail "the output of $command changes"
        diff native.err err || fail "the error output of $command changes"
    done
}

# --- what makes it hard -------------------------------------------------------------------------

test_exec_with_threads() {
    local round
    for round in 1 2 3 4 5 6 7 8; do follows "$ways" threads $leaky; done
    follows "$ways" thread $leaky
    was 1
}
test_execs_that_fail_first() {
    follows "$ways" failing $leaky
    was 1
    has report 'Note: before an exec this process was: '"$ways failing $leaky ("
}
test_descriptors_that_are_closed() { follows "$ways" closes $leaky; }
test_environment_that_is_written_over() {
    OPTIONS='--show-leak-kinds=all' follows "$ways" titled $leaky
    was 1
}
test_errors_of_the_earlier_program_are_told() {
    traced "$ways" bad_free $leaky
    report --error-exitcode=9 trace.log
    equal 'exit status' 9 "$status"
    has report 'bytes allocated, 1 errors).' 'ERROR SUMMARY: 1 errors from 1 contexts'
    traced "$ways" bad_free true
    report --error-exitcode=9 trace.log
    equal 'exit status' 0 "$status"
}
# Not the process itself.
test_children_are_not_followed() {
    local command
    for command in "\"$ways\" vforked $leaky" "sh -c \"$leaky; exit 3\"" "timeout 100 $leaky" "perl -e 'system @ARGV; exit 3' $leaky"; do
        rm -f trace*.log
        eval "OPTIONS=-q traced $command"
        equal "exit status of $command" 3 "$status"
        equal 'logs' trace.log "$(echo trace*.log)"
        report trace.log
        has_not report 'end_ways.c'
    done
}
test_many_programs() {
    echo '[ "$1" -ge 70 ] || exec bash loop.sh $(($1 + 1))' >loop.sh
    OPTIONS=-q traced bash loop.sh 0
    equal 'exit status' 0 "$status"
    equal 'logs' trace.log "$(echo trace*.log)"
    report trace.log
    was 16
    has report 'before an exec this process was 54 more programs, which are not listed here' 'Command: bash loop.sh 70' 'was: bash loop.sh 69 ('
    has_not report 'was: bash loop.sh 53 ('
}
test_long_command_lines() {
    local long=$(printf '%05000d' 0)
    traced sh -c "exec $leaky" "$long" "$long"
    report trace.log
    was 1
    has report 'sh -c exec ' '000... ('
}
# The first name counts, with what it was made of.
test_names_of_files() {
    mkdir logs
    export NAME=one
    OPTIONS='--trace-file=logs/%q{NAME}.%p%%"d".log --log-file=logs/%q{NAME}.txt' traced env -i sh -c "cd /; exec $leaky"
    equal 'exit status' 3 "$status"
    equal 'standard error' '' "$(cat err)"
    report logs/one.*%d.log
    has report 'definitely lost: 100 bytes' 'Note: before an exec this process was: sh -c'
    has logs/one.txt 'definitely lost: 100 bytes'
    OPTIONS='--trace-file=%q{NO_SUCH}.log --trace-file=last.log' traced env true
    equal 'exit status' 0 "$status"
    [ -s last.log ]
}
test_other_rights_and_no_way_to_the_log() {
    [ "$(id -u)" = 0 ] || return 0
    LD_PRELOAD= setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$LIBTRACE" || return 0 # the build folder is private
    mkdir -m 700 secret
    (cd secret && follows setpriv --reuid=65534 --regid=65534 --clear-groups $leaky)
}
# While it is read, too.
test_reader_of_a_log_that_goes_on() {
    mkfifo hold
    LIBTRACE_OPTIONS=-q LD_PRELOAD=$LIBTRACE bash -c "exec bash -c 'read _ <hold; exec $leaky'" &
    until "$REPORT" trace.log 2>/dev/null | grep -q 'Command: bash -c read _'; do kill -0 $!; sleep 0.01; done
    report trace.log
    has report 'It is still running'
    was 1
    echo >hold
    wait $! || [ $? -eq 3 ]
    report trace.log
    was 2
    has report 'It ended with exit status 3.'
}
test_killed_between_two_programs() {
    mkfifo hold
    LIBTRACE_OPTIONS=-q LD_PRELOAD=$LIBTRACE bash -c "exec bash -c 'read _ <hold'" 2>err &
    until "$REPORT" trace.log 2>/dev/null | grep -q 'Command: bash -c read _'; do kill -0 $!; sleep 0.01; done
    kill -KILL $!
    wait $! || true
    report trace.log
    has report 'It ended without recording how'
    was 1
}

# --- what cannot be traced ----------------------------------------------------------------------

test_static_program() {
    printf 'int main(void) { return 7; }' >static.c
    gcc -static -o static static.c
    not_followed 'it is statically linked' env ./static
    not_followed 'it is statically linked' sh -c 'exec ./static'
}
test_program_for_another_processor() {
    cp "$PROGRAMS/end_ways" arm
    printf '\267\000' | dd of=arm bs=1 seek=18 conv=notrunc status=none
    not_followed 'it is built for another processor' env ./arm # by a shell, at last
    not_followed 'it is built for another processor' nice ./arm
    traced bash -c 'exec ./arm'
    has err 'exec failed; the program continues'
    report trace.log
    has report 'It ended with exit status 126.'
}
test_program_with_more_rights() {
    [ "$(id -u)" = 0 ] || return 0
    cp /usr/bin/env setuid
    chown 65534 setuid
    chmod 4755 setuid
    not_followed 'it has more rights than its caller' env ./setuid true
}
test_sandbox_that_would_kill() { not_followed 'a sandbox forbids a system call that tracing needs' "$ways" locked echo alive; }
test_environment_without_room() {
    not_followed 'its environment leaves no space' perl -e '%ENV = map { ("V$_", "x") } 1 .. 9000; exec "/bin/echo", "one"'
}
test_another_root() {
    [ "$(id -u)" = 0 ] || return 0
    mkdir -p jail/bin jail/lib jail/lib64
    cp /bin/echo jail/bin
    ldd /bin/echo | grep -o '/[^ ]*' | while read -r file; do mkdir -p "jail/$(dirname "$file")" && cp "$file" "jail/$file"; done
    not_followed 'libtrace.so cannot be read there' chroot jail /bin/echo inside
    mkdir -p "jail/$(dirname "$LIBTRACE")"
    cp "$LIBTRACE" "jail/$LIBTRACE"
    cp "$PROGRAMS/end_ways" jail/bin
    for file in "$PROGRAMS/end_ways" $(ldconfig -p | grep -o '/.*/libunwind.so.8'); do mkdir -p "jail/$(dirname $file)"; cp -L $file jail/$file; ldd $file; done | grep -o '/[^ ]*' | while read -r file; do mkdir -p "jail/$(dirname "$file")" && cp "$file" "jail/$file"; done
    traced chroot jail /bin/end_ways return
    equal 'exit status' 3 "$status"
    report trace.log
    has report 'Note: before an exec this process was: chroot jail /bin/end_ways return'
}
test_unwanted() {
    OPTIONS='--follow-exec=no' traced sh -c "exec $leaky"
    equal 'exit status' 3 "$status"
    has err 'which is not traced: --follow-exec=no was given'
    report trace.log
    has report 'Command: sh -c exec' 'That one is not traced: --follow-exec=no was given'
}

# --- which programs ------------------------------------------------------------------------------

# commands: the programs of all logs
commands() { for log in ./*.log; do "$REPORT" --leak-check=no "$log" 2>/dev/null | sed -n 's/^==[0-9]*== Command: //p'; done | sort; }
# by_valgrind_too OPTION… -- COMMAND…: the tracer and valgrind trace the same programs
by_valgrind_too() {
    local options=()
    while [ "$1" != -- ]; do options+=("$1"); shift; done
    shift
    rm -f ./*.log ./*.val
    OPTIONS="-q --trace-file=%p.log ${options[*]}" traced "$@"
    valgrind --command-line-only=yes --log-file=%p.val "${options[@]}" "$@" >valgrind.out 2>&1
    cmp out valgrind.out
    diff <(cat ./*.val | sed -n 's/^==[0-9]*== Command: //p' | sort -u) <(commands | sed 's,^/bin/sh ,,' | sort -u) || fail "with ${options[*]}: $*"
}
test_programs_that_are_skipped_as_by_valgrind() {
    printf '#!/bin/sh\n/bin/echo one alpha\n/bin/true two\n(/bin/echo three beta)\n' >script
    chmod +x script
    by_valgrind_too --trace-children=yes '--trace-children-skip=*/echo' -- ./script
    by_valgrind_too --trace-children=yes '--trace-children-skip=/nowhere,/bin/ech?' -- ./script
    by_valgrind_too --trace-children=yes '--trace-children-skip-by-arg=alp*,nothing' -- ./script
    by_valgrind_too --trace-children=yes '--trace-children-skip-by-arg=*bin/echo' -- ./script
    by_valgrind_too --trace-children=yes '--trace-children-skip=*script*,*true' -- ./script
}
# libc runs it: nobody sees the call.
test_skipped_child_of_libc() {
    native "$PROGRAMS/child_ways" system "$PROGRAMS/child_ways"
    OPTIONS='-q --trace-children=yes --trace-file=%p.log --trace-children-skip=/bin/nothing,*/sh' traced "$PROGRAMS/child_ways" system "$PROGRAMS/child_ways"
    cmp native.out out
    equal 'programs' 1 "$(commands | wc -l)"
    OPTIONS='-q --trace-children=yes --trace-file=%p.log --trace-children-skip-by-arg=-c' traced "$PROGRAMS/child_ways" popen "$PROGRAMS/child_ways"
    equal 'programs' 2 "$(commands | wc -l)"
}
test_skipped_heir() {
    OPTIONS='--trace-children-skip=*/end_ways' traced env $leaky
    has err 'a pattern of --trace-children-skip names it'
    OPTIONS='--trace-children-skip=*/env' traced env $leaky
    report trace.log
    has report "Command: $leaky"
}
test_forked_children_that_are_silent() {
    local fork="perl -e 'if (!fork) { \$x = q(y) x 5000; exit 0 } wait; exec @ARGV if @ARGV'"
    eval "OPTIONS='-q --trace-children=yes --trace-file=%p.log' traced $fork"
    equal 'logs' 2 "$(ls ./*.log | wc -l)"
    rm ./*.log
    eval "OPTIONS='-q --trace-children=yes --child-silent-after-fork=yes --trace-file=%p.log' traced $fork"
    equal 'logs' 1 "$(ls ./*.log | wc -l)"
    rm ./*.log
    # The program that it becomes is no fork any longer.
    OPTIONS='-q --trace-children=yes --child-silent-after-fork=yes --trace-file=%p.log' traced sh -c "$leaky; true"
    equal 'programs' 2 "$(commands | wc -l)"
    rm ./*.log
    eval "OPTIONS='-q --child-silent-after-fork=no --trace-file=%p.log' traced $fork"
    equal 'logs' 2 "$(ls ./*.log | wc -l)"
}
