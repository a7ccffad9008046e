# GLib: its slices, objects with private data, closures and counted boxes, as valgrind sees them.
source "$TESTS/e2e/books.sh"

# kinds FILE: its LEAK SUMMARY's four figures
kinds() { bare "$1" | sed -nE 's/^ *(definitely|indirectly|possibly) lost: (.*)/\1 \2/p; s/^ *still (reachable): (.*)/\1 \2/p'; }
# as_valgrind PROGRAM ARGUMENT…: same, the totals and the leak kinds are valgrind's
as_valgrind() {
    same "$@"
    by_valgrind "$@"
    equal "the totals of $*" "$(usage valgrind.log)" "$(usage summary)"
    equal "the leak kinds of $*" "$(kinds valgrind.log)" "$(kinds summary)"
}
# GLib 2.66 (Debian 11) keeps its types by pointers into their blocks.
types='0 bytes in 0 blocks'
pkg-config --atleast-version=2.74 glib-2.0 || types='1,360 bytes in 19 blocks'
# kind NAME: of ./summary
kind() { kinds summary | sed -n "s/^$1 //p"; }

test_lost_objects_and_slices() {
    as_valgrind "$PROGRAMS/glib_objects" lose
    # 20 things of 32 bytes and the pointer behind them, 30 nodes; below each thing its private data and name.
    equal definite '1,280 bytes in 50 blocks' "$(kind definitely)"
    equal indirect '2,080 bytes in 40 blocks' "$(kind indirectly)"
    equal possible "$types" "$(kind possibly)"
    report trace.log
    has report '2,880 (800 direct, 2,080 indirect) bytes in 20 blocks are definitely lost' \
        '480 bytes in 30 blocks are definitely lost'
}
# As valgrind has it: the request is the innermost frame.
test_stack_of_a_part() {
    traced "$PROGRAMS/glib_objects" lose
    report trace.log
    equal 'first frames' 'g_type_create_instance
make_thing
lose
run
main' "$(bare report | sed -n '/(800 direct/,/^ *$/p' | sed -nE 's/^ +(at|by) 0x[0-9A-F]+: ([a-z_]+) .*/\2/p' | grep -v g_object_new)"
}
test_stacks_of_parts_are_libunwinds() {
    OPTIONS='--verify-stacks=yes -v' traced "$PROGRAMS/glib_objects" come_and_go
    has err ', 0 different'
}
test_held_objects() {
    as_valgrind "$PROGRAMS/glib_objects" hold
    equal definite '0 bytes in 0 blocks' "$(kind definitely)"
    equal possible "$types" "$(kind possibly)"
}
test_what_comes_and_goes_is_gone() {
    same "$PROGRAMS/glib_objects" come_and_go
    equal 'bytes in use' same "$(few_in_use summary)"
    equal definite '0 bytes in 0 blocks' "$(kind definitely)"
    equal possible "$types" "$(kind possibly)"
    no_errors come_and_go
}
# few_in_use FILE: what GLib keeps for itself is no more than 60,000 bytes
few_in_use() { usage "$1" | awk '{ print $1 < 60000 && $3 + 0 < 500 ? "same" : $0 }'; }
test_threads() {
    same "$PROGRAMS/glib_objects" threads
    equal 'bytes in use' same "$(few_in_use summary)"
    equal definite '0 bytes in 0 blocks' "$(kind definitely)"
    no_errors threads
}
test_forked_child_untraced() {
    same "$PROGRAMS/glib_objects" child
    equal status 7 "$status"
    no_errors child
}
test_forked_child_traced() {
    OPTIONS='--trace-children=yes --trace-file=t.%p.log' same "$PROGRAMS/glib_objects" child
    equal status 7 "$status"
    for log in t.*.log; do
        report "$log"
        has report "possibly lost: $types" 'definitely lost: 0 bytes' 'GLib was told'
        has_not report Invalid Mismatched
    done
    equal logs 2 "$(ls t.*.log | wc -l)"
}
# The object is a part of its block: glibc would abort.
test_free_of_an_object() {
    traced "$PROGRAMS/glib_objects" free
    equal status 0 "$status"
    has out done
    report trace.log
    has report 'Mismatched free() / delete / delete []' 'free (' \
        'is 0 bytes inside a block of size 40 alloc'
}
test_realloc_of_an_object() {
    traced "$PROGRAMS/glib_objects" realloc
    equal status 0 "$status"
    has out done
    report trace.log
    has report 'Invalid free() / delete / delete[] / realloc()' \
        'is 0 bytes inside a block of size 40 alloc'
}
test_opened_later() {
    if libc_since 34; then
        as_valgrind "$PROGRAMS/glib_opened"
    else
        # libpthread is a library of its own there, which libunwind has loaded before GLib does: the loader's blocks are fewer.
        same "$PROGRAMS/glib_opened"
        by_valgrind "$PROGRAMS/glib_opened"
        lost() { kinds "$1" | grep -v reachable; }
        equal 'what is lost' "$(lost valgrind.log)" "$(lost summary)"
    fi
    equal definite '1,440 bytes in 70 blocks' "$(kind definitely)"
    ! libc_since 34 || equal possible "$types" "$(kind possibly)"
}
test_what_was_assumed_is_said() {
    traced "$PROGRAMS/glib_objects" lose
    report trace.log
    has report 'Note: GLib was told that valgrind is there: '
    traced "$BUILD/demo"
    report trace.log
    has_not report GLib
}
test_switched_off() {
    OPTIONS=--glib=no same "$PROGRAMS/glib_objects" lose
    report trace.log
    has_not report 'GLib was told'
    # Since 2.76 GLib has no slices of its own.
    if pkg-config --atleast-version=2.76 glib-2.0; then
        has report '480 bytes in 30 blocks are definitely lost'
    else
        has_not report '480 bytes in 30 blocks are definitely lost'
    fi
}
# What the user has set is stronger, as under valgrind.
test_slices_asked_for() {
    export G_SLICE=
    same "$PROGRAMS/glib_objects" come_and_go
    no_errors come_and_go
}
test_code_that_may_not_be_changed() {
    same "$PROGRAMS/glib_opened" denied
    equal status 0 "$status"
    has_not err seccomp
    report trace.log
    has report "2 of GLib's libraries could not be told that valgrind is there"
    has_not report 'GLib was told'
}
