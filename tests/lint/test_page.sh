# The scripts of the page (--html): types as their comments say, and nothing from a network.

test_the_scripts_are_typed() {
    command -v tsc >/dev/null || fail 'tsc is missing: make deps installs it (node-typescript)'
    # What browsers have and the library of older compilers (4.1) does not name; it is the same in newer ones.
    echo 'interface ParentNode { replaceChildren(...nodes: (Node | string)[]): void; }' >newer.d.ts
    tsc --noEmit --allowJs --checkJs --strict --noUnusedLocals --target es2020 --lib es2020,dom,dom.iterable \
        newer.d.ts "$TESTS"/../report/views/html/page/*.js || fail 'tsc'
}
test_a_wrong_type_is_noticed() {
    cp "$TESTS"/../report/views/html/page/*.js .
    echo 'size("not a number");' >>10-format.js
    ! tsc --noEmit --allowJs --checkJs --strict --target es2020 --lib es2020,dom,dom.iterable ./*.js >said || fail 'not noticed'
    has said 'not assignable'
}
test_nothing_is_fetched_or_parsed_as_markup() {
    cd "$TESTS/../report/views/html/page"
    ! grep -nE 'innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|fetch\(|XMLHttpRequest|import ' ./*.js || fail 'see above'
    ! grep -nE 'https?://' ./*.js ./*.css ./*.html | grep -v 'www.w3.org/2000/svg' || fail 'an address of a network'
}
