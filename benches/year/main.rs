//! A year of a hall with a hundred thousand certificates, the audit of its books, then ten ways to tamper with them: `make year`.
//! Nothing is inserted by hand; how long it took is said, that the audit found nothing, and that it then named each tampering.
//!
//! `cargo bench --bench year -- 5000` for a smaller one.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a bench fails by panicking and measures time")]

mod simulation;
mod tampering;

use std::io::Write as _;
use std::time::Instant;

use jiff::civil::date;
use simulation::Year;
use tampering::{TAMPERINGS, Tampering, Thief};
use yinxin::acts::audit::{Books, audit};
use yinxin::app::config::Config;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let wanted = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir().unwrap();
    let hall = folder.path().join("hall");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        Year::set_up(&hall).await;
        let thief = Thief::begin(&hall, folder.path()).await;
        let mut year = Year::open(&hall).await;
        let begun = Instant::now();
        year.run(wanted, |day, counts| {
            print!("\r{day}  {} certificates sealed, {:.0} s ", counts.sealed, begun.elapsed().as_secs_f64());
            let _ = std::io::stdout().flush();
            if day == date(2026, 6, 23) {
                thief.keep_log(&hall);
            }
        })
        .await;
        let (config, counts) = year.close().await;
        println!("\n{counts:?} in {:.0} s", begun.elapsed().as_secs_f64());
        in_order(&config).await;
        // Those of rows together: an audit of a whole year takes its time.
        let (rows, others): (Vec<Tampering>, Vec<Tampering>) = TAMPERINGS.into_iter().partition(Tampering::is_of_rows);
        for together in std::iter::once(rows.as_slice()).chain(others.chunks(1)) {
            thief.check(&config, together, audited_so_far).await;
            print!("\r");
            together.iter().for_each(|one| println!("found and named: {}", one.what));
        }
    });
}

fn audited_so_far(done: u64, all: u64) {
    print!("\raudited {done} of {all} ");
    let _ = std::io::stdout().flush();
}

async fn in_order(config: &Config) {
    let begun = Instant::now();
    let books = Books::open(config).await.unwrap();
    let audited = audit(&books, audited_so_far).await.unwrap();
    books.close().await;
    println!(
        "\n{} entries, {} uses, {} certificates audited in {:.0} s: {} findings",
        audited.entries,
        audited.uses,
        audited.certificates,
        begun.elapsed().as_secs_f64(),
        audited.findings.len()
    );
    assert_eq!(audited.findings, []);
}
