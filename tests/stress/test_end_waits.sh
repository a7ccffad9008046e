# 1,000 ends of each kind, with a thread in each system call that a signal cuts short: none is seen to be.
source "$TESTS/e2e/test_end_waits.sh"
unset -f $(declare -F | awk '$3 ~ /^test_/ { print $3 }')

for way in $every_way; do
    a_case "1000_ends_by_$way" ends_in_silence 1000 '' "$way"
done
test_1000_ends_without_a_leak_check() { ends_in_silence 125 --leak-check=no $every_way; }
