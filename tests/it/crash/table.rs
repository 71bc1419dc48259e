//! The fault table of the sequencer: killed at each edge between its writes, each write that nobody waited for lost, torn or kept;
//! then started again. The whole tree is computed anew after every step, from the entries alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sqlx::Connection as _;
use tokio::runtime::Runtime;

use super::audit::{Hash, Published, Rows, hash, tree};
use super::ground::{Ground, copy, program};
use super::hall::Server;
use super::publication::{append, open};
use super::served::oracle_of_logs;
use crate::tools::{ask, python, run, text};

/// Makes the ledger of a hall that is at rest one of `size` entries, without its program: rows written in bulk, public files left
/// to be made. What was there is the beginning, unless that is longer.
pub(super) async fn fill(data: &Path, size: usize) {
    let mut db =
        sqlx::SqliteConnection::connect(&format!("sqlite://{}", data.join("yinxin.sqlite").display())).await.unwrap();
    let last: i64 = sqlx::query_scalar("SELECT MAX(at) FROM ledger_entry").fetch_one(&mut db).await.unwrap();
    let mut leaves: Vec<Hash> = Vec::with_capacity(size);
    let rows: Vec<(Vec<u8>,)> =
        sqlx::query_as("SELECT entry FROM ledger_entry ORDER BY idx").fetch_all(&mut db).await.unwrap();
    if rows.len() > size {
        sqlx::query("DELETE FROM ledger_entry").execute(&mut db).await.unwrap();
        fs::remove_dir_all(data.join("log")).unwrap();
    } else {
        leaves.extend(rows.iter().map(|(entry,)| hash(&[&[0], entry])));
    }
    let mut tx = db.begin().await.unwrap();
    while leaves.len() < size {
        let first = leaves.len();
        let many = (first..size.min(first + 1000)).map(|n| {
            let entry = format!("policy/v1\npolicy {}\nday 2026-11-20\n", hex::encode(hash(&[b"n", &n.to_be_bytes()])));
            let leaf = hash(&[&[0], entry.as_bytes()]);
            (n as i64, entry.into_bytes(), leaf)
        });
        let many: Vec<_> = many.collect();
        leaves.extend(many.iter().map(|row| row.2));
        let mut insert = sqlx::QueryBuilder::new("INSERT INTO ledger_entry (idx, kind, entry, leaf, at) ");
        insert.push_values(many, |mut row, (n, entry, leaf)| {
            row.push_bind(n).push_bind("policy/v1").push_bind(entry).push_bind(leaf.to_vec()).push_bind(last);
        });
        insert.build().execute(&mut *tx).await.unwrap();
    }
    let root = tree(&leaves).to_vec();
    sqlx::query("UPDATE ledger_head SET size = ?, root = ?")
        .bind(size as i64)
        .bind(root)
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    db.close().await.unwrap();
}

/// Every file below a folder, by its path in it.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(one) = folders.pop() {
        for path in fs::read_dir(one).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// The public ledger is the rows, in order and without a gap, under one signed root.
fn whole(runtime: &Runtime, data: &Path) -> Published {
    let (published, rows) = (Published::read(data), runtime.block_on(Rows::read(data)));
    assert!(rows.entries.iter().map(|row| row.idx).eq(0..published.size() as i64), "an index is missing or doubled");
    assert!(rows.entries.iter().map(|row| &row.entry).eq(&published.entries), "rows and public entries differ");
    published
}

/// What a power cut may do to a file that was written and not waited for.
fn cuts(before: Option<&Vec<u8>>, after: &[u8]) -> Vec<(&'static str, Option<Vec<u8>>)> {
    let mut cuts = vec![
        ("lost", before.cloned()),
        ("empty", Some(Vec::new())),
        ("torn", Some([&after[..after.len() / 2], &vec![0; after.len() - after.len() / 2]].concat())),
    ];
    if before.is_some() {
        cuts.push(("gone", None));
    }
    cuts
}

