# README.md: its transcript is what the tools print now, its commands do what it says, and what
# make install puts down works. The manual has every option.

top=$TESTS/..

# fenced MARK: the fenced blocks of README.md that a line <!-- MARK --> announces
fenced() {
    awk -v mark="<!-- $1 -->" '
        $0 == mark { wanted = 1; next }
        /^```/ { inside = !inside && wanted; if (!inside) wanted = 0; next }
        inside' "$top/README.md"
}
# steady: without what differs from run to run: process, addresses, folders
steady() {
    sed -E 's/^==[0-9]+==/==PID==/; s/0x[0-9A-Fa-f]+/ADDRESS/; s#/[^ ]*/(libtrace\.so|trace\.log)#\1#; s/ +$//'
}
# in_order TEXT EXPECTED: the lines of EXPECTED follow each other in TEXT; "[...]" stands for any.
in_order() {
    awk 'FNR == NR { have[++n] = $0; next }
        $0 == "[...]" { gap = 1; next }
        {
            at++
            if (gap) while (at <= n && have[at] != $0) at++
            if (have[at] != $0) { print "    the transcript says: " $0; print "    the tools print:     " have[at]; bad = 1; exit }
            gap = 0
        }
        END { if (!bad && !gap && at < n) { print "    the tools print more: " have[at + 1]; bad = 1 }; exit bad }' "$1" "$2"
}

# A program that loses two blocks, under the name that the README uses.
make_program() {
    cp "$PROGRAMS/leak_chain" ./prog
}

# in_readme COMMAND: runs a line of the README, with the folders of the README's machine replaced.
in_readme() {
    local line=${1//\/usr\/local\/lib\/leakreport/$BUILD} wanted=0
    line=${line//\/dev\/shm/$PWD}
    native ./prog
    [[ $1 != *./prog* ]] || wanted=$native_status
    [[ $1 != *"# exit status "* ]] || wanted=${1##*# exit status }
    status=0
    (PATH=$BUILD:$PATH; eval "$line") >>out 2>>err </dev/null || status=$?
    equal "exit status of: $1" "$wanted" "$status"
}

test_the_transcript_is_what_the_tools_print() {
    ln -s "$BUILD"/{demo,libtrace.so,leakreport} .
    {
        echo '$ leakreport ./demo handle'
        ./leakreport ./demo handle 2>&1
    } | steady >printed
    fenced transcript | steady >expected
    [ "$(wc -l <expected)" -gt 20 ] || fail 'the README has no transcript'
    in_order printed expected || fail 'README.md: its transcript is not what the tools print'
}

test_the_comparison_notices_a_changed_figure() {
    fenced transcript | steady >expected
    grep -v '^\[' expected | sed 's/235 bytes/236 bytes/' >changed
    grep -v '^\[' expected >as_it_is
    in_order as_it_is expected >said || fail 'the README differs from itself'
    ! in_order changed expected >said || fail '236 bytes were taken for 235'
    sed '$d' as_it_is >shorter
    ! in_order shorter expected >said || fail 'a line too few was not noticed'
}

test_the_commands_do_what_they_say() {
    make_program
    fenced commands | grep -v '^$' >commands
    [ "$(wc -l <commands)" -ge 10 ] || fail "the README has $(wc -l <commands) commands"
    while read -r command <&3; do
        in_readme "$command"
    done 3<commands
    ls trace.[0-9]*.log >/dev/null || fail 'there is no trace.PID.log'
    has out 'definitely lost in loss record'
    has known.supp '<insert_a_suppression_name_here>'
    has prog.log leaklog
}

test_a_killed_program_is_reported() {
    (exec env LD_PRELOAD="$LIBTRACE" perl -e '@kept = map { "block $_" } 1 .. 10000; kill 9, $$') || true
    report trace.log
    equal status 0 $status
    has report 'It ended without recording how' 'in use when it ended' 'Leak kinds are not known'
}

test_the_log_is_private_and_never_behind_a_link() {
    make_program
    traced ./prog
    equal mode 600 "$(stat -c %a trace.log)"
    rm trace.log
    echo precious >elsewhere
    ln -s elsewhere trace.log
    traced ./prog
    has err 'it is not overwritten' 'total heap usage'
    equal content precious "$(cat elsewhere)"
}

test_every_folder_of_the_tree_is_there() {
    sed -n '/^## Where things are/,/^## /s/^    \([a-z.][^ ]*\) .*/\1/p' "$top/README.md" >parts
    [ "$(wc -l <parts)" -ge 10 ] || fail 'the tree is not found'
    while read -r part; do
        [ -e "$top/$part" ] || fail "README.md names $part, which is not there"
    done <parts
}

test_ci_runs_what_the_readme_says() {
    has "$top/README.md" '`.ci/run` runs exactly `make deps check`'
    equal '.ci/run' 'cd "$(dirname "$0")/.." && exec make deps check' "$(grep -v '^#' "$top/.ci/run")"
}

# --- the manual ---------------------------------------------------------------------------------------

manual() { # the manual's source, without roff's hyphens and quotes
    sed 's/\\-/-/g' "$top/report/leakreport.1"
}

test_the_manual_has_every_option_of_leakreport() {
    manual >manual
    "$REPORT" --help | grep -oE '^  --?[a-z-]+' | tr -d ' ' >options
    [ "$(wc -l <options)" -gt 15 ] || fail '--help has few options'
    while read -r option; do
        grep -qE "(^| )$option(=| |\$)" manual || fail "the manual lacks $option"
    done <options
}

# leakreport's, which may stand among the tracer's and do nothing there: none that leakreport does not have.
test_the_tracer_passes_over_options_of_leakreport_only() {
    grep -ohE '"--[a-z-]+"' "$top"/report/cli/cli_table.c "$top"/report/cli/cli_foreign.* | tr -d '"' | sort -u >options
    grep -oE '\{"--[a-z-]+", read_nothing\}' "$top/tracer/life/env.c" | grep -oE -e '--[a-z-]+' | sort >passed
    [ "$(wc -l <passed)" -ge 8 ] || fail 'env.c passes over few options'
    equal 'options that leakreport does not have' '' "$(comm -13 options passed)"
}

# The tracer's own, in its own section: those that are accepted and do nothing are not listed.
test_the_manual_has_every_option_of_the_tracer() {
    manual | sed -n '/^.SH OPTIONS OF THE TRACER/,/^.SH THE LOG/p' >manual
    grep -oE '\{"--[a-z-]+", read_[a-z_]+\}' "$top/tracer/life/env.c" | grep -v read_nothing | grep -oE -e '--[a-z-]+' >options
    [ "$(wc -l <options)" -ge 8 ] || fail 'env.c lists few options'
    printf '%s\n' -q -v >>options
    while read -r option; do
        grep -qE "^.[BIR]* *$option(=| |\$)" manual || fail "the manual lacks the tracer's $option"
    done <options
}

test_the_manual_has_no_faulty_line() {
    man --warnings -l "$top/report/leakreport.1" 2>warnings >page
    equal warnings '' "$(cat warnings)"
    has page 'LEAKREPORT(1)'
}

# --- make install -------------------------------------------------------------------------------------

# make_target TARGET…: "all" is taken as made: other tests use what is built.
make_target() {
    make -C "$top" -o all "$@" BUILD="$BUILD" DESTDIR="$PWD/root" PREFIX=/opt/tools >made 2>&1 || fail "$(cat made)"
}

test_what_is_installed_works() {
    make_target install
    (cd root && find . -type f | sort) >files
    equal files './opt/tools/bin/leakreport ./opt/tools/include/leakreport.h ./opt/tools/include/leakreport/valgrind/memcheck.h ./opt/tools/include/leakreport/valgrind/valgrind.h ./opt/tools/lib/leakreport/libtrace.so ./opt/tools/share/bash-completion/completions/leakreport ./opt/tools/share/leakreport/python3.supp ./opt/tools/share/man/man1/leakreport.1 ./opt/tools/share/zsh/vendor-completions/_leakreport' "$(paste -sd' ' files)"
    equal 'version by the name valgrind' valgrind "$(root/opt/tools/lib/leakreport/valgrind --version | cut -d- -f1)"
    make_program
    REPORT=$PWD/root/opt/tools/bin/leakreport
    native ./prog
    report --run ./prog
    equal status "$native_status" $status
    report trace.log
    equal status 0 $status
    has report 'definitely lost in loss record' "$PWD/root/opt/tools/lib/leakreport/libtrace.so"
    man -l root/opt/tools/share/man/man1/leakreport.1 >page
    has page 'LEAKREPORT(1)'
}

test_what_is_uninstalled_is_gone() {
    make_target install
    make_target uninstall
    equal files '' "$(find root -type f)"
    [ ! -e root/opt/tools/lib/leakreport ] || fail 'the private folder is left'
}

test_help_names_the_targets() {
    make -C "$top" help >help
    has help 'make deps try' 'make deps check' 'make install' DESTDIR
}
