#!/usr/bin/env bash
# dist.sh VERSION FOLDER: FOLDER/leakreport-VERSION.tar.gz of what git has, the same bytes from whatever folder.
#
# In a tree that came from such a file there is no git: there it is all but what was built.
set -eu
version=$1 folder=$2 name=leakreport-$1
cd "$(dirname "$0")/.."
mkdir -p "$folder"
files() {
    if git rev-parse --show-toplevel 2>/dev/null | grep -qxF "$(pwd -P)"; then
        git ls-files -z --cached --others --exclude-standard
    else
        find . -type f ! -path './build*' ! -name 'trace*.log' -printf '%P\0'
    fi
}
date=$(sed -n "s/^## $version (\(.*\))$/\1/p" CHANGELOG.md)
# A file that git knows and that was deleted is no longer one.
files | LC_ALL=C sort -z | while IFS= read -r -d "" file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done 2>/dev/null |
    tar --no-recursion --null --transform="s,^,$name/," --mtime="$date 00:00:00 UTC" --owner=0 --group=0 --numeric-owner \
        --mode=u+rw,go-w,a+rX --format=ustar -cf - --files-from=- | gzip -n9 >"$folder/$name.tar.gz"
echo "$folder/$name.tar.gz"