fn put(path: &Path, bytes: Option<&Vec<u8>>) {
    match bytes {
        Some(bytes) => {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        None => fs::remove_file(path).unwrap_or_default(),
    }
}

#[test]
fn each_write_of_the_sequencer_may_be_lost_at_each_edge() {
    let runtime = Runtime::new().unwrap();
    // The 256th entry: a full tile of hashes, one of entries, and the first of the second level.
    let ready = Ground::new();
    runtime.block_on(async {
        fill(&ready.data, 255).await;
        open(&ready.data).await.unwrap().db.close().await;
    });
    let began = whole(&runtime, &ready.data);
    assert_eq!(began.size(), 255);
    let before = files(&ready.data.join("log"));
    let mut tried = 0;
    for (point, committed, published) in
        [("5a", false, false), ("5b", true, false), ("5c", true, false), ("5d", true, true)]
    {
        let killed = Ground::copy_of(&ready.data);
        killed.demo(Some(point));
        let after = files(&killed.data.join("log"));
        let written: Vec<&PathBuf> = after.keys().filter(|path| before.get(*path) != after.get(*path)).collect();
        // The checkpoint is waited for: it is not lost once the program has gone on.
        assert_eq!(written.contains(&&PathBuf::from("checkpoint")), published, "{point}");
        let tiles: Vec<&PathBuf> = written.into_iter().filter(|path| path.as_os_str() != "checkpoint").collect();
        assert_eq!(tiles.len(), if point == "5a" || point == "5b" { 0 } else { 3 }, "{point}: {tiles:?}");
        type Lost<'a> = Vec<(&'a PathBuf, Option<Vec<u8>>)>;
        let mut cases: Vec<(String, Lost<'_>)> = vec![("all kept".to_owned(), Vec::new())];
        for tile in &tiles {
            for (what, bytes) in cuts(before.get(*tile), &after[*tile]) {
                cases.push((format!("{} {what}", tile.display()), vec![(*tile, bytes)]));
            }
        }
        cases.push(("all lost".to_owned(), tiles.iter().map(|tile| (*tile, before.get(*tile).cloned())).collect()));
        for (what, cut) in cases {
            let here = Ground::copy_of(&killed.data);
            let data = &here.data;
            for (path, bytes) in &cut {
                put(&data.join("log").join(path), bytes.as_ref());
            }
            let app = runtime.block_on(open(data)).unwrap_or_else(|error| panic!("{point}, {what}: {error}"));
            let again = whole(&runtime, data);
            again.continues(&began);
            assert_eq!(again.size(), 255 + usize::from(committed), "{point}, {what}");
            runtime.block_on(append(&app, 7)).unwrap();
            let further = whole(&runtime, data);
            further.continues(&again);
            assert_eq!(further.size(), again.size() + 1, "{point}, {what}");
            runtime.block_on(app.db.close());
            tried += 1;
        }
    }
    assert!(tried > 20, "{tried}");
}

/// Everybody else's arithmetic at the edges of tiles and of levels.
#[test]
fn logs_of_every_awkward_size_are_accepted_over_http() {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let go = oracle_of_logs(folder.path());
    let python_oracle = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/verify_log.py");
    for (size, tiles, asked) in [
        (1, 1, vec![0]),
        (255, 1, vec![0, 254]),
        (256, 2, vec![0, 255]),
        (257, 3, vec![0, 255, 256]),
        (65_537, 256 + 1 + 1 + 1, vec![0, 255, 256, 32_767, 65_279, 65_280, 65_535, 65_536]),
    ] {
        let ground = Ground::new();
        let data = &ground.data;
        runtime.block_on(fill(data, size));
        let server = Server::start(data, None);
        let url = format!("{}/log", server.url);
        let policy = data.join("keys/trust/policy.txt");
        let said = run(Command::new(python()).arg(&python_oracle).arg(&url).arg(&policy));
        assert_eq!(said, format!("OK demo.yinxin.example/log {size} entries, {tiles} tiles, cosigned by nobody\n"));
        let key = fs::read_to_string(data.join("keys/trust/log.vkey")).unwrap();
        let indexes: Vec<String> = asked.iter().map(ToString::to_string).collect();
        let said = run(Command::new(&go).args([&url, key.trim()]).args(&indexes));
        assert_eq!(said, format!("OK demo.yinxin.example/log {size} entries, {} proved\n", asked.len()));
        // And no further than it is.
        assert!(!ask(Command::new(&go).args([&url, key.trim(), &size.to_string()])).status.success());
        server.kill();
    }
}

#[test]
fn an_auditor_checks_the_exported_ledger_with_the_format_alone() {
    let (ground, folder) = (Ground::new(), tempfile::tempdir().unwrap());
    ground.demo(None);
    let file = folder.path().join("ledger.tar");
    let export =
        || ask(program().args(["ledger", "export", "--config"]).arg(ground.config()).arg("--output").arg(&file));
    let said = text(&export());
    let size = Published::read(&ground.data).size();
    assert!(said.contains(&format!("账本 {size} 条")), "{said}");
    assert!(!export().status.success(), "nothing is overwritten");
    let policy = ground.data.join("keys/trust/policy.txt");
    let oracle = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/verify_log.py");
    let judge = |file: &Path| ask(Command::new(python()).arg(&oracle).arg(file).arg(&policy));
    let said = judge(&file);
    let good = text(&said);
    assert!(said.status.success() && good.contains(&format!("{size} entries")) && good.contains(" 0 closed"), "{good}");
    // One use at least, with its request and its approval, and the custodian of every seal.
    let opened: usize = good.split(", ").nth(3).unwrap().split(' ').next().unwrap().parse().unwrap();
    assert_eq!(opened, size - 1 + 2, "{good}");
    // The tar programs of others read it.
    let listed = run(Command::new("tar").arg("-tf").arg(&file));
    assert!(
        listed.lines().any(|name| name == "statements.jsonl") && listed.lines().any(|name| name == "checkpoint"),
        "{listed}"
    );
    // Any change to what is claimed is found.
    let whole = fs::read(&file).unwrap();
    let find = |word: &[u8]| whole.windows(word.len()).position(|window| window == word).unwrap();
    let (checkpoint, salt, statement) =
        (find(b"demo.yinxin.example/log\n"), find(b"\"salt\":\"") + 8, find(b"yinxin-approval/v1"));
    for (what, at) in [
        ("an entry", find(b"seal-use/v1") + 40),
        ("the size", checkpoint + 24),
        ("a salt", salt),
        ("a statement", statement + 40),
    ] {
        let mut changed = whole.clone();
        changed[at] = if changed[at] == b'1' { b'2' } else { b'1' };
        let other = folder.path().join("changed.tar");
        fs::write(&other, changed).unwrap();
        assert!(!judge(&other).status.success(), "{what} was changed");
    }
}

#[test]
fn a_department_is_alarmed_by_what_it_does_not_know() {
    let runtime = Runtime::new().unwrap();
    let (ground, folder) = (Ground::new(), tempfile::tempdir().unwrap());
    let data = &ground.data;
    let before = folder.path().join("before");
    copy(&data.join("log"), &before);
    ground.demo(None);
    let sealed = fs::read_dir(data.join("sealed")).unwrap().next().unwrap().unwrap().path();
    let uses = run(program().args(["ledger", "uses"]).arg(&sealed));
    assert!(uses.split_whitespace().next().is_some_and(|word| word.len() == 64), "{uses}");
    let entry = Published::read(data).entries.iter().find(|entry| entry.starts_with(b"seal-use/v1")).unwrap().clone();
    let seal = String::from_utf8(entry).unwrap().lines().nth(1).unwrap().strip_prefix("seal ").unwrap().to_owned();
    let mut opened = Published::read(data).entries.into_iter().map(|entry| String::from_utf8(entry).unwrap());
    let opened = opened.find(|entry| entry.starts_with("seal-open/v1") && entry.contains(&seal)).unwrap();
    let code = opened.lines().find_map(|line| line.strip_prefix("code ")).unwrap().to_owned();
    let (known, state) = (folder.path().join("known"), folder.path().join("state"));
    fs::write(&known, format!("# from our own register\n\n{uses}")).unwrap();
    let watch = |seal: &str, log: &str| {
        let mut watch = program();
        watch
            .args(["ledger", "watch", "--seal", seal, "--log", log])
            .arg("--known")
            .arg(&known)
            .arg("--state")
            .arg(&state);
        let output = ask(watch.arg("--trust").arg(data.join("keys/trust")));
        (output.status.code().unwrap(), text(&output))
    };
    let log = data.join("log");
    let log = log.to_str().unwrap();
    let (status, said) = watch(&seal, log);
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("本印章用印 1 次；警报 0 条") && said.contains("印章启用"), "{said}");
    assert_eq!(fs::read_to_string(&state).unwrap(), fs::read_to_string(data.join("log/checkpoint")).unwrap());
    // By its code, and fetched.
    let server = Server::start(data, None);
    let (status, said) = watch(&code, &format!("{}/log", server.url));
    assert_eq!(status, 0, "{said}");
    server.kill();
    assert!(!said.contains("印章启用"), "news is what is new: {said}");
    // A use that is not on the list; one on the list that is not in the log.
    fs::write(&known, format!("{} one that nobody logged\n", "ab".repeat(32))).unwrap();
    let (status, said) = watch(&seal, log);
    assert_eq!(status, 1, "{said}");
    assert!(said.contains("清单中没有") && said.contains("use-unknown") && said.contains("use-missing"), "{said}");
    fs::write(&known, &uses).unwrap();
    // Shorter than it was.
    let (status, said) = watch(&seal, before.to_str().unwrap());
    assert!(status == 1 && said.contains("log-shrunk") && said.contains("被截短"), "{said}");
    // Another history by the same key.
    let fork = Ground::new();
    runtime.block_on(async {
        let app = open(&fork.data).await.unwrap();
        for n in 0..3 {
            append(&app, n).await.unwrap();
        }
        app.db.close().await;
    });
    let kept = fs::read(&state).unwrap();
    let (status, said) = watch(&seal, fork.data.join("log").to_str().unwrap());
    assert!(status == 1 && said.contains("log-fork") && said.contains("不是同一历史"), "{said}");
    assert_eq!(fs::read(&state).unwrap(), kept, "what was seen stays");
    assert_eq!(
        fs::read(state.with_extension("conflict")).unwrap(),
        fs::read(fork.data.join("log/checkpoint")).unwrap()
    );
    // A seal that is not there, a log that is not there, one that is not believed.
    let (status, said) = watch(&"00".repeat(32), log);
    assert_eq!(status, 1, "{said}");
    assert_eq!(watch(&seal, folder.path().join("nowhere").to_str().unwrap()).0, 2);
    fs::write(
        data.join("keys/trust/policy.txt"),
        fs::read_to_string(fork.data.join("keys/trust/policy.txt")).unwrap().replace("demo.", "other."),
    )
    .unwrap();
    assert_eq!(watch(&seal, log).0, 2);
}
