//! The real program: `demo --once`, `verify`, `ledger proof`; and the ledger's public files, before programs of others.

use std::process::Command;

use tlog_tiles::{Hash, HashReader};

use super::*;
use crate::tools::{go_oracle, python, run};

pub(super) fn yinxin() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yinxin"));
    // What the machine has set for a hall of its own says nothing here.
    command.env_remove("YINXIN_TRUST").env("YINXIN_CONFIG", "/nowhere/yinxin.toml").env("YINXIN_LOG", "error");
    command
}

/// The demonstration's data directory and its first sealed PDF.
pub(super) struct Demonstration {
    pub(super) folder: TempDir,
    pub(super) data: PathBuf,
    pub(super) sealed: PathBuf,
}

impl Demonstration {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("demo");
        let sealed = Self::once(&data);
        Self { folder, data, sealed }
    }

    fn once(data: &Path) -> PathBuf {
        let said = run(yinxin().args(["demo", "--once", "--data"]).arg(data));
        let line = said.lines().find_map(|line| line.strip_prefix("sealed ")).expect("no line `sealed PATH`");
        line.into()
    }

    pub(super) fn trust(&self) -> PathBuf {
        self.data.join("keys/trust")
    }

    pub(super) fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}

/// Exit code and one JSON object a file.
fn verify_files(trust: Option<&Path>, files: &[&Path]) -> (i32, Vec<Value>) {
    let mut command = yinxin();
    command.args(["verify", "--json"]);
    if let Some(trust) = trust {
        command.arg("--trust").arg(trust);
    }
    let output = command.args(files).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let reports: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(reports.len(), files.len(), "one line a file: {text}");
    for (report, file) in reports.iter().zip(files) {
        let keys: Vec<&str> = report.as_object().unwrap().keys().map(String::as_str).collect();
        let wanted = ["file", "verdict", "integrity", "today", "indication", "sub_indication", "reasons", "signatures"];
        assert_eq!(keys, wanted);
        assert_eq!(report["file"], file.to_str().unwrap());
        for reason in report["reasons"].as_array().unwrap() {
            assert!(reason["code"].is_string() && reason["text"].is_string(), "{reason}");
        }
    }
    (output.status.code().unwrap(), reports)
}

fn words(report: &Value) -> [&str; 3] {
    ["verdict", "integrity", "today"].map(|key| report[key].as_str().unwrap())
}

