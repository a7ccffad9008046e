#!/usr/bin/env bash
# run.sh FOLDER [ENGINE-HARNESS…]: runs the fuzzers that make fuzz built in FOLDER, one after another,
# FUZZ_SECONDS (60) each; all six, or the named ones (libfuzzer-log, afl-options …). What they learned
# stays in FOLDER/queue for the next time. What they found is copied to FOLDER/found, said, and makes
# the exit status 1; a finding that is fixed belongs into tests/fuzz/corpus as found-….
set -u
here=$(cd "$(dirname "$0")" && pwd)
folder=$(cd "$1" && pwd)
shift
seconds=${FUZZ_SECONDS:-60}
corpus=$here/corpus found=$folder/found
mkdir -p "$found" "$folder/queue"
[ $# -gt 0 ] || set -- {libfuzzer,afl}-{log,options,suppress}
export ASAN_OPTIONS=abort_on_error=1:detect_leaks=0:max_allocation_size_mb=1000:hard_rss_limit_mb=2000
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1

# Ten seconds for one small input are a finding, and so is a gigabyte.
libfuzzer() { # libfuzzer HARNESS
    mkdir -p "$folder/queue/libfuzzer-$1"
    ASAN_OPTIONS=${ASAN_OPTIONS/detect_leaks=0/detect_leaks=1} nice -n 19 "$folder/libfuzzer/fuzz/fuzz_$1" \
        -close_fd_mask=3 -max_len=100000 -rss_limit_mb=2000 -malloc_limit_mb=1000 -timeout=10 -print_final_stats=1 \
        -artifact_prefix="$found/libfuzzer-$1-" -max_total_time="$seconds" "$folder/queue/libfuzzer-$1" "$corpus/$1" >"$log" 2>&1 ||
        echo "libFuzzer $1: exit status $?"
    sed -n 's/^stat::number_of_executed_units: */    executions: /p; s/^Done .* in \([0-9]*\) second.*/    seconds: \1/p' "$log"
}

afl() { # afl HARNESS
    local out=$folder/queue/afl-$1 in=$corpus/$1
    # What was learned is worth less than a corpus that has changed.
    if [ -e "$out/default/fuzzer_stats" ] && [ ! "$in" -nt "$out/default/fuzzer_stats" ]; then in=-; else rm -rf "$out"; fi
    if [ "$1" = log ]; then export AFL_CUSTOM_MUTATOR_LIBRARY=$folder/afl/fuzz/mutate_log.so; else unset AFL_CUSTOM_MUTATOR_LIBRARY; fi
    AFL_SKIP_CPUFREQ=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
        ASAN_OPTIONS=$ASAN_OPTIONS:symbolize=0 nice -n 19 \
        afl-fuzz -m none -t 10000 -V "$seconds" -i "$in" -o "$out" -- "$folder/afl/fuzz/fuzz_$1" >"$log" 2>&1 ||
        echo "AFL++ $1: exit status $?"
    sed -n 's/^execs_done *: */    executions: /p; s/^run_time *: */    seconds: /p' "$out/default/fuzzer_stats"
    for file in "$out"/default/{crashes,hangs}/id:*; do
        what=${file%/*}
        [ ! -f "$file" ] || cp "$file" "$found/afl-$1-$(basename "$what")-$(sha1sum "$file" | cut -c1-16)"
    done
}

# A machine under load makes slow what is not: ten seconds of processor time count, alone.
slow() { # slow FILE
    local name=${1##*/}
    name=${name#*-}
    (ulimit -t 10 && exec "$folder/libfuzzer/fuzz/fuzz_${name%%-*}" -close_fd_mask=3 -rss_limit_mb=2000 "$1") >/dev/null 2>&1
    [ $? -ne 0 ]
}

ls "$found" | sort >"$folder/found.before"
for fuzzer; do
    log=$folder/$fuzzer.out
    echo "$fuzzer"
    "${fuzzer%%-*}" "${fuzzer#*-}"
    for file in "$found"/*-{slow-unit,timeout,hangs}-*; do
        [ ! -f "$file" ] || slow "$file" || rm "$file"
    done
done
new=$(ls "$found" | sort | comm -13 "$folder/found.before" -)
[ -n "$new" ] || { echo 'nothing found'; exit 0; }
for file in $new; do
    harness=${file#*-}
    echo "found: $found/$file"
    echo "    again: $folder/libfuzzer/fuzz/fuzz_${harness%%-*} $found/$file"
done
exit 1
