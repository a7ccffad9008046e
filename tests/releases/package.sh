#!/usr/bin/env bash
# package.sh: run as root in a release's folder (`COMMAND='bash tests/releases/package.sh' bash tests/releases/run.sh trixie`):
# makes the Debian package, installs it with apt, which brings what it depends on, and runs as an ordinary user what the README
# begins with and the package's own test. It leaves the release without the package.
set -eu
make deps deps-deb deb
package=$(echo build/deb/leakreport_*_amd64.deb)
apt-get -qq install -y --no-install-recommends "./$package" >/dev/null
home=$(mktemp -d)
cp -r demo Makefile CHANGELOG.md packaging "$home"
chown -R nobody "$home"
user() { (cd "$home" && setpriv --reuid=nobody --regid=nogroup --clear-groups env -i HOME="$home" PATH=/usr/bin:/bin TERM=dumb "$@"); }
user sh packaging/debian/tests/demo >"$home/demo.out" 2>&1 || { cat "$home/demo.out"; exit 1; }
user make -s build/demo
user leakreport ./build/demo handle >"$home/text" 2>&1
grep -F 'definitely lost: 16 bytes in 1 blocks' "$home/text"
grep -E 'by 0x[0-9A-F]+: box_handler \(handle.c:[0-9]+\)' "$home/text"
user leakreport --html=page.html ./build/demo handle >/dev/null 2>&1
grep -c '<script' "$home/page.html"
user man -w leakreport || true
dpkg --purge leakreport
[ ! -e /usr/lib/leakreport ]
echo "1 package installed, used and removed: $package"
