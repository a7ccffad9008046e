#!/usr/bin/env bash
# run.sh: every measurement of this folder, the one after the other; it takes long (valgrind!).
# Each script says in its first lines what it measures. BUILD names
# the build folder. Tools that are missing are named (make deps-bench installs them).
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bad=0
echo "leakreport $(git -C "$here" describe --always --dirty 2>/dev/null || echo), $(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg), $(uname -r)"
said=$(mktemp)
trap 'rm -f "$said"' EXIT
for script in instructions slowdown start pairs log_size report leak_check block_tables holders; do
    printf '\n--- %s\n' $script
    bash "$here/$script.sh" >"$said.one" || bad=1
    cat "$said.one" && cat "$said.one" >>"$said"
    rm -f "$said.one"
done
printf '\n--- aims\n'
grep '^aim: ' "$said" | sed 's/^aim: //'
exit $bad
