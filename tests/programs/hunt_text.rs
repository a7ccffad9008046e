// hunt_text: a string that was given to C is never taken back (docs/hunts.md, 7).
use std::ffi::CString;
use std::os::raw::c_char;

extern "C" {
    fn strlen(text: *const c_char) -> usize;
}

fn draw_text(text: &str) -> usize {
    let raw = CString::new(text).unwrap().into_raw();
    unsafe { strlen(raw) }
}

fn main() {
    let mut width = 0;
    for frame in 0..60 {
        width += draw_text(&format!("{:04} frames since the clock was drawn first", frame));
    }
    std::process::exit((width == 0) as i32);
}
