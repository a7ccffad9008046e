#!/bin/sh
# deb.sh VERSION FOLDER: FOLDER/leakreport_VERSION_amd64.deb, made of the tree that make dist packs, and lintian's opinion.
# debian/ stands in packaging/debian; its changelog is CHANGELOG.md in Debian's words.
set -eu
version=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
cd "$(dirname "$0")/.."
for tool in dpkg-buildpackage dh lintian; do
    command -v $tool >/dev/null || { echo "make deb: $tool is missing: make deps-deb" >&2; exit 2; }
done
bash packaging/dist.sh "$version" "$folder" >/dev/null
rm -rf "$folder/leakreport-$version"
tar -xzf "$folder/leakreport-$version.tar.gz" -C "$folder"
cd "$folder/leakreport-$version"
mv packaging/debian debian
maintainer=$(sed -n 's/^Maintainer: //p' debian/control)
sh packaging/debian_changelog.sh "$maintainer" <CHANGELOG.md >debian/changelog
# Not with what this make was told: the package has a build folder and flags of its own.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL BUILD
dpkg-buildpackage -us -uc -b >"$folder/build.log" 2>&1 || { tail -40 "$folder/build.log" >&2; echo "make deb: not built, see $folder/build.log" >&2; exit 1; }
cd ..
lintian --fail-on error,warning "leakreport_${version}_amd64.changes"
echo "$folder/leakreport_${version}_amd64.deb"
