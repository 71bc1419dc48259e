//! The log as it is served, by programs of others: `tlog_tiles` reads the tiles and makes the proofs, the oracles judge them.
//! Nothing of the log is taken from anywhere but its addresses; its key alone is known beforehand.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use tlog_tiles::{Hash, Tile, TileHashReader, TileReader, prove_record};
use tokio::runtime::Runtime;

use super::ground::{Ground, program};
use super::hall::Server;
use super::publication::{append, open};
use crate::tools::{ask, go_oracle, go_program, python, run, text};

/// What an outsider fetches.
struct Log {
    checkpoint: String,
    entries: Vec<Vec<u8>>,
    tiles: HashMap<String, Vec<u8>>,
}

impl TileReader for Log {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        Ok(tiles.iter().map(|tile| self.tiles[&tile.path()].clone()).collect())
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

async fn get(address: String) -> Vec<u8> {
    let answer = reqwest::get(&address).await.unwrap();
    assert_eq!(answer.status(), 200, "{address}");
    answer.bytes().await.unwrap().to_vec()
}

impl Log {
    async fn fetch(url: &str) -> Self {
        let checkpoint = String::from_utf8(get(format!("{url}/log/checkpoint")).await).unwrap();
        let size: u64 = checkpoint.lines().nth(1).unwrap().parse().unwrap();
        let mut tiles = HashMap::new();
        for tile in Tile::new_tiles(8, 0, size) {
            let address = tile.path().replacen("tile/8/", "tile/", 1);
            tiles.insert(tile.path(), get(format!("{url}/log/{address}")).await);
        }
        let mut entries = Vec::new();
        for bundle in 0..size.div_ceil(256) {
            let width = (size - bundle * 256).min(256);
            let partial = if width < 256 { format!(".p/{width}") } else { String::new() };
            let bytes = get(format!("{url}/log/tile/entries/{bundle:03}{partial}")).await;
            let mut rest = &bytes[..];
            while let Some((length, after)) = rest.split_first_chunk::<2>() {
                let (entry, after) = after.split_at(u16::from_be_bytes(*length).into());
                entries.push(entry.to_vec());
                rest = after;
            }
        }
        assert_eq!(entries.len() as u64, size);
        Self { checkpoint, entries, tiles }
    }

    /// The text of C2SP tlog-proof; every tile that it needs is first held against the checkpoint's root.
    fn proof(&self, index: u64) -> String {
        let root = Hash::parse_hash(self.checkpoint.lines().nth(2).unwrap()).unwrap();
        let size = self.entries.len() as u64;
        let path = prove_record(size, index, &TileHashReader::new(size, root, self)).unwrap();
        let hashes: String = path.iter().map(|hash| format!("{}\n", BASE64.encode(hash.0))).collect();
        format!("c2sp.org/tlog-proof@v1\nindex {index}\n{hashes}\n{}", self.checkpoint)
    }
}

/// The oracle in Go that reads a whole log over HTTP.
pub(super) fn oracle_of_logs(folder: &Path) -> PathBuf {
    go_program("verify_log_go", folder)
}

/// Two programs that judge a proof.
struct Oracles {
    folder: tempfile::TempDir,
    script: PathBuf,
    go: PathBuf,
    log_key: String,
}

impl Oracles {
    fn new(data: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/verify_seal_proof.py");
        let log_key = fs::read_to_string(data.join("keys/trust/log.vkey")).unwrap().trim().to_owned();
        Self { go: go_oracle(folder.path()), folder, script, log_key }
    }

    fn put(&self, name: &str, entry: &[u8], proof: &str) -> [PathBuf; 2] {
        let [entry_file, proof_file] = ["entry", "proof"].map(|kind| self.folder.path().join(format!("{name}.{kind}")));
        fs::write(&entry_file, entry).unwrap();
        fs::write(&proof_file, proof).unwrap();
        [entry_file, proof_file]
    }

    fn go(&self, files: &[PathBuf; 2]) -> Command {
        let mut command = Command::new(&self.go);
        command.args(files).arg(&self.log_key);
        command
    }

