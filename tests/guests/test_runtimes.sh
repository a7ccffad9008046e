# Runtimes that do not play by C's rules: Go (stacks, signals and an exit of its own), Java, node.
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
