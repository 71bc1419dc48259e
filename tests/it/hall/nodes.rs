//! Two nodes on one PostgreSQL database.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::together::{ordinary, submit_all};
use super::*;

const CASES: usize = 100;
/// Tells the second process which hall it is a node of, and where it stops.
const NODE: [&str; 3] = ["YINXIN_TEST_NODE_FOLDER", "YINXIN_TEST_NODE_DATABASE", "YINXIN_TEST_NODE_STOPS_AT"];

/// The first node as a process of its own: it approves its half of the cases, and stops for good at the point given.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by a_killed_nodes_uses_are_finished_by_the_other"]
async fn node_that_is_killed() {
    #[expect(clippy::disallowed_methods, reason = "what the parent says")]
    let [folder, database, point] = NODE.map(|name| std::env::var(name).unwrap());
    yinxin::fault::arm(&point);
    let app = App::open(&config(Path::new(&folder), Some(&database)), Clock::standing_at(time(OPEN))).await.unwrap();
    let premises = Premises {
        _folder: tempfile::tempdir().unwrap(),
        config: config(Path::new(&folder), Some(&database)),
        database: Some(database),
        clock: Clock::standing_at(time(OPEN)),
    };
    let hall = TestHall { app: Arc::new(app), premises };
    let asked = all_asked(&hall, &ordinary(CASES)).await;
    eprintln!("ready");
    approve_each(&hall, asked.into_iter().step_by(2)).await;
    // Not stopped, or not in time: the parent waits for the word.
    std::thread::sleep(Duration::from_secs(600));
}

async fn all_asked(hall: &TestHall, cases: &[Case]) -> Vec<Asked> {
    let mut asked = Vec::new();
    for case in cases {
        asked.push(hall.only_use(&case.case).await);
    }
    asked
}

async fn approve_each(hall: &TestHall, asked: impl Iterator<Item = Asked>) -> Vec<Result<Done, ActError>> {
    let mut approving = JoinSet::new();
    for one in asked {
        let chief = hall.chief(&one.department);
        approving.spawn(async move { chief.approve(&one).await });
    }
    approving.join_all().await
}

/// After each point of the sealing at which the ledger, the files and the rows stand differently.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "asks PostgreSQL: tools/with-postgres"]
async fn a_killed_nodes_uses_are_finished_by_the_other() {
    for point in ["5a", "5b", "5c", "5d", "7:5", "9a:5"] {
        let hall = TestHall::open().await;
        let cases = ordinary(CASES);
        let asked = submit_all(&hall, &cases).await;
        let database = hall.premises.database.clone().expect("run by tools/with-postgres");
        let folder = hall.premises._folder.path();
        let complaints = folder.join("node.stderr");
        let mut node = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "hall::nodes::node_that_is_killed", "--ignored", "--nocapture"])
            .envs(NODE.into_iter().zip([folder.to_str().unwrap(), database.as_str(), point]))
            .stdout(Stdio::null())
            .stderr(fs::File::create(&complaints).unwrap())
            .spawn()
            .unwrap();
        let said = |word: &str| {
            let begun = Instant::now();
            while !fs::read_to_string(&complaints).unwrap().contains(word) {
                assert!(
                    begun.elapsed() < Duration::from_secs(120),
                    "{point}: {}",
                    fs::read_to_string(&complaints).unwrap()
                );
                std::thread::sleep(Duration::from_millis(2));
            }
        };
        tokio::task::block_in_place(|| said("ready"));
        let ours = approve_each(&hall, asked.iter().skip(1).step_by(2).cloned());
        // The other goes on only when the dead one's lock of the head is gone.
        let killed = async {
            tokio::task::block_in_place(|| said("stopped at "));
            node.kill().unwrap();
            node.wait().unwrap();
        };
        let (ours, _) = tokio::join!(ours, killed);
        for done in ours {
            assert!(matches!(done, Ok(Done::Sealed(_))), "{point}: {done:?}");
        }
        // What the dead node had logged belongs to it until its lease has run out.
        hall.set_time("2026-11-20T10:10:00+08:00");
        yinxin::acts::resume::resume(&hall.app, false).await.unwrap();
        for one in &asked {
            let state = hall.app.db.certificate(&one.certificate).await.unwrap().unwrap().state;
            assert!(["sealed", "submitted"].contains(&state.as_str()), "{point}: {state}");
            if state == "submitted" {
                sealed(hall.chief(&one.department).approve(one).await);
            }
        }
        for case in &cases {
            assert!(hall.report(&hall.documents(&case.case).await[0]).is_valid(), "{point}: {}", case.case);
        }
        let count = |sql| hall.premises.count(sql);
        assert_eq!(count("SELECT COUNT(*) FROM certificate WHERE state = 'sealed'").await, CASES as i64);
        assert_eq!(count("SELECT COUNT(*) FROM ledger_entry WHERE seal_use IS NOT NULL").await, CASES as i64);
        assert_eq!(count("SELECT COUNT(DISTINCT seal_use) FROM ledger_entry").await, CASES as i64);
        assert_eq!(count("SELECT COUNT(*) FROM outbox").await, CASES as i64);
        hall.assert_ledger_is_whole().await;
        // The tree from the rows is the one that is published.
        let premises = hall.close().await;
        premises.open().await.assert_ledger_is_whole().await;
    }
}

/// Both at work on the same cases at once.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "asks PostgreSQL: tools/with-postgres"]
async fn two_nodes_seal_each_case_once() {
    let one = TestHall::open().await;
    let cases = ordinary(40);
    let asked = submit_all(&one, &cases).await;
    for department in asked.iter().map(|one| &one.department).collect::<BTreeSet<_>>() {
        one.put_on_rota(department).await;
    }
    let other = Arc::new(one.premises.app().await.unwrap());
    let also = |actor: Actor| Actor { app: other.clone(), ..actor };
    let mut approving = JoinSet::new();
    for one_asked in &asked {
        for actor in [one.chief(&one_asked.department), also(one.deputy(&one_asked.department))] {
            let one_asked = one_asked.clone();
            approving.spawn(async move { actor.approve(&one_asked).await });
        }
    }
    let done = approving.join_all().await;
    assert!(done.iter().filter(|done| done.is_ok()).count() >= cases.len());
    assert_eq!(one.premises.count("SELECT COUNT(*) FROM ledger_entry WHERE seal_use IS NOT NULL").await, 40);
    for case in &cases {
        assert!(one.report(&one.documents(&case.case).await[0]).is_valid());
    }
    // A seal suspended on one node is suspended on the other.
    one.keeper("scjg").suspend("approval").await.unwrap();
    let case = Case::number("000001").again_as("2026-A01-900001");
    one.clerk("A01").submit(&case).await.unwrap();
    let asked = one.only_use(&case.case).await;
    assert_eq!(refusal(also(one.chief("scjg")).approve(&asked).await).codes(), ["seal-not-active"]);
    one.assert_ledger_is_whole().await;
}
