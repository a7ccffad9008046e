#!/usr/bin/env bash
# run.sh [RELEASE…]: the README's two commands on each Debian release named (bullseye bookworm trixie sid), each in a folder made by
# debootstrap, and a table of what passed. Root, debootstrap and Debian's mirror are needed. Each line's whole output is in
# RELEASES/RELEASE.log.
#
# RELEASES is where the folders are kept (/var/tmp/leakreport-releases): a second run uses them again. COMMAND is what is run in each
# (make deps try check). TRACER=RELEASE takes the libtrace.so that the last run on that release built: with the leakreport and the
# programs of each release named, it must pass the end-to-end tests there.
# All that is mounted is mounted in a mount namespace of its own and is gone with it, the tree and what is built of it too, and nothing
# here deletes a folder: a release that is to be made anew is deleted by hand.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
RELEASES=${RELEASES:-/var/tmp/leakreport-releases}
MIRROR=${MIRROR:-http://deb.debian.org/debian}
COMMAND=${COMMAND:-make deps try check}
TRACER=${TRACER:-}
[ -z "$TRACER" ] || COMMAND='make deps programs && cp /var/tmp/libtrace-of-'$TRACER'.so build/libtrace.so && BUILD=$PWD/build bash tests/run.sh e2e'
[ "$(id -u)" = 0 ] || { echo 'make releases: debootstrap and chroot need root' >&2; exit 2; }
command -v debootstrap >/dev/null || { echo 'make releases: debootstrap is missing: make deps-releases' >&2; exit 2; }
mkdir -p "$RELEASES"

make_release() { # the name stands for a folder that was finished
    [ -d "$RELEASES/$1" ] && return
    mkdir -p "$RELEASES/$1.unfinished"
    debootstrap --variant=minbase "$1" "$RELEASES/$1.unfinished" "$MIRROR" || return
    mv "$RELEASES/$1.unfinished" "$RELEASES/$1"
}

# The tree as it is, committed or not, without what git ignores.
tree() { (cd "$top" && git ls-files -z --cached --others --exclude-standard | xargs -0 ls -d 2>/dev/null | tar -cf - -T -); }

# In namespaces of its own: this shell's mounts and processes go when it does. The folder becomes the root itself, because the
# kernel makes no user namespaces in a chroot, and tests want some.
inside='
set -e
mount --bind "$1" "$1"
cd "$1"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount --rbind /dev dev
mount -t tmpfs tmpfs tmp
mount -t tmpfs tmpfs run
mkdir -p src run/before
mount -t tmpfs tmpfs src
tar -xf - -C src
pivot_root . run/before
exec /usr/sbin/chroot . /usr/bin/env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
    sh -c "exec </dev/null; umount -l /run/before; apt-get -qq update; command -v make >/dev/null || apt-get -qq install -y --no-install-recommends make ca-certificates >/dev/null
           cd /src; ($2); status=\$?; [ -n \"$4\" ] || cp build/libtrace.so /var/tmp/libtrace-of-$3.so; exit \$status"
'
run_release() {
    local log=$RELEASES/$1${TRACER:+.with-$TRACER}.log root=$RELEASES/$1 status
    make_release "$1" >"$log" 2>&1 || { echo "| $1 | not made, see $log | | | |"; return 1; }
    [ -z "$TRACER" ] || cp "$RELEASES/$TRACER/var/tmp/libtrace-of-$TRACER.so" "$root/var/tmp/" || return
    cp /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null
    # A mirror that is a copy of some day has a list of unstable whose time is over; its signature is still looked at.
    echo 'Acquire::Check-Valid-Until "false";' >"$root/etc/apt/apt.conf.d/80copied-mirror"
    tree | unshare --mount --pid --fork --kill-child --propagation private sh -c "$inside" - "$root" "$COMMAND" "$1" "$TRACER" >"$log" 2>&1
    status=$?
    version() { chroot "$root" dpkg-query -W -f '${Version}' "$1" 2>/dev/null | sed 's/-.*//; s/.*://'; }
    printf '| %s | %s | %s | %s | %s, status %s |\n' "$1" "$(version libc6)" "$(version gcc)" "$(version valgrind)" \
        "$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -1)" $status
    return $status
}

bad=0
echo "| release | glibc | gcc | valgrind | ${TRACER:+end-to-end tests with the libtrace.so of }${TRACER:-make deps try check} |"
echo '|---|---|---|---|---|'
for release in ${*:-bullseye bookworm trixie sid}; do
    run_release "$release" || bad=1
done
exit $bad
