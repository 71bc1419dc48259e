//! Two halls, each the real program: one's ledger is cosigned by the other, or by a witness that somebody else wrote.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;
use tokio::runtime::Runtime;

use super::audit::{Hash, Published, Rows, audit, hash, tree};
use super::ground::{Ground, PATIENCE, Running, program};
use super::hall::{Server, licence};
use super::publication::{append, open};
use crate::tools::{ask, python, run, text};

/// Points that only a witness makes one pass: the cosignatures are there and not published; cosigned and not on disk; on disk
/// and not answered.
pub(super) const AT_WITNESSING: [&str; 3] = ["5w", "w1", "w2"];

/// An address on this machine where nobody listens.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn replace(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(file, text.replace(from, to)).unwrap();
}

fn log_key(data: &Path) -> String {
    fs::read_to_string(data.join("keys/trust/log.vkey")).unwrap().trim().to_owned()
}

/// A hall that is a witness of the log with this key.
struct Witness {
    ground: Ground,
    port: u16,
    key: String,
}

impl Witness {
    fn of(log: &str) -> Self {
        let (ground, port) = (Ground::new(), free_port());
        replace(&ground.config(), "127.0.0.1:8180\"\nbase", &format!("127.0.0.1:{port}\"\nbase"));
        let config = fs::read_to_string(ground.config()).unwrap();
        let witness = format!("{config}\n[witness]\nname = \"next.example/witness\"\nlogs = [\"{log}\"]\n");
        fs::write(ground.config(), witness).unwrap();
        let mut witness = Self { ground, port, key: String::new() };
        // Its key is made at the first start.
        witness.serve(None).kill();
        let said = run(program().args(["witness", "--config"]).arg(witness.ground.config()));
        witness.key = said.lines().next().unwrap().to_owned();
        assert!(witness.key.starts_with("next.example/witness+") && said.contains("nothing cosigned yet"), "{said}");
        witness
    }

    fn serve(&self, stop_at: Option<&str>) -> Server {
        Server::start(&self.ground.data, stop_at)
    }

    fn prefix(&self) -> String {
        format!("http://127.0.0.1:{}/witness", self.port)
    }

    /// What monitors fetch: the checkpoint cosigned last.
    async fn last(&self, origin: &str) -> Option<String> {
        let answer = reqwest::get(format!("{}/{}/checkpoint", self.prefix(), hex::encode(hash(&[origin.as_bytes()]))));
        let answer = answer.await.unwrap();
        if answer.status() == 200 { Some(answer.text().await.unwrap()) } else { None }
    }

    async fn add(&self, body: String) -> (u16, String, String) {
        let client = reqwest::Client::new();
        let answer = client.post(format!("{}/add-checkpoint", self.prefix())).body(body).send().await.unwrap();
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        (answer.status().as_u16(), kind, answer.text().await.unwrap())
    }
}

/// Makes the hall's policy one with this witness.
fn witnessed_by(data: &Path, name: &str, key: &str, url: &str, quorum: &str) {
    let policy = format!("log {}\nwitness {name} {key} {url}\nquorum {quorum}\n", log_key(data));
    fs::write(data.join("keys/trust/policy.txt"), policy).unwrap();
}

fn note(data: &Path) -> String {
    fs::read_to_string(data.join("log/checkpoint")).unwrap()
}

fn is_cosigned(note: &str, name: &str) -> bool {
    note.lines().any(|line| line.starts_with(&format!("— {name} ")))
}

