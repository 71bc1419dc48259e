//! Runs a function under libFuzzer (LLVM's `libclang_rt.fuzzer_no_main`, which the linker is given by tools/fuzz-rustc).
//!
//! Only tests/fuzz links it. A panic of the function leaves through `extern "C"` and aborts, which libFuzzer takes for a crash.

use std::ffi::{CString, c_char, c_int};
use std::sync::OnceLock;

unsafe extern "C" {
    fn LLVMFuzzerRunDriver(
        argc: *mut c_int,
        argv: *mut *mut *mut c_char,
        one: extern "C" fn(*const u8, usize) -> c_int,
    ) -> c_int;
}

static TARGET: OnceLock<fn(&[u8])> = OnceLock::new();

extern "C" fn one(data: *const u8, size: usize) -> c_int {
    // SAFETY: libFuzzer gives `size` bytes that live until the return; an empty input may come without any.
    let bytes = if size == 0 { &[][..] } else { unsafe { std::slice::from_raw_parts(data, size) } };
    if let Some(target) = TARGET.get() {
        target(bytes);
    }
    0
}

/// Feeds `target` with what libFuzzer thinks of; `arguments` are libFuzzer's, the program's name first. Gives its exit code.
///
/// # Panics
/// If an argument holds a zero byte.
pub fn run(arguments: &[String], target: fn(&[u8])) -> i32 {
    TARGET.get_or_init(|| target);
    let owned: Vec<CString> =
        arguments.iter().map(|one| CString::new(one.as_str()).expect("no zero byte in an argument")).collect();
    let mut pointers: Vec<*mut c_char> = owned.iter().map(|one| one.as_ptr().cast_mut()).collect();
    let mut count = c_int::try_from(pointers.len()).expect("a handful of arguments");
    pointers.push(std::ptr::null_mut());
    let mut first = pointers.as_mut_ptr();
    // SAFETY: `count` pointers to C strings and a null, all of which outlive the call; libFuzzer only reads the strings.
    unsafe { LLVMFuzzerRunDriver(&raw mut count, &raw mut first, one) }
}