    fn python(&self, files: &[PathBuf; 2]) -> Command {
        let mut command = Command::new(python());
        command.arg(&self.script).args(files).args([&self.log_key, "0"]);
        command
    }

    /// The Python oracle on all files at once: it takes longer to start than to judge.
    fn python_of_all(&self, count: usize) -> String {
        const ALL: &str = "import sys
sys.path.insert(0, sys.argv[1])
from verify_seal_proof import verify
for index in range(int(sys.argv[4])):
    read = lambda kind: open(f'{sys.argv[2]}/{index}.{kind}', 'rb').read()
    print(verify(read('entry'), read('proof').decode(), sys.argv[3], 0, []))";
        let mut command = Command::new(python());
        command.args(["-B", "-c", ALL]).arg(self.script.parent().unwrap()).arg(self.folder.path());
        run(command.arg(&self.log_key).arg(count.to_string()))
    }
}

#[test]
fn the_program_audits_its_own_books() {
    let ground = Ground::new();
    ground.demo(None);
    let audit = || ask(program().args(["ledger", "audit", "--config"]).arg(ground.config()));
    let output = audit();
    assert!(output.status.success() && text(&output).contains("发现问题 0 处"), "{}", text(&output));
    // A tile gone, and a document that is another one.
    let objects = ground.data.join("objects");
    run(Command::new("sh")
        .args(["-c", "for f in $(find \"$1\" -type f); do chmod u+w $f; echo >> $f; done", "sh"])
        .arg(&objects));
    fs::remove_dir_all(ground.data.join("log/tile/entries")).unwrap();
    let output = audit();
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output);
    assert!(said.contains("document-missing") && said.contains("log/tile/entries/000"), "{said}");
}

#[test]
fn every_entry_of_the_served_log_is_proved_to_others_and_no_changed_one() {
    let runtime = Runtime::new().unwrap();
    let ground = Ground::new();
    ground.demo(None);
    // So many that a tile is full and there is a second level.
    runtime.block_on(async {
        let app = open(&ground.data).await.unwrap();
        for n in 0..260 {
            append(&app, n).await.unwrap();
        }
        app.db.close().await;
    });
    let server = Server::start(&ground.data, None);
    let log = runtime.block_on(Log::fetch(&server.url));
    server.kill();
    let size = log.entries.len();
    assert!(size > 260 && log.entries.iter().any(|entry| entry.starts_with(b"seal-use/v1\n")), "{size} entries");

    let oracles = Oracles::new(&ground.data);
    for (index, entry) in log.entries.iter().enumerate() {
        let files = oracles.put(&index.to_string(), entry, &log.proof(index as u64));
        assert_eq!(run(&mut oracles.go(&files)), format!("OK demo.yinxin.example/log {index} of {size}\n"));
    }
    let accepted = (0..size).map(|index| format!("OK demo.yinxin.example/log #{index} of {size}, 0 witness(es)\n"));
    assert_eq!(oracles.python_of_all(size), accepted.collect::<String>());

    let (entry, proof) = (&log.entries[size - 1], log.proof(size as u64 - 1));
    let mut changed = entry.clone();
    *changed.last_mut().unwrap() ^= 1;
    let hash = proof.lines().nth(2).unwrap();
    let another = BASE64.encode([7; 32]);
    let refused = [
        ("another entry", changed, proof.clone()),
        ("another path", entry.clone(), proof.replacen(hash, &another, 1)),
        ("a shorter path", entry.clone(), proof.replacen(&format!("{hash}\n"), "", 1)),
        ("another place", entry.clone(), proof.replacen(&format!("index {}", size - 1), "index 0", 1)),
        ("another size", entry.clone(), proof.replacen(&format!("\n{size}\n"), &format!("\n{}\n", size + 1), 1)),
        ("another root", entry.clone(), proof.replacen(log.checkpoint.lines().nth(2).unwrap(), &another, 1)),
    ];
    for (what, entry, text) in refused {
        assert!(what == "another entry" || text != proof, "{what}: nothing is changed");
        let files = oracles.put("changed", &entry, &text);
        for mut oracle in [oracles.go(&files), oracles.python(&files)] {
            assert!(!ask(&mut oracle).status.success(), "{what}: {oracle:?}");
        }
    }
}
