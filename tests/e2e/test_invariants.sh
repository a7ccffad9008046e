# The tracer's tables are checked at the end where --debug-invariants=yes asks for it, and only there.

# broken WHAT OPTION: a program that breaks that rule; its standard error is in ./err, its status in $status.
broken() {
    status=0
    LIBTRACE_OPTIONS="-q $2" LD_PRELOAD=$LIBTRACE "$PROGRAMS/invariants_broken" "$1" 2>err || status=$?
}
# speaks WHAT SENTENCE: it is said, in one line, and the status tells it.
speaks() {
    broken "$1" --debug-invariants=yes
    equal "$1: exit status" 70 "$status"
    has err "libtrace: the tracer's tables do not agree: $2: "
    broken "$1" --debug-invariants=no
    equal "$1, not asked: exit status" 0 "$status"
    equal "$1, not asked: standard error" '' "$(<err)"
}

test_a_broken_rule_is_said_and_the_status_tells_it() {
    speaks live 'bytes in use, and of all accounts'
    # The peak is exact where libc tells that there is one thread only, which it does since 2.32.
    if libc_since 32; then
        speaks peak "the stacks' shares of the peak, and the peak"
    else
        broken peak --debug-invariants=yes
        equal 'peak, which may be a quantum too low: exit status' 0 "$status"
    fi
    speaks blocks 'blocks of all accounts, and in the table'
    speaks bytes 'bytes of all accounts, and of the blocks in the table'
}
test_what_agrees_is_not_mentioned() {
    broken nothing --debug-invariants=yes
    equal 'exit status' 0 "$status"
    equal 'standard error' '' "$(<err)"
}
