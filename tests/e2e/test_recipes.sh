# The recipes that need no other packages than make check; the rest is "make recipes".
source "$TESTS/recipes/cheap.sh"
