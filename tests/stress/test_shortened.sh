# A log that is made shorter at any moment, by 1 to 4 threads, with the program's own handler and its children.
source "$TESTS/e2e/books.sh"

test_shortened_500_times() {
    for round in $(seq 100); do
        for way in default handler grown fork sent; do
            bytes=$((round % 3 * 60000))
            [ $way != grown ] || bytes=0
            rm -f trace.log
            traced "$PROGRAMS/log_shortened" $way $((1 + round % 4)) $bytes $((round * 37993 % 40000))
            equal "exit status of $way $round" 7 "$status"
            has out 'went on'
            [ "$(grep -c 'libtrace: ' err)" -le 1 ] || fail "$(cat err)"
        done
    done
}
