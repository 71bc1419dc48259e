//! The public files are lost, in every way and at every moment: they are made again from the rows, and nothing else changes.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use tokio::runtime::Runtime;
use yinxin::acts::ActError;
use yinxin::acts::approve::{Done, Verdict, approve};
use yinxin::acts::person::{Person, Seat};
use yinxin::acts::resume::{Resumed, resume};
use yinxin::app::config::Config;
use yinxin::app::{App, Clock, StartError};
use yinxin::db::ledger::Change;
use yinxin::digest::Digest;
use yinxin::ledger::entry::Entry;
use yinxin::sequencer::SequencerError;

use super::audit::{Published, audit};
use super::ground::{Ground, copy};

pub(super) async fn open(data: &Path) -> Result<App, StartError> {
    let config = Config::read(&data.join("yinxin.toml")).unwrap();
    App::open(&config, Clock::System).await
}

async fn close(app: App) {
    app.db.close().await;
}

/// Another entry, for its own sake.
pub(super) async fn append(app: &App, n: usize) -> Result<u64, SequencerError> {
    let entry = Entry::Policy { policy: Digest::of(&n.to_be_bytes()), day: "2026-11-20".parse().unwrap() };
    app.sequencer.change(&entry, Change::None, None).await
}

/// The chief representative approves the first case.
async fn approve_first(app: &App) -> Result<Done, ActError> {
    let row = app.db.staff_by_login("chief-scjg").await.unwrap().unwrap();
    let chief = Person { staff: row.to_staff().unwrap(), login: row.login, seat: Seat::Device(app.network_device) };
    let case = app.db.first_matter().await.unwrap().unwrap();
    let [certificate] = &app.db.certificates_of(&case.id).await.unwrap()[..] else { panic!("one certificate") };
    let [seal_use] = &app.db.uses_of(&certificate.id).await.unwrap()[..] else { panic!("one use") };
    approve(app, &chief, &certificate.id, &seal_use.id, certificate.unsealed_digest().unwrap(), Verdict::Approve).await
}

/// Every file below `log` whose name begins so.
fn remove(data: &Path, name: &str) {
    let path = data.join("log").join(name);
    if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
}

/// Makes `log` a file: nothing can be published.
fn block(data: &Path) {
    fs::rename(data.join("log"), data.join("log-away")).unwrap();
    fs::write(data.join("log"), b"").unwrap();
}

fn unblock(data: &Path) {
    fs::remove_file(data.join("log")).unwrap();
    fs::rename(data.join("log-away"), data.join("log")).unwrap();
}

fn cannot_write<T>(done: Result<T, SequencerError>) -> bool {
    matches!(done, Err(SequencerError::Batch(why)) if matches!(*why, SequencerError::Store(_)))
}

#[test]
fn files_lost_while_running_are_made_again_by_the_next_act() {
    Runtime::new().unwrap().block_on(async {
        let ground = Ground::new();
        let data = &ground.data;
        let app = open(data).await.unwrap();
        let before = Published::read(data);
        // The whole folder.
        remove(data, "");
        append(&app, 0).await.unwrap();
        Published::read(data).continues(&before);
        // More than a full tile, then the older tiles, which an act by itself would not write again.
        for n in 1..=260 {
            append(&app, n).await.unwrap();
        }
        let before = Published::read(data);
        assert!(before.size() > 256);
        for tile in ["tile/0/000", "tile/1", "tile/entries/000"] {
            remove(data, tile);
        }
        assert!(matches!(approve_first(&app).await, Ok(Done::Sealed(_))), "the proof needs a tile that was lost");
        Published::read(data).continues(&before);
        // A proof asked for later.
        remove(data, "tile");
        let entry = Entry::parse(&before.entries[7]).unwrap();
        assert_eq!(app.sequencer.prove(7, &entry).await.unwrap().logged.index(), 7);
        close(app).await;
        audit(data).await;
    });
}

