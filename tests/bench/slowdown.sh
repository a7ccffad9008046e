#!/usr/bin/env bash
# slowdown.sh [ROUNDS]: how many times the processor time four programs take under each tool (user and
# system, of all processes that the tool starts). BUILD names the build folder. The tools take turns
# within a round, so that a busy moment of the machine hits all of them; the least of the rounds
# counts. A run whose output is not that of the plain run, or
# whose status is not, is shown as "-", and so is a tool that is not installed.
set -u
here=$(cd "$(dirname "$0")" && pwd)
BUILD=$(cd "${BUILD:-$here/../../build}" && pwd)
rounds=${1:-5}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 2

cat >work.sql <<'SQL'
create table t(a integer, b text);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 300000)
insert into t select i * 7919 % 200003, 'row ' || i from n;
create index by_a on t(a);
select count(*), max(b) from (select a % 1000 as g, group_concat(b) as b from t group by g order by g);
SQL
cat >work.py <<'PY'
import json
table = {}
for i in range(60000):
    table["key %d" % i] = [str(i), (i, i + 1), {"n": i}]
print(len(json.loads(json.dumps(table))))
PY
cat >work.pl <<'PL'
my %h;
for my $i (1 .. 120000) { $h{"key $i"} = [$i, "value $i", {n => $i}]; }
my $n = 0;
for my $k (sort keys %h) { $n += $h{$k}[2]{n}; }
print "$n\n";
PL
cat >words.cpp <<'CPP'
#include <cstdio>
#include <map>
#include <string>
#include <vector>
int main()
{
    std::map<std::string, std::vector<std::string>> words;
    for (unsigned i = 0; i < 600000; i++)
        words["a word that needs the heap " + std::to_string(i * 7919 % 20011)].push_back("and the place where it stood " + std::to_string(i));
    size_t n = 0;
    for (auto &word : words)
        n += word.second.back().size();
    printf("%zu\n", n);
}
CPP
g++ -O2 -g -o words words.cpp || exit 2
g++ -O2 -g -fsanitize=leak -o words_lsan words.cpp 2>/dev/null

under() { # under TOOL COMMAND…
    local tool=$1
    shift
    case $tool in
    plain) "$@" ;;
    leakreport) LIBTRACE_OPTIONS=-q LD_PRELOAD=$BUILD/libtrace.so "$@" ;;
    heaptrack) timeout -k 5 300 heaptrack -o "$scratch/h" "$@" | grep -vi -e heaptrack -e '^starting' -e '^$' -e 'allocations:' ;;
    lsan) [ "$1" = ./words ] && ./words_lsan ;;
    valgrind) valgrind -q --leak-check=full --log-file=/dev/null "$@" ;;
    esac </dev/null 2>/dev/null
}
milliseconds() { # milliseconds TOOL COMMAND…: of one run; its output to ./out, 0 if it went wrong
    local status TIMEFORMAT='%3U %3S' user system
    { time under "$@" >out; } 2>took
    status=$?
    if [ "$1" = plain ]; then cp out expected; fi
    read -r user system <took
    if [ $status -eq 0 ] && cmp -s out expected; then echo $((10#${user/./} + 10#${system/./})); else echo 0; fi
}
measure() { # measure NAME COMMAND…
    local name=$1 round tool took
    shift
    declare -A best=()
    for ((round = 0; round < rounds; round++)); do
        for tool in plain leakreport heaptrack lsan valgrind; do
            # valgrind takes long enough to be measured once.
            [ $tool != valgrind ] || [ $round -eq 0 ] || continue
            took=$(milliseconds $tool "$@")
            if [ "$took" -gt 0 ] && [ "$took" -lt "${best[$tool]:-999999999999}" ]; then best[$tool]=$took; fi
        done
    done
    printf '%-8s plain %5d ms' "$name" $((best[plain]))
    for tool in leakreport heaptrack lsan valgrind; do
        if [ -n "${best[$tool]:-}" ]; then
            printf '  %s %d.%d' $tool $((best[$tool] / best[plain])) $((best[$tool] * 10 / best[plain] % 10))
        else
            printf '  %s -' $tool
        fi
    done
    echo
}

measure sqlite3 /usr/bin/sqlite3 -init work.sql :memory: .quit
PYTHONMALLOC=malloc measure python3 /usr/bin/python3 work.py
measure perl /usr/bin/perl work.pl
measure words ./words
