# XML: valgrind's, from logs and from the one command: the same errors, each destination, any bytes in names.

xml_of() { # xml_of NAME PROGRAM [ARGUMENT]: by both tools, into NAME.valgrind.xml and NAME.xml
    valgrind --command-line-only=yes --leak-check=full --show-leak-kinds=all --num-callers=30 --xml=yes \
        --xml-file="$1.valgrind.xml" "${@:2}" >/dev/null 2>&1 || true
    status=0
    "$REPORT" --show-leak-kinds=all --num-callers=30 --xml=yes --xml-file="$1.xml" "${@:2}" >/dev/null 2>&1 || status=$?
}
well_formed() { for file; do xmllint --noout "$file" || fail "$file is no XML"; done; }
at() { xmllint --xpath "string($2)" "$1"; } # at FILE XPATH

same_as_valgrinds() {
    for program in "$@"; do
        xml_of "$program" "$PROGRAMS/$program"
        well_formed "$program.xml"
        python3 "$TESTS/e2e/xml_differ.py" "$program.valgrind.xml" "$program.xml" || fail "$program: valgrind's XML has other errors"
    done
}
test_leaks_are_valgrinds() { same_as_valgrinds leak_cpp_containers leak_heuristic_chain leak_two_heads; }
test_bad_frees_are_valgrinds() {
    same_as_valgrinds free_places bad_free_beside live_errors
    xml_of demo "$BUILD/demo" double-free
    python3 "$TESTS/e2e/xml_differ.py" demo.valgrind.xml demo.xml || fail "demo: valgrind's XML has other errors"
}

test_the_comparison_notices_each_difference() {
    cat >a.xml <<'END'
<valgrindoutput><error><kind>Leak_DefinitelyLost</kind><xwhat><text>8 bytes in 1 blocks are definitely lost in loss record 1 of 1</text>
<leakedbytes>8</leakedbytes><leakedblocks>1</leakedblocks></xwhat><stack><frame><ip>0x1</ip><fn>f</fn><file>a.c</file><line>7</line></frame></stack></error></valgrindoutput>
END
    python3 "$TESTS/e2e/xml_differ.py" a.xml a.xml || fail "a file differs from itself"
    for change in s/Definitely/Possibly/ 's/>8</>9</' 's/>1</>2</' 's/>f</>g</' 's/>7</>8</'; do
        sed "$change" a.xml >b.xml
        ! python3 "$TESTS/e2e/xml_differ.py" a.xml b.xml >/dev/null || fail "$change was not noticed"
    done
    echo '<valgrindoutput/>' >b.xml
    ! python3 "$TESTS/e2e/xml_differ.py" a.xml b.xml >/dev/null || fail "a missing error was not noticed"
}

test_order_of_elements_is_valgrinds() {
    xml_of both "$BUILD/demo"
    # Newer valgrinds write the newer protocol, which has the summaries, too.
    "$REPORT" --show-leak-kinds=all --xml=yes --xml-protocol="$(at both.valgrind.xml //protocolversion)" --xml-file=both.xml "$BUILD/demo" >/dev/null 2>&1
    order() { xmllint --xpath '/valgrindoutput/*' "$1" | grep -o '^<[a-z_]\+' | uniq; }
    order both.valgrind.xml | grep -v usercomment >valgrind.order
    order both.xml >our.order
    diff valgrind.order our.order || fail "elements come in another order"
    equal 'program' "$BUILD/demo" "$(at both.xml //argv/exe)"
}

test_logs_give_the_same_as_the_command() {
    traced "$PROGRAMS/free_places"
    report --xml=yes --xml-file=log.xml trace.log
    equal 'exit status' 0 "$status"
    [ ! -s report ] || fail 'something was printed beside the XML'
    "$REPORT" --xml=yes --xml-file=run.xml "$PROGRAMS/free_places" >/dev/null 2>err
    [ ! -s err ] || fail 'the command printed something beside the XML'
    python3 "$TESTS/e2e/xml_differ.py" log.xml run.xml
}

test_destinations() {
    local program=$PROGRAMS/leak_direct port
    NAME='a b' "$REPORT" --xml=yes --xml-file='x.%q{NAME}.%p.%%.xml' --xml-user-comment='<me> & "you"' "$program"
    [ -e x.a\ b.*.%.xml ] || fail "no such file: $(ls)"
    mv x.* file.xml
    equal 'user comment' '<me> & "you"' "$(at file.xml //usercomment)"
    equal 'qualifier' 'a b' "$(at file.xml //logfilequalifier/value)"
    "$REPORT" --xml=yes --xml-fd=9 "$program" 9>fd.xml
    python3 -c '
import socket, sys
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], file=open("port.new", "w"))
import os
os.rename("port.new", "port")
connection = listener.accept()[0]
open("socket.xml", "wb").write(b"".join(iter(lambda: connection.recv(65536), b"")))' &
    for _ in $(seq 200); do [ ! -e port ] || break; sleep 0.05; done
    "$REPORT" --xml=yes --xml-socket="127.0.0.1:$(cat port)" "$program"
    wait
    well_formed file.xml fd.xml socket.xml
    python3 "$TESTS/e2e/xml_differ.py" file.xml fd.xml
    python3 "$TESTS/e2e/xml_differ.py" file.xml socket.xml
}

test_refusals_come_before_the_program_runs() {
    for options in --xml=yes '--xml=yes --xml-fd=77' '--xml=yes --xml-socket=127.0.0.1:1' '--xml=yes --xml-socket=nowhere' \
        '--xml=yes --xml-file=x --gen-suppressions=yes' '--xml=yes --xml-file=%q{NO_SUCH_VARIABLE}' --format=xml; do
        status=0
        # shellcheck disable=SC2086
        "$REPORT" $options touch ran 2>err || status=$?
        equal "exit status with $options" 2 "$status"
        equal "lines with $options" 1 "$(wc -l <err)"
        [ ! -e ran ] || fail "the program ran with $options"
    done
}

