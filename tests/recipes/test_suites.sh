# Test suites of C: what passes and fails under valgrind passes and fails under leakreport, with nothing changed but the path.
source "$TESTS/recipes/recipe.sh"

# like_valgrind PAGE COMMAND: runs the page with both, and COMMAND says the outcome from what was printed
like_valgrind() {
    mkdir ours valgrinds
    (cd ours && recipe "$1" && eval "$2" >../ours.said)
    (cd valgrinds && CHECKER=$(command -v valgrind) && export CHECKER && recipe "$1" && eval "$2" >../valgrinds.said)
    diff valgrinds.said ours.said || fail "$1 has another outcome under leakreport"
    [ "$(wc -l <ours.said)" -ge 3 ] || fail "the outcome is not told: $(cat ours.said)"
}
test_ctest() {
    like_valgrind ctest "grep -E 'MemCheck|Memory Leak|FIM|tests passed' printed | sed -E 's/ +[0-9.]+ sec//'"
}
# Under its own name, and with the options of real projects.
test_ctest_with_the_name_leakreport() {
    (recipe ctest)
    cmake -S . -B own -DMEMORYCHECK_COMMAND="$PWD/as/leakreport" -DMEMORYCHECK_TYPE=Valgrind -DMEMORYCHECK_COMMAND_OPTIONS="--trace-children=yes --leak-check=full" >out
    cmake --build own >out
    (cd own && /usr/bin/ctest -T memcheck) >out
    has out '2/3 MemCheck: #2: leaky ............................   Defects: 1' '3/3 MemCheck: #3: twice ............................   Defects: 1' 'Memory Leak - 1'
}
test_meson() {
    like_valgrind meson "grep -E '^ *[0-9]/3 ' printed result | sed -E 's/ +[0-9.]+s//; s/(tidy|leaky|twice) +/\1 /; s/[0-9]\/3//' | sort"
}
test_automake() {
    like_valgrind automake "grep -hE '^(PASS|FAIL): |^# (TOTAL|PASS|FAIL)' printed result | sort"
}
test_googletestleaks() { recipe googletestleaks; }
# Its suppressions are made by leakreport, too: nothing of another run is kept.
test_perl() {
    mkdir home
    export HOME=$PWD/home
    recipe perl
    has result 'not ok 12 - Leak_DefinitelyLost' 'ok 1 - InvalidFree'
}
