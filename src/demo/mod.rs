//! `yinxin demo`: the demonstration hall, set up once, and its first case carried through by the same acts as any other.
//!
//! It says of itself that no independent witness watches its ledger.

use std::path::{Path, PathBuf};

use jiff::ToSpan;
use serde_json::Value;

use crate::acts::approve::{Done, Verdict, approve};
use crate::acts::deliver::{Receiver, deliver};
use crate::acts::draft::Request;
use crate::acts::person::{Person, Seat};
use crate::acts::set_up::{SetUpError, set_up};
use crate::acts::submit::submit;
use crate::acts::{ActError, Failure};
use crate::app::config::{Config, ConfigError};
use crate::app::{App, Clock, StartError, random};
use crate::db::certificate::CertificateRow;
use crate::hall::counter::{DeliveryForm, IdentityDocument};
use crate::hall::id::CaseNumber;
use crate::hall::opening::china_date;
use crate::store::write_durably;

const HALL: &str = include_str!("hall.toml");
const CASE: &str = include_str!("case.json");
const CONFIG: &str = r#"# The demonstration's configuration. Paths are relative to this file.
data = "."
listen = "127.0.0.1:8180"
base_url = "http://localhost:8180"
origin = "demo.yinxin.example/log"
hall_networks = ["127.0.0.0/8"]

[unlock]
key_file = "unlock.key"
"#;

/// Why the demonstration failed.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The directory holds something that is not the demonstration.
    #[error("{0}: not empty, and not a demonstration; choose another directory with --data")]
    NotADemonstration(PathBuf),
    /// Setting up.
    #[error(transparent)]
    SetUp(#[from] SetUpError),
    /// Opening.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The configuration kept there.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// An act.
    #[error(transparent)]
    Act(#[from] ActError),
}

/// The demonstration, open.
pub struct Demo {
    /// Its parts.
    pub app: App,
    /// Its configuration.
    pub config: Config,
    /// The first case's sealed PDF.
    pub sealed: PathBuf,
    /// Where the accounts and their password are written.
    pub accounts: PathBuf,
}

/// Sets up the demonstration at `data`, or opens what is there, and carries its first case through.
pub async fn demo(data: &Path, clock: Clock) -> Result<Demo, DemoError> {
    let config_file = data.join("yinxin.toml");
    if !config_file.exists() {
        make(data, clock.clone()).await?;
    }
    let config = Config::read(&config_file)?;
    let app = App::open(&config, clock).await?;
    crate::acts::resume::resume(&app, true).await?;
    let certificate = first_case(&app).await?;
    let sealed = export(&app, data, &certificate).await?;
    Ok(Demo { app, config, sealed, accounts: data.join("accounts.txt") })
}

async fn make(data: &Path, clock: Clock) -> Result<(), DemoError> {
    let year = china_date(clock.now()).year().to_string();
    let hall = HALL.replace("YEAR-", &format!("{year}-"));
    let config = Config::parse(CONFIG, data)?;
    let password = password();
    let accounts = accounts(&hall, &password);
    let files = [("yinxin.toml", CONFIG.as_bytes()), ("accounts.txt", accounts.as_bytes())];
    match set_up(&config, &hall, clock, &files, |_| password.clone()).await {
        Err(SetUpError::NotEmpty(path)) => Err(DemoError::NotADemonstration(path)),
        other => Ok(other?),
    }
}

/// Twelve letters and digits, 60 bits.
pub fn password() -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789A";
    let mut bytes = [0; 12];
    // The system's generator fails only before it is seeded at boot.
    ring::rand::SecureRandom::fill(&random(), &mut bytes).expect("the system gives random numbers");
    bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()
}

fn accounts(hall: &str, password: &str) -> String {
    let mut text = format!("演示账号（口令均为 {password}）\n\n");
    if let Ok(hall) = crate::hall::file::Hall::parse(hall) {
        for person in &hall.staff {
            let windows: Vec<&str> = person.windows.iter().map(|no| no.as_str()).collect();
            text.push_str(&format!(
                "{:<16} {} {} {}\n",
                person.login.as_str(),
                person.duty.title(),
                person.name,
                windows.join(" ")
            ));
        }
    }
    text
}

