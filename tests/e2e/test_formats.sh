# --format: the views, by their names.

test_text_is_the_usual_form() {
    traced "$PROGRAMS/leak_direct"
    report trace.log
    mv report usual
    report --format=text trace.log
    equal "exit status" 0 "$status"
    cmp usual report || fail "--format=text is not what leakreport prints without it"
}

test_unknown_format_is_refused() {
    traced "$PROGRAMS/leak_direct"
    report --format=morse trace.log
    equal "exit status" 2 "$status"
    has report.err '--format=morse is not understood: --format takes text'
    [ ! -s report ] || fail "and something was printed"
}
