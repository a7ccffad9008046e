// flags: -l dylib=leak_handler
// A boxed trait object's box is handed to a C library as a raw pointer (Box::into_raw) and not taken
// back after the library has forgotten it: the outer box (16 bytes) is definitely lost, the object
// behind it (24) and its text (11) indirectly. A second one is still registered with the library,
// whose list (16) holds it: still reachable.
use std::os::raw::c_void;

extern "C" {
    fn leak_handler_register(user: *mut c_void);
    fn leak_handler_cancel();
}

trait Handler {
    fn name(&self) -> &str;
}

struct Named {
    text: String,
}

impl Handler for Named {
    fn name(&self) -> &str {
        &self.text
    }
}

#[inline(never)]
fn register_handler(text: &str) {
    let object: Box<dyn Handler> = Box::new(Named { text: text.to_string() });
    let user = Box::into_raw(Box::new(object));
    unsafe {
        assert!(!(*user).name().is_empty());
        leak_handler_register(user as *mut c_void)
    }
}

#[inline(never)]
fn forget(depth: u32) -> u32 {
    let mut room = [0u8; 4096];
    unsafe { std::ptr::write_volatile(&mut room[depth as usize], 0) };
    if depth > 0 { forget(depth - 1) + room[1] as u32 } else { 0 }
}

fn main() {
    register_handler("still held");
    register_handler("another one");
    unsafe { leak_handler_cancel() };
    forget(32);
}
