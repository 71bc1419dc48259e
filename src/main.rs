//! The `yinxin` program: arguments -> App -> one command.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use yinxin::acts::picture::{self, Painter};
use yinxin::acts::report;
use yinxin::app::config::Config;
use yinxin::app::{App, Clock, open_regular, read_regular, read_trust};
use yinxin::demo::{self, Demo};
use yinxin::ledger::replay::Replay;
use yinxin::pdf::read::{Limits, ReadAt};
use yinxin::verify::said::Asked;
use yinxin::verify::trust::Purpose;
use yinxin::verify::{Report, Trust, exit_code, verify, verify_file};
use yinxin::web::router::Accounts;
use yinxin::web::run;

#[path = "main/books.rs"]
mod books;
#[path = "main/ledger.rs"]
mod ledger;

use books::{Webhook, run_supervise, run_webhook, run_witness};
use ledger::{Ledger, run_ledger};

/// Reading a document is thousands of small allocations: with the system's allocator a verification takes a fifth longer.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
    Verify(Judging),
    /// List who is believed, for what, and from which file
    Trust {
        /// A hall's DATA/keys/trust; else $YINXIN_TRUST, else the configuration
        #[arg(long)]
        trust: Option<PathBuf>,
    },
    /// The ledger
    #[command(subcommand)]
    Ledger(Ledger),
    /// Look through the records once for what somebody has to look into; a running service does so by itself. Prints
    /// what is new
    Supervise {
        /// The configuration
        #[arg(long)]
        config: PathBuf,
        /// As one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Print this hall's key as a witness of others' ledgers, for their policies, and what it has cosigned last
    Witness {
        /// The configuration
        #[arg(long)]
        config: PathBuf,
    },
    /// Receivers of what happens to certificates
    #[command(subcommand)]
    Webhook(Webhook),
    /// Draw a PDF from standard input, for the pages: started by `serve`
    #[command(name = picture::SUBCOMMAND, hide = true)]
    Picture {
        /// What to draw, in JSON
        asks: String,
    },
}

#[derive(Args)]
struct Judging {
    /// One JSON object a line for each file
    #[arg(long)]
    json: bool,
    /// Write a report on one file: json; xml (ETSI TS 119 102-2); pdf, for people
    #[arg(long, value_enum, conflicts_with = "json")]
    report: Option<Format>,
    /// Where the report goes; else to standard output
    #[arg(long, requires = "report")]
    output: Option<PathBuf>,
    /// A copy of the ledger as served (checkpoint and tile/entries): says what became of the seals since
    #[arg(long, value_name = "DIR")]
    log: Option<PathBuf>,
    /// Anchors, log.vkey, witnesses, policy.txt (a hall's DATA/keys/trust); else $YINXIN_TRUST, else the configuration
    #[arg(long)]
    trust: Option<PathBuf>,
    /// The files
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// In which form a report is written.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Json,
    Xml,
    Pdf,
}

impl From<Format> for report::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Json => Self::Json,
            Format::Xml => Self::Xml,
            Format::Pdf => Self::Pdf,
        }
    }
}

type Failed = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let arguments = Arguments::try_parse().unwrap_or_else(|error| {
        let _ = error.print();
        // 2 is an answer of `verify`: a call that makes no sense must not look like one.
        std::process::exit(if error.use_stderr() { MISUSED } else { 0 });
    });
    let judging = matches!(arguments.command, Command::Verify(_));
    let watching = matches!(arguments.command, Command::Ledger(Ledger::Watch { .. }));
    let outcome = match arguments.command {
        Command::Demo { data, once } => block_on(run_demo(&data, once)),
        Command::SetUp { config, hall } => block_on(run_set_up(&config, &hall)),
        Command::Serve { config } => block_on(run_serve(&config)),
        Command::Verify(judging) => run_verify(judging),
        Command::Trust { trust } => run_trust(trust),
        Command::Picture { asks } => picture::draw(&asks).map(|()| ExitCode::SUCCESS).map_err(Failed::from),
        Command::Supervise { config, json } => block_on(run_supervise(&config, json)),
        Command::Webhook(webhook) => block_on(run_webhook(webhook)),
        Command::Ledger(ledger) => run_ledger(ledger),
        Command::Witness { config } => block_on(run_witness(&config)),
    };
    outcome.unwrap_or_else(|error| {
        // Whoever reads the output may have seen enough of it.
        let is_unread = error.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == ErrorKind::BrokenPipe);
        if !is_unread {
            eprintln!("yinxin: {error}");
        }
        match (judging, watching) {
            (true, _) => ExitCode::from(3),
            (_, true) => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        }
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
    writeln!(out, "登记和使用通行密钥，请从 {} 打开页面：浏览器只认域名。", app.base_url)?;
    writeln!(out, "serving {}", door.url())?;
    out.flush()?;
    run::run(app, &config, door, Accounts::Shown, painter()).await?;
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
    run::run(app, &config, door, Accounts::Hidden, painter()).await?;
    Ok(ExitCode::SUCCESS)
}

