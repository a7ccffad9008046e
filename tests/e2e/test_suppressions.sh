# Suppression files, as they were written for valgrind and for LeakSanitizer: what is left, and every figure,
# is what valgrind prints for the same program with the same file.
source "$TESTS/e2e/books.sh"
program=$PROGRAMS/supp_mixed

# tail_of FILE: its summaries, without what hangs on suppressed heads (a line of ours alone)
tail_of() { bare "$1" | sed -n '/^LEAK SUMMARY/,$p' | grep -v '^Of the suppressed\|^For lists\|^To see them\|^Reachable blocks'; }
# records FILE: the first lines of its errors and loss records
records() { bare "$1" | grep -E '^Invalid|^Mismatched|loss record'; }

# suppressed ENTRIES: the file ./supp with valgrind and with leakreport
suppressed() {
    printf '%s\n' "$1" >supp
    [ -f trace.log ] || traced "$program"
    report --suppressions=supp --show-leak-kinds=all trace.log
    equal 'exit status' 0 "$status"
    valgrind --command-line-only=yes --leak-check=full --show-leak-kinds=all --suppressions=supp --log-file=valgrind.log "$program" >/dev/null 2>&1 || true
}
as_valgrind() { # as_valgrind ENTRIES SUPPRESSED-CONTEXTS
    suppressed "$1"
    diff <(tail_of valgrind.log) <(tail_of report)
    diff <(records valgrind.log) <(records report)
    grep -qE "\(suppressed: [0-9]+ from $2\)" report || fail "$(grep 'ERROR SUMMARY' report)"
}
entry() { # entry KIND LINE…
    printf '{\n   entry\n   Memcheck:%s\n' "$1"
    shift
    printf '   %s\n' "$@"
    printf '}\n'
}

