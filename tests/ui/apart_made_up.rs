//! E0603
// That somebody did not ask for the use is found by the rules, and nowhere else.

pub fn take(_: yinxin::hall::approval::Apart) {}
