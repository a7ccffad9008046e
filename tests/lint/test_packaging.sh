# What is handed on: make dist, packaging/debian, completion, workflows. A whole build of them is tests/stress/test_packages.sh.

top=$TESTS/..

make_dist() { # make_dist: into ./dist, unpacked into ./one and ./two
    make --no-print-directory -C "$top" dist BUILD="$PWD" >made 2>&1 || fail "$(cat made)"
    mkdir one two/deeper -p
    tar -xzf dist/*.tar.gz -C one --strip-components=1
    tar -xzf dist/*.tar.gz -C two/deeper --strip-components=1
}
test_the_dist_tree_has_all_that_a_build_needs() {
    make_dist
    make --no-print-directory -n -C one all unit programs BUILD=b >commands || fail 'not everything is there'
    for file in README.md CHANGELOG.md LICENSE packaging/debian/rules tests/run.sh .ci/run; do
        [ -e "one/$file" ] || fail "$file is missing"
    done
    [ -x one/packaging/debian/rules ] || fail 'modes are lost'
}
# In a folder that has no git, and from another one: the same bytes.
test_dist_is_the_same_from_the_dist_tree() {
    make_dist
    make --no-print-directory -C two/deeper dist BUILD="$PWD/again" >made 2>&1 || fail "$(cat made)"
    cmp dist/*.tar.gz again/dist/*.tar.gz || fail "$(diff <(tar -tvzf dist/*.tar.gz) <(tar -tvzf again/dist/*.tar.gz))"
}
test_two_folders_give_the_same_bytes() {
    make_dist
    local some='build/obj/tracer/os/bytes.o build/obj/report/cli/cli.o build/libhandlers.so build/demo'
    for folder in one two/deeper; do
        # shellcheck disable=SC2086
        make --no-print-directory -C "$folder" BUILD=build $some >made 2>&1 || fail "$(cat made)"
    done
    for file in $some; do cmp "one/$file" "two/deeper/$file"; done
}

# --- packaging/debian -----------------------------------------------------------------------------------

test_the_package_depends_on_what_is_loaded_at_run_time() {
    strings "$LIBTRACE" | grep -oE '^lib[a-z]+\.so\.[0-9]+$' | sort -u >loaded
    has loaded libunwind.so.8
    sed -n 's/^Depends: //p' "$top/packaging/debian/control" | grep -qw libunwind8 || fail 'libunwind8 is not among Depends'
}
# The linker's map says which members of libiberty.a are in leakreport.
test_the_copyright_names_what_is_linked_in() {
    # The objects of the sources that there are: a build folder keeps those of files that have moved.
    gcc -o leakreport $(cd "$top" && find report -name '*.[cS]' | sed "s|\(.*\)\..|$BUILD/obj/\1.o|") "$BUILD/obj/tracer.a" -Wl,-Map=map -pthread -ldw -lelf -liberty -lz -lcapstone || fail 'leakreport cannot be linked'
    grep -oE 'libiberty[^ ]*\.a\([a-z_-]+\.o\)' map | sed 's/.*(\(.*\)\.o)/\1/' | sort -u >members
    grep -oE '^Files: libiberty/[a-z-]+' "$top/packaging/debian/copyright" | sed 's|.*/||' | sort -u >named
    diff members named || fail 'packaging/debian/copyright names others (< linked, > named)'
    has "$top/packaging/debian/copyright" 'Files: elfutils/*' 'Files: libunwind/*'
}
test_the_changelog_is_debians() {
    printf '# Changes\n\n## 1.2.0 (2026-12-24)\n\n- One change that is told in\n  two lines.\n- Other.\n\n## 1.1.0 (2026-11-30)\n\n- Old.\n' |
        sh "$top/packaging/debian_changelog.sh" 'some <one@some.example>' >changelog
    cat >expected <<'C'
leakreport (1.2.0) unstable; urgency=medium

  * One change that is told in two lines.
  * Other.

 -- some <one@some.example>  Thu, 24 Dec 2026 00:00:00 +0000

leakreport (1.1.0) unstable; urgency=medium

  * Old.

 -- some <one@some.example>  Mon, 30 Nov 2026 00:00:00 +0000

C
    diff expected changelog || fail 'debian_changelog.sh writes it otherwise'
}

