// One wrong use of unsafe each, or with "fixed" a right one: see tests/e2e/guard_rust.table.
fn black_box<T>(what: T) {
    unsafe { std::ptr::read_volatile(&what) };
    std::mem::forget(what);
}

fn is_fixed() -> bool {
    std::env::args().count() > 2
}
fn give_up<T>(what: T) -> Option<T> {
    if is_fixed() {
        return Some(what);
    }
    drop(what);
    None
}
fn over(n: usize) -> usize {
    if is_fixed() { 0 } else { n }
}

fn boxed() {
    let b = Box::new(7u64);
    let raw = &*b as *const u64;
    let _kept = give_up(b);
    black_box(unsafe { *raw });
}
fn boxed_written() {
    let mut b = Box::new(7u32);
    let raw = &mut *b as *mut u32;
    let _kept = give_up(b);
    unsafe { *raw = 1 };
}
fn from_raw() {
    let raw = Box::into_raw(Box::new(9u16));
    let _kept = give_up(unsafe { Box::from_raw(raw) });
    black_box(unsafe { *raw });
}
fn vector_pointer() {
    let mut v: Vec<u64> = Vec::with_capacity(4);
    v.push(1);
    let mut raw = v.as_ptr();
    v.reserve_exact(100);
    if is_fixed() {
        raw = v.as_ptr();
    }
    black_box(unsafe { *raw });
}
fn vector_unchecked() {
    let v = vec![1u32; 16];
    let raw = v.as_ptr();
    black_box(unsafe { *raw.add(15 + over(1)) });
}
fn string_bytes() {
    let s = String::from("a text that lies in the heap, with 48 characters");
    let raw = s.as_ptr();
    let _kept = give_up(s);
    black_box(unsafe { *raw.add(5) });
}
fn shared() {
    let a = std::rc::Rc::new([1u64; 4]);
    let raw = a.as_ptr();
    let _kept = give_up(a);
    black_box(unsafe { *raw.add(2) });
}
fn in_thread() {
    let b = Box::new(7u64);
    let raw = &*b as *const u64 as usize;
    let _kept = give_up(b);
    std::thread::spawn(move || black_box(unsafe { *(raw as *const u64) })).join().unwrap();
}

fn main() {
    let cases: [(&str, fn()); 8] = [
        ("boxed", boxed),
        ("boxed_written", boxed_written),
        ("from_raw", from_raw),
        ("vector_pointer", vector_pointer),
        ("vector_unchecked", vector_unchecked),
        ("string_bytes", string_bytes),
        ("shared", shared),
        ("in_thread", in_thread),
    ];
    let wanted = std::env::args().nth(1).unwrap_or_default();
    for &(name, run) in cases.iter() {
        if wanted.is_empty() {
            println!("{}", name);
        } else if wanted == "all" || wanted == name {
            run();
        }
    }
}