test_none() { as_valgrind '# nothing' 0; }
test_fun() { as_valgrind "$(entry Leak fun:strdup 'fun:*lose_two_ways*'; entry Leak fun:malloc fun:strdup)" 1; }
test_mangled_names() { as_valgrind "$(entry Leak fun:_Znam fun:_ZN4shop4CartIiE4fillEm fun:_ZN4shop5orderEv)" 1; }
test_globs() { as_valgrind "$(entry Leak '...' 'fun:_ZN4shop*' 'fun:ma?n')" 1; }
test_frames_between() { as_valgrind "$(entry Leak fun:malloc ... fun:main)" 4; }
test_obj() { as_valgrind "$(entry Leak fun:malloc 'obj:*/supp_mixed' 'obj:*/supp_m?xed')" 3; }
test_src() { as_valgrind "$(entry Leak ... src:supp_mixed.cpp:12)" 1; }
test_leak_kinds() { as_valgrind "$(entry Leak 'match-leak-kinds: possible,reachable' ... fun:main)" 1; }
test_definite_only() { as_valgrind "$(entry Leak 'match-leak-kinds: definite' fun:malloc ... 'fun:_ZL13lose_two_ways*')" 2; }
test_bad_frees() { as_valgrind "$(entry Free fun:free 'fun:_ZL4drop*')" 2; has report 'Mismatched free'; }
test_mismatched_frees() { as_valgrind "$(entry Free fun:_ZdaPv)" 1; has report 'Invalid free'; }
test_other_tools_and_kinds_are_skipped() {
    as_valgrind "$(printf '{\n race\n Helgrind:Race\n fun:main\n}\n'; entry Cond fun:main; entry Addr4 '...' fun:main)" 0
}
test_everything() {
    as_valgrind "$(entry Leak ... fun:main; entry Free ... fun:main)" 8
    has report 'ERROR SUMMARY: 0 errors from 0 contexts (suppressed: 8 from 8)'
    report --suppressions=supp --error-exitcode=7 trace.log
    equal 'exit status' 0 "$status"
}
# The file that valgrind wrote itself.
test_file_made_by_valgrind() {
    traced "$program"
    valgrind --command-line-only=yes --leak-check=full --show-leak-kinds=all --gen-suppressions=all --log-file=generated "$program" >/dev/null 2>&1 || true
    as_valgrind "$(sed -n '/^{/,/^}/p' generated)" 8
}
test_own_file_suppresses_everything() {
    traced "$program"
    report --show-leak-kinds=all --gen-suppressions=all trace.log
    bare report | sed -n '/^{/,/^}/p' >made
    has made 'Memcheck:Leak' 'Memcheck:Free' 'match-leak-kinds: definite' 'match-leak-kinds: possible' 'match-leak-kinds: reachable' 'fun:_ZN4shop4CartIiE4fillEm'
    has_not made 'shop::'
    as_valgrind "$(cat made)" 8
    has report 'suppressed: 1,' 'ERROR SUMMARY: 0 errors'
    report --suppressions=made --show-leak-kinds=all -q trace.log
    equal 'bytes of a quiet report' 0 "$(wc -c <report)"
}
# names ENTRIES SUPPRESSED-CONTEXTS [OPTION…]: as as_valgrind, with the program of names
names() {
    local entries=$1 count=$2
    shift 2
    printf '%s\n' "$entries" >supp
    [ -f trace.log ] || traced "$PROGRAMS/supp_names"
    report --suppressions=supp --show-leak-kinds=all "$@" trace.log
    equal 'exit status' 0 "$status"
    valgrind --command-line-only=yes --leak-check=full --show-leak-kinds=all --suppressions=supp "$@" --log-file=valgrind.log "$PROGRAMS/supp_names" || fail "$(cat valgrind.log)"
    diff <(tail_of valgrind.log) <(tail_of report)
    diff <(records valgrind.log) <(records report)
    grep -qE "\(suppressed: [0-9]+ from $count\)" report || fail "$(grep 'ERROR SUMMARY' report)"
    has_not report.err warning
}
test_inlined_functions() {
    names "$(entry Leak fun:_Znam fun:make 'fun:fill<int>' 'fun:_ZL7inlinedv')" 1
    names "$(entry Leak fun:_Znwm 'fun:_M_construct<*>' ... fun:main)" 0
    has report 'suppressed: 52 bytes in 1 blocks'
    names "$(entry Leak fun:_Znam fun:make 'fun:fill' fun:main)" 0
}
test_threads_end_in_clone() { names "$(entry Leak fun:malloc fun:in_thread fun:_ZL5beginPv fun:start_thread fun:clone)" 1; }
# Newer valgrinds have functions of their own for each, where older ones call memalign.
valgrind_has_each_aligned_function() {
    valgrind --command-line-only=yes --leak-check=full --show-leak-kinds=all --log-file=plain "$PROGRAMS/supp_names"
    ! grep -A1 ': memalign (' plain | grep -q ': posix_memalign'
}
# We match both, and what is asked for here is what valgrind matches.
test_aligned_memory() {
    if valgrind_has_each_aligned_function; then
        names "$(entry Leak fun:posix_memalign fun:aligned)" 1
        return
    fi
    names "$(entry Leak fun:memalign fun:posix_memalign fun:aligned)" 1
    names "$(entry Leak fun:memalign fun:aligned)" 3
}
deeper() { # deeper COUNT LAST: an entry of COUNT lines, of which the last is LAST
    local i lines=(fun:malloc)
    for ((i = 2; i < $1; i++)); do lines+=(fun:deeper); done
    entry Leak "${lines[@]}" "$2"
}
test_entry_with_more_frames_than_callers() {
    names "$(deeper 12 fun:deeper)" 1
    names "$(deeper 12 fun:other)" 0
    names "$(deeper 14 fun:deeper)" 1
    names "$(deeper 14 fun:other)" 1
    names "$(deeper 14 fun:other)" 0 --num-callers=20
    names "$(deeper 24 fun:deeper)" 1 --num-callers=40
    # valgrind refuses these
    deeper 28 fun:deeper >supp
    report --suppressions=supp --num-callers=40 trace.log
    has report 'suppressed: 301 bytes in 1 blocks'
    deeper 28 fun:other >supp
    report --suppressions=supp --num-callers=40 trace.log
    has report 'suppressed: 0 bytes in 0 blocks'
}
test_entries_are_good_for_both() {
    traced "$PROGRAMS/supp_names"
    valgrind --command-line-only=yes --leak-check=full --show-leak-kinds=all --gen-suppressions=all --log-file=generated "$PROGRAMS/supp_names"
    names "$(sed -n '/^{/,/^}/p' generated)" 8
    report --show-leak-kinds=all --gen-suppressions=all trace.log
    sed -n '/^{/,/^}/p' report >ours
    # (Ours say memalign for aligned_alloc and valloc, as older valgrinds do.)
    if valgrind_has_each_aligned_function; then
        sed 's/fun:memalign/fun:aligned_alloc/' ours >aligned_alloc
        sed 's/fun:memalign/fun:valloc/' ours >valloc
        cat aligned_alloc valloc >>ours
    fi
    names "$(cat ours)" 8
}
# What link-time optimization inlines from another file has no name in valgrind.
test_functions_inlined_from_another_unit() {
    printf '#include <stdlib.h>\nvoid *volatile kept;\nint lose(int size) { kept = malloc(size); return kept != 0; }\n' >part.c
    printf 'int lose(int);\nextern void *volatile kept;\nint main(void) { lose(50); kept = 0; return 0; }\n' >whole.c
    gcc -O2 -flto -g -o whole part.c whole.c
    traced ./whole
    report --gen-suppressions=all trace.log
    has report 'lose (part.c:3)'
    sed -n '/^{/,/^}/p' report >ours
    valgrind --command-line-only=yes --leak-check=full --gen-suppressions=all --log-file=valgrind.log ./whole
    sed -n '/^{/,/^}/p' valgrind.log >theirs
    # (Since 3.2x valgrind knows the name.)
    grep -q 'UnknownInlinedFun\|fun:lose' theirs || fail "valgrind has another entry: $(cat theirs)"
    report --suppressions=theirs trace.log
    has report 'suppressed: 50 bytes in 1 blocks'
    valgrind --command-line-only=yes --leak-check=full --suppressions=ours --log-file=valgrind.log ./whole
    has valgrind.log 'suppressed: 50 bytes in 1 blocks'
}
# Of Debian's package valgrind.
# Debian 11 has no such file.
[ ! -e /usr/lib/valgrind/ncurses.supp ] || test_ncurses_own_file() {
    local supp=/usr/lib/valgrind/ncurses.supp
    traced tput -T xterm cols
    report -v --suppressions=$supp --show-leak-kinds=all trace.log
    figures() { bare "$1" | grep -E '^ *(definitely lost|indirectly lost|possibly lost|still reachable|suppressed): '; }
    used() { sed -nE 's/^--[0-9]+-- (used_suppression: .*)/\1/p' "$1" | sed 's/ suppressed: .*//' | sort; }
    # Under valgrind tput has two blocks (135 bytes) less in some runs on a busy machine; without it, in none of 30.
    for _ in 1 2 3 4 5 6; do
        valgrind --command-line-only=yes -v --leak-check=full --show-leak-kinds=all --suppressions=$supp --log-file=valgrind.log tput -T xterm cols >/dev/null
        [ "$(figures valgrind.log)" != "$(figures report)" ] || break
    done
    diff <(figures valgrind.log) <(figures report)
    diff <(used valgrind.log) <(used report)
    [ "$(used report | wc -l)" -ge 1 ] || fail 'no entry was used'
    has_not report.err warning
}
test_what_cannot_have_been_meant_is_told() {
    traced "$program"
    printf '{\n n\n memcheck:Leak\n fun:f\n}\n%s\nleak:f # why\n' "$(entry UnsafeZeroSize fun:f)" >supp
    report -q --leak-check=no --suppressions=supp trace.log
    equal 'exit status' 0 "$status"
    equal 'lines' 2 "$(wc -l <report.err)"
    has report.err 'leakreport: warning: supp: line 3: valgrind has no tool "memcheck"' 'leakreport: warning: supp: line 11: "leak:f # why" matches nothing'
}
# Each stack ends in libc, below main.
test_leak_sanitizers_libc() {
    local libc
    libc=$(basename "$(readlink -f "$(ldd "$(command -v bash)" | awk '$1 == "libc.so.6" { print $3 }')")") # a link in older releases
    traced "$PROGRAMS/supp_names"
    echo "leak:${libc%.6}" >supp
    report --suppressions=supp trace.log
    has report 'suppressed: 0 bytes in 0 blocks'
    rm trace.log
    traced "$program"
    report --suppressions=supp --show-leak-kinds=all -v trace.log
    has report "used_suppression:      1 leak:${libc%.6} supp:1" ': main ('
}
# What hangs on a suppressed head goes with it.
test_head_takes_along_what_hangs_on_it() {
    suppressed "$(entry Leak 'match-leak-kinds: definite' fun:malloc 'fun:_ZL4make*' 'fun:_ZL10lose_chain*')"
    has report 'Of the suppressed blocks, 2 are lost only through suppressed ones.' 'indirectly lost: 0 bytes in 0 blocks' 'suppressed: 144 bytes in 3 blocks'
}
test_leak_sanitizers_file() {
    suppressed "$(entry Leak 'match-leak-kinds: definite' '...' 'fun:_ZN4shop*')"
    tail_of report >expected
    printf '# of the shop\nleak:shop::order\n' >lsan
    report --suppressions=lsan --show-leak-kinds=all trace.log
    diff expected <(tail_of report)
    printf 'leak:supp_mixed.cpp\n' >lsan
    report --suppressions=lsan --show-leak-kinds=all trace.log
    has report 'definitely lost: 0 bytes' 'still reachable: 0 bytes' 'Invalid free'
    printf 'leak:^lose_chain\n' >lsan
    report --suppressions=lsan trace.log
    has report 'suppressed: 144 bytes in 3 blocks'
}
test_used_and_unused_are_told() {
    traced "$program"
    printf '{\n freed\n Memcheck:Free\n fun:free\n}\n{\n chain\n Memcheck:Leak\n ...\n fun:_ZL10lose_chainv\n}\n{\n never\n Memcheck:Leak\n fun:nobody\n}\n' >supp
    report --suppressions=supp --show-leak-kinds=all -v trace.log
    valgrind --command-line-only=yes -v --leak-check=full --show-leak-kinds=all --suppressions=supp --log-file=valgrind.log "$program" >/dev/null 2>&1 || true
    # valgrind adds what hangs on a head to the head's bytes, and counts it again by itself.
    used() { sed -nE 's/^--[0-9]+-- (used_suppression: .*)/\1/p' "$1" | sed 's/ suppressed: .*//'; }
    has valgrind.log 'used_suppression:      3 chain supp:7'
    diff <(used valgrind.log) <(used report)
    has report 'chain supp:7 suppressed: 144 bytes in 3 blocks' 'unused_suppression: never supp:13'
}
test_each_time_counts() {
    OPTIONS=-q traced "$PROGRAMS/free_contexts"
    entry Free fun:free ... fun:three >supp
    report --suppressions=supp -v trace.log
    has report 'used_suppression:      5 entry supp:2' '(suppressed: 5 from 1)'
}
test_two_files() {
    traced "$program"
    entry Leak ... 'fun:_ZN4shop*' >one
    entry Free fun:free >two
    report --suppressions=one --suppressions=two --show-leak-kinds=all trace.log
    valgrind --command-line-only=yes --leak-check=full --show-leak-kinds=all --suppressions=one --suppressions=two --log-file=valgrind.log "$program" >/dev/null 2>&1 || true
    diff <(tail_of valgrind.log) <(tail_of report)
    has report '(suppressed: 3 from 3)'
}
test_bad_file_is_said_in_one_line() {
    traced "$program"
    printf '{\n only dots\n Memcheck:Leak\n ...\n}\n' >supp
    report --suppressions=supp trace.log
    equal 'exit status' 2 "$status"
    equal 'lines' 1 "$(wc -l <report.err)"
    has report.err 'supp'
    report --suppressions=none-such --error-exitcode=5 trace.log
    equal 'exit status' 2 "$status"
}

