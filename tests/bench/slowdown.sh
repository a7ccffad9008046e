#!/usr/bin/env bash
# slowdown.sh [ROUNDS [PROGRAM…]]: what each tool costs nine programs: processor time (of all processes that the
# tool starts), wall time and memory (of the largest process), as multiples of the plain run: least and
# median of ROUNDS. valgrind runs once. TOOLS names fewer of them. "added" is the processor time that a tool adds, heaptrack's being 1.
# A run whose output or status is not the plain run's shows as "differs", a tool that is not installed as
# "missing". The aims stand at the end, each with its figure.
source "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
rounds=${1:-5}
shift $(($# > 0))
programs=${*:-python3 sqlite3 perl cc1 clang redis xz git words}
tools=${TOOLS:-native libtrace libtrace-nocheck libtrace-sampled heaptrack lsan valgrind}

python3 "$BENCH/inputs.py" . || exit 2
g++ -O2 -g -o words words.cpp || exit 2
git init -q --bare -b main repo && git -C repo fast-import --quiet <history || exit 2

# once TOOL PROGRAM: one run, measured into PROGRAM.TOOL; its output to ./out
once() {
    local tool=$1 key=$2.$1
    case $2 in
    python3) PYTHONMALLOC=malloc under "$tool" "$key" /usr/bin/python3 work.py ;;
    sqlite3) under "$tool" "$key" /usr/bin/sqlite3 -init work.sql :memory: .quit ;;
    perl) under "$tool" "$key" /usr/bin/perl work.pl ;;
    cc1) under "$tool" "$key" "$(gcc -print-prog-name=cc1)" -quiet -O1 -w work.c -o - ;;
    clang) under "$tool" "$key" "$(readlink -f "$(command -v clang)")" -O1 -w -S work.c -o - ;;
    redis) redis "$tool" "$key" ;;
    xz) under "$tool" "$key" xz -k -c -T1 work.txt ;;
    git) under "$tool" "$key" git -C repo log -p --stat ;;
    words) under "$tool" "$key" ./words ;;
    esac
}
# The server is measured, its clients are not.
redis() {
    rm -f socket
    under "$1" "$2" /usr/bin/redis-server --port 0 --unixsocket "$SCRATCH/socket" --save '' --appendonly no --daemonize no &
    local server=$! status=0
    for _ in $(seq 600); do [ -S socket ] && break || sleep 0.05; done
    redis-benchmark -s socket -q -n 60000 -c 20 -P 16 -r 50000 -t set,get,lpush,hset,zadd,sadd >/dev/null 2>&1 </dev/null
    redis-cli -s socket llen mylist >length </dev/null
    redis-cli -s socket shutdown nosave </dev/null >/dev/null 2>&1
    wait $server || status=$?
    cp length out
    return $status
}
installed() {
    case $1 in
    redis) have redis-server && have redis-benchmark ;;
    cc1 | words) true ;;
    *) have "$1" ;;
    esac
}

measure() { # measure PROGRAM: leaves PROGRAM.TOOL, or PROGRAM.TOOL.differs
    local program=$1 round tool
    for ((round = 0; round < rounds; round++)); do
        for tool in $tools; do
            [ $tool != valgrind ] || [ $round -eq 0 ] || continue
            [ ! -e "$program.$tool.differs" ] && works $tool || continue
            if once $tool "$program" && { [ $tool = native ] && cp out expected || said $tool expected; }; then continue; fi
            mv "$program.$tool" "$program.$tool.differs"
        done
    done
}
added() { # added PROGRAM TOOL least|median: processor time added, heaptrack's being 1
    [ -e "$1.heaptrack" ] || { echo -; return; }
    echo "$($3 "$1.$2" 1) $($3 "$1.native" 1) $($3 "$1.heaptrack" 1)" |
        awk '{ if ($3 > $2) printf "%.2f", ($1 - $2) / ($3 - $2); else print "-" }'
}
tell() { # tell PROGRAM
    local program=$1 tool plain=$1.native
    printf '%-10s %-17s %6d %6d ms %6d %6d ms %5d MB\n' "$program" native $(($(least $plain 1) / 1000)) $(($(median $plain 1) / 1000)) \
        $(($(least $plain 2) / 1000)) $(($(median $plain 2) / 1000)) $(($(median $plain 3) / 1024))
    for tool in ${tools#native}; do
        if [ -e "$program.$tool" ]; then
            printf '%-10s %-17s %6s %6s    %6s %6s    %5s    %6s %6s\n' '' $tool \
                "$(ratio "$(least "$program.$tool" 1)" "$(least $plain 1)")" "$(ratio "$(median "$program.$tool" 1)" "$(median $plain 1)")" \
                "$(ratio "$(least "$program.$tool" 2)" "$(least $plain 2)")" "$(ratio "$(median "$program.$tool" 2)" "$(median $plain 2)")" \
                "$(ratio "$(median "$program.$tool" 3)" "$(median $plain 3)")" \
                "$(added "$program" $tool least)" "$(added "$program" $tool median)"
        else
            printf '%-10s %-17s %6s\n' '' $tool "$([ -e "$program.$tool.differs" ] && echo differs || echo missing)"
        fi
    done
}
mean() { # mean TOOL: geometric, of the least processor times
    local program
    for program in $programs; do
        [ ! -e "$program.$1" ] || echo "$(least "$program.$1" 1) $(least "$program.native" 1)"
    done | awk '{ sum += log($1 / $2); n++ } END { if (n) printf "%.2f", exp(sum / n) }'
}

printf '%-10s %-17s %13s    %13s    %5s    %13s\n' '' '' 'CPU' 'wall' 'memory' 'added, heaptrack=1'
printf '%-10s %-17s %6s %6s    %6s %6s    %5s    %6s %6s\n' program tool least median least median '' least median
for program in $programs; do
    if ! installed "$program"; then echo "$program missing"; continue; fi
    measure "$program"
    tell "$program"
done
for tool in libtrace libtrace-nocheck libtrace-sampled heaptrack valgrind; do
    echo "geometric mean of CPU, $tool: $(mean $tool)"
done
aim 'geometric mean with the check' "$(mean libtrace)" 1.20
aim 'geometric mean without the check' "$(mean libtrace-nocheck)" 1.15
for program in $programs; do
    for tool in libtrace libtrace-nocheck; do
        [ ! -e "$program.$tool" ] || aim "of what heaptrack adds to $program, $tool" "$(added "$program" $tool least)" 0.10
    done
    [ ! -e "$program.libtrace-sampled" ] || aim "sampled $program of native" "$(ratio "$(least "$program.libtrace-sampled" 1)" "$(least "$program.native" 1)")" 1.03
    [ ! -e "$program.libtrace" ] || [ ! -e "$program.libtrace-nocheck" ] ||
        aim "the check of $program, part of the run" "$(ratio $(($(least "$program.libtrace" 1) - $(least "$program.libtrace-nocheck" 1))) "$(least "$program.native" 1)")" 0.05
done
for tool in libtrace libtrace-nocheck; do
    over=
    for program in $programs; do
        share=$(added "$program" $tool least 2>/dev/null)
        awk -v s="$share" 'BEGIN { exit !(s > 0.10) }' && over="$over $program"
    done
    echo "$tool adds more than 0.10 of what heaptrack adds:${over:- nowhere}"
done
