// Two Rc that hold each other: a lost cycle, one of the two the head, each with a vector of its own
// (80 bytes). std::mem::forget loses a third vector (120).
use std::cell::RefCell;
use std::rc::Rc;

struct Node {
    other: RefCell<Option<Rc<Node>>>,
    numbers: Vec<u64>,
}

#[inline(never)]
fn work() {
    let a = Rc::new(Node { other: RefCell::new(None), numbers: vec![1; 10] });
    let b = Rc::new(Node { other: RefCell::new(Some(a.clone())), numbers: vec![2; 10] });
    *a.other.borrow_mut() = Some(b.clone());
    assert_eq!(a.numbers.len() + b.numbers.len(), 20);
    std::mem::forget(vec![3u64; 15]);
}

#[inline(never)]
fn forget(depth: u32) -> u32 {
    let mut room = [0u8; 4096];
    unsafe { std::ptr::write_volatile(&mut room[depth as usize], 0) };
    if depth > 0 { forget(depth - 1) + room[1] as u32 } else { 0 }
}

fn main() {
    work();
    forget(32);
}
