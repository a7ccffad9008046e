#!/bin/sh
# debian_changelog.sh MAINTAINER: debian/changelog of a CHANGELOG.md on standard input. A heading is "## VERSION (YYYY-MM-DD)",
# an item begins with "- "; lines that begin with two blanks go on with it. Debian's lines are shorter.
set -eu
maintainer=$1
end_item() {
    [ -z "$item" ] || printf '%s\n' "$item" | fold -s -w 74 | sed 's/ $//; 1s/^/  * /; 1!s/^/    /'
    item=
}
trailer() {
    end_item
    [ -z "$date" ] || printf '\n -- %s  %s\n\n' "$maintainer" "$(LC_ALL=C date -u -d "$date" '+%a, %d %b %Y %H:%M:%S +0000')"; }
date= item=
while IFS= read -r line; do
    case $line in
    '## '*)
        trailer
        version=${line#\#\# }
        version=${version%% *}
        date=${line##*\(}
        date=${date%)}
        printf 'leakreport (%s) unstable; urgency=medium\n\n' "$version"
        ;;
    '- '*) end_item; item=${line#- } ;;
    '  '*) item="$item${line# }" ;;
    esac
done
trailer
