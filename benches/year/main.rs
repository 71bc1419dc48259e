//! A year of a hall with a hundred thousand certificates, then the audit of its books: `make year`. Nothing is inserted by
//! hand; how long it took is said, and that the audit found nothing.
//!
//! `cargo bench --bench year -- 5000` for a smaller one.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a bench fails by panicking and measures time")]

mod simulation;

use std::io::Write as _;
use std::time::Instant;

use simulation::Year;
use yinxin::acts::audit::{Books, audit};

fn main() {
    let wanted = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let begun = Instant::now();
        let mut year = Year::begin(&folder.path().join("hall")).await;
        year.run(wanted, |day, counts| {
            print!("\r{day}  {} certificates sealed, {:.0} s ", counts.sealed, begun.elapsed().as_secs_f64());
            let _ = std::io::stdout().flush();
        })
        .await;
        println!("\n{:?} in {:.0} s", year.counts, begun.elapsed().as_secs_f64());
        let (config, begun) = (year.config.clone(), Instant::now());
        year.app.db.close().await;
        let books = Books::open(&config).await.unwrap();
        let audited = audit(&books, |done, all| {
            print!("\raudited {done} of {all} ");
            let _ = std::io::stdout().flush();
        })
        .await
        .unwrap();
        println!(
            "\n{} entries, {} uses, {} certificates audited in {:.0} s: {} findings",
            audited.entries,
            audited.uses,
            audited.certificates,
            begun.elapsed().as_secs_f64(),
            audited.findings.len()
        );
        assert_eq!(audited.findings, []);
    });
}
