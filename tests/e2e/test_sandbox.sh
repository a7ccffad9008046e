# Programs that lock themselves in: they live, and what cannot be had any more is said.
source "$TESTS/e2e/books.sh"
program=$PROGRAMS/sandbox

same_output() {
    native "$program" "$1"
    traced "$program" "$1"
    equal 'exit status' "$native_status" "$status"
    cmp native.out out
}
# Nothing but read, write and exit is left.
test_strict_mode() {
    same_output strict
    report --show-leak-kinds=all trace.log
    has report '5,035 allocs, 5,032 frees, 585,960 bytes allocated' 'in use when it ended: 480,200 bytes in 3 blocks'
    equal 'the leak before' '100 bytes in 1 blocks by malloc' "$(block_of leak | head -n 1)"
}
filtered() {
    OPTIONS= traced "$program" "$1"
    equal 'exit status' 3 "$status"
    has err 'Leak kinds are not known: no leak check was made: a sandbox forbids a system call that it needs' '65,087 allocs, 65,037 frees, 1,793,570 bytes allocated'
    report trace.log
    has report 'It ended with exit status 3.' 'The log is incomplete' 'Leak kinds are not known'
}
test_filter_set_by_prctl() { filtered prctl; }
test_filter_set_by_seccomp() { filtered seccomp; }
test_two_filters() { filtered narrow; }
test_threads_made_in_a_sandbox() {
    same_output threads
    has err ' allocs, '
}
test_fault_in_a_sandbox() { same_output fault; }
test_child_that_locks_itself_in() {
    same_output child
    has err 'LEAK SUMMARY'
}
# What passes by the interposed syscall() is as it was.
test_system_calls_of_the_program() { same "$PROGRAMS/sandbox_calls"; }
# The file was opened before: what the tracer says goes there, and nothing to the program's standard error.
test_log_file_in_a_sandbox() {
    OPTIONS=--log-file=summary traced "$program" prctl
    equal 'exit status' 3 "$status"
    equal 'standard error' '' "$(cat err)"
    has summary 'Leak kinds are not known: no leak check was made: a sandbox forbids a system call that it needs' '65,087 allocs, 65,037 frees, 1,793,570 bytes allocated'
}
