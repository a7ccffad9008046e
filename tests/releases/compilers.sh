#!/usr/bin/env bash
# compilers.sh [COMPILER…]: library, leakreport, demo and unit tests built by each compiler named (every gcc-N and clang-N that is
# installed), with each set of flags below, and a table: how many warnings, and whether the unit tests and those of the demo pass. What
# went wrong is in WORK/COMPILER.SET.log.
#
# SETS chooses sets by name, TESTS what is run of each build ("unit demo"; "demo" alone is a third of the time).
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
WORK=${WORK:-/var/tmp/leakreport-compilers}
SETS=${SETS:-O0 O2 O3 lto hardened dwarf4 dwarf5 split}
TESTS=${TESTS:-unit demo}
flags_O0='-O0 -g'
flags_O2='-O2 -g'
flags_O3='-O3 -march=native -mno-avx512f -g' # valgrind has no AVX-512
flags_lto='-O2 -flto -g'
flags_hardened='-O2 -g -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fcf-protection -fPIE'
flags_dwarf4='-O2 -g -gdwarf-4'
flags_dwarf5='-O2 -g -gdwarf-5'
flags_split='-O1 -g -gsplit-dwarf'
links_hardened='-pie -Wl,-z,relro,-z,now'

installed() { compgen -c | grep -xE '(gcc|clang)-[0-9]+' | sort -Vu; }

# A shared library is no -pie: the link of one takes the last of both.
build() { # build FOLDER COMPILER SET
    local flags=flags_$3 links=links_$3 targets=all
    case $TESTS in *unit*) targets='all unit' ;; esac
    # shellcheck disable=SC2086
    make -C "$top" -j"$(nproc)" BUILD="$1" CC="$2" CFLAGS="${!flags}" LDFLAGS="${!links-}" $targets
}
warnings() { find "$1/obj/tracer" "$1/obj/report" "$1/obj/demo" -name '*.said' -exec cat {} + | grep -c 'warning:'; }
# valgrind gives up, or does not know inlined functions, where debug information is split: then what is compared with it does not count.
demo() { # demo SET
    local counted=. without=
    if [ "$1" = split ] || valgrind --log-file=/dev/stdout "$BUILD/demo" list | grep -q 'Giving up'; then
        counted='\] (tracer|report_names|heap_usage|output)_' without=' (without what is compared with valgrind, which cannot read it)'
    fi
    bash "$top/tests/lib.sh" "$top/tests/e2e/test_demo.sh" | tee /dev/stderr | grep -E "$counted" |
        awk -v without="$without" '/OK \]/ { ok++ } /FAILED  \]/ { bad++ } END { print ok + 0 " passed, " bad + 0 " failed" without }'
}
units() { bash "$top/tests/run.sh" unit | tee /dev/stderr | tail -1; }

row() { # row COMPILER SET
    local folder=$WORK/$1.$2 log=$WORK/$1.$2.log unit=- demo=- bad=0
    if ! build "$folder" "$1" "$2" >"$log" 2>&1; then
        echo "| $1 | $2 | not built, see $log | | |"
        return 1
    fi
    export BUILD=$folder
    case $TESTS in *demo*) demo=$(demo "$2" 2>>"$log") ;; esac
    case $TESTS in *unit*) unit=$(units 2>>"$log") ;; esac
    local said
    said=$(warnings "$folder")
    echo "| $1 | $2 | $said | $demo | $unit |"
    case "$said $demo $unit" in '0 '*[1-9]' failed'*) bad=1 ;; '0 '*) ;; *) bad=1 ;; esac
    return $bad
}

mkdir -p "$WORK"
failures=0
echo '| compiler | flags | warnings | demo | unit |'
echo '|---|---|---|---|---|'
for compiler in ${*:-$(installed)}; do
    for set in $SETS; do row "$compiler" "$set" || failures=1; done
done
exit $failures
