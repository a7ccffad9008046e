# --stale-pointers=yes: what still points to blocks that the program gave up.
stale() { bare report | sed -n '/^STALE POINTERS:/,/^$/{s/^    //p}' | sed -E 's/0x[0-9a-f]+/ADDRESS/g'; }

test_a_view_of_an_array_that_has_grown() {
    OPTIONS='-q --stale-pointers=yes' traced "$BUILD/demo" view
    report trace.log
    equal stale 'static variable chart.view (view.c:53) points 48 bytes into a block of size 128 that samples_grow (view.c:25) gave up' "$(stale)"
    OPTIONS='-q --stale-pointers=yes' traced "$BUILD/demo" view --fixed
    report trace.log
    has_not report STALE
}
test_freed_and_moved() {
    OPTIONS='-q --stale-pointers=yes' traced "$PROGRAMS/stale_pointers"
    report trace.log
    stale >found
    cat >expected <<'E'
static variable freed_text (stale_pointers.c:9) points 16 bytes into a block of size 64 that drop (stale_pointers.c:13) freed
byte 8 of a block of size 16 that make_node (stale_pointers.c:17) allocated points 4 bytes into a block of size 100 that grow (stale_pointers.c:14) moved from ADDRESS to ADDRESS
E
    diff expected found || fail 'other words'
    OPTIONS='-q --stale-pointers=yes' traced "$PROGRAMS/stale_pointers" fixed
    report trace.log
    has_not report STALE
    OPTIONS='-q' traced "$PROGRAMS/stale_pointers"
    report trace.log
    has_not report STALE
}

# What lies beside a fresh block cannot be meant for it; its end can.
test_places_that_fresh_blocks_have_taken() {
    local taken='that drop (SOURCE) freed, and whose place has been taken since by a block that make_fresh (SOURCE) allocated'
    OPTIONS='-q --stale-pointers=yes --freelist-vol=0' traced "$PROGRAMS/stale_pointers" taken
    report trace.log
    stale | sed -E 's/stale_pointers.c:[0-9]+/SOURCE/g' >found
    equal stale "static variable beside_fresh (SOURCE) points 2,000 bytes into a block of size 4,000 $taken" "$(cat found)"
    OPTIONS='-q --stale-pointers=all --freelist-vol=0' traced "$PROGRAMS/stale_pointers" taken
    report trace.log
    stale | sed -E 's/stale_pointers.c:[0-9]+/SOURCE/g' >found
    has found "static variable in_fresh (SOURCE) points 16 bytes into a block of size 4,000 $taken" \
        "static variable end_of_fresh (SOURCE) points 1,000 bytes into a block of size 4,000 $taken" \
        'a stack or what was mapped points 0 bytes into a block of size 300 that drop (SOURCE) freed'
    has_not found 'static variable fresh'
}