#[test]
fn nobody_is_told_that_he_has_stopped_reading() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/attacks/good/certified-p1.pdf");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = yinxin().arg("verify").arg(file).stdout(writer).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr).matches("Broken pipe").count(), 0);
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn the_program_says_what_it_thinks_of_a_file_and_exits_so() {
    let demo = Demonstration::new();
    assert_eq!(Demonstration::once(&demo.data), demo.sealed, "asked twice it reuses what is there");
    let trust = demo.trust();
    let good = fs::read(&demo.sealed).unwrap();
    let mut tampered = good.clone();
    tampered[good.len() / 3] ^= 1;
    let (tampered, unsigned) = (demo.put("tampered.pdf", &tampered), demo.put("unsigned.pdf", UNSIGNED));
    let (text, missing) = (demo.put("text.pdf", b"no PDF"), demo.folder.path().join("missing.pdf"));
    let ask = |files: &[&Path]| verify_files(Some(&trust), files);
    let one = |file: &Path| {
        let (code, reports) = ask(&[file]);
        (code, words(&reports[0]).map(str::to_owned))
    };
    assert_eq!(one(&demo.sealed), (0, ["valid", "intact", "not-asked"].map(str::to_owned)));
    assert_eq!(one(&tampered), (1, ["invalid", "modified", "not-asked"].map(str::to_owned)));
    assert_eq!(one(&unsigned), (2, ["indeterminate", "unsigned", "not-asked"].map(str::to_owned)));
    assert_eq!(one(&text), (1, ["invalid", "broken", "not-asked"].map(str::to_owned)));
    assert_eq!(one(&missing), (3, ["invalid", "broken", "not-asked"].map(str::to_owned)));
    let (_, reports) = ask(&[&demo.sealed]);
    assert_eq!((&reports[0]["indication"], &reports[0]["sub_indication"]), (&"TOTAL-PASSED".into(), &Value::Null));
    assert_eq!(reports[0]["signatures"].as_array().unwrap().len(), 1);
    // Of several files the worst decides.
    for (files, code) in [
        (vec![&demo.sealed, &demo.sealed], 0),
        (vec![&demo.sealed, &unsigned], 2),
        (vec![&unsigned, &tampered, &demo.sealed], 1),
        (vec![&tampered, &missing, &demo.sealed], 3),
    ] {
        let files: Vec<&Path> = files.into_iter().map(PathBuf::as_path).collect();
        assert_eq!(ask(&files).0, code, "{files:?}");
    }
    // Another hall's trust, and none: whole, and not to be confirmed. A trust folder beside the file is not looked at.
    let other = Premises::new();
    let beside = demo.folder.path().join("trust");
    fs::create_dir(&beside).unwrap();
    for entry in fs::read_dir(&trust).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, beside.join(path.file_name().unwrap())).unwrap();
    }
    let lonely = demo.put("sealed.pdf", &good);
    for trust in [Some(other.path("keys/trust")), None] {
        let (code, reports) = verify_files(trust.as_deref(), &[&lonely]);
        assert_eq!((code, words(&reports[0])), (2, ["indeterminate", "intact", "not-asked"]));
    }
    // Whatever is named and whatever is trusted: one line for each, and it ends.
    let (pipe, long) = (demo.folder.path().join("pipe"), demo.folder.path().join("long"));
    run(Command::new("mkfifo").arg(&pipe));
    fs::File::create(&long).unwrap().set_len(3 << 30).unwrap();
    let (code, reports) = verify_files(Some(&trust), &[&pipe, &long, &lonely]);
    let codes: Vec<_> = reports.iter().map(|report| report["reasons"][0]["code"].as_str().unwrap()).collect();
    assert_eq!((code, &codes[..]), (3, &["cannot-open", "too-large", "no-independent-witness"][..]));
    let (code, reports) = verify_files(Some(&pipe), &[&lonely, &long]);
    assert_eq!((code, reports.len()), (3, 2));
    assert_eq!(
        (words(&reports[0])[0], &reports[0]["reasons"][0]["code"]),
        ("indeterminate", &"trust-unreadable".into())
    );
    let from_environment = yinxin().env("YINXIN_TRUST", &trust).arg("verify").arg(&lonely).output().unwrap();
    assert_eq!(from_environment.status.code(), Some(0));
}

const UNSIGNED: &[u8] = include_bytes!("../../data/pdf/typst-a2b.pdf");

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_s_proof_of_a_sealed_pdf_is_accepted_by_others() {
    let hall = TestHall::open().await;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let log_key = fs::read_to_string(hall.premises.path("keys/trust/log.vkey")).unwrap().trim().to_owned();
    let go = go_oracle(folder.path());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/verify_seal_proof.py");
    hall.carry(&Case::number("000001")).await;
    hall.carry(&Case::number("000015")).await;
    let mut proved = BTreeSet::new();
    for (case, place, field) in
        [("000001", 0, "seal-1"), ("000015", 0, "seal-1"), ("000015", 2, "seal-1"), ("000015", 2, "seal-2")]
    {
        let document = hall.documents(&Case::number(case).case).await.remove(place);
        fs::write(path("a.pdf"), hall.sealed(&document)).unwrap();
        let extract = ["ledger", "proof", "a.pdf", "--entry", "entry", "--out", "proof", "--field", field];
        run(yinxin().args(extract).current_dir(folder.path()));
        let python = || {
            let mut command = Command::new(python());
            command.arg(&script).args([path("entry"), path("proof")]).args([&log_key, "0"]);
            command
        };
        let go = || {
            let mut command = Command::new(&go);
            command.args([path("entry"), path("proof")]).arg(&log_key);
            command
        };
        assert!(run(&mut python()).starts_with("OK hall.example.gov.cn/log"));
        assert!(run(&mut go()).starts_with("OK hall.example.gov.cn/log"));
        // The entry is of this seal and names the attributes that were signed.
        let entry = fs::read_to_string(path("entry")).unwrap();
        let report = hall.report(&document);
        let signature = report.signatures.iter().find(|one| one.field == field).unwrap();
        assert!(entry.contains(&signature.seal.unwrap().to_string()), "{entry}");
        assert!(proved.insert(entry.clone()), "the same entry twice");
        // Another entry has no proof.
        fs::write(path("entry"), entry.replace("2026-11-20", "2026-11-19")).unwrap();
        assert!(!python().output().unwrap().status.success() && !go().output().unwrap().status.success());
    }
}

