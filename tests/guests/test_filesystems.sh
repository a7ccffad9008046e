# The log on a filesystem behind a server: sshfs, its server at the other end of a pipe.
source "$TESTS/e2e/model.sh"

# over_sftp FOLDER: ./over is that folder by way of sftp, until the case ends; $client is sshfs
over_sftp() {
    mkdir -p over "$1"
    mkfifo there
    /usr/lib/openssh/sftp-server <there 2>server.err | sshfs ":$PWD/$1" over -o passive -f >there 2>client.err &
    client=$!
    trap 'set +e; umount -l over 2>/dev/null; umount -l far 2>/dev/null; kill $client 2>/dev/null; wait 2>/dev/null' EXIT
    until mountpoint -q over; do
        kill -0 $client || fail "sshfs does not begin: $(cat client.err)"
        sleep 0.05
    done
}
test_log_over_sftp() {
    native "$PROGRAMS/scarce" many
    over_sftp far
    OPTIONS=--trace-file=over/x.log traced "$PROGRAMS/scarce" many
    equal 'exit status' 3 "$status"
    cmp native.out out
    has err '300,001 allocs, 300,000 frees, 6,001,234 bytes allocated' 'still reachable: 1,234 bytes in 1 blocks'
    report over/x.log
    equal 'exit status of leakreport' 0 "$status"
    has report 'in use at exit: 1,234 bytes in 1 blocks'
    has_not report incomplete
    cp over/x.log here.log
    umount over
    cmp here.log far/x.log || fail 'the server has another log'
}
test_killed_over_sftp() {
    over_sftp far
    start over/x.log
    kill -9 $pid
    wait $pid 2>/dev/null || true
    umount over
    judge far/x.log
}
test_server_that_is_full() {
    [ "$(id -u)" = 0 ] || return 0
    native "$PROGRAMS/scarce" many
    mkdir far
    mount -t tmpfs -o size=3m none far
    over_sftp far
    OPTIONS=--trace-file=over/x.log traced "$PROGRAMS/scarce" many
    equal 'exit status' 3 "$status"
    cmp native.out out
    has err 'cannot grow' '300,001 allocs, 300,000 frees, 6,001,234 bytes allocated'
    report over/x.log
    has report 'The log is incomplete' 'in use at exit: 1,234 bytes in 1 blocks'
}
# The program goes on; what it did is not in the log.
test_server_that_goes_away() {
    over_sftp far
    start over/x.log
    kill -9 $client
    calls=$(model 2)$(model 3)
    for _ in $(seq 200); do
        [ "$(model 2)$(model 3)" = "$calls" ] || break
        sleep 0.05
    done
    [ "$(model 2)$(model 3)" != "$calls" ] || fail 'the program stands still'
    kill -0 $pid || fail "the program is gone: $(cat err)"
    kill -9 $pid
    wait $pid 2>/dev/null || true
}
