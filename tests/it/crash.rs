//! The real program, stopped at every point of docs/SEALING.md, killed, started again and audited.
#![allow(clippy::disallowed_methods, reason = "tests ask the clock")]

mod audit;
mod counter;
mod fsync;
mod ground;
mod hall;
mod points;
mod publication;
mod served;
mod stop;
mod table;
mod witness;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use audit::{Published, Rows, audit, objects};
use ground::{Ground, PATIENCE, Running, copy, empty};
use hall::{Person, Server, joint, licence};

/// A crash point with what must lie on disk there: entries in the database and in public beyond those before, the state of
/// the use, approvals recorded, objects beyond those before, whether the signed revision is on record.
type Point = (&'static str, usize, usize, &'static str, i64, usize, bool);

#[rustfmt::skip]
const POINTS: &[Point] = &[
    ("1",  0, 0, "asked",  0, 0, false),
    ("2",  0, 0, "asked",  0, 0, false),
    ("3",  0, 0, "asked",  0, 0, false),
    ("4a", 0, 0, "asked",  0, 0, false),
    ("4b", 0, 0, "asked",  0, 1, false),
    ("5a", 0, 0, "asked",  0, 1, false),
    ("5b", 1, 0, "logged", 1, 1, false),
    ("5c", 1, 0, "logged", 1, 1, false),
    ("5d", 1, 1, "logged", 1, 1, false),
    ("6",  1, 1, "logged", 1, 1, false),
    ("7",  1, 1, "logged", 1, 1, false),
    ("8a", 1, 1, "logged", 1, 1, false),
    ("8b", 1, 1, "logged", 1, 2, false),
    ("9a", 1, 1, "logged", 1, 2, true),
    ("9b", 1, 1, "sealed", 1, 2, true),
];

#[test]
fn killed_at_each_point_a_certificate_is_sealed_once() {
    let runtime = Runtime::new().unwrap();
    let before = Ground::new();
    let (began, there) = (Published::read(&before.data), objects(&before.data).0);
    let entries = runtime.block_on(Rows::read(&before.data)).entries.len();
    assert_eq!(began.size(), entries);
    for (point, in_rows, in_public, state, approvals, more, on_record) in POINTS {
        let ground = Ground::new();
        ground.demo(Some(point));
        // As the table says.
        let (public, rows) = (Published::read(&ground.data), runtime.block_on(Rows::read(&ground.data)));
        public.continues(&began);
        assert_eq!(public.size(), began.size() + in_public, "in public at {point}");
        assert_eq!(rows.entries.len(), entries + in_rows, "in the rows at {point}");
        let [one] = &rows.uses[..] else { panic!("one use") };
        assert_eq!(
            (one.state.as_str(), rows.approvals, one.signed.is_some()),
            (*state, *approvals, *on_record),
            "{point}"
        );
        assert_eq!(objects(&ground.data).0.len(), there.len() + more, "objects at {point}");
        // Asked again, it is finished; asked once more, nothing changes.
        ground.demo(None);
        let (after, rows) = runtime.block_on(audit(&ground.data));
        after.continues(&public);
        assert_eq!(after.size(), entries + 2, "one use and one handing-over, killed at {point}");
        assert_eq!(rows.sealed().count(), 1, "one certificate, killed at {point}");
        assert_eq!(rows.approvals, 1, "one approval, killed at {point}");
        let number = &rows.sealed().next().unwrap().number;
        assert_eq!(
            fs::read(ground.data.join(format!("sealed/{number}.pdf"))).unwrap(),
            fs::read(audit::object(&ground.data, rows.sealed().next().unwrap().sealed.as_ref().unwrap())).unwrap()
        );
        ground.demo(None);
        assert_eq!(Published::read(&ground.data).root, after.root, "asked again after {point}");
    }
}

#[test]
fn what_no_row_names_is_swept_once_it_is_old() {
    let runtime = Runtime::new().unwrap();
    let ground = Ground::new();
    let named = objects(&ground.data).0;
    ground.demo(Some("4b"));
    let orphan: Vec<String> = objects(&ground.data).0.difference(&named).cloned().collect();
    let [orphan] = &orphan[..] else { panic!("one orphan") };
    let orphan = ground.data.join("objects").join(&orphan[..2]).join(orphan);
    fs::write(orphan.with_extension("3.tmp"), b"half wri").unwrap();
    // Somebody may be about to name it: it stays. Half a file is nobody's.
    Server::start(&ground.data, None).kill_when_ready(&runtime);
    assert_eq!(objects(&ground.data).0.len(), named.len() + 1);
    assert!(objects(&ground.data).1.is_empty(), "half a file is left");
    let long_ago = SystemTime::now() - Duration::from_secs(2 * 3600);
    for folder in fs::read_dir(ground.data.join("objects")).unwrap() {
        for file in fs::read_dir(folder.unwrap().path()).unwrap() {
            File::options().write(true).open(file.unwrap().path()).unwrap().set_modified(long_ago).unwrap();
        }
    }
    Server::start(&ground.data, None).kill_when_ready(&runtime);
    assert_eq!(objects(&ground.data).0, named, "what rows name stays, what none names goes");
    ground.demo(None);
    runtime.block_on(audit(&ground.data));
}

