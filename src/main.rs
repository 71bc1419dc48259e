//! The `yinxin` program: arguments -> App -> one command.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use yinxin::app::config::Config;
use yinxin::app::{App, Clock, read_trust};
use yinxin::cms::{Kind, SignedData};
use yinxin::demo::{self, Demo};
use yinxin::ledger::proof::TlogProof;
use yinxin::pdf::read::{Document, Limits};
use yinxin::verify::{Report, Trust, exit_code, verify};
use yinxin::web::router::Accounts;
use yinxin::web::run;

/// Where a hall's configuration is looked for, if neither an argument nor the environment names one.
const CONFIG: &str = "/etc/yinxin/yinxin.toml";

/// Exit code of a call that makes no sense (sysexits EX_USAGE).
const MISUSED: i32 = 64;

/// 印信: electronic seals and certificates for government service halls.
#[derive(Parser)]
#[command(name = "yinxin", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set up the demonstration hall, carry its first case through, print `sealed PATH`; then serve
    Demo {
        /// Where the demonstration lives
        #[arg(long, default_value = "demo-data")]
        data: PathBuf,
        /// Do not go on to serve
        #[arg(long)]
        once: bool,
    },
    /// Set up a hall from its hall.toml; first passwords are printed once
    SetUp {
        /// The configuration
        #[arg(long)]
        config: PathBuf,
        /// The hall's departments, items, seals, staff
        #[arg(long)]
        hall: PathBuf,
    },
    /// Serve pages, API and ledger
    Serve {
        /// The configuration
        #[arg(long)]
        config: PathBuf,
    },
    /// Judge signed PDFs. Exit 0: all valid, 1: one is invalid, 2: none invalid but one cannot be confirmed, 3: a file
    /// cannot be opened
    Verify {
        /// One JSON object a line for each file
        #[arg(long)]
        json: bool,
        /// Anchors, log.vkey, witnesses, policy.txt (a hall's DATA/keys/trust); else $YINXIN_TRUST, else the configuration
        #[arg(long)]
        trust: Option<PathBuf>,
        /// The files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// The ledger
    #[command(subcommand)]
    Ledger(Ledger),
}

#[derive(Subcommand)]
enum Ledger {
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

type Failed = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let arguments = Arguments::try_parse().unwrap_or_else(|error| {
        let _ = error.print();
        // 2 is an answer of `verify`: a call that makes no sense must not look like one.
        std::process::exit(if error.use_stderr() { MISUSED } else { 0 });
    });
    let judging = matches!(arguments.command, Command::Verify { .. });
    let outcome = match arguments.command {
        Command::Demo { data, once } => block_on(run_demo(&data, once)),
        Command::SetUp { config, hall } => block_on(run_set_up(&config, &hall)),
        Command::Serve { config } => block_on(run_serve(&config)),
        Command::Verify { json, trust, files } => run_verify(json, trust, &files),
        Command::Ledger(Ledger::Proof { file, entry, out, field }) => run_proof(&file, &entry, &out, field.as_deref()),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("yinxin: {error}");
        if judging { ExitCode::from(3) } else { ExitCode::FAILURE }
    })
}

fn block_on(command: impl Future<Output = Result<ExitCode, Failed>>) -> Result<ExitCode, Failed> {
    if let Some(point) = variable("YINXIN_STOP_AT") {
        yinxin::fault::arm(&point);
    }
    let filter = variable("YINXIN_LOG").unwrap_or_else(|| "info".to_owned());
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).init();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(command)
}

async fn run_demo(data: &Path, once: bool) -> Result<ExitCode, Failed> {
    let Demo { app, config, sealed, accounts } = demo::demo(data, Clock::System).await?;
    let mut out = std::io::stdout();
    writeln!(out, "sealed {}", sealed.display())?;
    if once {
        return Ok(ExitCode::SUCCESS);
    }
    let text = std::fs::read_to_string(&accounts)?;
    writeln!(out, "{text}\naccounts {}", accounts.display())?;
    writeln!(out, "演示的用印公示账本没有独立见证人：正式部署请在 keys/trust/policy.txt 中写明至少一个。")?;
    let door = match run::open(&app, &config, config.listen) {
        Ok(door) => door,
        // For a demonstration any other port will do; but what is printed and certified names the usual one.
        Err(error) => {
            let door = run::open(&app, &config, (config.listen.ip(), 0).into())?;
            writeln!(
                out,
                "注意：{} 无法使用（{error}），页面改在 {} 提供。证照上的二维码和证书中的吊销列表地址仍指向 {}，本次打不开；\
                 要使其可用，请停掉占用该端口的程序后重新运行。",
                config.listen,
                door.url(),
                app.base_url
            )?;
            door
        }
    };
    writeln!(out, "serving {}", door.url())?;
    out.flush()?;
    run::run(app, &config, door, Accounts::Shown).await?;
    Ok(ExitCode::SUCCESS)
}

