# Every call stack is libunwind's own: over a million captures of each of these programs, which nobody here wrote but for
# one, are compared with unw_backtrace, and none may differ.

# exact PROGRAM ARGUMENT…
exact() {
    local compared different
    LIBTRACE_OPTIONS='--verify-stacks=yes -v --leak-check=no' LD_PRELOAD=$LIBTRACE "$@" >out 2>err </dev/null ||
        fail "exit status $?: $(tail -n 3 err)"
    read -r compared different < <(sed -n 's/.* \([0-9,]*\) compared with libunwind, \([0-9,]*\) different$/\1 \2/p' err | tr -d ,)
    equal 'stacks that differ' 0 "${different:-none told}"
    [ "${compared:-0}" -gt 1000000 ] || fail "only ${compared:-0} were compared"
    echo "    $compared"
}
inputs() { python3 "$TESTS/bench/inputs.py" .; }

test_python3() { inputs && PYTHONMALLOC=malloc exact /usr/bin/python3 work.py; }
test_perl() { inputs && exact /usr/bin/perl work.pl; }
test_node() { exact node -e 'let s = 0; for (let i = 0; i < 1e6; i++) s += JSON.stringify({a: i}).length; console.log(s)'; }
test_cc1() { inputs && exact "$(gcc -print-prog-name=cc1)" -quiet -O1 -w work.c -o /dev/null; }
test_cc1plus() {
    printf '#include <regex>\nint main() { return std::regex_match("aab", std::regex("a+b*")); }\n' >regex.cpp
    g++ -E regex.cpp -o regex.ii
    exact "$(gcc -print-prog-name=cc1plus)" -quiet -O2 -fpreprocessed regex.ii -o /dev/null
}
test_exceptions() { exact "$PROGRAMS/stack_exceptions" 40000; }
test_rustc() {
    for i in {0..59}; do
        cat <<RUST
#[derive(Clone, Debug, PartialEq)] pub struct S$i { a: Vec<String>, b: std::collections::HashMap<String, u32>, c: Option<Box<u64>> }
impl S$i { pub fn f(&self, k: u32) -> String {
    let mut s = String::new();
    for (n, v) in &self.b { if *v > k { s.push_str(n); } }
    for x in self.a.iter().filter(|x| x.len() > $i) { s += x; }
    format!("{:?} {}", self, s) } }
RUST
    done >many.rs
    echo 'fn main() {}' >>many.rs
    exact /usr/bin/rustc -A warnings -C debuginfo=0 --emit=obj many.rs
}
