//! The figures of docs/BENCHMARKS.md, measured on this machine in one run, peers included: `make bench`.
//!
//! Composing, stamping and verifying run on one thread; approvals through HTTP on all cores. Every figure is the median
//! of five rounds. `cargo bench --bench figures -- verify large` measures these parts alone: compose, seal, verify, large, serve.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a bench fails by panicking and measures time")]

mod large;
mod peers;
mod sealing;
mod served;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use sealing::Sealer;
use serde_json::{Map, Value, json};
use yinxin::app::{Clock, read_trust};
use yinxin::compose::{Composer, Facts, Fonts, Signer, Templates};
use yinxin::demo::{self, Demo};
use yinxin::digest::Digest;
use yinxin::pdf::{FieldPlan, Locks, RectMm, prepare};

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 5;
/// The part in which the program measures verifying alone.
const ALONE: &str = "alone";

fn main() {
    // `cargo bench` passes options of its own.
    let named: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    if let [alone, pdf, trust] = named.as_slice()
        && alone == ALONE
    {
        return verify_alone(pdf.as_ref(), trust.as_ref());
    }
    let wanted = |part: &str| named.is_empty() || named.iter().any(|one| one == part);
    let folder = tempfile::tempdir().unwrap();
    let hall = folder.path().join("hall");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let made = runtime.block_on(demo::demo(&hall, Clock::System)).unwrap();
    let trust = hall.join("keys/trust");
    println!("| what | per second | note |\n|---|---|---|");
    if wanted("compose") {
        compose();
    }
    let sealer = Sealer::new(&made, &runtime);
    if wanted("seal") {
        stamps(&made, &sealer);
    }
    if wanted("verify") {
        let ours = verifications(&made.sealed, &trust);
        peers::verify(&made.sealed, &trust, ours);
    }
    let composing = high_water_mib();
    if wanted("large") {
        large::verify(&sealer, &trust, &made.sealed, folder.path());
        // The large file was made here: its memory is not the service's.
        std::fs::write("/proc/self/clear_refs", "5").unwrap();
    }
    println!("\nmemory at its highest, composing and verifying: {composing} MiB");
    if wanted("serve") {
        served::approvals(made, &runtime);
        println!("memory at its highest, the service too: {} MiB", high_water_mib());
    }
}

/// Runs `work` in rounds of `count` and gives the median of runs per second.
fn rate(count: usize, mut work: impl FnMut(usize)) -> f64 {
    let mut round = 0;
    median(|| {
        let begun = Instant::now();
        (0..count).for_each(|n| work(round * count + n));
        round += 1;
        count as f64 / begun.elapsed().as_secs_f64()
    })
}

/// The median of as many rounds.
pub(crate) fn median(round: impl FnMut() -> f64) -> f64 {
    let mut rounds: Vec<f64> = std::iter::repeat_with(round).take(ROUNDS).collect();
    rounds.sort_by(f64::total_cmp);
    rounds[ROUNDS / 2]
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
        annotation: None,
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
fn stamps(made: &Demo, sealer: &Sealer<'_>) {
    let composer = Composer::new(Arc::new(Fonts::load(Vec::new()).unwrap()));
    let template = made.app.templates.named("食品经营许可证").unwrap();
    let checked = composer.check(template, &data(1), &facts(1)).unwrap();
    let composed = composer.compose(&checked, &facts(1)).unwrap();
    let rect = RectMm { left: 200.0, top: 130.0, width: 42.0, height: 42.0 };
    let field = FieldPlan { name: "seal-1".to_owned(), page: 0, rect, locks: Locks::Nothing };
    let prepared = prepare(&composed.pdf, &[field]).unwrap();
    let stamped_alone = rate(1000, |_| drop(sealer.stamp(&prepared)));
    let whole = rate(500, |_| drop(sealer.seal(&sealer.stamp(&prepared), template.version)));
    println!(
        "| documents stamped (vector seal, hole, digest) | {stamped_alone:.0} | one core, {} bytes |",
        prepared.len()
    );
    println!(
        "| seals (stamp, attributes, checkpoint, proof verified, key used, CMS) | {whole:.0} | one core, no database |"
    );
}

/// In a process of its own, as the peers are measured: `pdf` and the trust folder are read once, and judged again and again.
fn verifications(pdf: &Path, trust: &Path) -> f64 {
    let this = std::env::current_exe().unwrap();
    let output = Command::new(this).arg(ALONE).args([pdf, trust]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8(output.stdout).unwrap();
    let [valid, digest] = *told.split_whitespace().map(|one| one.parse().unwrap()).collect::<Vec<f64>>() else {
        panic!("not two figures: {told}")
    };
    let length = std::fs::metadata(pdf).unwrap().len();
    println!("| verifications (changes, chain, revocation, proof) | {valid:.0} | one core, {length} bytes |");
    println!("| SHA-256 of the same file, for scale | {digest:.0} | one core |");
    valid
}

fn verify_alone(pdf: &Path, trust: &Path) {
    let (bytes, trust, now) = (std::fs::read(pdf).unwrap(), read_trust(trust).unwrap(), Clock::System.now());
    let valid = rate(400, |_| {
        let report = yinxin::verify::verify(&bytes, &trust, now);
        assert_eq!(report.verdict, yinxin::verify::Verdict::Valid);
    });
    let digest = rate(2000, |_| {
        std::hint::black_box(Digest::of(&bytes));
    });
    println!("{valid} {digest}");
}

fn high_water_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}