impl Server {
    /// Kills it once it answers, so that all it does before is done.
    fn kill_when_ready(self, runtime: &Runtime) {
        let url = format!("{}/readyz", self.url);
        runtime.block_on(async { reqwest::get(url).await.unwrap() });
        self.kill();
    }
}

/// Cases in the crowd.
const CROWD: usize = 100;

#[test]
fn a_hundred_approvals_at_once_survive_two_kills() {
    let runtime = Runtime::new().unwrap();
    let ground = Ground::new();
    let data = &ground.data;
    let server = Server::start(data, None);
    let (chief, waiting) = runtime.block_on(async {
        let clerk = server.sign_in(data, "clerk1", Some("A01")).await;
        let mut submitting = JoinSet::new();
        for n in 1..CROWD {
            let (clerk, url, case) = (clerk.clone(), server.url.clone(), format!("CROWD-{n:03}"));
            submitting.spawn(async move { clerk.submit(&url, &case, licence(&case)).await });
            if n % 4 == 0 {
                while submitting.join_next().await.is_some_and(|done| done.is_ok()) {}
            }
        }
        submitting.join_all().await;
        let chief = server.sign_in(data, "chief-scjg", None).await;
        let waiting = chief.inbox(&server.url).await;
        (chief, waiting)
    });
    // One more: the demonstration's own first case.
    assert_eq!(waiting.len(), CROWD);
    let before = Published::read(data);
    // Kill it when a fifth is answered, then when three fifths are; the third time let it end.
    let mut answered = BTreeMap::new();
    let mut running = Some(server);
    let mut seen = before.clone();
    for enough in [CROWD / 5, CROWD * 3 / 5, CROWD] {
        let server = running.take().unwrap_or_else(|| Server::start(data, None));
        runtime.block_on(keep_approving(&server, &chief, &waiting, &mut answered, enough));
        server.kill();
        let public = Published::read(data);
        public.continues(&seen);
        seen = public;
        // What was answered is there, killed or not.
        let rows = runtime.block_on(Rows::read(data));
        for (certificate, sealed) in &answered {
            let row = rows.certificates.iter().find(|row| row.id == *certificate).unwrap();
            assert_eq!(row.state, "sealed", "answered, yet lost");
            assert_eq!(hex::encode(row.sealed.as_ref().unwrap()), *sealed, "answered with another document");
        }
    }
    let (after, rows) = runtime.block_on(audit(data));
    after.continues(&before);
    assert_eq!(after.size(), before.size() + CROWD, "as many entries as certificates");
    assert_eq!((rows.sealed().count(), rows.approvals as usize), (CROWD, CROWD));
}

/// Approves everything not answered yet, all at once, until `enough` are answered in all; the rest is left hanging.
async fn keep_approving(
    server: &Server,
    chief: &Person,
    waiting: &[Value],
    answered: &mut BTreeMap<String, String>,
    enough: usize,
) {
    let mut asking = JoinSet::new();
    for one in waiting.iter().filter(|one| !answered.contains_key(one["certificate"].as_str().unwrap())) {
        let (chief, url, one) = (chief.clone(), server.url.clone(), one.clone());
        asking.spawn(async move { chief.approve(&url, &one).await });
    }
    while answered.len() < enough {
        let (status, answer) = asking.join_next().await.expect("somebody is asking").unwrap().expect("an answer");
        assert_eq!((status, &answer["outcome"]), (201, &"sealed".into()), "{answer}\n{}", server.running.complaints());
        let certificate = &answer["case"]["certificates"][0];
        let (id, sealed) = (certificate["id"].as_str().unwrap(), certificate["sealed"].as_str().unwrap());
        assert_eq!(answered.insert(id.to_owned(), sealed.to_owned()), None);
    }
    asking.abort_all();
}

/// A hall where all but the last approval of the joint case are given; who gives the last, and on what.
struct Joint {
    ground: Ground,
    last: Person,
    wanted: Value,
}

impl Joint {
    fn new(runtime: &Runtime) -> Self {
        static PREPARED: OnceLock<(std::path::PathBuf, Person, Value)> = OnceLock::new();
        let (data, last, wanted) = PREPARED.get_or_init(|| {
            let ground = Ground::new();
            let (last, wanted) = runtime.block_on(prepare_joint(&ground.data));
            let kept = empty("joint").join("data");
            copy(&ground.data, &kept);
            (kept, last, wanted)
        });
        Self { ground: Ground::copy_of(data), last: last.clone(), wanted: wanted.clone() }
    }
}

