# Every option of valgrind is known: it works, or is accepted with a sentence, or is refused with one.

leaky="$PROGRAMS/end_ways return"
manual() { sed 's/\\-/-/g' "$TESTS/../report/leakreport.1"; }

# The options of memcheck, of valgrind 3.19 and of later ones; and what the installed valgrind says.
options_of_valgrind() {
    printf -- '--%s\n' tool help help-debug help-dyn-options version quiet verbose trace-children trace-children-skip \
        trace-children-skip-by-arg child-silent-after-fork xml xml-fd xml-file xml-socket xml-user-comment \
        vgdb vgdb-error vgdb-stop-at track-fds time-stamp log-file \
        demangle num-callers error-limit exit-on-first-error \
        error-exitcode error-markers show-error-list keep-debuginfo show-below-main default-suppressions suppressions \
        gen-suppressions input-fd dsymutil max-stackframe main-stacksize alignment redzone-size xtree-memory xtree-memory-file \
        fullpath-after extra-debuginfo-path debuginfo-server allow-mismatched-debuginfo smc-check read-inline-info \
        read-var-info vgdb-poll vgdb-shadow-registers vgdb-prefix run-libc-freeres run-cxx-freeres sim-hints fair-sched \
        kernel-variant merge-recursive-frames num-transtab-sectors avg-transtab-entry-size aspace-minaddr valgrind-stacksize \
        show-emwarns require-text-symbol soname-synonyms sigill-diagnostics unw-stack-scan-thresh unw-stack-scan-frames \
        resync-filter max-threads leak-check leak-resolution show-leak-kinds errors-for-leak-kinds leak-check-heuristics \
        show-reachable show-possibly-lost xtree-leak xtree-leak-file undef-value-errors track-origins partial-loads-ok \
        expensive-definedness-checks freelist-vol freelist-big-blocks workaround-gcc296-bugs ignore-ranges \
        ignore-range-below-sp malloc-fill free-fill keep-stacktraces show-mismatched-frees stats sanity-level trace-flags \
        profile-flags profile-interval trace-notbelow trace-notabove trace-syscalls trace-signals trace-symtab \
        trace-symtab-patt trace-cfi debug-dump trace-redir trace-sched profile-heap core-redzone-size wait-for-gdb sym-offsets \
        progress-interval command-line-only vex-iropt-verbosity vex-iropt-level vex-iropt-unroll-thresh vex-guest-max-insns \
        vex-guest-chase vex-iropt-register-updates px-default px-file-backed vex-regalloc-version dump-error trace-malloc \
        xtree-compress-strings show-realloc-size-zero realloc-zero-bytes-frees enable-debuginfod scheduling-quantum modify-fds
    printf -- '%s\n' -h -q -v -s -d
    if command -v valgrind >/dev/null; then
        valgrind --help-debug | grep -oE '^ {4,6}--?[a-z0-9-]+( --help)?' | grep -oE -e '--?[a-z0-9-]+'
    else
        echo 'valgrind is not installed: the options are those of the list' >&2
    fi
}
# known ARGUMENT…: leakreport does not say that there is no such option
known() {
    status=0
    "$REPORT" "$@" >out 2>err || status=$?
    has_not err 'is not an option of leakreport'
}

