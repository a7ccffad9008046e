#!/usr/bin/env bash
# run.sh: every measurement of this folder, one after the other. BUILD names the build folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
for script in "$here"/*.sh; do
    [ "$(basename "$script")" = run.sh ] && continue
    echo "--- $(basename "$script" .sh)"
    bash "$script"
done
