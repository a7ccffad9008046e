// Rust's allocator is malloc's: boxes, vectors that grow, strings, threads; some are forgotten.
use std::collections::HashMap;

#[inline(never)]
fn forget_a_box(text: &str) {
    Box::leak(Box::new(text.to_string()));
}

#[inline(never)]
fn grow(count: usize) -> Vec<u64> {
    let mut numbers = Vec::new();
    for i in 0..count {
        numbers.push(i as u64);
    }
    numbers
}

fn main() {
    let threads: Vec<_> = (0..4usize)
        .map(|n| std::thread::spawn(move || grow(10_000 * (n + 1)).iter().sum::<u64>()))
        .collect();
    let sum: u64 = threads.into_iter().map(|t| t.join().unwrap()).sum();
    let mut words: HashMap<String, usize> = HashMap::new();
    for i in 0..1000 {
        *words.entry(format!("word {}", i % 100)).or_insert(0) += i;
    }
    let caught = std::panic::catch_unwind(|| grow(10)[20]);
    forget_a_box("a text that nobody will ever free");
    println!("{} {} {}", sum, words.len(), caught.is_err());
    std::process::exit(3);
}
