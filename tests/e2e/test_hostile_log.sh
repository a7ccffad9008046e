# Logs whose author means harm: leakreport may take memory and processor time as the log's size has
# it, and not as the product of two of its numbers. What bytes alone can do is in tests/fuzz.

# bounded ARGUMENT…: leakreport with a gigabyte of memory and 60 seconds of processor time (each of
# these logs needs 2 at most, and once needed more than 60, or than 4 GB).
bounded() {
    status=0
    (ulimit -v 1000000; ulimit -t 60; exec "$REPORT" "$@") >report 2>report.err || status=$?
    equal 'exit status' 0 "$status"
    equal 'bytes on standard error' 0 "$(wc -c <report.err)"
    has report 'ERROR SUMMARY'
}
large() { "$BUILD/fuzz/large_log" "$@"; }

test_modules_that_all_name_one_long_string() {
    large long_names log
    bounded log
}

test_many_modules_of_one_file() {
    large one_file log "$(readlink -f "$(ldconfig -p | sed -n 's/.*libc\.so\.6 .*x86-64.* => //p' | head -1)")"
    bounded log
    has report '(in /proc/self/root/'
}

test_errors_that_were_each_seen_another_number_of_times() {
    large many_errors log
    bounded -s log
    equal 'errors listed' 199999 "$(grep -c 'errors in context' report)"
}

test_addresses_that_a_hash_without_secret_puts_into_one_slot() {
    large one_slot log
    bounded log
}

test_stack_of_a_million_frames() {
    large deep log
    bounded log
    bounded --num-callers=500 log
}

# Holes cost nothing to make. Address space is what the mapping needs, so memory is bounded by what is used of it.
test_terabytes_of_holes() {
    local log option
    for log in terabytes verdicts; do
        large $log $log.log
        for option in --leak-check=full --top=10,all; do
            status=0
            (ulimit -t 60; exec "$REPORT" $option $log.log) >report 2>report.err || status=$?
            equal "exit status with $log" 0 "$status"
            has report 'ERROR SUMMARY'
        done
        rm $log.log
    done
}

# What a terminal would obey comes out as question marks, whoever printed it.
test_names_that_steer_a_terminal() {
    local name=$'evil\e]0;x\a\xc2\x9b31m\x9b\xe2\x80\xae\nline'
    printf 'int main(void) { void *volatile p = __builtin_malloc(7); return p == 0; }\n' >prog.c
    gcc -O0 -o "$name" prog.c
    traced "./$name"
    report --leak-check=full --show-leak-kinds=all --gen-suppressions=all -s -v trace.log
    equal 'exit status' 0 "$status"
    has report 'evil?]0;x???31m????'
    ! LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|[^\x80-\xff][\x80-\x9f]|\xe2\x80\xae' report || fail 'a control character is printed'
    report "$name.log"
    equal 'exit status' 2 "$status"
    equal 'lines on standard error' 1 "$(wc -l <report.err)"
    has report.err 'evil?]0;x???31m'
    printf '{\n %s\n Memcheck:Leak\n fun:nothing\n}\n' $'a\e[31mname' >supp
    report --suppressions=supp -v trace.log
    has report 'unused_suppression: a?[31mname'
}
