//! The figures of docs/BENCHMARKS.md, measured on this machine in one run, peers included: `make bench`.
//!
//! Composing, stamping and verifying run on one thread; approvals through HTTP on all cores. Every figure is the median
//! of five rounds.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a bench fails by panicking and measures time")]

mod peers;
mod served;

use std::sync::Arc;
use std::time::Instant;

use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Map, Value, json};
use yinxin::app::Clock;
use yinxin::cms::SignedAttributes;
use yinxin::cms::signed_data::{UnsignedAttributes, assemble, upper_bound};
use yinxin::compose::{Composer, Facts, Fonts, Signer, Templates};
use yinxin::demo::{self, Demo};
use yinxin::digest::Digest;
use yinxin::ledger::checkpoint::{Checkpoint, SignedCheckpoint};
use yinxin::ledger::entry::{Entry, Salted, SealUse, approval_digest};
use yinxin::ledger::note::{KeyName, NoteSignature, VerifierKey};
use yinxin::ledger::policy::Policy;
use yinxin::ledger::proof::{self, TlogProof, verify as verify_proof};
use yinxin::ledger::tree::{Edge, append, inclusion_path, leaf_hash};
use yinxin::pdf::{FieldPlan, Locks, Permission, RectMm, StampPlan, fill, prepare, stamp};
use yinxin::pki::certificate::Certificate;

const ROUNDS: usize = 5;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let hall = folder.path().join("hall");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let made = runtime.block_on(demo::demo(&hall, Clock::System)).unwrap();
    println!("| what | per second | note |\n|---|---|---|");
    compose();
    stamps(&made, &runtime);
    let ours = verifications(&made);
    peers::verify(&made.sealed, &hall.join("keys/trust"), ours);
    println!("\nmemory at its highest, composing and verifying: {} MiB", high_water_mib());
    served::approvals(made, &runtime);
    println!("memory at its highest, the service too: {} MiB", high_water_mib());
}

