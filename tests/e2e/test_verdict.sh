# Forty generated programs, the leak kinds of each compared with the truth: who holds a structure at the end, and how
# the process ends. All ways to hold and to end, compilers and optimisations in turn; stress/test_verdict.sh has 1,600.
source "$TESTS/verdict/check.sh"

test_forty_generated_programs() {
    local compiler number=0
    for compiler in "${compilers[@]}"; do
        bash "$TESTS/verdict/generate.sh" $number 5 $((5 * number)) >part$number.c
        number=$((number + 1))
    done
    export -f compile_cases
    for number in 0 1 2 3 4 5 6 7; do echo "part$number ${compilers[number]}"; done | xargs -P "$(nproc)" -L1 bash -c 'compile_cases "$@"' _
    for number in 0 1 2 3 4 5 6 7; do
        compiler=${compilers[number]}
        check_cases part$number
    done 2>/dev/null # bash says of each signal that one died of it
    equal "programs checked" 40 $checked
    equal "wrong verdicts" 0 $wrong
}
