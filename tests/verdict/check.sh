# check.sh: sourced. Generated programs (generate.sh), their leak summary compared with the truth.

compilers=('gcc -O0' 'gcc -O1' 'gcc -O2' 'gcc -O3' 'clang -O0' 'clang -O1' 'clang -O2' 'clang -O3')

compile_cases() { # compile_cases NAME COMPILER FLAG…: NAME.c, into ./NAME
    local name=$1
    shift
    "$@" -std=gnu11 -w -g -I"$TESTS/verdict" -o "$name" "$name.c" -pthread
}

summary_figures() { # of ./err, as generate.sh writes the truth
    tr -d , <err | awk '
        BEGIN { f["definitely"] = f["indirectly"] = f["possibly"] = f["still"] = "0:0" }
        /no leaks are possible|LEAK SUMMARY/ { known = 1 }
        / (lost|reachable): / { f[$2] = $4 ":" $7 }
        END { print known ? f["definitely"] " " f["indirectly"] " " f["possibly"] " " f["still"] : "none" }'
}

is_true() { # is_true FIGURES TRUTH: a figure that ends in + may be larger
    local -a found=($1) truth=($2)
    [ ${#found[@]} = 4 ] || return 1
    for k in 0 1 2 3; do
        case ${truth[k]} in
        *+) [ "${found[k]%:*}" -ge "${truth[k]%:*}" ] || return 1 ;;
        *) [ "${found[k]}" = "${truth[k]}" ] || return 1 ;;
        esac
    done
}

checked=0 wrong=0
check_cases() { # check_cases NAME: every case of it; counts in $checked and $wrong
    local name=$1 number truth figures what
    while read -r number truth; do
        what=$(cut -d' ' -f5- <<<"$truth") truth=$(cut -d' ' -f1-4 <<<"$truth")
        traced "./$name" "$number"
        checked=$((checked + 1))
        figures=$(summary_figures)
        is_true "$figures" "$truth" && continue
        wrong=$((wrong + 1))
        echo "    $compiler, $name.c, case $number ($what): the truth is «$truth», found «$figures»"
    done < <(sed -nE 's|^/\* truth (.*) \*/$|\1|p' "$name.c")
}
