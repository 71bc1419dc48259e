//! Ten ways to tamper with a year's books, and what the audit must say of each: its code, and the row or file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::civil::date;
use sqlx::Connection as _;
use sqlx::sqlite::SqliteConnection;
use yinxin::acts::audit::{Audited, Books, Finding, audit, audit_log};
use yinxin::app::config::Config;
use yinxin::ledger::tree::leaf_hash;

use super::simulation::Year;

/// One way.
pub(crate) struct Tampering {
    /// What is done.
    pub(crate) what: &'static str,
    /// The code of the finding.
    code: &'static str,
    how: How,
}

enum How {
    /// Rows: the statement, and the query for what must be named, asked before.
    Rows { does: &'static str, named: &'static str },
    /// An entry and its leaf, so that they fit each other.
    Entry,
    /// The published log as it was at midsummer.
    Truncated,
    /// The published log of another history under the same keys.
    Fork,
    /// A document sealed elsewhere with the hall's keys.
    KeyOutside,
}

/// All ten. Those of rows are apart from each other, so that they can be done together.
pub(crate) const TAMPERINGS: [Tampering; 10] = [
    Tampering {
        what: "a row deleted",
        code: "approval-missing",
        how: How::Rows {
            does: "DELETE FROM approval WHERE seal_use = (SELECT id FROM seal_use WHERE state = 'sealed' ORDER BY id LIMIT 1 OFFSET 3)",
            named: "SELECT 'approval ' || id FROM seal_use WHERE state = 'sealed' ORDER BY id LIMIT 1 OFFSET 3",
        },
    },
    Tampering {
        what: "a row edited",
        code: "certificate-altered",
        how: How::Rows {
            does: "UPDATE certificate SET number = number || '9' WHERE id = (SELECT id FROM certificate WHERE state = 'sealed' ORDER BY id LIMIT 1 OFFSET 9)",
            named: "SELECT 'certificate ' || id FROM certificate WHERE state = 'sealed' ORDER BY id LIMIT 1 OFFSET 9",
        },
    },
    Tampering { what: "an entry forged", code: "entry-altered", how: How::Entry },
    Tampering { what: "the log truncated", code: "entry-unpublished", how: How::Truncated },
    Tampering { what: "the log forked", code: "fork", how: How::Fork },
    Tampering {
        what: "an approval copied",
        code: "statement-copied",
        how: How::Rows {
            does: "UPDATE approval SET (statement, salt) = (SELECT statement, salt FROM approval WHERE seal_use =
                     (SELECT id FROM seal_use WHERE state = 'sealed' ORDER BY id LIMIT 1 OFFSET 16) AND step = 'chief')
                   WHERE step = 'chief' AND seal_use = (SELECT id FROM seal_use WHERE state = 'sealed' ORDER BY id LIMIT 1 OFFSET 15)",
            named: "SELECT 'approval ' || id || ' chief' FROM seal_use WHERE state = 'sealed' ORDER BY id LIMIT 1 OFFSET 15",
        },
    },
    Tampering {
        what: "a PDF swapped",
        code: "document-swapped",
        how: How::Rows {
            does: "UPDATE certificate SET sealed = (SELECT sealed FROM certificate WHERE state = 'sealed' ORDER BY id LIMIT 1 OFFSET 20)
                   WHERE id = (SELECT id FROM certificate WHERE state = 'sealed' ORDER BY id LIMIT 1 OFFSET 21)",
            named: "SELECT 'certificate ' || id FROM certificate WHERE state = 'sealed' ORDER BY id LIMIT 1 OFFSET 21",
        },
    },
    Tampering {
        what: "the clock moved",
        code: "entry-time",
        how: How::Rows {
            does: "UPDATE ledger_entry SET at = at - 86400000000 * 3
                   WHERE seal_use = (SELECT id FROM seal_use WHERE state = 'sealed' ORDER BY id LIMIT 1 OFFSET 27)",
            named: "SELECT 'ledger_entry ' || idx FROM ledger_entry
                    WHERE seal_use = (SELECT id FROM seal_use WHERE state = 'sealed' ORDER BY id LIMIT 1 OFFSET 27)",
        },
    },
    Tampering { what: "a key used outside", code: "key-used-outside", how: How::KeyOutside },
    Tampering {
        what: "a delivery removed",
        code: "row-missing",
        how: How::Rows {
            does: "DELETE FROM delivery WHERE matter = (SELECT matter FROM delivery ORDER BY matter LIMIT 1 OFFSET 5)",
            named: "SELECT 'delivery ' || matter FROM delivery ORDER BY matter LIMIT 1 OFFSET 5",
        },
    },
];

impl Tampering {
    /// It changes rows alone, apart from those of the others.
    #[allow(dead_code, reason = "the tests do each alone")]
    pub(crate) fn is_of_rows(&self) -> bool {
        matches!(self.how, How::Rows { .. } | How::Entry)
    }
}

