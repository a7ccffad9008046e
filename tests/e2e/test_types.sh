# Types of blocks: --by=type, and members in ways and cycles.

# rows: "BLOCKS TYPE" of the table in ./report, in ./rows, too
rows() {
    bare report | sed -nE 's/^ +[0-9.]+% +[0-9,]+ +([0-9,]+)  (.*)$/\1 \2/p' | LC_ALL=C sort -k2 >rows
    cat rows
}

# By vtable (Session, in whatever it lies), by allocators (nodes, arrays, make_shared), by what variables and members
# lead to (Entry, but not what inherits from it and is larger). malloc(1000) is nothing.
test_types_of_cxx() {
    OPTIONS=--heap-graph=yes traced "$PROGRAMS/types_cxx"
    report -q --by=type --metric=in-use trace.log
    equal types '7 app::Entry
1 app::Entry*
14 app::Session
1 app::Session*
10 app::Timer
1 std::_List_node<app::Base*>
4 std::_Rb_tree_node<std::pair<int const, std::unique_ptr<app::Entry, std::default_delete<app::Entry> > > >
5 type not known' "$(rows)"
    report --why=main --why=cycle --paths=20 trace.log
    has report 'block of 32 bytes, app::Session*[0] (main, types_cxx.cpp:' \
        'std::_Rb_tree_node<std::pair<...> >::_M_storage.second._M_t._M_t._M_head_impl' \
        'block of 24 bytes, app::Entry::next (main, types_cxx.cpp:' \
        'block of 40 bytes, 5 of app::Entry* (main, types_cxx.cpp:'
    report trace.log
    has report 'make one of these pointers weak: app::Session::timer._M_ptr (+32), app::Timer::session._M_ptr (+40)'
}

# Without vtables and without the layout of what variables lead to: what allocating functions are called.
test_types_without_the_graph_and_debug_information() {
    cp "$PROGRAMS/types_cxx" program
    strip --strip-debug program
    traced ./program
    report -q --by=type --metric=in-use trace.log
    rows >/dev/null
    has rows '1 app::Session*' '1 std::_List_node<app::Base*>' '10 app::Timer' '10 app::Session' '17 type not known'
}

# What the compiler says of new expressions (clang from 21 on): arrays without their count, arrays that may have one in front,
# and nothing where the class has an operator new of its own.
test_types_of_new_expressions() {
    [ "$(uname -m)" = x86_64 ] || return 0
    gcc -no-pie -o program "$TESTS/programs/types_new.s" -lstdc++ || fail 'cannot be linked'
    OPTIONS=--heap-graph=yes traced ./program
    report -q --by=type --metric=in-use trace.log
    equal types '1 Freed[]
4 Plain
1 app::Box<Plain>
1 char
1 long
1 type not known' "$(rows)"
    report --why=main --paths=20 trace.log
    has report 'block of 48 bytes, 2 of Plain (main, types_new.cpp:' 'inside a block of 56 bytes, Freed[] (main, types_new.cpp:'
}

# What an allocating function of the crate alloc has as its parameter, and what members lead to.
test_types_of_rust() {
    OPTIONS=--heap-graph=yes traced "$PROGRAMS/holders_rust" rc_cycle
    report -q --by=type --metric=lost --why=target trace.log
    # Newer Rusts call it RcInner; 1.48 has the type of what is in it (README, Limits).
    local box=RcBox
    case $(/usr/bin/rustc --version) in 'rustc 1.48.'*) has report ' 2  u64[10]'; return ;; esac
    ! grep -qF RcInner report || box=RcInner
    equal types "2 alloc::rc::$box<holders_rust::Node>
2 u64[10]" "$(rows)"
    has report "alloc::rc::$box<holders_rust::Node>::value.load (holders_rust::rc_cycle"
}

test_types_of_glib() {
    OPTIONS=--heap-graph=yes traced "$PROGRAMS/glib_objects" lose
    report -q --by=type --metric=in-use trace.log
    rows >/dev/null
    has rows '20 GObject of thing_get_type()'
}

# C: by what variables lead to; a void * leads to nothing that is known.
test_types_of_c() {
    OPTIONS=--heap-graph=yes traced "$PROGRAMS/holders" doubly
    report -q --by=type --metric=in-use trace.log
    equal types '5 type not known' "$(rows)"
    OPTIONS=--heap-graph=yes traced "$BUILD/demo" state --tracked
    report -q --by=type --metric=in-use trace.log
    rows >/dev/null
    has rows '101 struct app_state'
}

# What the program calls its blocks.
test_types_by_name() {
    OPTIONS=--heap-graph=yes traced "$PROGRAMS/check_names"
    report -q --by=type --metric=in-use trace.log
    rows | grep -v 'type not known' || fail 'no name is a type'
}
