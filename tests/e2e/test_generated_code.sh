#!/usr/bin/env bash
# Code that was made at run time: its frames are unwound, and named by perf's map file.

program=$PROGRAMS/generated_code

# The process's map file is gone before the report is made.
generated() {
    traced "$program" "$1"
    equal 'exit status' 0 "$status"
    rm -f /tmp/perf-"$(sed -n 's/^==\([0-9]*\)==.*HEAP SUMMARY.*/\1/p' err)".map
    report trace.log
}
# stack LINE…: the frames of the loss record, from leak on, without addresses
stack() {
    sed -n '/: leak (/,/: main (/p' report | sed 's/^==[0-9]*== *[abty]* 0x[0-9A-F]*: //; s/:[0-9]*)/)/' >stack
    printf '%s\n' "$@" | diff - stack
}
test_frame_pointer() {
    generated frame_pointer
    stack 'leak (generated_code.c)' 'get size (x.js)' 'run (generated_code.c)' 'main (generated_code.c)' || fail 'another stack'
}
# The caller's frame pointer is no frame of its own.
test_without_a_frame_pointer() {
    generated without
    stack 'leak (generated_code.c)' 'outer loop (prog.py)' 'run (generated_code.c)' 'main (generated_code.c)' || fail 'another stack'
    has_not report 'outer frames were not recorded'
}
test_anything_in_the_frame_pointer() {
    generated junk
    stack 'leak (generated_code.c)' 'int Z.pack(byte[])' 'run (generated_code.c)' 'main (generated_code.c)' || fail 'another stack'
}
test_what_cannot_be_known_is_said() {
    generated unknown
    has report ': nobody' 'the outer frames were not recorded' '1 call stacks are truncated'
}
test_replaced_code() {
    generated replaced
    has report ': later (node:zlib:7)' '1 addresses are of generated code that was replaced'
}
test_link_in_the_place_of_the_map() {
    generated foreign
    has report ': ???'
    ! strings trace.log | grep -q root:x: || fail 'the log has what the link leads to'
}
test_killed_process() {
    traced "$program" killed
    report trace.log
    has report 'It ended without recording how' ': get size (x.js:10)'
    rm -f /tmp/perf-"$(sed -n 's/^==\([0-9]*\)==.*HEAP SUMMARY.*/\1/p' report)".map
    report trace.log
    has report ': ???'
}
# A function that was loaded elsewhere, with lines, and moved to where another one had been.
test_jitdump() {
    traced "$program" jitdump jit-1.dump
    rm jit-1.dump
    report trace.log
    stack 'leak (generated_code.c)' 'Main.pack(byte[]) (Main.java)' 'run (generated_code.c)' 'run_dumped (generated_code.c)' 'main (generated_code.c)' || fail 'another stack'
    has report '(Main.java:12)' '1 addresses are of generated code that was replaced'
    has_not report "of the program's jitdump"
}
test_jitdump_that_ends_in_a_record() {
    traced "$program" jitdump_cut jit-1.dump
    report trace.log
    has report '(Main.java:12)' "16 bytes of the program's jitdump"
}
test_other_files_are_no_jitdump() {
    for name in git-1.dump jit-1.dumb jit-.dump; do
        traced "$program" jitdump $name
        report trace.log
        has report ': ???'
    done
}
test_other_forms_have_the_names() {
    generated frame_pointer
    for format in json folded pprof callgrind; do
        "$REPORT" --format=$format trace.log >out.$format
        case $format in pprof) zcat out.pprof >out ;; *) cp out.$format out ;; esac
        grep -aq 'get size' out || fail "$format does not name it"
    done
}
test_javascript() {
    cat >j.js <<'END'
function hotCompress(i) { return require('zlib').gzipSync(Buffer.alloc(1000, i)); }
function outerLoop() { for (let i = 0; i < 50; i++) hotCompress(i); }
outerLoop();
END
    OPTIONS='-q' traced node --perf-basic-prof --interpreted-frames-native-stack j.js
    report --format=folded --metric=calls trace.log
    grep -q ';outerLoop;hotCompress;.*deflateInit2_' report || fail 'JavaScript has no names'
    OPTIONS='-q' traced node --perf-prof --interpreted-frames-native-stack j.js
    rm jit-*.dump
    "$REPORT" --format=folded --metric=calls trace.log >dumped
    grep -q ';outerLoop;hotCompress;.*deflateInit2_' dumped || fail 'JavaScript has no names from its jitdump'
    # Its own JavaScript newer ones have in their snapshot, which their map does not name.
    [ "$(node -p 'parseInt(process.versions.node)')" -ge 24 ] || grep -q 'Module._load;.*;outerLoop;' report || fail "node's own JavaScript has no names"
}