/// Runs `work` in rounds of `count` and gives the median of runs per second.
fn rate(count: usize, mut work: impl FnMut(usize)) -> f64 {
    let mut rates: Vec<f64> = (0..ROUNDS)
        .map(|round| {
            let begun = Instant::now();
            (0..count).for_each(|n| work(round * count + n));
            count as f64 / begun.elapsed().as_secs_f64()
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    rates[ROUNDS / 2]
}

/// The fields of a food licence, all of them different from one number to the next where certificates differ.
pub(crate) fn data(n: usize) -> Map<String, Value> {
    let data = json!({
        "经营者名称": format!("吉林市江城惠民食品有限公司第{n}分公司"),
        "社会信用代码": "91220201MA1XY0004T",
        "法定代表人（负责人）": "𠮷田华",
        "住所": format!("吉林经济技术开发区九站街道和平路{n}号"),
        "经营场所": format!("吉林经济技术开发区九站街道和平路{n}号1层"),
        "主体业态": "食品销售经营者",
        "经营项目": "预包装食品（含冷藏冷冻食品）销售，散装食品（含熟食）销售",
        "日常监督管理机构": "吉林市市场监督管理局经济技术开发区分局",
        "发证日期": "2026-11-20",
        "有效期至": "2031-11-19",
    });
    let Value::Object(data) = data else { unreachable!("an object was written") };
    data
}

fn facts(n: usize) -> Facts {
    Facts {
        number: format!("JY1220201{n:06}3"),
        item: "食品经营许可证核发".to_owned(),
        signers: vec![Signer {
            seal: "issuer".to_owned(), name: "吉林市市场监督管理局经济技术开发区分局".to_owned()
        }],
        qr_text: format!("https://hall.example.gov.cn/q/2026-A01-{n:06}/k3f9x2m7abcdefgh"),
        made_at: "2026-11-20T02:00:00Z".parse().unwrap(),
    }
}

fn compose() {
    let composer = Composer::new(Arc::new(Fonts::load(Vec::new()).unwrap()));
    let templates = Templates::builtin().unwrap();
    let template = templates.named("食品经营许可证").unwrap();
    let check = |n: usize| composer.check(template, &data(n), &facts(n)).unwrap();
    let rate_checked = rate(60, |n| drop(check(n)));
    let checked: Vec<_> = (0..60).map(check).collect();
    let rate_composed = rate(60, |n| drop(composer.compose(&checked[n % 60], &facts(n % 60)).unwrap()));
    println!("| certificates checked (data; does it fit the page) | {rate_checked:.0} | one core |");
    println!("| certificates composed (PDF/A-2b) | {rate_composed:.0} | one core |");
}

/// Everything of a seal but composing and the database: stamp, attributes, proof verified, key used, CMS filled in.
fn stamps(made: &Demo, runtime: &tokio::runtime::Runtime) {
    let app = &made.app;
    let composer = Composer::new(Arc::new(Fonts::load(Vec::new()).unwrap()));
    let template = app.templates.named("食品经营许可证").unwrap();
    let checked = composer.check(template, &data(1), &facts(1)).unwrap();
    let composed = composer.compose(&checked, &facts(1)).unwrap();
    let rect = RectMm { left: 200.0, top: 130.0, width: 42.0, height: 42.0 };
    let field = FieldPlan { name: "seal-1".to_owned(), page: 0, rect, locks: Locks::Nothing };
    let prepared = prepare(&composed.pdf, &[field]).unwrap();
    let seal = runtime.block_on(app.db.seal_of("scjg", "approval")).unwrap().unwrap();
    let signer = Certificate::from_der(&seal.certificate).unwrap();
    let imprint = app.imprint(&seal).unwrap();
    // A log of the bench's own: the vault signs no second history of the hall's.
    let log = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let public: [u8; 32] = log.public_key().as_ref().try_into().unwrap();
    let origin: KeyName = "bench.example/log".parse().unwrap();
    let policy = format!("log {}\nquorum none\n", VerifierKey::log(origin.clone(), public));
    let policy = Policy::parse(&policy).unwrap();
    let hole = upper_bound(&signer, &app.chain, proof::upper_bound(&policy), 0).unwrap();
    let plan = || StampPlan {
        field: "seal-1".to_owned(),
        appearance: &imprint.form,
        seam: Vec::new(),
        permission: Permission::CertifyFinal,
        signed_at: "2026-11-20T02:00:00Z".parse().unwrap(),
        signer: seal.name.clone(),
        reason: None,
        hole,
    };
    let stamped_alone = rate(1000, |_| drop(stamp(&prepared, &plan()).unwrap()));
    let whole = rate(500, |_| {
        let stamped = stamp(&prepared, &plan()).unwrap();
        let attributes = SignedAttributes::build(stamped.digest(), &signer, app.random());
        let entry = Entry::SealUse(SealUse {
            seal: signer.spki_digest(),
            template: template.version,
            document: attributes.digest(),
            approvals: Salted::new([approval_digest(&[1; 32], b"a"), approval_digest(&[2; 32], b"b")]).unwrap(),
            day: "2026-11-20".parse().unwrap(),
        });
        let tree = append(&Edge::empty(), &[leaf_hash(&entry.to_bytes())]);
        let checkpoint = Checkpoint { origin: origin.clone(), size: tree.size, root: tree.root };
        let signature = log.sign(checkpoint.text().as_bytes());
        let line = NoteSignature::by_log(&origin, &public, signature.as_ref().try_into().unwrap());
        let path = inclusion_path(0, 1, |tile| Ok::<_, ()>(tree.hashes(tile).unwrap().to_vec())).unwrap();
        let proof = TlogProof::new(&entry, 0, path, SignedCheckpoint::new(&checkpoint, vec![line]).unwrap());
        let logged = verify_proof(&proof, &policy).unwrap();
        let signature = app.vault.sign(logged, &attributes, &*app.rng).unwrap();
        let text = proof.to_string();
        let unsigned = UnsignedAttributes { proof: Some(text.as_bytes()), timestamp: None };
        drop(fill(&stamped, &assemble(&attributes, &signature, &signer, &app.chain, unsigned)).unwrap());
    });
    println!(
        "| documents stamped (vector seal, hole, digest) | {stamped_alone:.0} | one core, {} bytes |",
        prepared.len()
    );
    println!(
        "| seals (stamp, attributes, checkpoint, proof verified, key used, CMS) | {whole:.0} | one core, no database |"
    );
}

fn verifications(made: &Demo) -> f64 {
    let bytes = std::fs::read(&made.sealed).unwrap();
    let (now, trust) = (made.app.now(), made.app.trust());
    let valid = rate(400, |_| {
        let report = yinxin::verify::verify(&bytes, &trust, now);
        assert_eq!(report.verdict, yinxin::verify::Verdict::Valid);
    });
    println!("| verifications (changes, chain, proof) | {valid:.0} | one core, {} bytes |", bytes.len());
    let digest = rate(2000, |_| {
        std::hint::black_box(Digest::of(&bytes));
    });
    println!("| SHA-256 of the same file, for scale | {digest:.0} | one core |");
    valid
}

fn high_water_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}