test_each_process_is_a_document() {
    "$REPORT" --xml=yes --xml-file=all.xml --trace-children=yes sh -c '/bin/true; /bin/true; exit 0'
    equal documents 3 "$(ls all.xml* | wc -l)"
    well_formed all.xml*
}

test_protocol_6_has_the_summaries() {
    "$REPORT" --xml=yes --xml-protocol=6 --xml-file=x.xml "$BUILD/demo" >/dev/null
    well_formed x.xml
    equal protocol 6 "$(at x.xml //protocolversion)"
    equal 'lost' 7,288 "$(at x.xml //leak_summary/definitely_lost/bytes)"
    equal 'blocks' 5,764 "$(at x.xml //heap_summary/memory_in_use_at_exit/blocks)"
    equal 'freed' false "$(at x.xml //all_heap_blocks_freed)"
    equal 'elements' 'heap_summary all_heap_blocks_freed error leak_summary errorcounts suppcounts error_summary' \
        "$(xmllint --xpath '/valgrindoutput/*' x.xml | grep -o '^<[a-z_]\+' | tr -d '<' | uniq | sed '1,/^status/d' | xargs)"
    equal 'last' error_summary "$(xmllint --xpath 'name(/valgrindoutput/*[last()])' x.xml)"
}

test_suppressions_are_those_of_the_text() {
    traced "$PROGRAMS/leak_two_heads"
    report --gen-suppressions=all trace.log
    sed -n '/^{/,/^}/p' report >text.supp
    report --gen-suppressions=all --xml=yes --xml-file=x.xml trace.log
    xmllint --xpath '//suppression/rawtext/text()' x.xml | sed -E 's/<!\[CDATA\[|\]\]>//; /^ *$/d' >xml.supp
    diff text.supp xml.supp || fail 'the entries are others'
    equal 'kinds' 'match-leak-kinds: definite' "$(at x.xml '//suppression/skaux')"
    equal 'frames' 'main' "$(at x.xml '(//suppression)[1]/sframe[last()]/fun')"
    sed -i 's/<insert.*>/named <one>/' text.supp
    report --suppressions=text.supp --xml=yes --xml-file=x.xml trace.log
    equal 'errors' 0 "$(xmllint --xpath 'count(//error)' x.xml)"
    equal 'counted' 'named <one>' "$(at x.xml //suppcounts/pair/name)"
    report -q --suppressions=text.supp --xml=yes --xml-file=x.xml trace.log
    equal 'with -q' 0 "$(xmllint --xpath 'count(//suppcounts)' x.xml)"
}

test_a_fatal_signal_is_told() {
    printf '#include <signal.h>\nint main(void) { return raise(SIGTERM); }\n' >s.c
    gcc -g -o s s.c
    status=0
    ("$REPORT" --xml=yes --xml-file=x.xml ./s) 2>/dev/null || status=$?
    equal 'exit status' 143 "$status"
    well_formed x.xml
    equal 'signal' SIGTERM "$(at x.xml //fatal_signal/signame)"
    equal 'function' main "$(at x.xml '//fatal_signal/stack/frame[last()]/fn')"
}

# The kernel's word for each way to strike, where it is a fault, and of kill and raise.
test_a_fatal_signal_has_its_code_and_address() {
    cat >f.c <<'END'
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
int main(int count, char **arguments)
{
    volatile int zero = 0;
    switch (arguments[1][0]) {
    case 'm': *(volatile int *)0x10 = count; break;
    case 'p': *(volatile int *)0x8000000000000000ull = count; break;
    case 'd': return 7 / zero;
    case 'k': kill(getpid(), SIGTERM); break;
    case 'r': raise(SIGSEGV);
    }
    return 0;
}
END
    gcc -g -w -o f f.c
    for way in m p d k r; do
        ("$REPORT" --xml=yes --xml-file=x.xml ./f $way) >/dev/null 2>&1 || true
        valgrind --command-line-only=yes --xml=yes --xml-file=valgrind.xml ./f $way >/dev/null 2>&1 || true
        for tag in tid signo signame sicode event; do
            equal "$way: $tag" "$(at valgrind.xml //fatal_signal/$tag)" "$(at x.xml //fatal_signal/$tag)"
        done
        equal "$way: address" "$(xmllint --xpath 'count(//fatal_signal/siaddr)' valgrind.xml)" "$(xmllint --xpath 'count(//fatal_signal/siaddr)' x.xml)"
    done
    ("$REPORT" --xml=yes --xml-file=x.xml ./f m) >/dev/null 2>&1 || true
    equal 'address' 0x10 "$(at x.xml //fatal_signal/siaddr)"
}

test_any_bytes_make_xml() {
    local folder=$'a]]>&<b>"\'\xff\x01\xed\xa0\x80\xef\xbf\xbf\n'
    mkdir "$folder"
    cp "$PROGRAMS/free_places" "$folder/p"
    traced "$folder/p" $'\x1b[31m<arg>]]>&amp;\xc0\xaf'
    report --show-leak-kinds=all --gen-suppressions=all --xml=yes --xml-file=x.xml --xml-user-comment=$'\x02]]><' trace.log
    equal 'exit status' 0 "$status"
    well_formed x.xml
    equal 'argument' '?[31m<arg>]]>&amp;??' "$(at x.xml '//argv/arg[1]')"
    equal 'arguments' 1 "$(xmllint --xpath 'count(//argv/arg)' x.xml)"
    iconv -f UTF-8 -t UTF-8 x.xml >/dev/null || fail 'it is no UTF-8'
}
