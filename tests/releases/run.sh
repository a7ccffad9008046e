#!/usr/bin/env bash
# run.sh [RELEASE…]: the README's two commands on each Debian release named (bullseye bookworm trixie sid), each in a folder made by
# debootstrap, and a table of what passed. Root, debootstrap and Debian's mirror are needed. Each line's whole output is in
# RELEASES/RELEASE.log.
#
# RELEASES is where the folders are kept (/var/tmp/leakreport-releases): a second run uses them again. COMMAND is what is run in each
# (make deps try check). All that is mounted is mounted in a mount namespace of its own and is gone with it, and nothing here deletes
# a folder: a release that is to be made anew is deleted by hand.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
RELEASES=${RELEASES:-/var/tmp/leakreport-releases}
MIRROR=${MIRROR:-http://deb.debian.org/debian}
COMMAND=${COMMAND:-make deps try check}
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
copy_tree() {
    mkdir -p "$1"
    (cd "$top" && git ls-files -z --cached --others --exclude-standard | xargs -0 ls -d 2>/dev/null | tar -cf - -T -) | tar -xf - -C "$1"
}

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
mkdir run/before
pivot_root . run/before
exec /usr/sbin/chroot . /usr/bin/env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
    sh -c "umount -l /run/before; apt-get -qq update; command -v make >/dev/null || apt-get -qq install -y --no-install-recommends make ca-certificates >/dev/null; cd /src && exec $2"
'
run_release() {
    make_release "$1" >"$RELEASES/$1.log" 2>&1 || { echo "| $1 | not made, see $RELEASES/$1.log | | | |"; return 1; }
    copy_tree "$RELEASES/$1/src"
    cp /etc/resolv.conf "$RELEASES/$1/etc/resolv.conf" 2>/dev/null
    # A mirror that is a copy of some day has a list of unstable whose time is over; its signature is still looked at.
    echo 'Acquire::Check-Valid-Until "false";' >"$RELEASES/$1/etc/apt/apt.conf.d/80copied-mirror"
    unshare --mount --pid --fork --kill-child --propagation private sh -c "$inside" - "$RELEASES/$1" "$COMMAND" >"$RELEASES/$1.log" 2>&1 </dev/null
    local status=$? root=$RELEASES/$1
    version() { chroot "$root" dpkg-query -W -f '${Version}' "$1" 2>/dev/null | sed 's/-.*//; s/.*://'; }
    printf '| %s | %s | %s | %s | %s, status %s |\n' "$1" "$(version libc6)" "$(version gcc)" "$(version valgrind)" \
        "$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$RELEASES/$1.log" | tail -1)" $status
    return $status
}

bad=0
echo '| release | glibc | gcc | valgrind | make deps try check |'
echo '|---|---|---|---|---|'
for release in ${*:-bullseye bookworm trixie sid}; do
    run_release "$release" || bad=1
done
exit $bad
