# run.sh itself: a group of tests in a folder of its own.

group() { # group NAME: the functions of standard input are test_NAME.sh of the group "made"
    mkdir -p made
    cp "$TESTS/run.sh" "$TESTS/lib.sh" .
    cat >"made/test_$1.sh"
}
run_made() {
    status=0
    JOBS=2 bash ./run.sh made >told 2>&1 || status=$?
}

# The first test ends when it sees the second one's result.
test_a_result_is_told_when_it_is_there() {
    group first <<C
test_waits() { timeout 60 sh -c 'until grep -q "^ok made/test_second.sh" $PWD/told; do sleep 0.05; done'; }
C
    group second <<<'test_ends() { :; }'
    run_made
    equal status 0 "$status"
    equal 'the order' 'ok made/test_second.sh ok made/test_first.sh 2 passed, 0 failed' \
        "$(sed 's/ (.*//' told | xargs)"
}

test_failures_are_counted_and_named() {
    group bad <<<'test_one() { false; }; test_two() { fail "because of this"; }; test_three() { :; }'
    group broken <<<'test_open() {'
    group good <<<'test_one() { :; }'
    run_made
    equal status 1 "$status"
    has told 'FAILED made/test_bad.sh (exit status 1)' 'because of this' 'FAILED made/test_broken.sh' \
        'failures: made/test_bad.sh made/test_broken.sh' '2 passed, 3 failed'
}
