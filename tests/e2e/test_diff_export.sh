# --diff=OLD where OLD is a document of --format=json.

log_of() { # log_of NAME PROGRAM [ARGUMENT…]: its log, as NAME.log
    local name=$1
    shift
    rm -f "$name.log"
    OPTIONS="-q --trace-file=$PWD/$name.log" traced "$@"
}
# sorted FILE: its paragraphs in an order of their own, without the records' numbers: records that are alike stand in the order
# in which their stacks were first seen, which an export does not know.
sorted() {
    sed -E 's/ in (new )?(loss )?record [0-9,]+ of ([0-9,]+)$/ in \1record of \3/; s/^==[0-9]+== ?$//' "$1" | awk -v RS= '{ gsub("\n", "\001"); print }' | LC_ALL=C sort | tr '\001' '\n'
}
# same_as_log OLD NEW OPTION…: what an export of OLD compares with is what OLD does, but for its name.
same_as_log() {
    local old=$1 new=$2 of_log=0 of_export=0
    shift 2
    "$REPORT" --format=json "$old.log" >"$old.json"
    "$REPORT" --diff="$old.log" "$@" "$new.log" >of_log 2>&1 || of_log=$?
    "$REPORT" --diff="$old.json" "$@" "$new.log" >of_export 2>&1 || of_export=$?
    equal "exit status of $old to $new, $*" $of_log $of_export
    sed -i "s/$old\.json/$old.log/g" of_export
    diff <(sorted of_log) <(sorted of_export) >differs || fail "$old to $new, $*: $(head -n 40 differs)"
}
test_an_export_is_as_good_as_its_log() {
    local options
    log_of a "$PROGRAMS/diff_phases" 1
    log_of b "$PROGRAMS/diff_phases" 2
    for options in '' --show=any --show-leak-kinds=all --metric=calls --leak-resolution=low --num-callers=2 --format=csv '--format=folded --metric=allocated' '--error-exitcode=5 --show=new' --top=5,moved --top=5,peak; do
        # shellcheck disable=SC2086
        same_as_log a b $options
        # shellcheck disable=SC2086
        same_as_log b a $options
    done
    report --diff=a.json b.log
    has report "in new loss record" "Compared with: a.json, of process "
    "$REPORT" --diff=<("$REPORT" --format=json a.log) b.log >report 2>report.err || fail "through a pipe: $(cat report.err)"
    has report "in new loss record"
}
test_an_export_of_real_programs() {
    log_of a perl -e '$kept = [1 .. 100]; $kept->[0] = $kept'
    log_of b perl -e '$kept = [1 .. 900]; $kept->[0] = $kept; $more = {1, 2}'
    same_as_log a b --show-leak-kinds=all
    same_as_log a b --metric=in-use --show=increased
    PYTHONMALLOC=malloc log_of a /usr/bin/python3 -c 'import json'
    PYTHONMALLOC=malloc log_of b /usr/bin/python3 -c 'import json, csv'
    same_as_log a b --show-leak-kinds=all --num-callers=40
    log_of a "$PROGRAMS/own_rust"
    log_of b "$PROGRAMS/leak_rust_rc_cycle"
    same_as_log a b
}
# Its names do not need the program any more; lines that moved do not matter.
test_an_export_of_a_build_that_is_gone() {
    cat >prog.c <<'END'
#include <stdlib.h>
static __attribute__((noinline)) void lose(int count) { while (count-- > 0) { char *volatile block = malloc(10); block = NULL; } }
int main(int count, char **arguments) { lose(atoi(arguments[1])); return 0; }
END
    gcc -g -O1 -o prog prog.c
    log_of a ./prog 3
    "$REPORT" --format=json a.log >a.json
    sed -i '1i #include <stdio.h>\n\n\n' prog.c
    gcc -g -O1 -o prog prog.c
    log_of b ./prog 5
    report --diff=a.json b.log
    has report '50 (+20) bytes in 5 (+2) blocks are definitely lost in loss record 1 of 1'
    has_not report 'of the older log' 'Of the older log'
    report --diff=a.log b.log
    has report 'in new loss record'
}
test_an_export_of_several_processes() {
    for side in a b; do
        mkdir $side
        LIBTRACE_OPTIONS="-q --trace-children=yes --trace-file=$PWD/$side/t.%p.log" LD_PRELOAD=$LIBTRACE bash -c '/bin/true; perl -e "\$x = \"x\" x 100" ; wait'
    done
    "$REPORT" --format=json a/*.log >a.json
    "$REPORT" $(printf -- '--diff=%s ' a/*.log) b/*.log 2>&1 | sed 's/ a\/t\.[0-9]*\.log/ OLD/g' >of_log
    "$REPORT" --diff=a.json b/*.log 2>&1 | sed 's/ a\.json/ OLD/g' >of_export
    cmp -s of_log of_export || fail "$(diff of_log of_export)"
    has of_export 'Compared with: OLD, of process '
}
test_an_export_without_kinds_and_of_what_is_suppressed() {
    log_of a "$PROGRAMS/diff_phases" 1
    log_of b "$PROGRAMS/diff_phases" 2
    LIBTRACE_OPTIONS="-q --trace-file=$PWD/k.log" LD_PRELOAD=$LIBTRACE perl -e '$x = "x" x 100000; kill 9, $$' || :
    log_of c perl -e '$x = "x" x 100000'
    same_as_log k c --show-leak-kinds=all
    same_as_log c k --show-leak-kinds=all
    printf '{\n one\n Memcheck:Leak\n fun:malloc\n fun:grow\n}\n' >some.supp
    same_as_log a b --suppressions=some.supp
}
test_what_is_no_export_is_refused() {
    log_of a "$PROGRAMS/diff_phases" 1
    "$REPORT" --format=json a.log >a.json
    refused() { # refused SENTENCE
        report --diff=it.json a.log
        equal "exit status" 2 "$status"
        has report.err "$1"
    }
    head -c 1000 a.json >it.json
    refused 'it.json is neither a log nor whole JSON: it cannot be read from byte 1000 on'
    echo '{"format": "other"}' >it.json
    refused 'it.json is neither a log nor a document of leakreport --format=json'
    sed 's/"version": *1/"version": 7/' a.json >it.json
    refused 'it.json is a document of version 7, and this leakreport reads version 1: make it anew from its log'
    echo '{"format": "leakreport", "version": 1, "processes": []}' >it.json
    refused 'it.json has no process in it'
    "$REPORT" --format=json --filter=grow a.log >it.json
    report --diff=it.json a.log
    has report 'it.json, which this is compared with, may be incomplete: the document was made with --filter or --limit'
}
# Numbers, texts and brackets anywhere in place of others: a document is refused or read, and leakreport ends.
test_damaged_exports_do_no_harm() {
    log_of a "$PROGRAMS/diff_phases" 1
    "$REPORT" --format=json a.log >a.json
    /usr/bin/python3 - <<'END'
import random, re
text = open("a.json").read()
random.seed(7)
for i in range(60):
    pieces = re.split(r'(-?\d+|"[^"]*"|[\[\]{}])', text)
    for _ in range(random.choice((1, 3, 30, 300))):
        at = random.randrange(len(pieces))
        if re.fullmatch(r'-?\d+', pieces[at]):
            pieces[at] = random.choice(("-1", "4294967295", "18446744073709551615", "3", "1e9", "null", '"x"', "[]"))
        elif pieces[at][:1] == '"' and i % 3 == 0:
            pieces[at] = random.choice(('"\\ud800"', '""', '"\\u0000"', "7"))
        elif pieces[at] in ("[", "]", "{", "}") and i % 5 == 0:
            pieces[at] = random.choice("[]{}")
    open("bad%d.json" % i, "w").write("".join(pieces))
open("bad60.json", "w").write("[" * 100000)
open("bad61.json", "w").write('{"a":' * 100000)
END
    for file in bad*.json; do
        timeout 60 "$REPORT" --diff="$file" --show=any --show-leak-kinds=all --metric=calls a.log >report 2>&1 || equal "exit status of $file" 2 $?
    done
}