/// Draws with this very program; without a path to it there are no pictures.
fn painter() -> Painter {
    std::env::current_exe().map_or_else(|_| Painter::none(), Painter::with)
}

fn run_verify(judging: Judging) -> Result<ExitCode, Failed> {
    let Judging { json, report, output, log, trust, files } = judging;
    let (trust, now) = (trusted(trust), Clock::System.now());
    let copy = match (&log, &trust) {
        (Some(folder), Ok(trust)) => Some(copy_of_log(folder, trust)?),
        _ => None,
    };
    if let Some(format) = report {
        return run_report(format.into(), output, &trust?, copy.as_ref(), &files);
    }
    let mut out = std::io::stdout().lock();
    let (mut reports, mut unopened) = (Vec::new(), trust.is_err());
    for file in &files {
        let report = match &trust {
            Err(error) => Report::untrusted(&error.to_string()),
            Ok(trust) => judge(file, trust, now).unwrap_or_else(|error| {
                unopened = true;
                Report::unopened(&error.to_string())
            }),
        };
        let report = as_of_log(report, copy.as_ref()).named(file.display().to_string());
        if json {
            writeln!(out, "{}", serde_json::to_string(&report)?)?;
        } else {
            write!(out, "{report}")?;
        }
        reports.push(report);
    }
    Ok(ExitCode::from(if unopened { 3 } else { exit_code(&reports) }))
}

fn run_report(
    format: report::Format,
    output: Option<PathBuf>,
    trust: &Trust,
    copy: Option<&Replay>,
    files: &[PathBuf],
) -> Result<ExitCode, Failed> {
    let [file] = files else {
        eprintln!("yinxin: a report is on one file");
        std::process::exit(MISUSED);
    };
    let (mut bytes, now) = (Vec::new(), Clock::System.now());
    let opened = OnDisk::open(file)?;
    if opened.size > Limits::DEFAULT.file as u64 {
        return Err("the file is too large to be reported on".into());
    }
    opened.file.take(opened.size).read_to_end(&mut bytes)?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
    let judged = as_of_log(verify(&bytes, trust, now), copy).named(name.unwrap_or_default());
    let written = report::write(format, &judged, &Asked::of(&bytes, now), &*report::composer()?)?;
    match output {
        Some(path) => std::fs::write(&path, written).map_err(|error| format!("{}: {error}", path.display()))?,
        None => std::io::stdout().lock().write_all(&written)?,
    }
    Ok(ExitCode::from(exit_code([&judged])))
}

fn run_trust(trust: Option<PathBuf>) -> Result<ExitCode, Failed> {
    let mut out = std::io::stdout().lock();
    for anchor in trusted(trust)?.anchors() {
        let purpose = match anchor.purpose {
            Purpose::Hall => "本大厅",
            Purpose::OtherHall => "其他大厅",
            Purpose::Outside => "外部机构",
            Purpose::Timestamp => "时间戳机构",
        };
        let (certificate, digest) = (&anchor.certificate, anchor.certificate.digest());
        writeln!(
            out,
            "{purpose}\t{}\t{}\t{digest}\t{}",
            certificate.subject(),
            certificate.not_after(),
            anchor.source
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The largest file that is read into memory at once; a larger one is read piece by piece.
const IN_MEMORY: u64 = 8 << 20;

/// A file that is read where it is asked for.
struct OnDisk {
    file: File,
    size: u64,
}

impl OnDisk {
    fn open(path: &Path) -> std::io::Result<Self> {
        let file = open_regular(path)?;
        let size = file.metadata()?.len();
        Ok(Self { file, size })
    }
}

impl ReadAt for OnDisk {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(&self.file, buffer, at)
    }
}

fn judge(path: &Path, trust: &Trust, now: Timestamp) -> std::io::Result<Report> {
    let file = OnDisk::open(path)?;
    if file.size > Limits::DEFAULT.file as u64 {
        return Ok(Report::too_large());
    }
    if file.size > IN_MEMORY {
        return Ok(verify_file(&file, trust, now));
    }
    let mut bytes = Vec::new();
    file.file.take(IN_MEMORY + 1).read_to_end(&mut bytes)?;
    Ok(verify(&bytes, trust, now))
}

/// The largest file of a log: 256 entries of 64 KiB.
const MAX_LOG_FILE: u64 = 17 << 20;

fn copy_of_log(folder: &Path, trust: &Trust) -> Result<Replay, Failed> {
    let policy = trust.policy().ok_or("the folder of trust names no log: policy.txt and log.vkey are missing")?;
    Ok(Replay::read(policy, |path| read_regular(&folder.join(path), MAX_LOG_FILE))?)
}

fn as_of_log(report: Report, copy: Option<&Replay>) -> Report {
    match copy {
        Some(copy) => report.as_of_log(copy),
        None => report,
    }
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

/// A variable of the environment.
#[expect(clippy::disallowed_methods, reason = "main is where the environment is read")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