#[test]
fn an_entry_that_could_not_be_published_is_published_later_and_its_use_finished() {
    Runtime::new().unwrap().block_on(async {
        let ground = Ground::new();
        let data = &ground.data;
        let app = open(data).await.unwrap();
        let before = Published::read(data).size();
        block(data);
        assert!(cannot_write(append(&app, 1).await), "committed, not published: a failure");
        assert!(cannot_write(append(&app, 2).await), "nothing more is committed");
        assert!(matches!(approve_first(&app).await, Err(ActError::Failed(_))));
        unblock(data);
        assert_eq!(Published::read(data).size(), before);
        assert!(matches!(approve_first(&app).await, Ok(Done::Sealed(_))), "the approver clicks again");
        assert_eq!(Published::read(data).size(), before + 2, "what was committed first, and the use");
        close(app).await;
        audit(data).await;

        // The use itself is committed and cannot be published; no other act follows.
        let ground = Ground::new();
        let data = &ground.data;
        let app = open(data).await.unwrap();
        block(data);
        assert!(matches!(approve_first(&app).await, Err(ActError::Failed(_))));
        let still = resume(&app, true).await.unwrap();
        assert_eq!(still, Resumed::default(), "neither finished nor given up");
        unblock(data);
        assert_eq!(resume(&app, true).await.unwrap(), Resumed { finished: 1, voided: 0, filed: 0 });
        close(app).await;
        let (after, rows) = audit(data).await;
        assert_eq!((after.size(), rows.sealed().count()), (before + 1, 1));
    });
}

#[test]
fn files_lost_while_stopped_are_made_again_at_the_start() {
    Runtime::new().unwrap().block_on(async {
        let ground = Ground::new();
        let data = &ground.data;
        let earlier = fs::read(data.join("log/checkpoint")).unwrap();
        ground.demo(None);
        let whole = Published::read(data);
        let last = whole.size();
        type Loss<'a> = (&'a str, &'a dyn Fn(&Path));
        let lost: [Loss<'_>; 6] = [
            ("the folder", &|data| remove(data, "")),
            ("the checkpoint", &|data| remove(data, "checkpoint")),
            ("the checkpoint's last version", &|data| fs::write(data.join("log/checkpoint"), &earlier).unwrap()),
            ("a tile", &|data| remove(data, &format!("tile/0/000.p/{last}"))),
            ("a bundle", &|data| remove(data, &format!("tile/entries/000.p/{last}"))),
            ("half a bundle", &|data| fs::write(data.join(format!("log/tile/entries/000.p/{last}")), b"\0").unwrap()),
        ];
        for (what, lose) in lost {
            lose(data);
            close(open(data).await.unwrap()).await;
            let again = Published::read(data);
            assert_eq!((again.size(), again.root), (last, whole.root), "{what}");
        }
        audit(data).await;
        fs::write(data.join("log/checkpoint"), b"").unwrap();
        let refused = open(data).await.err();
        assert!(matches!(refused, Some(StartError::Sequencer(SequencerError::PublishedCheckpoint(_)))), "{refused:?}");
    });
}

#[test]
fn a_start_from_another_history_is_refused() {
    Runtime::new().unwrap().block_on(async {
        let ground = Ground::new();
        let (here, older, other) = (ground.data.clone(), Ground::copy_of(&ground.data), Ground::copy_of(&ground.data));
        let app = open(&here).await.unwrap();
        append(&app, 1).await.unwrap();
        close(app).await;
        let app = open(&other.data).await.unwrap();
        append(&app, 2).await.unwrap();
        append(&app, 3).await.unwrap();
        close(app).await;
        let public_of = |from: &Path, to: &Path| {
            fs::remove_dir_all(to.join("log")).unwrap();
            copy(&from.join("log"), &to.join("log"));
        };
        // The database is an old copy; what is public is newer.
        public_of(&here, &older.data);
        let refused = open(&older.data).await.err();
        assert!(matches!(refused, Some(StartError::Sequencer(SequencerError::OldDatabase { .. }))), "{refused:?}");
        // Two databases went on from one copy.
        public_of(&here, &other.data);
        let refused = open(&other.data).await.err();
        assert!(matches!(refused, Some(StartError::Sequencer(SequencerError::Fork))), "{refused:?}");
        // The clock stands before the last entry.
        let config = Config::read(&ground.config()).unwrap();
        let refused = App::open(&config, Clock::standing_at(Timestamp::UNIX_EPOCH)).await.err();
        assert!(matches!(refused, Some(StartError::Sequencer(SequencerError::ClockSetBack { .. }))), "{refused:?}");
        // As it was, it starts.
        close(open(&here).await.unwrap()).await;
    });
}
