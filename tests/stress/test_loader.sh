# The children of tests/e2e/test_loader.sh, more of them.
source "$TESTS/e2e/test_loader.sh"
unset -f $(declare -F | awk '$3 ~ /^test_/ { print $3 }')

test_a_thousand_children_forked_while_libraries_come_and_go() { with_lock 1000 churn; }
