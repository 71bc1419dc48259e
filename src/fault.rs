//! Named points of submitting, sealing and handing over at which a test may stop the real program and kill it
//! (docs/SEALING.md has the tables).
//!
//! Without an armed point nothing happens, and a release build has no points at all.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

struct Armed {
    point: String,
    passes: AtomicU32,
}

static ARMED: OnceLock<Armed> = OnceLock::new();

/// Arms `point`, or `point:n` for its n-th pass. The first call counts.
pub fn arm(spec: &str) {
    let (point, pass) = spec.split_once(':').unwrap_or((spec, "1"));
    let passes = AtomicU32::new(pass.parse().unwrap_or(1));
    let _ = ARMED.set(Armed { point: point.to_owned(), passes });
}

/// Says so on standard error and stops this thread for good, if `name` is armed.
pub fn point(name: &str) {
    if !cfg!(debug_assertions) {
        return;
    }
    let Some(armed) = ARMED.get().filter(|armed| armed.point == name) else { return };
    if armed.passes.fetch_sub(1, Ordering::SeqCst) == 1 {
        eprintln!("stopped at {name}");
        loop {
            std::thread::park();
        }
    }
}
