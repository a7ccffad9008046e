// A cache and two texts that are forgotten, through iterators and closures of the standard library.
use std::collections::HashMap;
struct Cache { entries: HashMap<String, Vec<Box<dyn Fn(i32) -> i32>>> }
#[inline(never)] fn remember(c: &mut Cache, name: &str) { c.entries.entry(name.to_string()).or_default().push(Box::new({ let v = vec![1u8; 100]; move |x| x + v.len() as i32 })); }
#[inline(never)] fn lines(text: &str) -> Vec<String> { text.lines().map(|l| l.trim().to_uppercase()).collect() }
fn main() {
    let mut c = Box::new(Cache { entries: HashMap::new() });
    for n in lines("alpha\nbeta\n gamma delta") { remember(&mut c, &n); }
    let l = lines("leak one\nleak two");
    println!("{}", c.entries.len());
    std::mem::forget(l); std::mem::forget(c);
}