test_every_option_is_known_and_in_the_manual() {
    manual >manual
    options_of_valgrind | sort -u >options
    [ "$(wc -l <options)" -gt 130 ] || fail "only $(wc -l <options) options were found"
    while read -r option; do
        known "$option" --help
        grep -qE "(^|[ \"])$option([=, \\]|\$)" manual || fail "the manual lacks $option"
    done <options
    report --no-such-option --help
    has report.err '--no-such-option is not an option of leakreport'
}
# Both forms of the command take each, with each of its values; the program runs.
test_options_without_work_are_accepted_in_both_forms() {
    traced $leaky
    "$REPORT" --help-debug | sed -n '/^Options of valgrind that are/,$s/^  \(-[^ ]*\)$/\1/p' >options
    [ "$(wc -l <options)" -gt 70 ] || fail "--help-debug lists $(wc -l <options) options"
    local words=()
    while read -r option; do
        local name=${option%%=*} value=${option#*=}
        case $value in
        *\|*) for value in ${value//|/ }; do words+=("$name=$value"); done ;;
        N) words+=("$name=7") ;;
        -*) words+=("$name") ;;
        *) words+=("$name=x") ;;
        esac
        report "$name=" trace.log
        case $option in *\|* | *=N) has report.err "$name= is not understood" ;; esac
    done <options
    report "${words[@]}" trace.log
    equal 'exit status of the report' 0 "$status"
    [ "$(grep -c 'Note: .* is ignored: ' report)" -gt 60 ] || fail "only $(grep -c 'Note:' report) notes"
    report "${words[@]}" $leaky
    equal 'exit status of the program' 3 "$status"
    has report.err 'Note: --max-threads is ignored: there is no limit of threads.' 'Note: -d is ignored' 'definitely lost: 100 bytes in 1 blocks'
    report "${words[@]}" --run $leaky
    equal 'exit status under --run' 3 "$status"
    has report.err 'definitely lost: 100 bytes in 1 blocks'
}
test_a_value_that_asks_for_nothing_needs_no_sentence() {
    report --track-origins=no --vgdb=no --keep-debuginfo=yes --tool=memcheck --error-limit=no --undef-value-errors=no $leaky
    equal 'exit status' 3 "$status"
    has_not report.err 'Note:'
    report --track-origins=yes --track-origins=no --vgdb=yes --vgdb=yes $leaky
    equal 'notes' 1 "$(grep -c 'Note:' report.err)"
    report -q --track-origins=yes --show-leak-kinds=none $leaky
    equal 'standard error of -q' '' "$(cat report.err)"
}
test_other_tools_are_refused_with_what_does_their_work() {
    local tool
    for tool in massif dhat helgrind drd cachegrind callgrind lackey none exp-bbv other; do
        report --tool=$tool sh -c 'touch started'
        equal "exit status of $tool" 2 "$status"
        has report.err "--tool=$tool"
        [ ! -e started ] || fail "started in spite of --tool=$tool"
    done
    report --tool=massif true
    has report.err '--peak'
    report --memcheck:leak-check=summary --massif:depth=3 --memcheck:track-origins=yes $leaky
    equal 'exit status' 3 "$status"
    has report.err 'Rerun with --leak-check=full' 'Note: --track-origins is ignored'
}
test_the_tracers_options_come_too_late_for_a_log() {
    traced $leaky
    report --trace-children=yes --run-libc-freeres=no trace.log
    equal 'exit status' 0 "$status"
    has report 'Note: --trace-children is ignored: the program has run already' 'Note: --run-libc-freeres is ignored'
    report --help
    has report 'Options of the tracer' '--trace-children=yes|no'
}

# --- options that work ------------------------------------------------------------------------------------

