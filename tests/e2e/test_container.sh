#!/usr/bin/env bash
# The program in a container, leakreport outside of it: which process it is there, and where its files are.

outside() { has "$1" ': session_leak (srv.c:' ': main (srv.c:'; }

# An image: a program, what it needs, and its source, which is nowhere else.
make_image() {
    mkdir -p image/app image/src image/logs image/usr/bin
    cat >srv.c <<'END'
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
__attribute__((noinline)) static char *session_leak(void) { return strdup("gone"); }
int main(int count, char **arguments)
{
    char *volatile session = session_leak();
    session = NULL;
    if (count > 1 && write(1, arguments[1], strlen(arguments[1])) > 0)
        pause();
    return 0;
}
END
    gcc -g -O1 -fdebug-prefix-map="$PWD"=/src -o image/app/srv srv.c
    mv srv.c image/src
    local unwind
    unwind=$(ldconfig -p | grep -o '/.*/libunwind.so.8' | head -1)
    for file in $(ldd image/app/srv "$LIBTRACE" "$unwind" /usr/bin/env | sed -n 's,^[^/]*\(/[^ ]*\) (.*,\1,p') "$LIBTRACE" "$unwind" /usr/bin/env; do
        mkdir -p "image/$(dirname "$file")"
        cp -L "$file" "image/$file"
    done
    # This machine has the same libraries, but not the program.
    [ ! -e /app/srv ]
}
container=(unshare -Urmpf --kill-child)
# inside COMMAND…: with a pid namespace, mounts and a root of its own; logs/ is /logs there. It is process 1.
inside() {
    exec "${container[@]}" sh -c 'mount -t proc proc image/proc && mount --bind logs image/logs && exec chroot image "$@"' - /usr/bin/env LD_PRELOAD="$LIBTRACE" \
        LIBTRACE_OPTIONS="-q --trace-file=/logs/%p.log" "$@"
}
prepare() {
    mkdir -p image/proc logs
    can "${container[@]}" mount -t proc proc image/proc || return 1
    make_image
}
can() { "$@" >/dev/null 2>&1 || { echo "    skipped: $* is not possible here"; return 1; }; }

test_running_in_a_container() {
    prepare || return 0
    (inside /app/srv "$$") >out 2>err &
    until grep -q "$$" out; do sleep 0.05; done
    status=0
    "$REPORT" --html=page.html logs/1.log || status=$?
    report logs/1.log
    kill -9 $!
    wait $! 2>/dev/null || true
    has report 'It is still running' 'Command: /app/srv'
    outside report
    # Its source, too, is read where it is.
    has page.html 'static char *session_leak(void)'
    report logs/1.log
    has report ': ??? (in /app/srv)' '--sysroot=PATH says where'
}
test_container_that_has_ended() {
    prepare || return 0
    (inside /app/srv) >out 2>err || true
    report logs/1.log
    has report ': ??? (in /app/srv)'
    report --sysroot=image logs/1.log
    outside report
    has report '5 bytes in 1 blocks are definitely lost'
    report --sysroot=image/ logs/1.log
    outside report
}
# A stripped program's debug file, by build id and by its name.
test_debug_files_elsewhere() {
    prepare || return 0
    id=$(readelf -n image/app/srv | sed -n 's/.*Build ID: //p')
    mkdir -p debug/.build-id/${id:0:2} image/usr/lib/debug/.build-id/${id:0:2}
    objcopy --only-keep-debug image/app/srv debug/.build-id/${id:0:2}/${id:2}.debug
    strip image/app/srv
    (inside /app/srv) >out 2>err || true
    report --sysroot=image logs/1.log
    has report ': ??? (in /app/srv)'
    # The program is not there at all.
    report --extra-debuginfo-path="$PWD/debug" logs/1.log
    outside report
    report --sysroot=image --extra-debuginfo-path=nowhere --extra-debuginfo-path=debug logs/1.log
    outside report
    mv debug/.build-id/${id:0:2}/* image/usr/lib/debug/.build-id/${id:0:2}
    report --sysroot=image logs/1.log
    outside report
}
# Nothing can be written but what a container always has.
test_read_only_root() {
    can unshare -Urm true || return 0
    readonly_tmp=(unshare -Urm sh -c 'for at in /tmp /var/tmp; do mount --rbind $at $at && mount -o remount,bind,ro $at || exit; done && exec "$@"' -)
    can "${readonly_tmp[@]}" test -w /dev/shm || return 0
    status=0
    env -u TMPDIR "${readonly_tmp[@]}" "$REPORT" /bin/echo hello >out 2>err || status=$?
    equal 'exit status' 0 "$status"
    equal 'output' hello "$(cat out)"
    has err 'HEAP SUMMARY' 'All heap blocks were freed'
    TMPDIR=/tmp "${readonly_tmp[@]}" "$REPORT" /bin/echo hello >out 2>err || status=$?
    equal 'exit status' 2 "$status"
    has err 'no directory for the log can be created (/tmp/leakreport-'
}
test_root_that_is_none() {
    report --sysroot=nowhere trace.log
    equal 'exit status' 2 "$status"
    equal 'what is said' 'leakreport: --sysroot: nowhere is not a directory' "$(cat report.err)"
}