/// What a thief needs: made beside the year.
pub(crate) struct Thief {
    folder: PathBuf,
}

impl Thief {
    /// Copies the hall as it was set up, and carries one case through elsewhere, under the same keys.
    pub(crate) async fn begin(hall: &Path, folder: &Path) -> Self {
        let elsewhere = folder.join("elsewhere");
        copy(hall, &elsewhere);
        let mut year = Year::open(&elsewhere).await;
        year.one_on("000017", date(2026, 1, 5)).await;
        let row = year.app.db.certificates_after("", 1).await.unwrap().remove(0);
        let sealed = year.app.store.path(&row.sealed_digest().unwrap().unwrap());
        fs::copy(sealed, folder.join("sealed.pdf")).unwrap();
        year.close().await;
        Self { folder: folder.to_owned() }
    }

    /// Keeps the published log as it is now, to put it back later.
    pub(crate) fn keep_log(&self, hall: &Path) {
        copy(&hall.join("log"), &self.folder.join("midsummer"));
    }

    /// Does these to a closed hall, audits it, asserts that each is found and named, and puts everything back.
    pub(crate) async fn check(&self, config: &Config, tamperings: &[Tampering], progress: impl FnMut(u64, u64)) {
        let (database, log) = (config.data.join("yinxin.sqlite"), config.data.join("log"));
        let (kept_database, kept_log) = (self.folder.join("kept.sqlite"), self.folder.join("kept-log"));
        fs::copy(&database, &kept_database).unwrap();
        copy(&log, &kept_log);
        let mut wanted = Vec::new();
        for one in tamperings {
            wanted.push((one.code, one.what, self.tamper(&one.how, &database, &log).await));
        }
        let books = Books::open(config).await.unwrap();
        let mut audited = match tamperings {
            // It leaves the books as they are.
            [Tampering { how: How::KeyOutside, .. }] => Audited::default(),
            [Tampering { how: How::Truncated | How::Fork, .. }] => audit_log(&books).await.unwrap(),
            _ => audit(&books, progress).await.unwrap(),
        };
        let file = fs::read(self.folder.join("sealed.pdf")).unwrap();
        if tamperings.iter().any(|one| matches!(one.how, How::KeyOutside)) {
            let now = "2026-12-31T08:00:00Z".parse().unwrap();
            books.judge_found("sealed.pdf", file, now, &mut audited).await.unwrap();
        }
        books.close().await;
        for (code, what, place) in wanted {
            let is_it = |finding: &Finding| finding.code == code && finding.place == place;
            assert!(audited.findings.iter().any(is_it), "{what}: {code} {place}: {:#?}", audited.findings);
        }
        fs::copy(&kept_database, &database).unwrap();
        copy(&kept_log, &log);
    }

    /// Does it; gives what must be named.
    async fn tamper(&self, how: &How, database: &Path, log: &Path) -> String {
        match how {
            How::Rows { does, named } => {
                let mut rows = open(database).await;
                let named = sqlx::query_scalar(*named).fetch_one(&mut rows).await.unwrap();
                let changed = sqlx::query(*does).execute(&mut rows).await.unwrap().rows_affected();
                rows.close().await.unwrap();
                assert_ne!(changed, 0, "{does}");
                named
            }
            How::Entry => {
                let mut rows = open(database).await;
                let query =
                    "SELECT idx, entry FROM ledger_entry WHERE seal_use IS NOT NULL ORDER BY idx LIMIT 1 OFFSET 33";
                let (index, entry): (i64, Vec<u8>) = sqlx::query_as(query).fetch_one(&mut rows).await.unwrap();
                let forged = String::from_utf8(entry).unwrap().replace("day 2026", "day 2025").into_bytes();
                let change = sqlx::query("UPDATE ledger_entry SET entry = ?, leaf = ? WHERE idx = ?");
                let leaf = leaf_hash(&forged).as_bytes().to_vec();
                change.bind(forged).bind(leaf).bind(index).execute(&mut rows).await.unwrap();
                rows.close().await.unwrap();
                format!("ledger_entry {index}")
            }
            How::Truncated => {
                let mut rows = open(database).await;
                let last: i64 =
                    sqlx::query_scalar("SELECT MAX(idx) FROM ledger_entry").fetch_one(&mut rows).await.unwrap();
                rows.close().await.unwrap();
                copy(&self.folder.join("midsummer"), log);
                format!("ledger_entry {last}")
            }
            How::Fork => {
                copy(&self.folder.join("elsewhere/log"), log);
                "log/checkpoint".to_owned()
            }
            How::KeyOutside => "file sealed.pdf".to_owned(),
        }
    }
}

async fn open(database: &Path) -> SqliteConnection {
    SqliteConnection::connect(&format!("sqlite://{}", database.display())).await.unwrap()
}

/// Puts a copy of a folder in another's place.
fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    let status = Command::new("cp").arg("-a").args([from, to]).status().unwrap();
    assert!(status.success(), "cp {}", from.display());
}
