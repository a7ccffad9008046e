# 200 generated programs, by gcc and clang, -O0 to -O3: the leak kinds of all 1,600 are the truth.
source "$TESTS/verdict/check.sh"

for seed in 11 12 13 14 15 16 17 18; do
    a_case "programs_of_seed_$seed" check_seed "$seed"
done

check_seed() { # check_seed SEED: 25 programs
    local compiler
    for compiler in "${compilers[@]}"; do
        local name=${compiler// -/_}
        bash "$TESTS/verdict/generate.sh" "$1" 25 >"$name.c"
        # shellcheck disable=SC2086
        compile_cases "$name" $compiler
        check_cases "$name"
    done 2>/dev/null
    equal "programs checked" 200 $checked
    equal "wrong verdicts" 0 $wrong
}
