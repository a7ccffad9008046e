#!/bin/sh
# deps.sh: fetches into $SOAK/src what run.sh needs beside packages: the sources of Debian programs, for
# the tests in them, through an apt configuration of its own; and builds what their tests want built.
set -eu
build=${BUILD:-build}
mkdir -p "${SOAK:-$build/soak}/src"
cd "${SOAK:-$build/soak}"
soak=$PWD

apt="apt-get -qq -o Dir::Etc::SourceList=$soak/apt/sources.list -o Dir::Etc::SourceParts=/dev/null
 -o Dir::State::Lists=$soak/apt/lists -o Dir::Cache=$soak/apt/cache -o APT::Sandbox::User=$(id -un)"
mkdir -p apt/lists/partial apt/cache/archives/partial
. /etc/os-release
echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian $VERSION_CODENAME main" >apt/sources.list

cd src
# shellcheck disable=SC2086
for name in perl git bash sqlite3 redis simdjson nlohmann-json3; do
    ls -d $name-[0-9]*/ >/dev/null 2>&1 && continue
    [ -s ../apt/lists/.done ] || { $apt update && echo yes >../apt/lists/.done; }
    echo "make deps-soak: source of $name"
    $apt source "$name" >/dev/null
done

# built NAME FILE COMMAND: runs the command in NAME's folder unless FILE is there
built() {
    folder=$(ls -d "$1"-[0-9]*/ | head -1)
    [ -e "$folder/$2" ] && return
    echo "make deps-soak: building $folder$2"
    (cd "$folder" && eval "$3") >"$1.build.log" 2>&1 || { tail -20 "$1.build.log"; exit 1; }
}
built sqlite3 testfixture './configure --enable-fts5 && make testfixture'
built bash tests/recho './configure && make recho zecho xcase printenv && cp recho zecho xcase printenv tests/'
# Debian's git is tested; the tool that its scripts use, and templates, are built.
git='NO_CURL=1 NO_OPENSSL=1 NO_EXPAT=1 NO_TCLTK=1 NO_GETTEXT=1 NO_PYTHON=1 CFLAGS=-O1'
built git perl/build/lib/Git.pm "make $git GIT-BUILD-OPTIONS t/helper/test-tool && make -C templates && make $git perl/build/lib/Git.pm"

# perl's core tests want a source tree with a built perl in it: t/ of the source, lib/ and perl of Debian.
if [ ! -e perl-tree/t/perl ]; then
    version=$(perl -e 'printf "%vd", $^V')
    mkdir -p perl-tree/lib
    cp -asf /usr/lib/x86_64-linux-gnu/perl-base/. "/usr/share/perl/$version/." perl-tree/lib/
    cp -asf "/usr/lib/x86_64-linux-gnu/perl/$version/." perl-tree/lib/
    ln -sf /usr/bin/perl perl-tree/perl
    cp -a perl-[0-9]*/t perl-tree/t
    ln -sf /usr/bin/perl perl-tree/t/perl
fi
