# Where the tracer's words go, and bad options.
source "$TESTS/e2e/books.sh"
program=$PROGRAMS/api_malloc

test_summary_on_standard_error() {
    traced "$program"
    equal 'totals' "$(truth out)" "$(usage err)"
    [ "$(grep -cvE '^==[0-9]+== ' err)" = 0 ] || fail 'a line has no ==PID=='
    equal 'process numbers' 1 "$(sed -E 's/^==([0-9]+)==.*/\1/' err | sort -u | wc -l)"
}
test_log_file() {
    OPTIONS=--log-file=words.%p traced "$program"
    equal 'standard error' '' "$(cat err)"
    equal 'totals' "$(truth out)" "$(usage words.*)"
    grep -q "^==$(ls words.* | cut -d. -f2)== HEAP SUMMARY" words.*
}
test_log_file_is_made_anew() {
    seq 1000 >words
    OPTIONS=--log-file=words traced "$program"
    has_not words 999
    equal 'totals' "$(truth out)" "$(usage words)"
}
test_log_file_that_cannot_be_written() {
    OPTIONS=--log-file=no/such/folder/words traced "$program"
    equal 'exit status' 0 "$status"
    has err no/such/folder/words
    "$program" >native.out
    cmp native.out out
}
test_quiet() {
    OPTIONS=-q traced "$program"
    equal 'standard error' '' "$(cat err)"
    [ -s trace.log ]
    report trace.log
    has report 'HEAP SUMMARY' "in use at exit: $(truth out | awk '{ print $1 " bytes in " $3 + 0 " blocks" }')"
}
test_verbose_counts_frames() {
    OPTIONS=-v traced "$program"
    has err ' frames by SP'
}
test_standard_error_that_nobody_reads() {
    { status=0; sleep 0.2; LD_PRELOAD=$LIBTRACE "$program" 2>&1 >out || status=$?; echo $status >code; } | true
    equal 'exit status' 0 "$(cat code)"
    status=0
    LD_PRELOAD=$LIBTRACE "$program" 2>/dev/full >out || status=$?
    equal 'exit status' 0 "$status"
}

# refused OPTIONS WORDS…: one line, status 2, and the program has not run
refused() {
    OPTIONS=$1 traced "$program"
    equal "exit status with $1" 2 "$status"
    equal 'output of the program' '' "$(cat out)"
    equal "lines about $1" 1 "$(wc -l <err)"
    has err "${@:2}"
    [ ! -e trace.log ] || fail 'a log was begun'
}
test_bad_options_are_refused() {
    refused --no-such-option --no-such-option 'not known' 'leakreport --help'
    refused --trace-file '--trace-file needs a value'
    refused --trace-file= '--trace-file needs a value'
    refused --trace-children=maybe 'yes or no' maybe
    refused --leak-check=sometimes sometimes
    refused --leak-check-heuristics=magic magic
    refused '--trace-file=%x.log' '%x.log'
    refused '--trace-file=%q{NO_SUCH_VARIABLE}.log' NO_SUCH_VARIABLE
    refused '--trace-file=%q.log' '%q{'
    refused '--trace-file=~/trace.log' '~'
    refused "--trace-file=$(printf 'x%.0s' $(seq 5000))" 'too long'
    refused 'trace.log' 'trace.log'
    refused '-q -x' '-x'
    refused '--log-file=%y' '%y'
}
# leakreport's and valgrind's options may stand there too: they are for the report.
test_options_of_the_report_are_accepted() {
    OPTIONS='--show-leak-kinds=all --num-callers=20 --error-exitcode=9 --suppressions=x.supp -s --leak-resolution=med' traced "$program"
    equal 'exit status' 0 "$status"
    equal 'totals' "$(truth out)" "$(usage err)"
}
# A set-uid program takes no orders from its caller's environment.
test_set_uid_program_ignores_the_options() {
    [ "$(id -u)" = 0 ] || return 0
    cp "$program" setuid_program
    chmod 755 .
    chown 65534 setuid_program && chmod 4755 setuid_program
    status=0
    setpriv --reuid=65533 --clear-groups env LIBTRACE_OPTIONS=--trace-file=taken.log LD_PRELOAD="$LIBTRACE" ./setuid_program >out 2>err || status=$?
    equal 'exit status' 0 "$status"
    [ ! -e taken.log ] || fail 'the caller named a file for a set-uid program'
}

# --- where the log is in the end ---------------------------------------------------------------------

# place SHELL-COMMAND: is done with trace.log while the program runs, which then ends
place() {
    rm -rf hold trace.log
    mkfifo hold
    LD_PRELOAD=$LIBTRACE cat hold >/dev/null 2>err &
    pid=$!
    exec 9>hold
    until "$REPORT" trace.log >/dev/null 2>&1; do kill -0 $pid || fail "it does not run: $(cat err)"; sleep 0.01; done
    eval "$1"
    exec 9>&-
    wait $pid || fail "exit status $?"
    has err 'HEAP SUMMARY'
}
test_summary_names_no_log_that_is_not_there() {
    place true
    has err "To see where the blocks were allocated: leakreport $PWD/trace.log"
    place 'rm trace.log'
    has_not err 'To see where'
    place 'mv trace.log other.log'
    has_not err 'To see where'
    place 'mv trace.log other.log; cp other.log trace.log'
    has_not err 'To see where'
    place 'mv trace.log other.log; mkdir trace.log'
    has_not err 'To see where'
    rm -r trace.log
    place 'ln trace.log second.log'
    has err 'To see where'
}
# The path is right for who reads the summary, though not for the program.
test_summary_names_the_log_behind_a_chroot() {
    [ "$(id -u)" = 0 ] || return 0
    cat >rooted.c <<'END'
#include <stdlib.h>
#include <unistd.h>
int main(int count, char **arguments)
{
    void *volatile block = malloc(10);
    if (count > 1)
        unlink(arguments[1]);
    return block && chroot("/sys") == 0 ? 0 : 1;
}
END
    gcc -o rooted rooted.c
    traced ./rooted
    equal 'exit status' 0 "$status"
    has err "To see where the blocks were allocated: leakreport $PWD/trace.log"
    traced ./rooted trace.log
    has_not err 'To see where'
}

test_log_that_was_never_finished_is_replaced() {
    # As a process leaves it that is killed while tracing begins: all but the magic is there.
    traced /bin/true
    head -c 8 /dev/zero | dd of=trace.log conv=notrunc status=none
    traced /bin/true
    has_not err 'is not a trace log'
    report trace.log
    has report 'Command: /bin/true'
}
# What a block holds is nobody's business.
test_log_has_no_contents_of_blocks() {
    OPTIONS=-q traced "$PROGRAMS/log_steady" 20000
    has out 'I AM A GHOST'
    has trace.log log_steady
    has_not trace.log 'I AM A GHOST' GHOST
}
# A hundred times the calls, and the same blocks alive.
test_log_grows_with_what_is_alive() {
    local size
    OPTIONS=-q traced "$PROGRAMS/log_steady" 20000
    size=$(stat -c %s trace.log)
    OPTIONS=-q traced "$PROGRAMS/log_steady" 2000000
    report trace.log
    has report '2,000,000 allocs, 1,999,000 frees'
    # Moments, which --growth reads, come with time and not with calls: their first 1,536 and 98,304 bytes, and pages.
    [ "$(stat -c %s trace.log)" -le $((size + size / 10 + 102400)) ] || fail "$size bytes after 20,000 calls, $(stat -c %s trace.log) after 2,000,000"
}
