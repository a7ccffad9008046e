# Pages whose tools make check has anyway (tests/e2e/test_recipes.sh).
source "$TESTS/recipes/recipe.sh"
test_make() { recipe make; has leaky.checked 'definitely lost'; has twice.checked 'Invalid free'; }
test_gdb() { recipe gdb; has printed 'definitely lost in loss record'; }
test_cmocka() { recipe cmocka; }
test_ci() {
    recipe ci
    has memory.txt 'definitely lost in loss record'
    for file in .github/workflows/memory.yml .gitlab-ci.yml; do
        yamllint -d '{extends: relaxed, rules: {line-length: disable}}' $file >said || fail "$(cat said)"
        has $file 'leakreport -q --error-exitcode=1 --log-file=memory.txt ./leaky'
    done
}
test_ide() { recipe ide; has leaky.xml '<protocolversion>4</protocolversion>' '<kind>Leak_DefinitelyLost</kind>'; }
# No daemon is here; but what it copies is what is installed, and what it needs is what the package needs.
test_docker() {
    sed -n '/^FROM/,/^```/p' "$docs/docker.md" >Dockerfile
    make_programs
    make -C "$TESTS/.." -o all install BUILD="$BUILD" DESTDIR="$PWD/root" PREFIX=/usr/local >made 2>&1 || fail "$(cat made)"
    sed -n 's/^COPY --from=leakreport \([^ ]*\) .*/\1/p' Dockerfile >copied
    [ "$(wc -l <copied)" = 2 ] || fail 'it copies something else'
    while read -r path; do
        [ -e "root$path" ] || fail "$path is not installed"
        mkdir -p "$(dirname "image$path")"
        cp -a "root$path" "image$path"
    done <copied
    gcc -g -o leaky leaky.c
    status=0
    image/usr/local/bin/leakreport -q --error-exitcode=1 -- ./leaky 2>err || status=$?
    equal 'exit status' 1 "$status"
    has err "$PWD/image/usr/local/lib/leakreport/libtrace.so"
    for package in libdw1 libelf1 libunwind8; do has Dockerfile $package; has "$docs/../packaging/Dockerfile" $package; done
}
test_every_page_is_in_the_list_and_tested() {
    for page in $(grep -oE '\([a-z0-9]+\.md\)' "$docs/README.md" | tr -d '()'); do [ -e "$docs/$page" ] || fail "there is no $page"; done
    for page in "$docs"/*.md; do
        page=$(basename "$page")
        case $page in README.md | json.md | viewers.md | who-holds.md | hunts.md) continue ;; esac # these are no recipes
        has "$docs/README.md" "($page)"
        grep -qE -e "(recipe|like_valgrind) ${page%.md}( |;|$)" -e "docs/$page" "$TESTS"/recipes/*.sh || fail "$page is not run by a test"
    done
}
