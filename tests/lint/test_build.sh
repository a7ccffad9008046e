# The Makefile: the builder's flags, what a build says, the version.

top=$TESTS/..

# recipe ARGUMENT…: what make would run for all and the unit tests in an empty build folder, each command on one line
recipe() {
    make --no-print-directory -n -C "$top" BUILD="$PWD/none" "$@" all unit | sed -e :a -e '/\\$/N; s/\\\n//; ta' >commands
    grep -E '^my-cc ' commands | grep -E -e ' -c -o ' >compilations
    grep -E '^my-cc ' commands | grep -vE -e ' -c -o ' >links
    [ "$(wc -l <compilations)" -ge 150 ] && [ "$(wc -l <links)" -ge 50 ] || fail 'the commands are not found'
}

test_flags_of_the_builder_reach_every_command() {
    recipe V=1 CC=my-cc CFLAGS='-Omine' CPPFLAGS=-DMINE LDFLAGS=-Wl,-mine
    # The fuzzers' module is data: a test expects its very instructions.
    equal 'compiled without them' '' "$(grep -v -e '-DMINE.* -Omine ' compilations)"
    equal 'linked without them' '' "$(grep -v -e '^my-cc -Omine -Wl,-mine ' links)"
    ! grep -e ' -Werror' commands || fail 'a warning would stop this build'
}
test_flags_may_come_from_the_environment() {
    CFLAGS=-Omine CPPFLAGS=-DMINE LDFLAGS=-Wl,-mine recipe V=1 CC=my-cc
    equal 'compiled without them' '' "$(grep -v -e '-DMINE.* -Omine ' compilations)"
    equal 'linked without them' '' "$(grep -v -e '^my-cc -Omine -Wl,-mine ' links)"
}
test_the_demo_is_not_optimized_unless_it_is_said() {
    recipe V=1 CC=my-cc
    equal 'files of the demo that are optimized' '' "$(grep -e '-c -o [^ ]*/obj/demo/' compilations | grep -v -e ' -O0 ')"
}
test_a_quiet_build_says_what_is_built() {
    recipe CC=my-cc
    equal 'what is said' "$(sed 's/.* -c -o [^ ]* \([^ ]*\) .*/CC \1/' compilations | sort)" "$(sed -n "s/^printf .* CC \([^ ;]*\);.*/CC \1/p" commands | sort)"
    equal 'links that are said' "$(wc -l <links)" "$(grep -c '^printf .* LINK ' commands)"
}

# Compilers that are not known may have warnings of their own; the build prints them, and nothing fails.
known_compilers='^gcc.* 1[246]\.|clang version (14|19)\.'
test_known_compilers_have_no_warning() {
    find "$BUILD/obj" -name '*.said' >said
    [ "$(wc -l <said)" -ge 150 ] || fail 'what the compiler said is not kept'
    "$(cut -d' ' -f1 "$BUILD/flags")" --version | head -n 1 >compiler
    grep -qE "$known_compilers" compiler || return 0
    xargs cat <said >warnings
    [ ! -s warnings ] || fail "$(head -30 warnings)"
}

# What clang calls implicit: the name of an atomic object alone, where a reader sees no access.
test_atomics_are_touched_by_calls() {
    local folder=$top/tracer
    look() { clang -std=gnu11 -D_GNU_SOURCE -I"$folder" -fsyntax-only -Watomic-implicit-seq-cst "$@" 2>&1; }
    grep -lr --include='*.c' 'tomic' "$folder" | while read -r file; do look "$file" || echo "$file is not read"; done >said
    equal 'bare names of atomic objects' '' "$(grep -E 'implicit use of seq|is not read' said)"
    echo '_Atomic int count; int next(void) { return count + 1; }' >bare.c
    look bare.c | grep 'implicit use of seq' >said || fail 'a bare name is not found'
}

test_capstone_that_has_come_is_used() {
    local object=$PWD/b/obj/report/symbols/instruction.o
    make -s -C "$top" BUILD="$PWD/b" HAS_CAPSTONE= "$object"
    make -C "$top" BUILD="$PWD/b" HAS_CAPSTONE= "$object" >said
    has_not said instruction.c
    make -C "$top" BUILD="$PWD/b" HAS_CAPSTONE=-lcapstone "$object" >said
    has said instruction.c
}
test_the_version_is_that_of_the_changelog() {
    local version
    version=$(sed -n 's/^## \([0-9.]*\) .*/\1/p' "$top/CHANGELOG.md" | head -n 1)
    [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "CHANGELOG.md begins with no version: $version"
    equal leakreport "leakreport $version" "$("$REPORT" --version)"
    equal 'places that have it' '' "$(cd "$top" && grep -rlF "$version" Makefile packaging report tracer)"
}

# Who only tries it needs no clang, no Rust and no valgrind.
test_packages_are_those_that_the_goals_need() {
    groups() { make -n -C "$TESTS/.." BUILD="$PWD/build" deps "$@" 2>/dev/null | sed -n 's|^sh tests/deps.sh ||p' | xargs; }
    equal 'make deps' build "$(groups)"
    equal 'make deps try' build "$(groups try)"
    equal 'make deps check' 'build test' "$(groups check)"
    equal 'make deps try check' 'build test' "$(groups try check)"
    ! sed -n 's/^build="\(.*\)"/\1/p' "$TESTS/deps.sh" | grep -E 'clang|rustc|nodejs|valgrind' || fail 'building needs too much'
}