# asked ANSWERS COMMAND…: with a terminal of its own that gives these answers, a line each time it is asked; what the
# terminal shows goes to ./terminal
asked() {
    python3 - "$@" >terminal <<'END'
import os, pty, sys
answers, command = list(sys.argv[1]), sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
seen = b""
asked = 0
while True:
    try:
        got = os.read(terminal, 4096)
    except OSError:
        break
    if not got:
        break
    seen += got
    while seen.count(b"[Return/N/n/Y/y/C/c] ---- ") > asked:
        os.write(terminal, (answers[asked] if asked < len(answers) else "?").strip("-").encode() + b"\n")
        asked += 1
os.waitpid(pid, 0)
sys.stdout.buffer.write(seen)
END
}
test_entries_are_printed_where_the_terminal_says_so() {
    traced "$PROGRAMS/leak_cpp_containers"
    report --gen-suppressions=all trace.log
    local entries
    entries=$(grep -c '^{' report)
    equal 'entries of all' 4 "$entries"
    asked 'ynxy-' "$REPORT" --gen-suppressions=yes trace.log
    equal 'questions: one answer is none, and is asked for again' 5 "$(grep -o 'Print suppression ?' terminal | wc -l)"
    equal 'entries' 2 "$(grep -c '^{' terminal)"
    asked 'yc' "$REPORT" --gen-suppressions=yes trace.log
    equal 'questions before C' 2 "$(grep -o 'Print suppression ?' terminal | wc -l)"
    equal 'entries before C' 1 "$(grep -c '^{' terminal)"
    asked 'y-c' sh -c "$REPORT --gen-suppressions=yes $PROGRAMS/leak_cpp_containers </dev/null >file 2>&1"
    equal 'entries, where the terminal is no standard stream' 1 "$(grep -c '^{' file)"
    setsid "$REPORT" --gen-suppressions=yes trace.log >report </dev/null
    equal 'entries without a terminal' 0 "$(grep -c '^{' report || true)"
    has report 'Note: --gen-suppressions=yes asks on a terminal, and there is none'
}

# What each entry suppressed, bad frees and leaks, is listed on request.
test_suppressed_errors_are_listed() {
    traced "$program"
    { entry Free fun:free 'fun:_ZL4drop*'; entry Leak fun:malloc fun:strdup 'fun:*lose_two_ways*'; } >supp
    report --suppressions=supp --show-leak-kinds=all --show-error-list=all trace.log
    bare report >listed
    has listed '1 errors in suppressed context 1 of 3 (entry, supp:2):'
    has listed '1 errors in suppressed context 3 of 3 (entry, supp:8):'
    sed -n '/suppressed context 1/,/suppressed context 3/p' listed | has /dev/stdin 'Invalid free'
    sed -n '/suppressed context 3/,/^$/p' listed >second
    has second '20 bytes in 1 blocks are definitely lost in loss record'
    has second 'lose_two_ways(bool)'
    report --suppressions=supp --show-leak-kinds=all -s trace.log
    has_not report 'suppressed context'
    report --show-error-list=some trace.log
    equal 'exit status' 2 "$status"
}
