# reach against valgrind itself: random graphs of blocks on the real heap. The program writes down its
# graph as valgrind's leak check finds it; reach, given that, must come to the same figures.
source_folder=$TESTS/..

compare_graphs() { # compare_graphs FROM TO: the seeds
    gcc -std=gnu11 -D_GNU_SOURCE -O1 -g -I"$source_folder/tracer" -o verdict "$TESTS/stress/reach_verdict.c" \
        "$source_folder"/tracer/check/{reach,reach_find,heuristic,address_index}.c
    local seed kind
    for seed in $(seq "$1" "$2"); do
        valgrind --leak-check=full --show-leak-kinds=none --log-file=log "$PROGRAMS/random_graph" "$seed" graph
        for kind in 'definitely lost' 'indirectly lost' 'possibly lost' 'still reachable'; do
            bare log | tr -d , | sed -nE "s/^ +$kind: ([0-9]+) bytes in ([0-9]+) blocks/\1:\2/p"
        done >figures
        equal "graph $seed" "$(paste -sd' ' figures)" "$(./verdict <graph)"
    done
}

test_random_graphs_1_to_50() { compare_graphs 1 50; }
test_random_graphs_51_to_100() { compare_graphs 51 100; }