/// Waits for what must come about.
fn until(what: &str, mut it: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !it() {
        assert!(begun.elapsed() < PATIENCE, "never: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

const ORIGIN: &str = "demo.yinxin.example/log";

/// Submits a licence and gives what of the inbox is its approval.
async fn submitted(server: &Server, data: &Path, case: &str) -> (super::hall::Person, Value) {
    let clerk = server.sign_in(data, "clerk1", Some("A01")).await;
    let before = clerk.submit(&server.url, case, licence(case)).await;
    let chief = server.sign_in(data, "chief-scjg", None).await;
    let id = before["certificates"][0]["id"].clone();
    let waiting = chief.inbox(&server.url).await;
    let one = waiting.into_iter().find(|one| one["certificate"] == id).unwrap();
    (chief, one)
}

#[test]
fn no_seal_is_used_before_the_witness_has_cosigned() {
    let runtime = Runtime::new().unwrap();
    let ground = Ground::new();
    let data = &ground.data;
    let witness = Witness::of(&log_key(data));
    witnessed_by(data, "w1", &witness.key, &witness.prefix(), "w1");
    let entries = runtime.block_on(Rows::read(data)).entries.len();

    // The witness is down: the hall opens, and nothing is published that it has not cosigned.
    let server = Server::start(data, None);
    let (chief, first) = runtime.block_on(submitted(&server, data, "WITNESS-1"));
    let (_, second) = runtime.block_on(submitted(&server, data, "WITNESS-2"));
    let refused = |wanted: &Value| {
        let (status, answer) = runtime.block_on(chief.approve(&server.url, wanted)).unwrap();
        assert_eq!((status, &answer["code"]), (503, &"witness-waiting".into()), "{answer}");
        assert!(answer["message"].as_str().unwrap().contains("见证人还没有联署"), "{answer}");
        runtime.block_on(Rows::read(data)).entries.len()
    };
    assert!(!is_cosigned(&note(data), "next.example/witness"));
    assert_eq!(refused(&first), entries, "nothing is logged that could not be finished");
    // It comes, and by itself the hall goes on.
    let serving = witness.serve(None);
    until("the published checkpoint is cosigned", || is_cosigned(&note(data), "next.example/witness"));
    // It is gone again when a use has been logged: that one stays logged, and no further one is.
    serving.kill();
    assert_eq!(refused(&first), entries + 1);
    let begun = Instant::now();
    let hangs = TcpListener::bind(("127.0.0.1", witness.port)).unwrap();
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(refused(&second), entries + 1);
    assert!(begun.elapsed() < Duration::from_secs(20), "a bounded time: {:?}", begun.elapsed());
    drop(hangs);
    assert_eq!(Published::read(data).size(), entries);
    assert_eq!(runtime.block_on(Rows::read(data)).sealed().count(), 0);
    // It is back: what was logged is finished by itself, what was not is approved now.
    let serving = witness.serve(None);
    until("what was logged is sealed", || runtime.block_on(Rows::read(data)).sealed().count() == 1);
    let (status, answer) = runtime.block_on(chief.approve(&server.url, &second)).unwrap();
    assert_eq!(status, 201, "{answer}");
    let rows = runtime.block_on(Rows::read(data));
    assert_eq!((rows.sealed().count(), rows.entries.len()), (2, entries + 2));
    let last = runtime.block_on(witness.last(ORIGIN)).unwrap();
    assert!(last.starts_with(note(data).split("\n\n").next().unwrap()), "{last}");
    // Everybody is told who has cosigned.
    let page =
        runtime.block_on(async { reqwest::get(format!("{}/ledger", server.url)).await.unwrap().text().await.unwrap() });
    assert!(page.contains("已有账本规则要求的见证人联署") && page.contains("next.example/witness+"), "{page}");
    let page = runtime
        .block_on(async { reqwest::get(format!("{}/ledger", serving.url)).await.unwrap().text().await.unwrap() });
    assert!(page.contains("本大厅为别的账本作见证") && page.contains(ORIGIN), "{page}");
    server.kill();
    // The demonstration's first case waits still; it is not ours here.
    let judged = run(program().args(["ledger", "audit", "--config"]).arg(ground.config()));
    assert!(judged.contains("发现问题 0 处") && judged.contains("由见证人联署：next.example/witness"), "{judged}");
    serving.kill();
    let own = run(program().args(["ledger", "audit", "--config"]).arg(witness.ground.config()));
    assert!(own.contains("发现问题 0 处") && own.contains("没有见证人联署"), "{own}");
    // A policy that asks for more than there is.
    let policy = fs::read_to_string(data.join("keys/trust/policy.txt")).unwrap();
    let other = Witness::of(&log_key(data)).key;
    let more = policy.replace("quorum w1", &format!("witness w2 {other}\ngroup both all w1 w2\nquorum both"));
    fs::write(data.join("keys/trust/policy.txt"), more).unwrap();
    let short = text(&ask(program().args(["ledger", "audit", "--config"]).arg(ground.config())));
    assert!(short.contains("log-unwitnessed") && !short.contains("entry-unpublished"), "{short}");
    fs::write(data.join("keys/trust/policy.txt"), policy).unwrap();
    runtime.block_on(audit(data));
}

#[test]
fn without_a_quorum_cosignatures_are_added_as_they_come() {
    let runtime = Runtime::new().unwrap();
    let ground = Ground::new();
    let data = &ground.data;
    let witness = Witness::of(&log_key(data));
    witnessed_by(data, "w1", &witness.key, &witness.prefix(), "none");
    // Down at first: nothing waits for it.
    ground.demo(None);
    let server = Server::start(data, None);
    assert!(!is_cosigned(&note(data), "next.example/witness"));
    let serving = witness.serve(None);
    until("cosigned", || is_cosigned(&note(data), "next.example/witness"));
    let before = note(data);
    runtime.block_on(async {
        let (chief, wanted) = submitted(&server, data, "WITNESS-3").await;
        assert_eq!(chief.approve(&server.url, &wanted).await.unwrap().0, 201);
    });
    until("the next one, too", || note(data) != before && is_cosigned(&note(data), "next.example/witness"));
    server.kill();
    serving.kill();
    runtime.block_on(audit(data));
}

#[test]
fn a_hall_set_back_further_than_its_witness_does_not_start() {
    let runtime = Runtime::new().unwrap();
    let ground = Ground::new();
    let data = &ground.data;
    let witness = Witness::of(&log_key(data));
    let serving = witness.serve(None);
    witnessed_by(data, "w1", &witness.key, &witness.prefix(), "w1");
    let old = Ground::copy_of(data);
    runtime.block_on(async {
        let app = open(data).await.unwrap();
        append(&app, 1).await.unwrap();
        app.db.close().await;
    });
    let size = Published::read(data).size();
    // Database, public files, everything as it was: only the witness knows better.
    let refused = |data: &Path| runtime.block_on(open(data)).err().expect("it opened").to_string();
    let said = refused(&old.data);
    let (has, held) = (format!("has cosigned {size} entries"), format!("the database holds {}", size - 1));
    assert!(said.contains("the witness w1") && said.contains(&has) && said.contains(&held), "{said}");
    assert!(said.contains("restore the newest one"), "{said}");
    // Where no quorum is asked for, too.
    witnessed_by(&old.data, "w1", &witness.key, &witness.prefix(), "none");
    assert!(refused(&old.data).contains(&has));
    // It has gone on by itself, out of the witness's sight.
    fs::write(old.data.join("keys/trust/policy.txt"), format!("log {}\nquorum none\n", log_key(&old.data))).unwrap();
    runtime.block_on(async {
        let app = open(&old.data).await.unwrap();
        for n in 2..5 {
            append(&app, n).await.unwrap();
        }
        app.db.close().await;
    });
    for quorum in ["w1", "none"] {
        witnessed_by(&old.data, "w1", &witness.key, &witness.prefix(), quorum);
        let said = refused(&old.data);
        assert!(said.contains("another history of this ledger") && said.contains("ask the auditor"), "{said}");
    }
    // The newest copy goes on.
    runtime.block_on(async {
        let app = open(data).await.unwrap();
        append(&app, 9).await.unwrap();
        app.db.close().await;
    });
    assert!(is_cosigned(&note(data), "next.example/witness"));
    serving.kill();
}

/// The consistency path of RFC 6962, 2.1.2, by its definition.
fn consistency(old: usize, leaves: &[Hash]) -> Vec<Hash> {
    fn path(m: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
        let n = leaves.len();
        if m == n {
            return if whole { Vec::new() } else { vec![tree(leaves)] };
        }
        let k = n.next_power_of_two() / 2;
        let (mut below, beside) = if m <= k {
            (path(m, &leaves[..k], whole), tree(&leaves[k..]))
        } else {
            (path(m - k, &leaves[k..], false), tree(&leaves[..k]))
        };
        below.push(beside);
        below
    }
    if old == 0 { Vec::new() } else { path(old, leaves, true) }
}

fn request(old: usize, data: &Path) -> String {
    let log = Published::read(data);
    let leaves: Vec<Hash> = log.entries.iter().map(|entry| hash(&[&[0], entry])).collect();
    let proof: String =
        consistency(old.min(leaves.len()), &leaves).iter().map(|hash| format!("{}\n", BASE64.encode(hash))).collect();
    format!("old {old}\n{proof}\n{}", note(data))
}

/// The fault table of the witness. Its one write is a transaction: lost if it is killed before, kept if after; either way the log
/// gets its cosignature when it asks again, and no other history ever gets one.
#[test]
fn a_witness_killed_at_each_edge_cosigns_one_history() {
    let runtime = Runtime::new().unwrap();
    let (ground, fork) = (Ground::new(), Ground::new());
    let (data, forked) = (&ground.data, &fork.data);
    assert_eq!(Published::read(data).root, Published::read(forked).root, "one beginning");
    let begin = Published::read(data).size();
    let witness = Witness::of(&log_key(data));
    let grow = |data: &Path, n: usize| {
        runtime.block_on(async {
            let app = open(data).await.unwrap();
            append(&app, n).await.unwrap();
            app.db.close().await;
        });
    };
    // What it has cosigned is the whole tree as published, computed from the entries.
    let is_whole = |size: usize| {
        let last = runtime.block_on(witness.last(ORIGIN)).unwrap_or_default();
        let lines: Vec<&str> = last.lines().collect();
        if size == 0 {
            return assert_eq!(last, "");
        }
        let leaves: Vec<Hash> = Published::read(data).entries.iter().map(|entry| hash(&[&[0], entry])).collect();
        assert_eq!(
            (lines[0], lines[1], lines[2]),
            (ORIGIN, &*size.to_string(), &*BASE64.encode(tree(&leaves[..size])))
        );
        assert!(is_cosigned(&last, "next.example/witness") && is_cosigned(&last, ORIGIN), "{last}");
    };
    let mut cosigned = 0;
    for (point, kept) in [("w1", false), ("w2", true), ("w1", false), ("w2", true)] {
        let asked = request(cosigned, data);
        let size = Published::read(data).size();
        let serving = witness.serve(Some(point));
        let (add, body) = (format!("{}/add-checkpoint", witness.prefix()), asked.clone());
        let hanging = runtime.spawn(async move { reqwest::Client::new().post(add).body(body).send().await.is_ok() });
        serving.running.stop_at(point);
        assert!(!runtime.block_on(hanging).unwrap(), "nothing left the witness at {point}");
        let serving = witness.serve(None);
        is_whole(if kept { size } else { cosigned });
        let (status, kind, answer) = runtime.block_on(witness.add(asked));
        if kept {
            // It names what it has, and cosigns from there.
            assert_eq!((status, kind.as_str(), answer), (409, "text/x.tlog.size", format!("{size}\n")), "{point}");
            let (status, _, answer) = runtime.block_on(witness.add(request(size, data)));
            assert_eq!(status, 200, "{answer}");
        } else {
            assert_eq!((status, kind.as_str()), (200, "text/plain; charset=utf-8"), "{point}: {answer}");
            assert!(
                answer.starts_with("— next.example/witness ") && answer.ends_with('\n') && answer.lines().count() == 1,
                "{answer}"
            );
        }
        cosigned = size;
        is_whole(size);
        serving.kill();
        grow(data, size);
    }
    // Another history by the same key, of every length.
    let serving = witness.serve(None);
    let fork_of = |old: usize| runtime.block_on(witness.add(request(old, forked)));
    assert_eq!(fork_of(cosigned).0, 400, "an old size over the new one");
    for n in 0..5 {
        let before = Published::read(forked).size();
        match before.cmp(&cosigned) {
            std::cmp::Ordering::Less => {
                let (status, kind, size) = fork_of(begin);
                assert_eq!((status, kind.as_str(), size), (409, "text/x.tlog.size", format!("{cosigned}\n")));
            }
            _ => assert_eq!(fork_of(cosigned).0, 422, "of {before} entries"),
        }
        grow(forked, 1000 + n);
        is_whole(cosigned);
    }
    assert!(Published::read(forked).size() > cosigned);
    // What is no request, not by the log, or of another log.
    let good = request(cosigned, data);
    let body = note(data).split("\n\n").next().unwrap().to_owned();
    let signature = note(data).lines().last().unwrap().to_owned();
    let last = signature.split(' ').nth(2).unwrap();
    let mut bytes = BASE64.decode(last).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    for (status, what, request) in [
        (400, "nothing", String::new()),
        (400, "no checkpoint", format!("old {cosigned}\n\n")),
        (400, "a leading zero", good.replacen("old ", "old 0", 1)),
        (400, "another line", good.replacen("old ", "new ", 1)),
        (403, "a wrong signature", good.replace(last, &BASE64.encode(&bytes))),
        (403, "an unknown key", format!("old {cosigned}\n\n{body}\n\n— {ORIGIN} {}\n", BASE64.encode([7; 68]))),
        (404, "another log", good.replace(ORIGIN, "other.example/log")),
        (422, "no proof", format!("old {cosigned}\n\n{}", note(data))),
    ] {
        let (answered, kind, said) = runtime.block_on(witness.add(request));
        assert_eq!((answered, kind.as_str()), (status, "application/problem+json"), "{what}: {said}");
    }
    let (status, _, _) = runtime.block_on(witness.add("x".repeat(1 << 20)));
    assert_eq!(status, 413);
    is_whole(cosigned);
    // Unknown lines besides are no matter, and are not passed on.
    let greased = format!("{good}— grease.example {}\n", BASE64.encode([9; 68]));
    assert_eq!(runtime.block_on(witness.add(greased)).0, 200);
    assert!(!runtime.block_on(witness.last(ORIGIN)).unwrap().contains("grease"));
    serving.kill();
    // A row that was altered behind its back is named.
    let altered = format!("sqlite://{}", witness.ground.data.join("yinxin.sqlite").display());
    runtime.block_on(async {
        use sqlx::Connection as _;
        let mut db = sqlx::SqliteConnection::connect(&altered).await.unwrap();
        sqlx::query("UPDATE witnessed SET size = size - 1").execute(&mut db).await.unwrap();
        db.close().await.unwrap();
    });
    let said = text(&ask(program().args(["ledger", "audit", "--config"]).arg(witness.ground.config())));
    assert!(said.contains("witnessed-altered") && said.contains(&format!("witnessed {ORIGIN}")), "{said}");
    // Without its key it is no witness any more, and says so: another key would be another witness.
    for file in fs::read_dir(witness.ground.data.join("keys")).unwrap().map(|file| file.unwrap().path()) {
        if file.file_name().unwrap().to_str().unwrap().contains("witness") {
            fs::remove_file(file).unwrap();
        }
    }
    let refused = runtime.block_on(open(&witness.ground.data)).err().expect("it opened").to_string();
    assert!(refused.contains("no witness key"), "{refused}");
}

#[test]
fn killed_with_the_cosignatures_in_hand_the_same_are_asked_for_again() {
    let runtime = Runtime::new().unwrap();
    let ground = Ground::new();
    let data = &ground.data;
    let witness = Witness::of(&log_key(data));
    let serving = witness.serve(None);
    witnessed_by(data, "w1", &witness.key, &witness.prefix(), "w1");
    // Once at rest, so that the next time is that of the use.
    runtime.block_on(async { open(data).await.unwrap().db.close().await });
    let before = Published::read(data);
    ground.demo(Some("5w"));
    let killed = Published::read(data);
    assert_eq!((killed.size(), killed.root), (before.size(), before.root), "nothing is public that is not cosigned");
    let last = runtime.block_on(witness.last(ORIGIN)).unwrap();
    assert_eq!(last.lines().nth(1).unwrap(), (before.size() + 1).to_string(), "and the witness knows");
    ground.demo(None);
    let (after, rows) = runtime.block_on(audit(data));
    after.continues(&before);
    // The use, and the record of its handing over.
    assert_eq!((after.size(), rows.sealed().count()), (before.size() + 2, 1));
    serving.kill();
}

/// `aics-witness` of the Python package index, which shares nothing with us but the specification.
struct Foreign {
    folder: tempfile::TempDir,
    running: Option<Running>,
    key: String,
    url: String,
}

impl Foreign {
    fn of(log: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut foreign = Self { folder, running: None, key: String::new(), url: String::new() };
        let said = run(foreign.command().args(["init", "--name", "foreign.example/w"]));
        foreign.key = said
            .lines()
            .find(|line| line.starts_with("foreign.example/w+"))
            .unwrap_or_else(|| panic!("{said}"))
            .to_owned();
        run(foreign.command().args(["add-log", "--origin", ORIGIN, "--vkey", log]));
        let port = free_port();
        let mut serve = foreign.command();
        serve.args(["serve", "--listen", &format!("127.0.0.1:{port}")]).stdin(Stdio::null());
        foreign.running = Some(Running::start(serve, &foreign.folder.path().join("foreign")));
        foreign.url = format!("http://127.0.0.1:{port}");
        until("the foreign witness listens", || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        foreign
    }

    fn command(&self) -> Command {
        let mut command = Command::new(python());
        command.args(["-m", "aics_witness"]).env("AICS_WITNESS_CONFIG", self.folder.path().join("witness.json"));
        command
    }
}

#[test]
fn a_witness_made_by_somebody_else_cosigns_our_ledger() {
    let runtime = Runtime::new().unwrap();
    let ground = Ground::new();
    let data = &ground.data;
    let foreign = Foreign::of(&log_key(data));
    witnessed_by(data, "w1", &foreign.key, &foreign.url, "w1");
    ground.demo(None);
    let server = Server::start(data, None);
    for n in 4..7 {
        runtime.block_on(async {
            let (chief, wanted) = submitted(&server, data, &format!("WITNESS-{n}")).await;
            assert_eq!(chief.approve(&server.url, &wanted).await.unwrap().0, 201);
        });
        assert!(is_cosigned(&note(data), "foreign.example/w"));
    }
    server.kill();
    let (published, rows) = runtime.block_on(audit(data));
    assert_eq!(rows.sealed().count(), 4);
    let status = run(foreign.command().args(["status", "--json"]));
    assert!(status.contains(&format!("\"size\": {}", published.size())), "{status}");
    // A sealed document says so itself, and the oracle in Python finds the witness in its proof.
    let sealed = super::audit::object(data, rows.sealed().next().unwrap().sealed.as_ref().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let [entry, proof] = ["entry", "proof"].map(|name| folder.path().join(name));
    run(program().args(["ledger", "proof"]).arg(&sealed).arg("--entry").arg(&entry).arg("--out").arg(&proof));
    let oracle = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/verify_seal_proof.py");
    let said = run(Command::new(python()).arg(oracle).args([&entry, &proof]).args([&log_key(data), "1", &foreign.key]));
    assert!(said.contains("1 witness(es)"), "{said}");
}

#[test]
fn our_witness_cosigns_for_a_client_made_by_somebody_else() {
    const FEED: &str = "import sys
from aics_witness.feeder import WitnessClient, WitnessRejected
sys.path.insert(0, sys.argv[1])
from verify_log import entries_of, sha, tree
url, key, log, forked, state = sys.argv[2:]
def read(log): return lambda name: open(f'{log}/{name}', 'rb').read()
def path(m, leaves, whole):
    n = len(leaves)
    if m == n: return [] if whole else [tree(leaves)]
    k = 1 << (n - 1).bit_length() - 1
    return path(m, leaves[:k], whole) + [tree(leaves[k:])] if m <= k else path(m - k, leaves[k:], False) + [tree(leaves[:k])]
def submit(log):
    note = read(log)('checkpoint')
    leaves = [sha(b'\\0', entry) for entry in entries_of(read(log), int(note.split(b'\\n')[1]))]
    client = WitnessClient(url, key, state_path=state, max_attempts=1)
    return client.submit(note, lambda old, new: path(old, leaves[:new], True) if old else [])
print(submit(log), end='')
if forked:
    try: submit(forked); print('forked')
    except WitnessRejected as refused: print('refused', refused.status)
";
    let runtime = Runtime::new().unwrap();
    let (ground, fork) = (Ground::new(), Ground::new());
    let witness = Witness::of(&log_key(&ground.data));
    let serving = witness.serve(None);
    let folder = tempfile::tempdir().unwrap();
    let feed = |forked: &str| {
        let mut feed = Command::new(python());
        feed.args(["-B", "-c", FEED]).arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles"));
        feed.args([&witness.prefix(), &witness.key]).arg(ground.data.join("log")).arg(forked);
        run(feed.arg(folder.path().join("state.json")))
    };
    assert!(feed("").starts_with("— next.example/witness "));
    for (data, count) in [(&ground.data, 3), (&fork.data, 5)] {
        runtime.block_on(async {
            let app = open(data).await.unwrap();
            for n in 0..count {
                append(&app, 10 * count + n).await.unwrap();
            }
            app.db.close().await;
        });
    }
    let said = feed(fork.data.join("log").to_str().unwrap());
    assert!(said.starts_with("— next.example/witness ") && said.ends_with("refused 422\n"), "{said}");
    serving.kill();
}
