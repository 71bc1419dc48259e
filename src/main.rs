//! The `yinxin` program.
fn main() {}