async fn run_set_up(config: &Path, hall: &Path) -> Result<ExitCode, Failed> {
    let config = Config::read(config)?;
    let hall = std::fs::read_to_string(hall)?;
    let mut passwords = Vec::new();
    yinxin::acts::set_up::set_up(&config, &hall, Clock::System, &[], |login| {
        let password = demo::password();
        passwords.push((login.to_owned(), password.clone()));
        password
    })
    .await?;
    let mut out = std::io::stdout();
    for (login, password) in passwords {
        writeln!(out, "{login}\t{password}")?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn run_serve(config: &Path) -> Result<ExitCode, Failed> {
    let config = Config::read(config)?;
    let app = App::open(&config, Clock::System).await?;
    let door = run::open(&app, &config, config.listen)?;
    let mut out = std::io::stdout();
    writeln!(out, "serving {}", door.url())?;
    out.flush()?;
    run::run(app, &config, door, Accounts::Hidden).await?;
    Ok(ExitCode::SUCCESS)
}

fn run_verify(json: bool, trust: Option<PathBuf>, files: &[PathBuf]) -> Result<ExitCode, Failed> {
    let trust = trusted(trust);
    let now = Clock::System.now();
    let mut out = std::io::stdout().lock();
    let (mut reports, mut unopened) = (Vec::new(), trust.is_err());
    for file in files {
        let report = match &trust {
            Err(error) => Report::untrusted(&error.to_string()),
            Ok(trust) => match read(file) {
                Ok(Some(bytes)) => verify(&bytes, trust, now),
                Ok(None) => Report::too_large(),
                Err(error) => {
                    unopened = true;
                    Report::unopened(&error.to_string())
                }
            },
        };
        let report = report.named(file.display().to_string());
        if json {
            writeln!(out, "{}", serde_json::to_string(&report)?)?;
        } else {
            write!(out, "{report}")?;
        }
        reports.push(report);
    }
    Ok(ExitCode::from(if unopened { 3 } else { exit_code(&reports) }))
}

/// The file's bytes; `None` if they are more than the verifier takes.
fn read(file: &Path) -> std::io::Result<Option<Vec<u8>>> {
    // Asked before it is opened: a pipe would be waited for.
    if !std::fs::metadata(file)?.is_file() {
        return Err(std::io::Error::other("not a regular file"));
    }
    let (mut bytes, most) = (Vec::new(), Limits::DEFAULT.file as u64);
    let file = std::fs::File::open(file)?;
    if file.metadata()?.len() > most || file.take(most + 1).read_to_end(&mut bytes)? as u64 > most {
        return Ok(None);
    }
    Ok(Some(bytes))
}

/// What the verifier believes: the argument, else the environment, else the configuration; never a folder beside the file.
fn trusted(argument: Option<PathBuf>) -> Result<Trust, Failed> {
    if let Some(folder) = argument.or_else(|| variable("YINXIN_TRUST").map(PathBuf::from)) {
        return Ok(read_trust(&folder)?);
    }
    let config = PathBuf::from(variable("YINXIN_CONFIG").unwrap_or_else(|| CONFIG.to_owned()));
    if config.exists() {
        return Ok(read_trust(&Config::read(&config)?.data.join("keys/trust"))?);
    }
    eprintln!("yinxin: no trust given (--trust DIR, $YINXIN_TRUST or {CONFIG}): no signer can be confirmed");
    Ok(Trust::default())
}

fn run_proof(file: &Path, entry: &Path, out: &Path, field: Option<&str>) -> Result<ExitCode, Failed> {
    let named = |path: &Path| {
        let path = path.display().to_string();
        move |error: std::io::Error| format!("{path}: {error}")
    };
    let bytes = std::fs::read(file).map_err(named(file))?;
    let document = Document::open(&bytes, &Limits::DEFAULT)?;
    let fields = document.signature_fields()?;
    let signed = fields.into_iter().filter(|one| field.is_none_or(|name| name == one.name));
    let signature = signed.filter_map(|one| one.signature).next().ok_or("the file has no such signature")?;
    let signature = SignedData::parse(&signature.contents, Kind::Cades)?;
    let proof = signature.proofs().next().ok_or("the signature carries no ledger proof")?;
    let parsed = TlogProof::parse(proof)?;
    std::fs::write(entry, parsed.extra().ok_or("the proof carries no entry")?).map_err(named(entry))?;
    std::fs::write(out, proof).map_err(named(out))?;
    Ok(ExitCode::SUCCESS)
}

/// A variable of the environment.
#[expect(clippy::disallowed_methods, reason = "main is where the environment is read")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