/// Hashes in the order tlog_tiles stores them.
struct Stored(Vec<Hash>);

impl HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        Ok(indexes.iter().map(|index| self.0[*index as usize]).collect())
    }
}

/// The entries that anybody reads out of the published bundles: for each a big-endian 16-bit length and its bytes.
fn published_entries(log: &Path, size: u64) -> Vec<Vec<u8>> {
    let mut entries = Vec::new();
    for bundle in 0..size.div_ceil(256) {
        let width = (size - bundle * 256).min(256);
        let partial = if width < 256 { format!(".p/{width}") } else { String::new() };
        let bytes = fs::read(log.join(format!("tile/entries/{bundle:03}{partial}"))).unwrap();
        let mut rest = &bytes[..];
        while let Some((length, after)) = rest.split_first_chunk::<2>() {
            let (entry, after) = after.split_at(u16::from_be_bytes(*length).into());
            entries.push(entry.to_vec());
            rest = after;
        }
    }
    entries
}

/// What outsiders fetch gives, by another implementation, the root that the log has signed.
fn assert_published_log_is_whole(log: &Path) -> Vec<Vec<u8>> {
    let checkpoint = fs::read_to_string(log.join("checkpoint")).unwrap();
    let lines: Vec<&str> = checkpoint.lines().collect();
    let size: u64 = lines[1].parse().unwrap();
    let entries = published_entries(log, size);
    assert_eq!(entries.len() as u64, size);
    let mut stored = Stored(Vec::new());
    for (index, entry) in (0..).zip(&entries) {
        let more = tlog_tiles::stored_hashes(index, entry, &stored).unwrap();
        stored.0.extend(more);
    }
    use base64::Engine as _;
    let root = tlog_tiles::tree_hash(size, &stored).unwrap();
    assert_eq!(base64::engine::general_purpose::STANDARD.encode(root.0), lines[2]);
    // Every tile there must be is there, with the hashes that implementation computes.
    for tile in tlog_tiles::Tile::new_tiles(8, 0, size) {
        let path = tile.path().replacen("tile/8/", "tile/", 1);
        assert_eq!(fs::read(log.join(&path)).unwrap(), tile.read_data(&stored).unwrap(), "{path}");
    }
    entries
}

#[tokio::test(flavor = "multi_thread")]
async fn the_published_log_gives_the_signed_root() {
    let hall = TestHall::open().await;
    let log = hall.premises.path("log");
    let opened = assert_published_log_is_whole(&log);
    let of = |kind: &[u8]| opened.iter().filter(|entry| entry.starts_with(kind)).count();
    let (seals, letters) = (hall.app.hall.seals.len(), hall.app.hall.letters.len());
    assert_eq!((of(b"seal-open/v1\n"), of(b"record/v1\nabout letter\n")), (seals, letters));
    assert_eq!((of(b"record/v1\nabout staff\n"), opened.len()), (1, seals + letters + 1));
    let mut before = opened.len();
    for end in ["000001", "000015"] {
        hall.carry(&Case::number(end)).await;
        let now = assert_published_log_is_whole(&log);
        assert!(now.starts_with(&opened) && now.len() == before + hall.asked(&Case::number(end).case).await.len());
        before = now.len();
    }
    hall.keeper("scjg").suspend("approval").await.unwrap();
    assert_eq!(assert_published_log_is_whole(&log).len(), before + 1);
    // What is published is what the database has.
    let rows = hall.app.db.entries(0, before as u64 + 1).await.unwrap();
    assert_eq!(published_entries(&log, before as u64 + 1), rows);
    // The checkpoint's signature, by a program of others.
    let vkey = fs::read_to_string(hall.premises.path("keys/trust/log.vkey")).unwrap();
    let verifier = signed_note::StandardVerifier::new(vkey.trim()).unwrap();
    let known = signed_note::VerifierList::new(vec![Box::new(verifier)]);
    let note = signed_note::Note::from_bytes(&fs::read(log.join("checkpoint")).unwrap()).unwrap();
    assert_eq!(note.verify(&known).unwrap().0.len(), 1);
}

