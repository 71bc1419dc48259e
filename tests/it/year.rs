//! A year of a hall, smaller than that of `make year`: all that happens in it, nothing found in its books, and each of ten
//! tamperings found and named.

use jiff::civil::date;
use yinxin::acts::audit::{Books, audit};

#[path = "../../benches/year/simulation.rs"]
mod simulation;
#[path = "../../benches/year/tampering.rs"]
mod tampering;

use simulation::{Counts, Year};
use tampering::{TAMPERINGS, Thief};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_found_in_a_years_books_and_each_of_ten_tamperings_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let hall = folder.path().join("hall");
    Year::set_up(&hall).await;
    let thief = Thief::begin(&hall, folder.path()).await;
    let mut year = Year::open(&hall).await;
    let keep = |day, _: &Counts| {
        if day == date(2026, 6, 23) {
            thief.keep_log(&hall);
        }
    };
    year.run(150, keep).await;
    let (config, counts) = year.close().await;
    assert!(counts.sealed >= 150 && counts.delivered > 100, "{counts:?}");
    assert!(counts.turned_down > 0 && counts.refused > 0, "{counts:?}");
    let books = Books::open(&config).await.unwrap();
    let audited = audit(&books, |_, _| {}).await.unwrap();
    books.close().await;
    assert_eq!((audited.findings.as_slice(), audited.certificates >= 150), ([].as_slice(), true), "{audited:?}");
    for one in TAMPERINGS.chunks(1) {
        thief.check(&config, one, |_, _| {}).await;
    }
}
