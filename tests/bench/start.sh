#!/usr/bin/env bash
# start.sh [ROUNDS]: what it costs to start and to end a program that does nothing (true), for suites that start thousands:
# microseconds of wall and processor time, least and median of ROUNDS in turns.
source "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
rounds=${1:-200}
tools=$(for tool in native libtrace-nocheck libtrace heaptrack; do if works $tool; then echo $tool; fi; done)
for ((round = 0; round < rounds; round++)); do
    for tool in $tools; do
        [ $tool != heaptrack ] || [ $round -lt 10 ] || continue
        # The others are started by env, too.
        if [ $tool = native ]; then ./usage used.native env A=1 /bin/true; else under "$tool" used.$tool /bin/true; fi
    done
done
printf '%-17s %8s %8s   %8s %8s\n' 'true, us' wall median CPU median
for tool in $tools; do
    printf '%-17s %8d %8d   %8d %8d\n' $tool "$(least used.$tool 2)" "$(median used.$tool 2)" "$(least used.$tool 1)" "$(median used.$tool 1)"
done
more=$(awk -v a="$(least used.libtrace 2)" -v b="$(least used.native 2)" 'BEGIN { printf "%.2f", (a - b) / 1000 }')
aim 'a traced true, more than a native one' "$more" 1.5 ms
