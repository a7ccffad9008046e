#!/usr/bin/env bash
# figures.sh: a table of the demo's programs, sqlite3, perl, python3 and git on this machine: allocations, frees, bytes and leak kinds
# as valgrind has them, and whether the tracer has the same (make programs first; BUILD=folder). In other releases:
# COMMAND='make deps programs && bash tests/releases/figures.sh' bash tests/releases/run.sh sid
#
# Every program runs in the environment that valgrind makes, since perl and python copy it. "differs" is an error but where a line
# says why.
set -u
# shellcheck source=tests/lib.sh
source "$(cd "$(dirname "$0")/.." && pwd)/lib.sh"
source "$TESTS/e2e/test_real_programs.sh"
cd "$(mktemp -d)" || exit
bad=0

# kinds FILE: bytes and blocks of "definitely / indirectly / possibly lost / reachable"
kinds() {
    bare "$1" | tr -d , | awk '/^ *(definitely|indirectly|possibly) lost: |^ *still reachable: / { print $3 " in " $6 } /no leaks are possible/ { print "none" }' |
        paste -sd/
}
figures() { echo "$(heap_usage_of "$1" | tr ' ' /) | $(kinds "$1")"; }

# row NAME REASON COMMAND…: REASON is why it may differ, or nothing
row() {
    local name=$1 reason=$2 theirs ours verdict=same environment
    shift 2
    env -i PATH=/usr/bin:/bin $VARIABLES valgrind --command-line-only=yes --leak-check=full --log-file=valgrind.log "$@" >out 2>&1 </dev/null
    as_in_valgrind
    env -i "${environment[@]}" LIBTRACE_OPTIONS=--log-file=summary "$@" >out 2>&1 </dev/null
    theirs=$(figures valgrind.log)
    ours=$(figures summary)
    if [ "$theirs" != "$ours" ]; then
        verdict="differs: $ours${reason:+ ($reason)}"
        [ -n "$reason" ] || bad=1
    fi
    echo "| $name | $theirs | $verdict |"
}

echo "| program | valgrind $(valgrind --version | sed 's/valgrind-//'): allocs/frees/bytes | bytes in blocks: definitely/indirectly/possibly lost/reachable | the tracer |"
echo '|---|---|---|---|'
VARIABLES=
for kind in handle state 'state --tracked' view pool refcount 'handle --fixed' 'state --fixed'; do
    # shellcheck disable=SC2086
    row "demo $kind" '' "$BUILD/demo" $kind
done
sql
row sqlite3 '' sqlite3 :memory: '.read script.sql'
VARIABLES=PERL_HASH_SEED=0 row perl '' perl -e "$perl_text"
VARIABLES=PYTHONHASHSEED=0 row python3 '' /usr/bin/python3 -c "$python_text"
VARIABLES='PYTHONHASHSEED=0 PYTHONMALLOC=malloc'
why='an int that is an address, of which json makes one for each container, takes 32 bytes; 28 in valgrind, where all addresses are below 2^30'
! addresses_are_counted || why='the name of a thread is its address, which is a small number in valgrind and so takes no block'
row 'python3, PYTHONMALLOC=malloc' "$why" /usr/bin/python3 -c "$python_text"
repository
sleep 1.1 # what is as old as the index is read again
git -C repository status >/dev/null
for command in 'log --stat' status diff 'show HEAD~1'; do
    # shellcheck disable=SC2086
    VARIABLES="HOME=$PWD GIT_CONFIG_NOSYSTEM=1" row "git $command" '' git -C repository $command
done
rm -rf "$PWD"
exit $bad
