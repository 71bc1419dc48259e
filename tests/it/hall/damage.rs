//! Disk full, folders that cannot be written or are open to all, damaged and old databases, tiles gone: refused clearly,
//! nothing lost.

use std::ffi::OsStr;
use std::process::Command;

use yinxin::acts::resume::resume;
use yinxin::acts::server_certificate::server_certificate;
use yinxin::acts::{ActError, Failure};
use yinxin::db::DbError;
use yinxin::sequencer::SequencerError;
use yinxin::vault::VaultError;

use super::*;
use crate::tools::run;

/// A hall that has sealed one licence, closed.
async fn with_one_licence() -> (Premises, Case) {
    carried(Premises::new()).await
}

async fn carried(premises: Premises) -> (Premises, Case) {
    let hall = premises.open().await;
    let case = Case::number("000001");
    hall.carry(&case).await;
    (hall.close().await, case)
}

/// It opens, what was sealed is there, and the next case is sealed, too.
async fn assert_goes_on(premises: Premises) -> Premises {
    let hall = premises.open().await;
    hall.assert_ledger_is_whole().await;
    assert!(hall.report(&hall.documents(&Case::number("000001").case).await[0]).is_valid());
    let number = format!("2026-A02-9{:05}", hall.premises.count("SELECT COUNT(*) FROM matter").await);
    assert!(hall.report(&hall.carry(&Case::number("000003").again_as(&number)).await[0]).is_valid());
    hall.assert_ledger_is_whole().await;
    hall.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_the_same_directory_is_refused() {
    let hall = Premises::in_a_file().open().await;
    let error = hall.premises.refuses_to_open().await;
    assert!(matches!(error, StartError::Locked(_)), "{error}");
    assert!(error.to_string().contains("another yinxin server"));
    // The real program as well: it says so and goes.
    let config = CONFIG.replace("data = \".\"", &format!("data = {:?}", hall.premises.config.data));
    let file = hall.premises._folder.path().join("second.toml");
    let key = hall.premises.path("unlock.key");
    fs::write(&file, config.replace("\"unlock.key\"", &format!("{key:?}"))).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_yinxin")).args(["serve", "--config"]).arg(&file).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("another yinxin server"), "{said}");
    assert!(hall.report(&hall.carry(&Case::number("000001")).await[0]).is_valid());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_database_file_is_found_at_the_start() {
    let (premises, _) = carried(Premises::in_a_file()).await;
    let file = premises.path("yinxin.sqlite");
    let good = fs::read(&file).unwrap();
    let damage = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = good.clone();
        change(&mut bytes);
        fs::write(&file, bytes).unwrap();
    };
    let page = 4096;
    type Tear<'a> = &'a dyn Fn(&mut Vec<u8>);
    let torn: [Tear<'_>; 4] = [
        &|bytes| bytes[..16].copy_from_slice(b"not a database.."),
        &|bytes| bytes[page..3 * page].fill(0xa5),
        &|bytes| bytes.truncate(good.len() / 2),
        &|bytes| bytes[8 * page..].fill(0),
    ];
    for (number, change) in torn.iter().enumerate() {
        damage(change);
        let error = premises.refuses_to_open().await;
        let said = error.to_string();
        assert!(matches!(error, StartError::Db(DbError::Sql(_) | DbError::Migrate(_))), "{number}: {said}");
        assert!(said.contains("malformed") || said.contains("damaged") || said.contains("not a database"), "{said}");
    }
    damage(&|_| {});
    assert_goes_on(premises).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altered_ledger_is_found_at_the_start() {
    let (mut premises, _) = with_one_licence().await;
    for alter in [
        "UPDATE ledger_entry SET leaf = zeroblob(32) WHERE idx = 3",
        "DELETE FROM ledger_entry WHERE idx = (SELECT MAX(idx) FROM ledger_entry)",
        "DELETE FROM ledger_entry WHERE idx = 2",
        "UPDATE ledger_entry SET entry = CAST(replace(CAST(entry AS TEXT), '2026', '2025') AS BLOB) WHERE idx = 3",
        "UPDATE ledger_head SET size = size - 1",
        "UPDATE ledger_head SET root = zeroblob(32)",
    ] {
        let good = premises.state();
        assert_eq!(premises.tamper(alter).await, 1, "{alter}");
        let error = premises.refuses_to_open().await;
        assert!(matches!(error, StartError::Sequencer(SequencerError::Altered)), "{alter}: {error}");
        premises.put_back(&good);
    }
    premises = assert_goes_on(premises).await;
    assert_goes_on(premises).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_copy_of_the_database_is_refused() {
    let (premises, _) = with_one_licence().await;
    let old = premises.state();
    let mut premises = assert_goes_on(premises).await;
    let new = premises.state();
    premises.put_back(&old);
    let error = premises.refuses_to_open().await;
    let StartError::Sequencer(SequencerError::OldDatabase { published, database }) = error else { panic!("{error}") };
    assert_eq!(published, database + 1);
    assert!(error.to_string().contains("the database is an older copy"), "{error}");
    // An old copy that has gone on by itself, elsewhere, is another history.
    let mut elsewhere = Premises::new();
    fs::remove_dir_all(&elsewhere.config.data).unwrap();
    run(Command::new("cp").arg("-a").args([&premises.config.data, &elsewhere.config.data]));
    fs::remove_dir_all(elsewhere.path("log")).unwrap();
    elsewhere.put_back(&old);
    let hall = elsewhere.open().await;
    for end in ["000006", "000017"] {
        hall.carry(&Case::number(end)).await;
    }
    let elsewhere = hall.close().await;
    premises.put_back(&elsewhere.state());
    let error = premises.refuses_to_open().await;
    assert!(matches!(error, StartError::Sequencer(SequencerError::Fork)), "{error}");
    // The newest one is in order.
    premises.put_back(&new);
    assert_goes_on(premises).await;
}

/// All files of the published log but temporary ones, by path.
fn published(premises: &Premises) -> Vec<(PathBuf, Vec<u8>)> {
    let mut kept = Vec::new();
    if premises.path("log").exists() {
        keep(&premises.path("log"), Path::new(""), &mut kept);
    }
    kept.sort_by(|one, other| one.path.cmp(&other.path));
    kept.into_iter().filter_map(|one| Some((one.path, one.bytes?))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn published_tiles_are_made_again_from_the_database() {
    let (mut premises, _) = with_one_licence().await;
    let good = published(&premises);
    let current = |(path, _): &&(PathBuf, Vec<u8>)| {
        let text = path.display().to_string();
        text == "checkpoint" || text.ends_with(&format!(".p/{}", premises_size(&good)))
    };
    let wanted: Vec<_> = good.iter().filter(current).cloned().collect();
    assert!(
        wanted.len() >= 3,
        "checkpoint, a tile, a bundle: {:?}",
        wanted.iter().map(|one| &one.0).collect::<Vec<_>>()
    );
    let same = |premises: &Premises| {
        let now = published(premises);
        wanted.iter().all(|(path, bytes)| now.iter().any(|one| one.0 == *path && one.1 == *bytes))
    };
    let log = premises.path("log");
    for damage in ["all", "altered", "emptied"] {
        match damage {
            "all" => fs::remove_dir_all(&log).unwrap(),
            _ => {
                for (path, bytes) in wanted.iter().filter(|(path, _)| path != OsStr::new("checkpoint")) {
                    let mut bytes = bytes.clone();
                    let middle = bytes.len() / 2;
                    bytes[middle] ^= 1;
                    fs::write(log.join(path), if damage == "altered" { bytes } else { Vec::new() }).unwrap();
                }
            }
        }
        assert!(!same(&premises), "{damage}");
        let hall = premises.open().await;
        assert!(same(&hall.premises), "{damage}: not made again");
        premises = hall.close().await;
    }
    // The checkpoint is signed; one that is not by this log is not passed over.
    let checkpoint = log.join("checkpoint");
    let text = fs::read_to_string(&checkpoint).unwrap();
    let size = premises_size(&good);
    let smaller = text.replacen(&format!("\n{size}\n"), &format!("\n{}\n", size - 1), 1);
    for forged in [smaller, "nothing".to_owned()] {
        assert_ne!(forged, text);
        fs::write(&checkpoint, forged).unwrap();
        let error = premises.refuses_to_open().await;
        assert!(matches!(error, StartError::Sequencer(_)), "{error}");
    }
    fs::write(&checkpoint, text).unwrap();
    assert_goes_on(premises).await;
}

fn premises_size(published: &[(PathBuf, Vec<u8>)]) -> u64 {
    let checkpoint = published.iter().find(|(path, _)| path == OsStr::new("checkpoint")).unwrap();
    String::from_utf8_lossy(&checkpoint.1).lines().nth(1).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_others_could_have_read_or_changed_open_no_hall() {
    let (premises, _) = with_one_licence().await;
    let mode = |path: &Path, mode: u32| fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    let keys = premises.path("keys");
    let mut files = fs::read_dir(&keys).unwrap().map(|entry| entry.unwrap().path());
    let seal_key = files.find(|path| path.file_name().unwrap().to_string_lossy().starts_with("seal-")).unwrap();
    for (path, open, private) in [(&keys, 0o755, 0o700), (&seal_key, 0o644, 0o600)] {
        mode(path, open);
        let error = premises.refuses_to_open().await;
        assert!(
            matches!(&error, StartError::Vault(VaultError::TooOpen { path: named, .. }) if named == path),
            "{error}"
        );
        mode(path, private);
    }
    // Torn, and another key file than the one the vault was made with.
    let good = fs::read(&seal_key).unwrap();
    fs::write(&seal_key, &good[..good.len() / 2]).unwrap();
    let error = premises.refuses_to_open().await;
    assert!(matches!(&error, StartError::Vault(VaultError::Altered(named)) if *named == seal_key), "{error}");
    fs::write(&seal_key, &good).unwrap();
    let unlock = premises.path("unlock.key");
    let secret = fs::read(&unlock).unwrap();
    fs::write(&unlock, [7; 32]).unwrap();
    let error = premises.refuses_to_open().await;
    assert!(matches!(error, StartError::Vault(VaultError::WrongSecret)), "{error}");
    fs::write(&unlock, secret).unwrap();
    assert_goes_on(premises).await;
}

/// Set for the process that a test starts anew, under another limit or with fewer privileges.
const STARTED_ANEW: &str = "YINXIN_TEST_STARTED_ANEW";

/// Runs this test again, alone, in a process that `wrapper` starts; `false` in that very process.
fn run_anew(test: &str, wrapper: &[&str]) -> bool {
    #[expect(clippy::disallowed_methods, reason = "a test may ask who started it")]
    let anew = std::env::var_os(STARTED_ANEW).is_some();
    if anew {
        return false;
    }
    let program = std::env::current_exe().unwrap();
    let mut command = Command::new(wrapper[0]);
    command.args(&wrapper[1..]).arg(program).args(["--exact", test, "--nocapture"]).env(STARTED_ANEW, "1");
    let said = run(&mut command);
    assert!(said.contains("1 passed"), "{said}");
    true
}

fn block_on(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(work);
}

/// No file of this process may be written beyond so many bytes from now on; `None`: any may.
fn limit_files(bytes: Option<u64>) {
    let limit = bytes.map_or("unlimited".to_owned(), |bytes| bytes.to_string());
    let own = std::process::id().to_string();
    run(Command::new("prlimit").args(["--pid", &own, &format!("--fsize={limit}:")]));
}

/// A disk that takes no more is made by a limit on the size of files, which needs no privilege: a write beyond it fails, or
/// is cut short, whether it is a document, the database's log or a tile. The limit goes from nothing up to where all fits,
/// so that sealing fails at one step after the other.
#[test]
fn a_disk_that_takes_no_more_loses_nothing() {
    let ignore_signal = ["sh", "-c", "trap '' XFSZ; exec \"$0\" \"$@\""];
    if run_anew("hall::damage::a_disk_that_takes_no_more_loses_nothing", &ignore_signal) {
        return;
    }
    block_on(async {
        let hall = TestHall::open().await;
        let (mut failed, mut minutes) = (0, 0);
        for (number, kib) in
            [0, 1, 2, 4, 16, 32, 64, 96, 128, 256, 512, 1024, 4096, 16384, 65536, 262_144].into_iter().enumerate()
        {
            let case = Case::number("000001").again_as(&format!("2026-A01-2{number:05}"));
            let clerk = hall.clerk("A01");
            limit_files(Some(kib * 1024));
            let submitted = clerk.submit(&case).await;
            limit_files(None);
            if let Err(error) = submitted {
                assert!(matches!(error, ActError::Failed(_)), "{kib} KiB: {error}");
                assert!(hall.app.db.matter_by_number(&case.case).await.unwrap().is_none(), "{kib} KiB: half a case");
                clerk.submit(&case).await.unwrap();
            }
            let asked = hall.only_use(&case.case).await;
            limit_files(Some(kib * 1024));
            let outcome = hall.chief("scjg").approve(&asked).await;
            limit_files(None);
            match outcome {
                Ok(Done::Sealed(_)) => {}
                Err(ActError::Failed(_)) => failed += 1,
                other => panic!("{kib} KiB: {other:?}"),
            }
            // There is room again. What was logged is finished; otherwise the approver clicks again.
            minutes += 2;
            hall.set_time(&format!("2026-11-20T10:{minutes:02}:00+08:00"));
            resume(&hall.app, false).await.unwrap();
            if hall.documents(&case.case).await[0].state != "sealed" {
                sealed(hall.chief("scjg").approve(&asked).await);
            }
            let document = hall.documents(&case.case).await.remove(0);
            assert!(hall.report(&document).is_valid(), "{kib} KiB: {}", hall.report(&document).summary());
            hall.assert_ledger_is_whole().await;
        }
        assert!((3..16).contains(&failed), "failed {failed} times of 16");
        let hall = hall.close().await.open().await;
        hall.assert_ledger_is_whole().await;
        let entries = hall.premises.count("SELECT COUNT(*) FROM ledger_entry WHERE seal_use IS NOT NULL").await;
        assert_eq!(entries, 16, "one entry for each");
    });
}

#[test]
fn folders_that_cannot_be_written_are_said_to_be_so() {
    // Root may write anywhere; so the test runs as a root that has given that up for good.
    let is_root = std::os::unix::fs::MetadataExt::uid(&fs::metadata("/proc/self").unwrap()) == 0;
    let unprivileged = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"];
    let wrapper = if is_root { &unprivileged[..] } else { &["env"] };
    if run_anew("hall::damage::folders_that_cannot_be_written_are_said_to_be_so", wrapper) {
        return;
    }
    block_on(async {
        let mode = |path: &Path, mode: u32| fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
        // Sealing writes no keys: a key folder that can only be read serves.
        let (premises, _) = with_one_licence().await;
        let keys = premises.path("keys");
        mode(&keys, 0o500);
        let premises = assert_goes_on(premises).await;
        let hall = premises.open().await;
        let error = server_certificate(&hall.app, &keys, &["hall.example.gov.cn".to_owned()]).unwrap_err();
        assert!(
            matches!(&error, ActError::Failed(Failure::Vault(VaultError::ReadOnly(path))) if *path == keys),
            "{error}"
        );
        // Documents that cannot be kept: nothing is accepted, nothing is sealed, and both go on afterwards.
        let case = Case::number("000006");
        let objects = hall.premises.path("objects");
        let folders = |to: u32| {
            for entry in fs::read_dir(&objects).unwrap() {
                mode(&entry.unwrap().path(), to);
            }
            mode(&objects, to);
        };
        folders(0o500);
        let refused = hall.clerk("A01").submit(&case).await;
        assert!(matches!(&refused, Err(ActError::Failed(Failure::Store(_)))), "{refused:?}");
        folders(0o700);
        hall.clerk("A01").submit(&case).await.unwrap();
        let asked = hall.only_use(&case.case).await;
        folders(0o500);
        let refused = hall.chief("jjfz").approve(&asked).await;
        assert!(matches!(&refused, Err(ActError::Failed(Failure::Store(_)))), "{refused:?}");
        folders(0o700);
        assert!(hall.report(&sealed(hall.chief("jjfz").approve(&asked).await)[0]).is_valid());
        // The whole directory.
        let premises = hall.close().await;
        let names = ["yinxin.sqlite", "lock"].into_iter().filter(|name| premises.path(name).exists());
        for name in names.clone() {
            mode(&premises.path(name), 0o400);
        }
        mode(&premises.config.data, 0o500);
        let error = premises.refuses_to_open().await;
        assert!(matches!(error, StartError::Io { .. } | StartError::Db(_)), "{error}");
        mode(&premises.config.data, 0o700);
        for name in names {
            mode(&premises.path(name), 0o600);
        }
        assert_goes_on(premises).await;
    });
}
