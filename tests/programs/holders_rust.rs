// holders_rust CASE: as holders.c. What is wanted is what target() has made.
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Mutex;

// Older compilers make no Mutex before main.
static mut KEPT: Option<Mutex<Vec<Box<[u64; 10]>>>> = None;
static mut LEAKED: Option<&'static [u64; 10]> = None;

thread_local! {
    static MINE: RefCell<Option<Box<[u64; 10]>>> = RefCell::new(None);
}

#[inline(never)]
fn target() -> Box<[u64; 10]> {
    Box::new([1; 10])
}

struct Node {
    other: RefCell<Option<Rc<Node>>>,
    load: Box<[u64; 10]>,
}

#[inline(never)]
fn rc_cycle() {
    let a = Rc::new(Node { other: RefCell::new(None), load: target() });
    let b = Rc::new(Node { other: RefCell::new(Some(a.clone())), load: target() });
    *a.other.borrow_mut() = Some(b);
}

#[inline(never)]
fn mutex() {
    unsafe { KEPT = Some(Mutex::new(Vec::new())) };
    for _ in 0..3 {
        unsafe { KEPT.as_ref() }.unwrap().lock().unwrap().push(target());
    }
}

#[inline(never)]
fn leaked() {
    unsafe { LEAKED = Some(Box::leak(target())) };
}

#[inline(never)]
fn forgotten_map() {
    let mut map = BTreeMap::new();
    map.insert(1, target());
    std::mem::forget(Box::new(map));
}

#[inline(never)]
fn of_thread() {
    MINE.with(|mine| *mine.borrow_mut() = Some(target()));
}

#[inline(never)]
fn forget(depth: u32) -> u32 {
    let mut room = [0u8; 4096];
    unsafe { std::ptr::write_volatile(&mut room[depth as usize], 0) };
    if depth > 0 { forget(depth - 1) + room[1] as u32 } else { 0 }
}

/* What was freed before main is not used again: words in frames outside main may still point to it. */
#[inline(never)]
fn use_up<T: Default>() {
    let mut blocks: Vec<Box<T>> = (0..32).map(|_| Box::new(T::default())).collect();
    while blocks.pop().is_some() {}
}

extern "C" {
    fn _exit(status: i32) -> !;
}

fn main() {
    use_up::<[u64; 5]>();
    use_up::<[u64; 10]>();
    match std::env::args().nth(1).unwrap().as_str() {
        "rc_cycle" => rc_cycle(),
        "mutex" => mutex(),
        "leaked" => leaked(),
        "forgotten_map" => forgotten_map(),
        "of_thread" => of_thread(),
        _ => (),
    }
    forget(32);
    unsafe { _exit(0) }
}
