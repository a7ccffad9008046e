# What a report says beside its figures: hints, each only where it is true, and limits of a form that cut something.

# hints: the hints of ./report
hints() { bare report | sed -n 's/^Hint: //p'; }

# --- allocators in front of malloc -------------------------------------------------------------------------------

test_hint_of_pythons_own_allocator() {
    traced /usr/bin/python3 -c 'print(1)'
    report trace.log
    has report "Hint: Python takes small blocks from an allocator of its own, which hides them: set PYTHONMALLOC=malloc to see each."
    report --format=json trace.log
    equal "in JSON" "HINT_PYTHON" "$(jq -r '.processes[0].notes[] | select(.kind | startswith("HINT")) | .kind' report)"
    report --html=page trace.log
    has page "PYTHONMALLOC=malloc"
    report -q trace.log
    has_not report "Hint"
    rm trace.log
    PYTHONMALLOC=malloc traced /usr/bin/python3 -c 'print(1)'
    report trace.log
    has_not report "PYTHONMALLOC"
    rm trace.log
    traced perl -e 'print 1'
    report trace.log
    has_not report "PYTHONMALLOC"
}

test_hint_of_glibs_slices() {
    traced "$PROGRAMS/glib_objects" lose
    report trace.log
    has_not report "slices of its own"
    rm trace.log
    OPTIONS=--glib=no traced "$PROGRAMS/glib_objects" lose
    report trace.log
    # GLib 2.76 has no slices any more.
    if [ "$(pkg-config --modversion glib-2.0 | cut -d. -f2)" -lt 76 ]; then
        has report "Hint: GLib takes small blocks from slices of its own"
    else
        has_not report "slices of its own"
    fi
    rm trace.log
    OPTIONS=--glib=no G_SLICE=always-malloc traced "$PROGRAMS/glib_objects" lose
    report trace.log
    has_not report "slices of its own"
}

# --- memory ------------------------------------------------------------------------------------------------------

# use_memory MAPPED BLOCK: a program that maps and touches so many MiB, and then allocates and frees so many
use_memory() {
    [ -x prog ] || {
        cat >prog.c <<'END'
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
int main(int count, char **arguments)
{
    size_t mapped = strtoul(arguments[1], NULL, 10) << 20, block = strtoul(arguments[2], NULL, 10) << 20;

    if (mapped)
        memset(mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 1, mapped);
    char *volatile memory = malloc(block);
    memset(memory, 1, block);
    free(malloc(1));
    free(memory);
    return 0;
}
END
        gcc -g -o prog prog.c
    }
    rm -f trace.log
    traced ./prog "$@"
    report trace.log
    has report "All heap blocks were freed -- no leaks are possible"
}

test_hint_of_memory_outside_of_malloc() {
    use_memory 200 0
    has report "Hint: Most memory was outside of malloc: about 2" " bytes were resident when blocks had "
    use_memory 0 200
    has_not report "outside of malloc"
    use_memory 10 0
    has_not report "Hint"
}

test_hint_of_the_peak_below_all_heap_blocks_were_freed() {
    use_memory 0 3
    hints | grep -qE '^At the peak blocks had 3,145,72[89] bytes, and about [0-9,]+ were resident: --peak shows which stacks had them\.$' || fail "$(hints)"
    equal "its place" "All heap blocks were freed -- no leaks are possible" "$(bare report | grep -B2 '^Hint' | head -1)"
    report --peak --leak-check=full trace.log
    has_not report "Hint"
    use_memory 0 0
    has_not report "Hint"
}

# --- what the list of records leaves out ---------------------------------------------------------------------------

test_hint_of_lost_stacks_that_are_not_shown() {
    cat >prog.c <<'END'
#include <stdlib.h>
struct list { struct list *next; char rest[40]; };
#define ADD(n) static __attribute__((noinline)) struct list *add##n(struct list *next) { struct list *one = malloc(sizeof *one); one->next = next; return one; }
ADD(0) ADD(1) ADD(2) ADD(3) ADD(4) ADD(5) ADD(6) ADD(7) ADD(8) ADD(9) ADD(10)
int main(int count, char **arguments)
{
    struct list *volatile head = add0(add1(add2(add3(add4(add5(add6(add7(add8(add9(count > 1 ? add10(NULL) : NULL))))))))));
    head = NULL;
    return 0;
}
END
    gcc -g -O0 -o prog prog.c
    traced ./prog 1
    report trace.log
    equal "hint" "10 call stacks have most of what is lost, 480 bytes, and are not shown, because their blocks hang on other lost ones: --by=line sums up all of it." "$(hints)"
    for option in --by=line --show-leak-kinds=all --leak-check=summary --diff=trace.log -q; do
        report $option trace.log
        equal "with $option" "" "$(hints)"
    done
    rm trace.log
    traced ./prog
    report trace.log
    equal "of nine stacks" "" "$(hints)"
}

