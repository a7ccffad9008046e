# What is handed on, built as a whole. Needs make deps-deb.

top=$TESTS/..
# What is unpacked is built in folders of its own.
unset BUILD

test_dist_builds_the_same_bytes_in_two_folders() {
    make --no-print-directory -C "$top" dist BUILD="$PWD" >made 2>&1 || fail "$(cat made)"
    for folder in one two/deeper; do
        mkdir -p $folder
        tar -xzf dist/*.tar.gz -C $folder --strip-components=1
        make -j2 -C $folder >made 2>&1 || fail "$(tail -30 made)"
    done
    for file in libtrace.so leakreport demo libhandlers.so; do cmp one/build/$file two/deeper/build/$file; done
}

test_the_debian_package_has_its_files_and_runs_the_demo() {
    make --no-print-directory -C "$top" deb BUILD="$PWD" >made 2>&1 || fail "$(tail -40 made)"
    mkdir root
    dpkg-deb -x deb/leakreport_*_amd64.deb root
    (cd root && find . -type f -printf '%P\n' | sort) >files
    cat >expected <<'F'
usr/bin/leakreport
usr/include/leakreport.h
usr/include/leakreport/valgrind/memcheck.h
usr/include/leakreport/valgrind/valgrind.h
usr/lib/leakreport/libtrace.so
usr/share/bash-completion/completions/leakreport
usr/share/doc/leakreport/changelog.gz
usr/share/doc/leakreport/copyright
usr/share/leakreport/python3.supp
usr/share/man/man1/leakreport.1.gz
usr/share/zsh/vendor-completions/_leakreport
F
    diff expected files || fail 'the package has other files (< expected, > package)'
    dpkg-deb -f deb/leakreport_*_amd64.deb Depends >depends
    has depends libunwind8 libdw1 libelf1 libcapstone4
    (cd deb/leakreport-*/ && PATH=$PWD/../../root/usr/bin:$PATH sh debian/tests/demo) >demo 2>&1 || fail "$(tail -20 demo)"
}