# both ARGUMENT…: under valgrind and leakreport, without what differs by nature
both() {
    valgrind --leak-check=full "$@" >out 2>valgrind || true
    bare valgrind | sed -E '1,/^Command/d; s/0x[0-9A-F]+/0x/gI; s/ \((in .*preload.*|vg_replace_malloc.*)\)//' >expected
    report --leak-check=full "$@"
    bare report.err | sed -E '1,/^Command/d; /^It ended/d; s/0x[0-9A-F]+/0x/gI; s/ \(in .*libtrace.*\)//' >found
    diff expected found || fail "the report of $* is another one"
}
test_markers_stand_around_errors_as_in_valgrind() {
    both --error-markers=BEGIN,END "$PROGRAMS/free_kinds" twice
    has found END
    both --error-markers=BEGIN "$PROGRAMS/free_contexts"
    has found BEGIN
    has_not found END
    report --error-markers=,END true
    has report.err '--error-markers=,END is not understood'
}
test_nothing_follows_the_first_error() {
    both --error-exitcode=9 --exit-on-first-error=yes "$PROGRAMS/free_contexts"
    both --error-exitcode=9 --exit-on-first-error=yes $leaky
    has found 'Exit program on first error (--exit-on-first-error=yes)'
    equal 'exit status' 9 "$status"
    report --exit-on-first-error=yes true
    equal 'exit status without --error-exitcode' 2 "$status"
    has report.err 'add --error-exitcode=N'
    report --error-exitcode=9 --exit-on-first-error=yes true
    equal 'exit status without an error' 0 "$status"
    has report.err 'no leaks are possible' 'ERROR SUMMARY: 0 errors'
}
test_kinds_of_errors_can_be_left_out() {
    both "$PROGRAMS/free_kinds" free_of_new
    has found Mismatched
    both --show-mismatched-frees=no -s "$PROGRAMS/free_kinds" free_of_new
    has_not found Mismatched
}
test_lines_have_the_time() {
    report --time-stamp=yes $leaky
    equal 'lines without a time' 0 "$(grep -cvE '^(==|--)00:00:00:[0-9]{2}\.[0-9]{3} [0-9]+(==|--) ' report.err)"
}
# As valgrind says it, but for the stacks.
test_open_file_descriptors_are_told() {
    # Whatever else the caller has open.
    for open in /proc/$BASHPID/fd/*; do
        [ "${open##*/}" -le 2 ] || eval "exec ${open##*/}>&-"
    done
    cat >files.c <<'C'
int main(int count, char **arguments)
{
    open("/etc/passwd", 0), open("/etc/group", 0), close(4);
    if (count > 1)
        dup2(3, 7), close(0), raise(15);
    return 0;
}
C
    gcc -w -o files files.c -include fcntl.h -include unistd.h -include signal.h
    local options known run more standard
    fds() { bare "$1" | sed -n '/^FILE DESCRIPTORS/,/^HEAP/p' | grep -vE '^   (at|by) |^   \(where|^$' | sed 's/^HEAP.*//' | sed -z 's/\n   <inh/ <inh/g' | sed -E 's#file descriptor [012]:.*#standard#'; }
    # Older valgrinds have no =all: they list the standard ones always, and do not count them apart. Newer ones count all that are
    # inherited in place of the standard ones, and list none of them without =all.
    local has_all=1
    valgrind --track-fds=all /bin/true >/dev/null 2>&1 || has_all=
    as_this_valgrind() {
        if [ -z "$has_all" ]; then sed -E 's/ \([0-9]+ std\)//'; return; fi
        if ! grep -q 'inherited) at exit' expected; then cat; return; fi
        cat >told
        more=$(grep -c '<inherited' told) || true
        standard=$(sed -nE 's/.*\(([0-9]+) std\).*/\1/p' told)
        sed -E "s/\([0-9]+ std\)/($((standard + more)) inherited)/" told | if [[ $1 = *=all ]]; then cat; else grep -v '<inherited'; fi
    }
    for run in ./files './files more'; do
        for options in --track-fds=yes '-q --track-fds=all' '-q --track-fds=yes'; do
            known=$options
            [ -n "$has_all" ] || known=${options/=all/=yes}
            valgrind --leak-check=full $known $run >out 2>expected 8<files.c || true
            report --leak-check=full $options $run 8<files.c
            [[ -n $has_all || $options = *=all ]] || sed -i '/file descriptor [012]:/,/^==[0-9]*== $/d' expected
            diff <(fds expected) <(fds report.err | as_this_valgrind "$options") || fail "$options $run tells others"
        done
    done
    valgrind -q --track-fds=yes /bin/true 2>expected
    report -q --track-fds=yes /bin/true
    # What is only inherited is nothing to tell, but for older valgrinds.
    [ -n "$has_all" ] || sed -i /FILE/d expected
    equal 'lines of a quiet report' "$(grep -c FILE expected)" "$(grep -c FILE report.err)"
    report --trace-file=kept.log --track-fds=yes ./files
    report kept.log
    has report 'FILE DESCRIPTORS: ' 'Open file descriptor 3: /etc/passwd' '(where it was opened is not recorded)'
    report --track-fds=yes kept.log
    has_not report 'is ignored'
    OPTIONS='--trace-file=other.log' traced ./files
    report --track-fds=yes other.log
    has report '--track-fds is ignored: the program has run already'
    has_not report 'FILE DESCRIPTORS'
}
