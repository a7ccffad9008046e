# Options in files and variables, and the name valgrind: as valgrind does it.

leaky="$PROGRAMS/end_ways return"
# home: a home folder of our own, and a folder below it to be in
home() {
    mkdir -p home work
    export HOME=$PWD/home
    cd work
}
# valgrind, by a symbolic link elsewhere
as_valgrind() {
    status=0
    mkdir -p "$HOME/bin"
    ln -sf "$REPORT" "$HOME/bin/valgrind"
    PATH=$HOME/bin:$PATH command valgrind "$@" >report 2>report.err || status=$?
}
callers() { report --command-line-only=no -q --show-leak-kinds=definite "$@" $leaky; grep -cE '^==[0-9]+==    (at|by) ' report.err || true; }

test_files_the_variable_and_the_command_line_in_this_order() {
    home
    local all
    all=$(callers)
    [ "$all" -ge 4 ] || fail "only $all frames"
    echo --num-callers=1 >../home/.leakreportrc
    equal 'frames by ~/.leakreportrc' 1 "$(callers)"
    export LEAKREPORT_OPTS=--num-callers=2
    equal 'frames by the variable' 2 "$(callers)"
    printf '\n \t--num-callers=3\r\n' >.leakreportrc
    equal 'frames by ./.leakreportrc' 3 "$(callers)"
    equal 'frames by the command line' 2 "$(callers --num-callers=2)"
    equal 'frames by the command line alone' "$all" "$(callers --command-line-only=yes)"
    rm .leakreportrc ../home/.leakreportrc
    echo --trace-file=kept.log >../home/.leakreportrc
    unset LEAKREPORT_OPTS
    report -q $leaky
    [ -s kept.log ] || fail 'an option of the tracer does not come to it'
    report kept.log
    has_not report 'is ignored'
    HOME=$PWD/../home report --run $leaky
    equal 'exit status of --run' 3 "$status"
}
test_words_are_held_together_by_quotes() {
    home
    printf '{\n  all\n  Memcheck:Leak\n  match-leak-kinds: definite\n  ...\n  fun:leak\n}\n' >'a "file".supp'
    export LEAKREPORT_OPTS="--suppressions='a \"file\".supp'  --error-markers=\"- -\"'\"',e"
    report --errors-for-leak-kinds=definite --show-leak-kinds=reachable $leaky
    equal 'exit status' 3 "$status"
    has report.err 'suppressed: 1 from 1'
    has report.err '- -"'
}
test_suppressions_add_up() {
    home
    printf '{\n  one\n  Memcheck:Leak\n  ...\n  fun:leak\n}\n' >one.supp
    echo --suppressions=one.supp >.leakreportrc
    report --suppressions=/dev/null $leaky
    has report.err 'suppressed: 1 from 1'
}
test_a_bad_option_is_told_with_its_place() {
    home
    echo --no-such >.leakreportrc
    report sh -c 'touch started'
    equal 'exit status' 2 "$status"
    has report.err 'leakreport: ./.leakreportrc: --no-such is not an option of leakreport'
    echo word >../home/.leakreportrc
    report true
    has report.err '~/.leakreportrc: word is not an option'
    rm ../home/.leakreportrc .leakreportrc
    LEAKREPORT_OPTS='--num-callers=0' report true
    equal 'exit status' 2 "$status"
    has report.err 'LEAKREPORT_OPTS: --num-callers=0 is not understood'
    [ ! -e started ] || fail 'the program was started'
}
# CVE-2008-4865 was such a file in /tmp.
test_a_file_that_others_can_write_does_not_count() {
    home
    local all
    all=$(callers)
    for file in .leakreportrc ../home/.leakreportrc; do
        echo --num-callers=1 >$file
        chmod o+w $file
        equal "frames with a $file that all may write" "$all" "$(callers)"
        has report.err '/.leakreportrc was not read: it is not a regular file, or everybody may write to it, or it belongs to another user'
        chmod o-w $file
        equal "frames with a $file that is safe" 1 "$(callers)"
        rm $file
    done
    mkfifo .leakreportrc
    equal 'frames with a pipe' "$all" "$(timeout 20 bash -c "$(declare -f report callers); leaky='$leaky'; callers")"
    rm .leakreportrc
    mkdir .leakreportrc
    equal 'frames with a folder' "$all" "$(callers)"
    rmdir .leakreportrc
    if [ "$(id -u)" = 0 ]; then
        echo --num-callers=1 >.leakreportrc
        chown nobody .leakreportrc
        equal "frames with another's file" "$all" "$(callers)"
        has report.err 'it belongs to another user'
    fi
}
test_the_home_folder_is_read_once() {
    home
    cd ../home
    echo --error-markers=MARK >.leakreportrc
    export LEAKREPORT_OPTS=--error-markers=OTHER
    report --show-leak-kinds=all $leaky
    has report.err OTHER
    has_not report.err MARK
    HOME=. report --show-leak-kinds=all $leaky
    has_not report.err MARK
    HOME= report --show-leak-kinds=all $leaky
    has report.err MARK
    env -u HOME "$REPORT" --show-leak-kinds=all $leaky >report 2>report.err || true
    has report.err MARK
}

# --- the name valgrind --------------------------------------------------------------------------------

test_valgrinds_files_and_variable_count_by_its_name() {
    home
    export VALGRIND_OPTS=--error-markers=VARIABLE
    echo --num-callers=1 >../home/.valgrindrc
    report -q $leaky
    has_not report.err VARIABLE
    as_valgrind -q --leak-check=full --show-leak-kinds=definite $leaky
    equal 'exit status' 3 "$status"
    has report.err VARIABLE
    equal frames 1 "$(grep -cE '^==[0-9]+==    (at|by) ' report.err)"
    echo --num-callers=2 >.leakreportrc
    echo --num-callers=3 >.valgrindrc
    as_valgrind -q --leak-check=full --show-leak-kinds=definite $leaky
    equal 'frames: ours after valgrinds' 2 "$(grep -cE '^==[0-9]+==    (at|by) ' report.err)"
}
test_by_the_name_valgrind_it_says_a_version_and_has_its_default() {
    home
    as_valgrind --version
    grep -qxE 'valgrind-[0-9]+\.[0-9]+\.[0-9]+' report || fail "$(cat report)"
    as_valgrind --error-exitcode=9 $leaky
    equal 'exit status' 3 "$status"
    has report.err 'Rerun with --leak-check=full to see details of leaked memory' 'ERROR SUMMARY: 0 errors from 0 contexts'
    as_valgrind --error-exitcode=9 --leak-check=full $leaky
    equal 'exit status with a leak' 9 "$status"
}
