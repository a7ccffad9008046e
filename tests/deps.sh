#!/bin/sh
# deps.sh GROUP…: installs the Debian packages of the named groups that are missing.
set -eu
build="gcc make libc6-dev libunwind-dev libdw-dev libelf-dev libdebuginfod1 libiberty-dev"
test="libcmocka-dev g++ rustc valgrind binutils gdb strace perl python3 sqlite3 git nodejs bash curl
  libxml2-utils bindfs clang clang-format libclang-rt-dev util-linux procps man-db"
guests="libjemalloc-dev libgoogle-perftools-dev libmimalloc-dev golang-go openjdk-17-jdk-headless nodejs chromium chromium-sandbox sshfs openssh-sftp-server"
bench="heaptrack zstd time redis-server redis-tools xz-utils linux-perf"
fuzz="clang llvm libclang-rt-14-dev afl++"
soak="libpython3.11-testsuite libglib2.0-tests dbus-tests gjs-tests redis-server tcl8.6-dev zlib1g-dev dpkg-dev perl-modules-5.36"
commands="bc binutils bison bzip2 coreutils cpio curl dc diffutils dpkg file findutils flex gawk gdb git gpg grep
  iproute2 jq less lua5.4 m4 man-db mawk nano nginx openssh-client openssl patch perl pkg-config postgresql procps
  python3 redis-tools rsync ruby sed sqlite3 tar tcl tmux unzip vim-tiny wget xsltproc xz-utils zip zstd"

wanted=
for group in "$@"; do
    eval "wanted=\"\$wanted \$$group\""
done
missing=
for package in $wanted; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

root=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "make deps: these packages are missing, and only root can install them:$missing" >&2; exit 2; }
    root=sudo
fi
echo "make deps: installing$missing"
$root env DEBIAN_FRONTEND=noninteractive apt-get -qq update
# shellcheck disable=SC2086
$root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing >/dev/null