async fn prepare_joint(data: &Path) -> (Person, Value) {
    let server = Server::start(data, None);
    let clerk = server.sign_in(data, "clerk1", Some("A02")).await;
    clerk.submit(&server.url, "JOINT", joint("JOINT")).await;
    let mut last = None;
    // The planning permit and the notice are major: the leaders decide, too.
    for (login, count) in [("chief-ghfj", 2), ("leader-ghfj", 2), ("chief-jsj", 2), ("leader-jsj", 1)] {
        let person = server.sign_in(data, login, None).await;
        let mut waiting = person.inbox(&server.url).await;
        assert_eq!(waiting.len(), count, "{login}");
        if login == "leader-jsj" {
            last = waiting.pop().map(|wanted| (person.clone(), wanted));
        }
        for wanted in waiting {
            let (status, answer) = person.approve(&server.url, &wanted).await.unwrap();
            assert_eq!((status, &answer["outcome"]), (201, &"waiting".into()), "{answer}");
        }
    }
    last.unwrap()
}

#[test]
fn a_joint_case_killed_between_its_seals_is_sealed_whole() {
    let runtime = Runtime::new().unwrap();
    // Four seals: a point passed for the n-th time is between the seals before and after.
    for point in ["2", "3", "4b:2", "5b", "5b:3", "8a", "8a:2", "8b:3", "8a:4", "9a", "9b"] {
        let Joint { ground, last, wanted } = Joint::new(&runtime);
        let data = &ground.data;
        let before = Published::read(data);
        let server = Server::start(data, Some(point));
        let asking = {
            let (last, url, wanted) = (last.clone(), server.url.clone(), wanted.clone());
            runtime.spawn(async move { last.approve(&url, &wanted).await })
        };
        server.running.stop_at(point);
        assert_eq!(runtime.block_on(asking).unwrap(), None, "nobody was told anything at {point}");
        let killed = Published::read(data);
        killed.continues(&before);
        let server = Server::start(data, None);
        if point == "2" {
            // Nothing was on record: the approver clicks again.
            let (status, answer) = runtime.block_on(last.approve(&server.url, &wanted)).unwrap();
            assert_eq!((status, &answer["outcome"]), (201, &"sealed".into()), "{answer}");
        }
        let case = runtime.block_on(until_sealed(&server, &last));
        server.kill();
        assert_eq!(case.len(), 3, "two permits and a notice");
        let (after, rows) = runtime.block_on(audit(data));
        after.continues(&killed);
        assert_eq!(after.size(), before.size() + 4, "four entries, killed at {point}");
        assert_eq!(rows.sealed().count(), 3, "killed at {point}");
        assert!(rows.entries.iter().all(|row| row.voids.is_none()), "killed at {point}");
    }
}

#[test]
fn the_last_approval_of_a_joint_case_clicked_four_times_seals_it_once() {
    let runtime = Runtime::new().unwrap();
    let Joint { ground, last, wanted } = Joint::new(&runtime);
    let before = Published::read(&ground.data).size();
    let server = Server::start(&ground.data, None);
    let answers = runtime.block_on(async {
        let mut asking = JoinSet::new();
        for _ in 0..4 {
            let (last, url, wanted) = (last.clone(), server.url.clone(), wanted.clone());
            asking.spawn(async move { last.approve(&url, &wanted).await.unwrap() });
        }
        asking.join_all().await
    });
    server.kill();
    for (status, answer) in answers {
        assert_eq!((status, &answer["outcome"]), (201, &"sealed".into()), "{answer}");
    }
    let (after, rows) = runtime.block_on(audit(&ground.data));
    assert_eq!((after.size(), rows.sealed().count()), (before + 4, 3));
}

async fn until_sealed(server: &Server, person: &Person) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let (_, case) = person.get(&server.url, "/api/v1/cases/JOINT").await.expect("an answer");
        let certificates = case["certificates"].as_array().unwrap().clone();
        if certificates.iter().all(|one| one["state"] == "sealed") {
            return certificates;
        }
        assert!(begun.elapsed() < PATIENCE, "not sealed: {case}\n{}", server.running.complaints());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[test]
fn a_second_server_on_the_same_data_refuses() {
    let ground = Ground::new();
    let server = Server::start(&ground.data, None);
    let mut second = ground::program();
    second.args(["serve", "--config"]).arg(ground.config());
    let refused = second.output().unwrap();
    assert!(!refused.status.success());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("another yinxin server uses this data directory"), "{said}");
    server.kill();
    // A kill leaves no lock behind.
    let _again: Running = Server::start(&ground.data, None).running;
}

#[test]
fn a_demonstration_whose_port_is_taken_says_what_leads_elsewhere() {
    let ground = Ground::new();
    // By us, or by whoever had it before.
    let _taken = std::net::TcpListener::bind("127.0.0.1:8180");
    let mut demo = ground::program();
    demo.args(["demo", "--data"]).arg(&ground.data);
    let notice = Running::start(demo, &ground.data).line("注意：");
    assert!(notice.starts_with("127.0.0.1:8180 无法使用"), "{notice}");
    assert!(
        notice.contains("页面改在 http://127.0.0.1:") && notice.contains("仍指向 http://localhost:8180"),
        "{notice}"
    );
}
