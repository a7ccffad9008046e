# Other languages' test tools.
source "$TESTS/recipes/recipe.sh"

test_cargo() {
    recipe cargo
    has printed 'definitely lost in loss record' 'leaky::main'
}
test_go() { recipe go; has printed '_Cfunc__Cmalloc' 'definitely lost in loss record'; }
test_googletest() { recipe googletest; }
test_catch2() { recipe catch2; }
test_pytest() { export PYTHONDONTWRITEBYTECODE=1; recipe pytest; }
# Nothing of what CPython leaves is told, and nothing of an extension is hidden: with other modules, and embedded in another program.
test_suppressions_of_cpython_hide_what_it_keeps_and_no_more() {
    export PYTHONMALLOC=malloc
    for code in 'import json, re, subprocess, ctypes, threading, sqlite3; print(json.dumps(3))' 'import asyncio, decimal, xml.dom.minidom; asyncio.run(asyncio.sleep(0))' \
        'import unittest, email.parser, http.client, logging.config; raise SystemExit(0)'; do
        report -q --error-exitcode=9 --suppressions="$docs/../packaging/suppressions/python3.supp" /usr/bin/python3 -c "$code"
        equal "exit status of $code" 0 "$status"
        equal "report of $code" '' "$(cat report.err)"
    done
}
