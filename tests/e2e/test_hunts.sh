# docs/hunts.md: each command as it stands there, and each line that it is to answer with, on the first screen or two.

page=$TESTS/../docs/hunts.md
# hunt NUMBER: the indented lines of its section, the command first
hunt() { sed -n "/^## $1\. /,/^## /p" "$page" | sed -n 's/^    //p'; }
# Without process numbers and addresses, figures apart by one blank. Newer Rusts name what a function was made for, and
# older ones have CString in std.
plain() { sed -E 's/alloc::, std:: in std::/alloc:: in alloc::/; s/<([a-zA-Z_:]+)>::new::<&str>/\1::new/; s/^==[0-9]+== ?//; s/0x[0-9A-F]+: //; s/ +/ /g; s/^ //' "$1" | head -n 60; }

test_each_hunt_is_answered_on_the_first_screen() {
    equal 'hunts' 10 "$(grep -c '^## [0-9]' "$page")"
    for number in 1 2 3 4 5 6 7 8 9 10; do
        hunt $number >wanted
        read -r name arguments <wanted
        equal "command of hunt $number" leakreport "$name"
        program=${arguments##* }
        # shellcheck disable=SC2086
        "$REPORT" ${arguments%"$program"} "$PROGRAMS/$program" >out 2>err || fail "hunt $number: exit status $?"
        plain err >said
        [ "$(wc -l <wanted)" -ge 2 ] || fail "hunt $number has no answer"
        # Newer Rusts keep a block of their own, so that a record is one of more.
        sed 1d wanted | sed -E '/^2,640/s/ in loss record .*//' | sed -E 's/ +/ /g; s/^ //' | while read -r line; do
            [ -z "$line" ] || grep -qF -e "$line" said || fail "hunt $number: no line with «$line» in: $(cat said)"
        done
    done
}
# Where the first look does not name the line, it names the option that does.
test_hunts_by_line_are_hinted_at() {
    for number in $(seq 10); do
        hunt $number | head -n 1 | grep -- --by=line >wanted || continue
        program=$(sed 's/.* //' wanted)
        "$REPORT" "$PROGRAMS/$program" 2>err >/dev/null
        grep -oE -e '--by=line( --metric=[a-z-]+)?' err >hinted || fail "hunt $number: no hint in $(cat err)"
        has wanted "leakreport $(cat hinted) $program"
        echo "$number" >>seen
    done
    equal hunts '4 9' "$(paste -sd' ' seen)"
}
# Nothing else is lost in them: a hunt is for one leak.
test_programs_of_the_hunts_say_what_valgrind_says() {
    for program in config resolver json result; do
        valgrind --leak-check=full "$PROGRAMS/hunt_$program" 2>native >/dev/null
        "$REPORT" "$PROGRAMS/hunt_$program" 2>err >/dev/null
        equal "$program" "$(grep -o 'definitely lost: .*' native)" "$(grep -o 'definitely lost: .*' err)"
    done
}
