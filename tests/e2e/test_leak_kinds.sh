# The programs tests/programs/leak_* under valgrind and under the tracer: both must say what
# leak_kinds.table says, and print the same LEAK SUMMARY where the table knows no difference. One case
# for each program and tool.
table=$TESTS/e2e/leak_kinds.table
valgrind_logs=$(mktemp -d)
trap 'rm -rf "$valgrind_logs"' EXIT

# Without its list of what libc and the loader keep: since 3.2x that hides some of what is still reachable.
run_valgrind() { # run_valgrind PROGRAM: its log goes to $valgrind_logs
    (cd "$(mktemp -d -p "$valgrind_logs")" && timeout 120 valgrind --default-suppressions=no --leak-check=full --show-leak-kinds=all \
        --log-file="$valgrind_logs/$1.part" "$PROGRAMS/$1" >/dev/null 2>&1 </dev/null)
    mv "$valgrind_logs/$1.part" "$valgrind_logs/$1.log"
}

leak_summary() { # leak_summary LOG: its lines from LEAK SUMMARY to suppressed, or the line that there is nothing
    bare "$1" | sed -n '/^LEAK SUMMARY:/,/suppressed:/p; /no leaks are possible/p'
}

figures() { # figures LOG: the five columns of the table, from a LEAK SUMMARY
    leak_summary "$1" | tr -d , | awk '
        BEGIN { f["definitely"] = f["indirectly"] = f["possibly"] = f["still"] = "0:0" }
        /no leaks are possible/ { known = 1 }
        /^LEAK SUMMARY/ { known = 1 }
        / (lost|reachable): / { f[$1] = $3 ":" $6 }
        /(stdstring|length64|newarray|multipleinheritance) *: / {
            sub(/:/, " "); via = via (via ? "+" : "") $1 "=" $2 ":" $5 }
        /suppressed: / && $2 ":" $5 != "0:0" { known = 0 }
        END { print known ? f["definitely"] " " f["indirectly"] " " f["possibly"] " " f["still"] (via ? " " via : "") : "none" }'
}

expected() { # expected PROGRAM valgrind|tracer: its row, the tool's own where it has one
    awk -v name="$1" -v tool="$2" '
        /^#/ { next }
        /^[^ ]/ { here = $1 == name }
        here && ($1 == name || $1 == tool) { $1 = ""; sub(/^ /, ""); row = $0 }
        END { print row }' "$table"
}

matches() { # matches FIGURE PATTERN: BYTES:BLOCKS against BYTES:BLOCKS, BYTES:BLOCKS+Ndtv or BYTES:BLOCKS+Nloader
    local more count each
    case $2 in
    *'|'*) matches "$1" "${2%%|*}" || matches "$1" "${2#*|}" ;;
    *loader)
        count=${2##*+} count=${count%loader}
        local plain=${2%+*}
        [ $((${1#*:} - ${plain#*:})) -eq "$count" ] && [ "${1%:*}" -gt "${plain%:*}" ]
        ;;
    *dtv)
        count=${2##*+} count=${count%dtv}
        local plain=${2%+*}
        more=$((${1%:*} - ${plain%:*})) each=$(((${1%:*} - ${plain%:*}) / count))
        [ $((${1#*:} - ${plain#*:})) -eq "$count" ] && [ $((each * count)) -eq "$more" ] &&
            [ $((each % 16)) -eq 0 ] && [ "$each" -ge 256 ] && [ "$each" -le 1024 ]
        ;;
    *) [ "$1" = "$2" ] ;;
    esac
}

check_figures() { # check_figures WHO LOG ROW
    local found column=0 want
    found=$(figures "$2")
    local -a have
    read -ra have <<<"$found"
    read -ra want <<<"$3"
    [ ${#have[@]} -eq ${#want[@]} ] || { leak_summary "$2"; fail "$1: expected «$3», found «$found»"; }
    for column in "${!want[@]}"; do
        matches "${have[$column]}" "${want[$column]}" || { leak_summary "$2"; fail "$1: expected «$3», found «$found»"; }
    done
}

has_own_row() { # has_own_row PROGRAM: the table knows a difference
    awk -v name="$1" '/^[^ #]/ { here = $1 == name } here && ($1 == "valgrind" || $1 == "tracer") { own = 1 } END { exit !own }' "$table"
}

check_valgrind() {
    [ -f "$valgrind_logs/$1.log" ] || run_valgrind "$1"
    check_figures valgrind "$valgrind_logs/$1.log" "$(expected "$1" valgrind)"
}

check_tracer() {
    traced "$PROGRAMS/$1"
    equal "exit status" 0 "$status"
    check_figures tracer err "$(expected "$1" tracer)"
    has_own_row "$1" && return
    [ -f "$valgrind_logs/$1.log" ] || run_valgrind "$1"
    equal "LEAK SUMMARY" "$(leak_summary "$valgrind_logs/$1.log")" "$(leak_summary err)"
}

programs=$(awk '/^leak_/ { print $1 }' "$table")
if ! grep -q '^flags.* avx' /proc/cpuinfo; then programs=$(echo "$programs" | grep -v ymm); fi
for program in $programs; do
    a_case "valgrind_${program#leak_}" check_valgrind "$program"
    a_case "tracer_${program#leak_}" check_tracer "$program"
done

test_every_program_is_in_the_table() {
    for source in "$TESTS"/programs/leak_*.*; do
        name=$(basename "${source%.*}")
        grep -q "^$name " "$table" || fail "$name is not in the table"
    done
    [ "$(echo "$programs" | wc -l)" -ge 45 ] || fail "the table has lost its programs"
}

# All of valgrind's runs beforehand, several at a time, unless one case was asked for.
if [ -z "${only:-}" ]; then
    export -f run_valgrind
    export valgrind_logs
    echo "$programs" | xargs -P "$(nproc)" -I{} bash -c 'run_valgrind {}'
fi
