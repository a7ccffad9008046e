# Random programs of allocation events (tests/programs/model_events.cpp): what the report says is live must
# be what the program knows, for each place that allocates, to the byte and to the block. MODEL_SEED=n
# begins at that seed; each failure prints its own. ROUNDS=n: seeds for each number of threads.
rounds=${ROUNDS:-20} events=${EVENTS:-60000}
first_seed=${MODEL_SEED:-$((RANDOM * 32768 + RANDOM))}

# found: what the report says for each place, in the order of the truth. Leak kinds are added up.
found() {
    bare report | awk '
        / bytes in .* blocks are / {
            gsub(/,/, "")
            both = / direct /
            bytes = both ? substr($2, 2) : $1
            blocks = both ? $8 : $4
            next
        }
        match($0, /place<[0-9]+>/) {
            place = substr($0, RSTART, RLENGTH)
            all_bytes[place] += bytes
            all_blocks[place] += blocks
        }
        END { for (place in all_bytes) printf "%s %.0f %.0f\n", place, all_bytes[place], all_blocks[place] }' |
        sort -t'<' -k2n
}

one_model() { # one_model SEED THREADS [kill]
    OPTIONS=-q traced "$PROGRAMS/model_events" "$1" "$2" "$events" ${3:-}
    equal 'exit status' "$([ -n "${3:-}" ] && echo 137 || echo 0)" "$status"
    report --num-callers=2 --show-leak-kinds=all trace.log
    equal 'exit status of leakreport' 0 "$status"
    [ "$(wc -l <out)" -ge 20 ] || fail "the program has no truth: $(cat out)"
    diff out <(found) || fail "again: MODEL_SEED=$1 ROUNDS=1 EVENTS=$events, $2 threads ${3:-}"
    has_not report 'Note:' 'Invalid free' Mismatched
}
models() { # models THREADS [kill]
    local seed
    echo "seeds $first_seed to $((first_seed + rounds - 1)), $events events"
    for seed in $(seq "$first_seed" $((first_seed + rounds - 1))); do one_model "$seed" "$@"; done
}

test_one_thread() { models 1; }
test_two_threads() { models 2; }
test_four_threads() { models 4; }
test_eight_threads() { models 8; }
test_sixteen_threads() { models 16; }
test_one_thread_killed() { models 1 kill; }
test_eight_threads_killed() { models 8 kill; }
