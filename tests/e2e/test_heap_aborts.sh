# glibc's malloc ends the program: which block was overrun, into whose header, and where both were allocated.

# sentences: of the error in ./report, with the source line of each stack's innermost frame that has one: "… [by_one]"
sentences() {
    bare report | sed -n '/^glibc.s malloc \(ended\|crashed\)/,/^$/p' | sed -E 's/0x[0-9a-fA-F]+/ADDRESS/g; s/^ +//' |
        awk -v source="$TESTS/programs/heap_aborts.c" '/^(at|by) / { if (!told && match($0, /\(heap_aborts\.c:[0-9]+\)/)) { print text " [" names[substr($0, RSTART + 15, RLENGTH - 16)] "]"; told = 1 } next }
            { if (text != "" && !told) print text; text = $0; told = 0 } 
            END { if (text != "" && !told) print text }
            BEGIN { while ((getline line < source) > 0) { n++; names[n] = line; sub(/^ +/, "", names[n]) } }'
}
# ends KIND: as natively, with the same words, and the tracer's summary
ends() {
    { native "$PROGRAMS/heap_aborts" "$1"; } 2>messages_of_bash
    { traced "$PROGRAMS/heap_aborts" "$1"; } 2>messages_of_bash
    equal 'exit status' "$native_status" "$status"
    equal 'output' "$(cat native.out)" "$(cat out)"
    report trace.log
}
# explained KIND SUMMARY SENTENCE…: what malloc said is told, and then these
explained() {
    local kind=$1 summary=$2
    shift 2
    ends "$kind"
    has err "libtrace: glibc's malloc ended the program: $(head -c 100 native.err | head -n 1)" "$summary"
    sentences | tail -n +2 >found
    printf '%s\n' "$@" >expected
    diff expected found || fail 'other words'
    has report 'ERROR SUMMARY: 1 errors from 1 contexts'
}

first='[first = malloc(size);]' second='[second = malloc(size);]' third='[third = malloc(size);]'
# overrun KIND BYTES HEADER [FAR]: of a block that was in use
overrun() {
    explained "$1" "libtrace: a block of 2,040 bytes was overrun by at least $2 bytes" \
        "Address ADDRESS is 0 bytes after a block of size 2,040 alloc'd ${4:-$first}" \
        "It was overrun by at least $2 bytes, into the header of $3"
}
# overrun_freed KIND BYTES SIZE FAR LINE: of the block that is being freed
overrun_freed() {
    explained "$1" "libtrace: a block of $3 bytes was overrun by at least $2 bytes" \
        "Address ADDRESS is $4 bytes after a block of size $3 free'd [free(first);]" "Block was alloc'd at $first" \
        "It was overrun by at least $2 bytes, into the header of a block of size $3 alloc'd $second"
}
a_case by_one overrun_freed by_one 1 2,040 0
a_case by_eight overrun_freed by_eight 8 2,040 0
a_case short_of_its_chunk overrun_freed short_of_its_chunk 6 2,035 5
a_case in_thread overrun_freed in_thread 8 2,040 0
a_case by_one_zero overrun by_one_zero 1 "a freed block of size 2,040 alloc'd $second"
a_case beyond overrun beyond 8 "a freed block of size 2,040 alloc'd $second"
a_case under_by_eight overrun under_by_eight 8 "a freed block of size 2,040 alloc'd $second"
a_case resized overrun resized 8 "a block of size 2,040 alloc'd $second"
a_case top overrun top 1 'memory that malloc had not given out yet' "$third"

# Before 2.36 what malloc asserts is not kept by abort, and the words are not known.
test_top_by_one() {
    ends top_by_one
    sentences | tail -n +2 >found
    printf '%s\n' "Address ADDRESS is 0 bytes after a block of size 2,040 alloc'd $third" \
        'It was overrun by at least 1 bytes, into the header of memory that malloc had not given out yet' >expected
    diff expected found || fail 'other words'
}
# before KIND BYTES SIZE STACK FREE
before() {
    explained "$1" "libtrace: malloc's marks in front of a block of $3 bytes were overwritten" \
        "Address ADDRESS is $2 bytes before a block of size $3 free'd [free($5);]" "Block was alloc'd at $4" 'Its header stands there, which was overwritten'
}
a_case under_by_one before under_by_one 1 2,040 "$second" second
a_case of_a_mapping before mapped 8 1,048,576 '[first = malloc(1 << 20);]' first

# links KIND WORDS: of a freed block
links() {
    ends "$1"
    has err "libtrace: glibc's malloc $2" "libtrace: malloc's marks in a block of 2,040 bytes were overwritten"
    sentences | tail -n +2 >found
    printf '%s\n' "Address ADDRESS is 0 bytes inside a block of size 2,040 free'd [free(first);]" "Block was alloc'd at $first" \
        'A link of malloc'"'"'s stands there, which was overwritten' >expected
    diff expected found || fail 'other words'
}
a_case links_of_a_list links list_link 'ended the program: malloc(): unsorted double linked list corrupted'
a_case links_that_malloc_faults_on links list_fault 'has crashed'

# Since 2.32 links are looked at before they are followed.
test_a_link_in_a_block_that_is_in_use_again() {
    ends cache_link
    if libc_since 32; then
        sentences | tail -n +2 >found
        equal 'words' 'A block was written to after it was freed; its memory is in use again, so it is not known which (--guard=all finds it)' "$(cat found)"
    else
        has_not report 'glibc'"'"'s malloc ended'
    fi
}
test_what_the_tracer_has_not_seen() {
    ends unseen_double
    sentences | tail -n +2 >found
    equal 'words' "No mark of malloc's was found overwritten" "$(cat found)"
}
test_of_a_child_that_is_not_traced() {
    ends in_child
    has native.err 'double free detected'
    equal 'words of the child' "$(cat native.err)" "$(grep -v '^==' err)"
    has_not report "glibc's malloc"
}
nothing() {
    ends "$1"
    has_not err "glibc's malloc"
    has_not report "glibc's malloc"
    has report 'ERROR SUMMARY: 0 errors from 0 contexts'
}
a_case abort_of_the_programs_own nothing own_abort
a_case fault_of_the_programs_own nothing own_fault

test_other_forms() {
    ends by_eight
    report --format=json trace.log
    has report '"kind":"malloc abort"' '"text":"glibc'"'"'s malloc ended the program: free(): invalid next size (normal)"' \
        '"overwritten_text":"It was overrun by at least 8 bytes, into the header of a block of size 2,040 alloc'"'"'d"'
    report --xml=yes --xml-file=x.xml trace.log
    has x.xml '<auxwhat>It was overrun by at least 8 bytes, into the header of a block of size 2,040 alloc'"'"'d</auxwhat>'
    report --format=sarif trace.log
    has report '"ruleId":"MallocAbort"' 'into the header of a block of size 2,040'
    report --format=junit trace.log
    has report 'MallocAbort' 'into the header of a block of size 2,040'
    report --html=page.html trace.log
    has page.html overwritten_text
}