/// Submits, approves and hands out the first case, or whatever of that is still to be done.
async fn first_case(app: &App) -> Result<CertificateRow, DemoError> {
    let today = china_date(app.now());
    let clerk = at_window(app, "clerk1", "A01").await?;
    let chief = person(app, "chief-scjg").await?;
    let first = match app.db.first_matter().await.map_err(ActError::from)? {
        Some(matter) => matter,
        None => {
            let mut request: Request = serde_json::from_str(CASE).map_err(wrong)?;
            let until = today.checked_add(5.years()).and_then(|day| day.yesterday()).map_err(wrong)?;
            request.data.insert("发证日期".to_owned(), Value::String(today.to_string()));
            request.data.insert("有效期至".to_owned(), Value::String(until.to_string()));
            let case: CaseNumber = format!("{}-A01-000001", today.year()).parse().map_err(wrong)?;
            submit(app, &clerk, Some(case), &request).await?.matter
        }
    };
    let mut certificates = app.db.certificates_of(&first.id).await.map_err(ActError::from)?;
    for certificate in certificates.clone().iter().filter(|certificate| certificate.state == "submitted") {
        for seal_use in app.db.uses_of(&certificate.id).await.map_err(ActError::from)? {
            let shown = certificate.unsealed_digest().map_err(ActError::from)?;
            let done = approve(app, &chief, &certificate.id, &seal_use.id, shown, Verdict::Approve).await?;
            if let Done::Sealed(sealed) = done {
                certificates = sealed;
            }
        }
    }
    if app.db.delivery(&first.id).await.map_err(ActError::from)?.is_none() {
        let desk = at_window(app, "delivery", "A09").await?;
        let receiver = Receiver {
            name: "𠮷田华".to_owned(),
            document: IdentityDocument::Other,
            number: "X12345678".to_owned(),
            form: DeliveryForm::File,
        };
        deliver(app, &desk, &first.case_no, &receiver).await?;
    }
    certificates.into_iter().next().ok_or_else(|| wrong("a case without documents"))
}

async fn person(app: &App, login: &str) -> Result<Person, DemoError> {
    let row = app.db.staff_by_login(login).await.map_err(ActError::from)?.ok_or_else(|| wrong(login))?;
    let staff = row.to_staff().map_err(ActError::from)?;
    Ok(Person { staff, login: row.login, seat: Seat::Device(app.network_device) })
}

async fn at_window(app: &App, login: &str, window: &str) -> Result<Person, DemoError> {
    let seat = Seat::Window(window.parse().map_err(wrong)?);
    Ok(Person { seat, ..person(app, login).await? })
}

/// A copy of the sealed PDF under a name that people can find.
async fn export(app: &App, data: &Path, certificate: &CertificateRow) -> Result<PathBuf, DemoError> {
    let digest =
        certificate.sealed_digest().map_err(ActError::from)?.ok_or_else(|| wrong("the first case is not sealed"))?;
    let bytes = app.store.read(&digest).map_err(ActError::from)?;
    let report = crate::verify::verify(&bytes, &app.trust(), app.now());
    if report.verdict != crate::verify::Verdict::Valid {
        return Err(ActError::Failed(Failure::Incident("the first certificate does not verify".to_owned())).into());
    }
    let folder = data.join("sealed");
    let path = folder.join(format!("{}.pdf", certificate.number));
    std::fs::create_dir_all(&folder).map_err(|source| StartError::Io { path: folder, source })?;
    if std::fs::read(&path).ok().as_deref() != Some(&bytes) {
        write_durably(&path, &bytes).map_err(ActError::from)?;
    }
    Ok(path)
}

fn wrong(what: impl std::fmt::Display) -> DemoError {
    ActError::Failed(Failure::Inconsistent(what.to_string())).into()
}
