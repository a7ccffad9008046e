#!/bin/sh
# deps.sh GROUP…: installs the Debian packages of the named groups that are missing.
#
# "new|old" is one package under the names that it has in different releases; "package?file" is wanted
# only where the file is not there, because in older releases another package has it.
set -euf
build="gcc make libc6-dev libunwind-dev libdw-dev libelf-dev libdebuginfod1t64|libdebuginfod1 libiberty-dev zlib1g-dev libcapstone-dev"
test="libcmocka-dev jq g++ rustc valgrind binutils binutils-gold?/usr/bin/ld.gold gdb strace perl python3 sqlite3 git nodejs bash curl
  libxml2-utils libglib2.0-dev pkg-config bindfs clang clang-format zsh yamllint libclang-rt-dev|libclang-common-11-dev util-linux procps man-db node-typescript python3-jsonschema libpython3-dev"
recipes="cmake meson automake autoconf libtool libgtest-dev catch2 cargo golang-go python3-pytest python3-dev libtest-valgrind-perl yamllint gdb prometheus curl jq"
pages="chromium chromium-driver nodejs npm?/usr/bin/npm fonts-dejavu-core golang-go redis-server redis-tools"
guests="libjemalloc-dev libgoogle-perftools-dev libmimalloc-dev golang-go openjdk-17-jdk-headless nodejs chromium chromium-sandbox sshfs openssh-sftp-server"
bench="heaptrack zstd time redis-server redis-tools xz-utils linux-perf"
fuzz="clang llvm libclang-rt-14-dev afl++"
soak="libpython3.11-testsuite libglib2.0-tests dbus-tests gjs-tests redis-server tcl8.6-dev zlib1g-dev dpkg-dev perl-modules-5.36"
commands="bc binutils bison bzip2 coreutils cpio curl dc diffutils dpkg file findutils flex gawk gdb git gpg grep gstreamer1.0-plugins-base gstreamer1.0-tools gtk-3-examples
  iproute2 jq less libglib2.0-bin lua5.4 m4 man-db mawk nano nginx openssh-client openssl pango1.0-tools patch perl pkg-config postgresql procps
  python3 redis-tools rsync ruby sed sqlite3 tar tcl tmux unzip vim-tiny wget xsltproc xvfb xz-utils zenity zip zstd"
releases="debootstrap util-linux"
deb="build-essential dpkg-dev debhelper fakeroot lintian"

wanted=
for group in "$@"; do
    eval "wanted=\"\$wanted \$$group\""
done
is_installed() { # is_installed NAME|NAME…
    for name in $(echo "$1" | tr '|' ' '); do
        dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' && return
    done
    return 1
}
missing=
for package in $wanted; do
    case $package in *\?*) [ ! -e "${package#*\?}" ] || continue ;; esac
    is_installed "${package%\?*}" || missing="$missing ${package%\?*}"
done
[ -n "$missing" ] || exit 0

root=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "make deps: these packages are missing, and only root can install them:$missing" >&2; exit 2; }
    root=sudo
fi
$root env DEBIAN_FRONTEND=noninteractive apt-get -qq update
known() { # known NAME|NAME…: the first that this release has
    for name in $(echo "$1" | tr '|' ' '); do
        apt-cache show "$name" >/dev/null 2>&1 && break
    done
    echo "$name"
}
packages=
for package in $missing; do packages="$packages $(known "$package")"; done
echo "make deps: installing$packages"
# shellcheck disable=SC2086
$root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $packages >/dev/null
