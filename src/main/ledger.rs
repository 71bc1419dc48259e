//! `yinxin ledger`: what operators, auditors and departments ask of the ledger.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use yinxin::acts::audit::{Audited, Books, audit};
use yinxin::acts::export::{Exported, export};
use yinxin::acts::watch::{Seen, Source, Watched, known, watch};
use yinxin::app::config::Config;
use yinxin::app::{Clock, read_regular};
use yinxin::cms::{Kind, SignedData};
use yinxin::ledger::checkpoint::SignedCheckpoint;
use yinxin::ledger::proof::TlogProof;
use yinxin::pdf::read::{Document, Limits};

use super::{Failed, block_on, trusted};

#[derive(Subcommand)]
pub(super) enum Ledger {
    /// Hold the published log, the database and the stored documents against each other. Exit 0: one story, 1: they differ
    Audit {
        /// The configuration
        #[arg(long)]
        config: PathBuf,
        /// Files met outside: one that a seal of the hall stands on, and that was never released, is named
        #[arg(long, num_args = 1..)]
        found: Vec<PathBuf>,
        /// What was found as one JSON object
        #[arg(long)]
        json: bool,
    },
    /// For a department: hold the log against the uses of its seal that it knows. Exit 0: all is known, 1: an alarm,
    /// 2: the log could not be read or is not believed
    Watch(Watching),
    /// Print the digest by which `watch --known` knows a use, for every seal in these PDFs (verify them first)
    Uses {
        /// Sealed PDFs
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Write the whole ledger with all statements opened into one tar file for an auditor (docs/LEDGER.md)
    Export {
        /// The configuration
        #[arg(long)]
        config: PathBuf,
        /// Where it goes; it must not be there yet
        #[arg(long)]
        output: PathBuf,
    },
    /// Write the entry and its tlog-proof out of a sealed PDF
    Proof {
        /// The sealed PDF
        file: PathBuf,
        /// Where the entry goes
        #[arg(long)]
        entry: PathBuf,
        /// Where the proof goes
        #[arg(long)]
        out: PathBuf,
        /// The signature field, if the document bears several seals; the first otherwise
        #[arg(long)]
        field: Option<String>,
    },
}

#[derive(Args)]
pub(super) struct Watching {
    /// The seal: its 14-digit code, or the SHA-256 of its public key
    #[arg(long)]
    seal: Watched,
    /// A folder with a copy of the log, or the log's address
    #[arg(long, value_name = "DIR|URL")]
    log: String,
    /// The department's own list of its uses: a digest a line, as `uses` prints it
    #[arg(long)]
    known: PathBuf,
    /// Where the checkpoint seen is kept from one time to the next
    #[arg(long)]
    state: PathBuf,
    /// policy.txt and what else outsiders are given (a hall's DATA/keys/trust); else $YINXIN_TRUST, else the configuration
    #[arg(long)]
    trust: Option<PathBuf>,
    /// PEM of the authorities that may certify the log's server
    #[arg(long)]
    ca: Option<PathBuf>,
    /// What was seen as one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run_ledger(ledger: Ledger) -> Result<ExitCode, Failed> {
    match ledger {
        Ledger::Audit { config, found, json } => block_on(run_audit(&config, &found, json)),
        Ledger::Watch(watching) => block_on(run_watch(watching)),
        Ledger::Uses { files } => run_uses(&files),
        Ledger::Export { config, output } => block_on(run_export(&config, &output)),
        Ledger::Proof { file, entry, out, field } => run_proof(&file, &entry, &out, field.as_deref()),
    }
}

async fn run_audit(config: &Path, found: &[PathBuf], json: bool) -> Result<ExitCode, Failed> {
    let books = Books::open(&Config::read(config)?).await?;
    let mut audited = audit(&books, |done, all| eprint!("\r{done} / {all}")).await?;
    eprintln!();
    for path in found {
        let file = read_regular(path, Limits::DEFAULT.file as u64).map_err(named(path))?;
        books.judge_found(&path.display().to_string(), file, Clock::System.now(), &mut audited).await?;
    }
    books.close().await;
    let mut out = std::io::stdout();
    if json {
        writeln!(out, "{}", serde_json::to_string(&audited)?)?;
    } else {
        for finding in &audited.findings {
            writeln!(out, "{}：{}（{}）", finding.place, finding.text, finding.code)?;
        }
        let Audited { entries, uses, signed_approvals, certificates, not_composed, found, witnesses, findings } =
            &audited;
        writeln!(out, "账本 {entries} 条，用印 {uses} 次，证照 {certificates} 份；发现问题 {} 处。", findings.len())?;
        if *found > 0 {
            writeln!(out, "另查对外部取得的文件 {found} 份。")?;
        }
        match witnesses.as_slice() {
            [] => writeln!(out, "公示的账本没有见证人联署。")?,
            some => {
                let said: Vec<_> = some.iter().map(|one| format!("{}（{}）", one.witness, one.at)).collect();
                writeln!(out, "公示的账本由见证人联署：{}。", said.join("、"))?;
            }
        }
        if *signed_approvals > 0 {
            writeln!(out, "其中 {signed_approvals} 项批准由通行密钥签名，签名已重新验证。")?;
        }
        if *not_composed > 0 {
            writeln!(out, "其中 {not_composed} 份的模板此后已重新发布，没有重新制作比对。")?;
        }
    }
    Ok(if audited.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn run_watch(watching: Watching) -> Result<ExitCode, Failed> {
    let Watching { seal, log, known: list, state, trust, ca, json } = watching;
    let trust = trusted(trust)?;
    let policy = trust.policy().ok_or("the folder of trust names no log: policy.txt and log.vkey are missing")?.clone();
    let text = fs::read_to_string(&list).map_err(named(&list))?;
    let uses = known(&text).map_err(|line| format!("{}: line {line} does not begin with a digest", list.display()))?;
    let last = match fs::read(&state) {
        Ok(bytes) => Some(SignedCheckpoint::parse(&bytes).map_err(|error| format!("{}: {error}", state.display()))?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(named(&state)(error).into()),
    };
    let source = Source::new(&log, ca.as_deref())?;
    let runtime = tokio::runtime::Handle::current();
    let seen = tokio::task::spawn_blocking(move || {
        watch(&policy, &seal, &uses, last.as_ref(), |path| runtime.block_on(source.read(path)))
    })
    .await??;
    // What contradicts the checkpoint seen before is kept beside it: together they convict the log.
    let kept = if seen.continues { state } else { state.with_extension("conflict") };
    let beside = kept.with_extension("new");
    fs::write(&beside, seen.checkpoint.to_string()).map_err(named(&beside))?;
    fs::rename(&beside, &kept).map_err(named(&kept))?;
    let mut out = std::io::stdout();
    if json {
        writeln!(out, "{}", serde_json::to_string(&seen)?)?;
    } else {
        let Seen { entries, uses, alarms, news, .. } = &seen;
        for alarm in alarms {
            writeln!(out, "警报：{}。（{}）", alarm.text, alarm.code)?;
        }
        for one in news {
            writeln!(out, "{one}。")?;
        }
        writeln!(out, "账本 {entries} 条，本印章用印 {uses} 次；警报 {} 条。", alarms.len())?;
    }
    Ok(if seen.alarms.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn run_uses(files: &[PathBuf]) -> Result<ExitCode, Failed> {
    let mut out = std::io::stdout().lock();
    for file in files {
        let bytes = fs::read(file).map_err(named(file))?;
        for field in Document::open(&bytes, &Limits::DEFAULT)?.signature_fields()? {
            let Some(signature) = field.signature else { continue };
            let Ok(signed) = SignedData::parse(&signature.contents, Kind::Cades) else { continue };
            if let (Some(attributes), Some(_)) = (signed.seal_attributes(), signed.proofs().next()) {
                writeln!(out, "{}  {}  {}", attributes.digest(), field.name, file.display())?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn run_export(config: &Path, output: &Path) -> Result<ExitCode, Failed> {
    use std::os::unix::fs::OpenOptionsExt;
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(output).map_err(named(output))?;
    let written = export(&Config::read(config)?, BufWriter::new(&file)).await;
    let written = written.map_err(Failed::from).and_then(|written| Ok(file.sync_all().map(|()| written)?));
    let Exported { entries, statements } = written.inspect_err(|_| {
        let _ = fs::remove_file(output); // half a file is none
    })?;
    writeln!(std::io::stdout(), "账本 {entries} 条，公开的意见 {statements} 项，已写入 {}。", output.display())?;
    Ok(ExitCode::SUCCESS)
}

fn run_proof(file: &Path, entry: &Path, out: &Path, field: Option<&str>) -> Result<ExitCode, Failed> {
    let bytes = fs::read(file).map_err(named(file))?;
    let document = Document::open(&bytes, &Limits::DEFAULT)?;
    let fields = document.signature_fields()?;
    let signed = fields.into_iter().filter(|one| field.is_none_or(|name| name == one.name));
    let signature = signed.filter_map(|one| one.signature).next().ok_or("the file has no such signature")?;
    let signature = SignedData::parse(&signature.contents, Kind::Cades)?;
    let proof = signature.proofs().next().ok_or("the signature carries no ledger proof")?;
    let parsed = TlogProof::parse(proof)?;
    fs::write(entry, parsed.extra().ok_or("the proof carries no entry")?).map_err(named(entry))?;
    fs::write(out, proof).map_err(named(out))?;
    Ok(ExitCode::SUCCESS)
}

/// An error of the system with the file it is about.
fn named(path: &Path) -> impl Fn(std::io::Error) -> String {
    let path = path.display().to_string();
    move |error| format!("{path}: {error}")
}