test_hint_of_reachable_blocks_that_are_alike() {
    cat >prog.c <<'END'
#include <stdlib.h>
void *kept[10], *other[10];
int main(int count, char **arguments)
{
    for (int i = 0; i < 3; i++)
        kept[i] = malloc(10);
    for (int i = 0; i < atoi(arguments[1]); i++)
        other[i] = malloc(20 + i);
    for (int i = 0; i < atoi(arguments[2]); i++)
        free(other[i]);
    if (count > 3)
        kept[2] = NULL;
    return 0;
}
END
    gcc -g -O0 -o prog prog.c
    traced ./prog 2 0
    report trace.log
    equal "hint" "Nothing is lost, but 3 of the 5 blocks that are still reachable were allocated by one call stack: --by=line --metric=in-use names its line." "$(hints)"
    for option in --by=line --show-leak-kinds=all --leak-check=no -q; do
        report $option trace.log
        equal "with $option" "" "$(hints)"
    done
    rm trace.log
    traced ./prog 3 3 lost
    report trace.log
    equal "where something is lost" "" "$(hints)"
    rm trace.log
    traced ./prog 3 0
    report trace.log
    equal "where as many are others" "" "$(hints)"
}

# --- limits ------------------------------------------------------------------------------------------------------

test_massif_says_that_trees_end() {
    traced "$PROGRAMS/own_cxx"
    report --format=massif trace.log
    head -1 report | grep -q '(callers beyond the 30th frame are left out: --num-callers)$' || head -1 report | grep -qE '^desc: leakreport [0-9.]+$' || fail "$(head -1 report)"
    report --format=massif --num-callers=5 trace.log
    has report "(callers beyond the 5th frame are left out: --num-callers)"
    # An inlined call is a line of its own at the address of its frame; how many there are is the compiler's to say.
    equal 'frames of the deepest tree' 5 "$(sed -nE '/ places, /d; s/^( *)n[0-9]+: [0-9]+ (\(|0x[0-9A-F]+).*/\1 \2/p' report |
        awk '{ d = match($0, /[^ ]/); at[d] = $1; frames[d] = d > 1 ? frames[d - 1] + (d == 2 || at[d] != at[d - 1]) : 0; if (frames[d] > most) most = frames[d] } END { print most }')"
    report --format=massif --num-callers=500 trace.log
    equal "all of them" 0 "$(grep -c 'left out' report || :)"
}

test_the_page_says_that_source_text_is_left_out() {
    awk 'BEGIN {
        print "#include <stdlib.h>"
        for (i = 0; i < 700; i++)
            printf "__attribute__((noinline)) void f%d(void) { char *volatile block = malloc(%d); } /* %0400d */\n\n\n\n\n\n\n", i, i + 1, i
        print "int main(void) {"
        for (i = 0; i < 700; i++)
            printf "f%d();", i
        print "return 0; }"
    }' >prog.c
    gcc -g -o prog prog.c
    traced ./prog
    report --html=page trace.log
    grep -oE '"sources_left_out":[ ]*[0-9]+' page | grep -qv ' 0$' || fail "nothing is said of it"
    left=$(grep -oE '"sources_left_out":[ ]*[0-9]+' page | grep -oE '[0-9]+$')
    [ "$left" -gt 10 ] && [ "$left" -lt 700 ] || fail "left out: $left"
    report --html=page "--filter=f1" trace.log
    rm trace.log
    traced "$PROGRAMS/leak_direct"
    report --html=page trace.log
    equal "of a small one" 0 "$(grep -oE '"sources_left_out":[ ]*[0-9]+' page | grep -oE '[0-9]+$')"
}

test_a_document_of_one_process_takes_no_second() {
    traced "$PROGRAMS/leak_direct"
    mv trace.log one.log
    traced "$PROGRAMS/leak_chain"
    for form in pprof callgrind massif xml; do
        report --format=$form one.log trace.log
        equal "exit status of $form" 2 "$status"
        [ ! -s report ] || fail "$form: something was printed"
        has report.err "a document of this --format holds one process, and there are 2: add --log-file=NAME"
        report --format=$form --log-file=out.$form one.log trace.log
        equal "exit status of $form with a file" 0 "$status"
        equal "files of $form" 2 "$(ls out.$form* | wc -l)"
    done
    report --format=json one.log trace.log
    equal "processes" 2 "$(jq '.processes | length' report)"
}

# Each form shows what the others show: where nothing is called main, libc's function that calls it is the outermost.
test_stacks_without_main_begin_below_it() {
    cat >prog.c <<'END'
#include <stdlib.h>
__attribute__((constructor, noinline)) void early(void) { char *volatile block = malloc(77); }
int main(void) { return 0; }
END
    gcc -g -O0 -o prog prog.c
    traced ./prog
    report trace.log
    has report "early (prog.c:2)" "(below main)"
    report --format=folded trace.log
    grep -qE '^\(below main\);.*early;malloc 77$' report || fail "$(cat report)"
    report --format=callgrind trace.log
    has report "(below main)"
    report --format=pprof trace.log
    zcat <report | grep -q '(below main)' || fail "not in pprof"
}
