# Runtimes that do not play by C's rules: Go (stacks, signals and an exit of its own), Java, node, Chromium.
source "$TESTS/e2e/books.sh"

test_go_with_c() {
    cp "$TESTS"/guests/cgo/* .
    HOME=$PWD GOPROXY=off GOFLAGS=-mod=mod GOCACHE=$PWD/cache go build -o guest .
    native ./guest
    equal 'exit status without the tracer' 3 "$native_status"
    traced ./guest
    equal 'exit status' 3 "$status"
    cmp native.out out
    report --show-leak-kinds=all trace.log
    has_not report Invalid Mismatched
    equal 'what C lost' '10000 bytes in 10 blocks by malloc' "$(block_of c_leak)"
    # Go's frames have Go's lines (its units are in no index by address).
    grep -qE ': runtime\.asmcgocall\.abi0 \(asm_amd64\.s:[0-9]+\)' report || fail "$(grep -m3 asmcgocall report)"
}
test_java() {
    cp "$TESTS/guests/Guest.java" .
    javac Guest.java
    native java -cp . Guest
    equal 'exit status without the tracer' 3 "$native_status"
    traced java -cp . Guest
    equal 'exit status' 3 "$status"
    cmp native.out out
    has err 'LEAK SUMMARY'
    report trace.log
    has_not report Invalid Mismatched
}
test_node() {
    cp "$TESTS/guests/guest.js" .
    native node guest.js
    equal 'exit status without the tracer' 3 "$native_status"
    OPTIONS='--verify-stacks=yes -v' traced node guest.js
    equal 'exit status' 3 "$status"
    cmp native.out out
    has err 'LEAK SUMMARY' ' 0 different'
    report trace.log
    has_not report Invalid Mismatched
}
# Chromium has a malloc of its own, so there is nothing to record; it must live, and its page be the same.
# same_with_guards COMMAND…: output and status are what they are natively; faults that the runtime waits for are its own.
same_with_guards() {
    native "$@"
    for guard in 1000 all; do
        OPTIONS="-q --guard=$guard" traced "$@"
        equal "exit status with --guard=$guard" "$native_status" "$status"
        cmp native.out out
        report trace.log
        has_not report 'Invalid read' 'Invalid write' 'Syscall param'
    done
}
test_runtimes_with_guards() {
    cp -r "$TESTS"/guests/cgo/* "$TESTS/guests/Guest.java" "$TESTS/guests/guest.js" .
    HOME=$PWD GOPROXY=off GOFLAGS=-mod=mod GOCACHE=$PWD/cache go build -o guest .
    javac Guest.java
    same_with_guards ./guest
    same_with_guards java -cp . Guest
    same_with_guards node guest.js
}
# same_page USER ARGUMENT…: as that user, and each of its processes traced, too
same_page() {
    local user=$1 mode
    cp "$TESTS/guests/chromium.sh" .
    mkdir logs native no yes
    chmod -R a+rwX .
    shift
    native as "$user" sh chromium.sh "$PWD/native" "$@"
    equal 'exit status without the tracer' 0 "$native_status"
    has native.out '<p>42000</p>'
    for mode in no yes; do
        status=0
        as "$user" env LD_PRELOAD="$LIBTRACE" LIBTRACE_OPTIONS="--trace-children=$mode --trace-file=$PWD/logs/$mode.%p.log --log-file=$PWD/logs/$mode.%p" \
            sh chromium.sh "$PWD/$mode" "$@" >out 2>err || status=$?
        equal "exit status with --trace-children=$mode" 0 "$status"
        cmp native.out out
    done
    [ "$(grep -l 'a malloc of its own' logs/yes.* | wc -l)" -gt 3 ] || fail "few processes of Chromium were traced: $(ls logs)"
}
as() { # as USER COMMAND…
    if [ "$1" = "$(id -un)" ]; then "${@:2}"; else su -s /bin/sh "$1" -c "$(printf '%q ' "${@:2}")"; fi
}
test_chromium_in_its_sandbox() { if [ "$(id -u)" = 0 ]; then same_page nobody; else same_page "$(id -un)"; fi; }
test_chromium_without_a_sandbox() { same_page "$(id -un)" --no-sandbox; }