# --- completion ---------------------------------------------------------------------------------------

# What --help lists, and --run; what the tracer takes. --traced-since, --log-descriptor and --errors-live are put there by the tracer itself.
options_of_help() { { echo --run; "$REPORT" --help | sed -n 's/^  \(-[^ =]*\).*/\1/p'; } | sort; }
options_of_the_tracer() {
    sed -n '/known_options\[\] = {/,/^};/p' "$top/tracer/life/env.c" | grep -v -e read_nothing -e traced-since -e log-descriptor -e errors-live | sed -n 's/.*{"\(--[a-z-]*\)".*/\1/p' | { cat; printf '%s\n' -q -v; } | sort
}
# in_bash LINE: what bash offers for the word that the line ends in
in_bash() {
    bash --norc -c '
        source "$1"
        compopt() { :; }
        COMP_LINE=$2 COMP_POINT=${#2}
        read -ra COMP_WORDS <<<"$2"
        [[ $2 != *" " ]] || COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _leakreport "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" ""
        printf "%s\n" "${COMPREPLY[@]}"' - "$top/packaging/completion/leakreport.bash" "$1"
}
test_bash_completion_knows_every_option() {
    in_bash "$REPORT -" | sed 's/=$//' | sort >found
    diff <(options_of_help) found || fail 'bash completion offers others (< --help, > completion)'
    in_bash "$REPORT --run -" | sed 's/=$//' | sort >found
    diff <(options_of_the_tracer) found || fail 'bash completion offers others (< tracer/life/env.c, > completion)'
}
test_bash_completion_knows_values_and_files() {
    equal values 'no summary full' "$(in_bash "$REPORT --leak-check=" | xargs)"
    equal values 'summary' "$(in_bash "$REPORT --leak-check=s" | xargs)"
    equal values 'yes no' "$(in_bash "$REPORT --run --trace-children=" | xargs)"
    touch known.supp trace.log
    equal files 'known.supp' "$(in_bash "$REPORT --suppressions=kn" | xargs)"
    equal logs 'trace.log' "$(in_bash "$REPORT trace" | xargs)"
}
in_zsh() { zsh -f -c 'source "$1"; _leakreport_specs "$2"; print -rl -- $specs; print -r -- "=="; _leakreport_specs "$2" --run; print -rl -- $specs' - "$top/packaging/completion/_leakreport" "$REPORT"; }
test_zsh_completion_knows_every_option() {
    in_zsh >specs || fail 'zsh cannot read packaging/completion/_leakreport'
    names() { sed 's/^(-)//; s/^[*]//; s/[=[].*//' | sort; }
    diff <(options_of_help) <(sed '/^==$/,$d' specs | names) || fail 'zsh completion offers others (< --help, > completion)'
    diff <(options_of_the_tracer) <(sed '1,/^==$/d' specs | names) || fail 'zsh completion offers others (< tracer/life/env.c, > completion)'
    has specs '*--leak-check=[how much of leaks to show (full)]:value:(no summary full)'
}

# --- workflows ----------------------------------------------------------------------------------------

test_workflows_run_the_two_commands_on_each_release() {
    for file in .github/workflows/check.yml .gitlab-ci.yml; do
        yamllint -d '{extends: relaxed, rules: {line-length: disable}}' "$top/$file" >said || fail "$(cat said)"
        has "$top/$file" 'make deps try' 'make deps check' "$(sed -n 's/^for release in \${\*:-\(.*\)}; do/[\1]/p' "$TESTS/releases/run.sh" | sed 's/ /, /g')"
    done
}