#[test]
fn a_copy_of_the_ledger_answers_for_today_and_trust_is_listed() {
    let demo = Demonstration::new();
    let ask = |log: &Path| {
        let mut command = yinxin();
        command.args(["verify", "--json", "--log"]).arg(log).arg("--trust").arg(demo.trust()).arg(&demo.sealed);
        command.output().unwrap()
    };
    let log = demo.data.join("log");
    let output = ask(&log);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), words(&report)), (Some(0), ["valid", "intact", "good"]));
    // A copy that was altered answers nothing.
    let copy = demo.folder.path().join("copy");
    run(Command::new("cp").arg("-r").arg(&log).arg(&copy));
    for bundle in fs::read_dir(copy.join("tile/entries/000.p")).unwrap() {
        let path = bundle.unwrap().path();
        let mut bytes = fs::read(&path).unwrap();
        bytes[40] ^= 1;
        fs::remove_file(&path).unwrap();
        fs::write(&path, bytes).unwrap();
    }
    let output = ask(&copy);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("the entries are not those of the checkpoint"), "{said}");
    assert_eq!(ask(&demo.folder.path().join("nowhere")).status.code(), Some(3));
    let listed = run(yinxin().arg("trust").arg("--trust").arg(demo.trust()));
    assert!(listed.starts_with("本大厅\tCN=印章根证书") && listed.trim_end().ends_with("\troot.pem"), "{listed}");
}

#[test]
fn a_folder_of_trust_is_read_whole_or_not_at_all() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/attacks");
    let folder = tempfile::tempdir().unwrap();
    let trust = folder.path().join("trust");
    run(Command::new("cp").arg("-r").arg(corpus.join("trust")).arg(&trust));
    let ask = || {
        let revoked = corpus.join("bad/revoked-before.pdf");
        let output = yinxin().arg("verify").arg("--trust").arg(&trust).arg(revoked).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let list = trust.join("issuing.crl");
    assert_eq!(ask().0, Some(1));
    fs::create_dir(trust.join(".git")).unwrap();
    fs::write(trust.join("README"), "").unwrap();
    fs::write(trust.join("issuing.3.tmp"), "").unwrap();
    fs::rename(&list, trust.join("issuing.CRL")).unwrap();
    assert_eq!(ask().0, Some(1), "whatever the letter case");
    // Each of these may be meant to count.
    let refused = |name: &str, put: &dyn Fn(&Path)| {
        let path = trust.join(name);
        put(&path);
        let (code, said) = ask();
        assert!(code == Some(3) && said.contains(name), "{name}: {code:?} {said}");
        if fs::symlink_metadata(&path).unwrap().is_dir() { fs::remove_dir(&path) } else { fs::remove_file(&path) }
            .unwrap();
    };
    let long = |path: &Path| fs::File::create(path).unwrap().set_len(3 << 30).unwrap();
    refused("other.crl", &|path| std::os::unix::fs::symlink("/nowhere/list", path).unwrap());
    refused("halls", &|path| std::os::unix::fs::symlink("/nowhere/halls", path).unwrap());
    refused("pipe.crl", &|path| drop(run(Command::new("mkfifo").arg(path))));
    refused("lists", &|path| fs::create_dir(path).unwrap());
    refused("issuing.der", &|path| fs::write(path, "x").unwrap());
    refused("backup.iso", &long);
    refused("long.crl", &long);
    assert_eq!(ask().0, Some(1));
}

#[test]
fn a_copy_of_the_ledger_is_regular_files_of_some_length() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/attacks");
    let log = tempfile::tempdir().unwrap();
    let checkpoint = log.path().join("checkpoint");
    let ask = || {
        let mut command = yinxin();
        command.arg("verify").arg("--log").arg(log.path()).arg("--trust").arg(corpus.join("trust-two-halls"));
        let output = command.arg(corpus.join("good/seals-of-two-halls.pdf")).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    run(Command::new("mkfifo").arg(&checkpoint));
    assert_eq!(ask(), (Some(3), "yinxin: checkpoint: not a regular file\n".to_owned()));
    fs::remove_file(&checkpoint).unwrap();
    fs::File::create(&checkpoint).unwrap().set_len(3 << 30).unwrap();
    assert_eq!(ask(), (Some(3), "yinxin: checkpoint: the file is too large\n".to_owned()));
}
