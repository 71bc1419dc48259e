//! Set up a hall in an empty directory: keys, authorities, trust folder, database, staff, seals, letters.
//!
//! 1. vault, authorities, log key; what a verifier needs goes to `keys/trust`
//! 2. the hall's file and the database
//! 3. staff with their permits and first passwords
//! 4. every seal of the hall's file: key, certificate, `seal-open` entry in the ledger
//! 5. every letter of authorization: composed, filed
//!
//! All of it happens in a directory beside the real one, which gets its name at the very end: there is a hall or none.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use ring::rand::SecureRandom;

use crate::app::config::{Config, UnlockConfig};
use crate::app::{App, Clock, StartError, random};
use crate::db::seal::{SealCertificateRow, SealRow};
use crate::db::staff::StaffRow;
use crate::digest::Digest;
use crate::hall::authorization::Letter;
use crate::hall::department::Department;
use crate::hall::file::Hall;
use crate::hall::opening::{CHINA, china_date};
use crate::hall::seal::{SealKind, SealState};
use crate::hall::staff::Duty;
use crate::ledger::entry::{About, Entry};
use crate::pki::authority::{Issuer, Serial, Subject, Term, root, seal_authority};
use crate::pki::crl::issue;
use crate::pki::name::DistinguishedName;
use crate::store::{sync_folder_of, write_durably};
use crate::vault::{Authority, Vault};

use super::propose_letter::{chief_of, compose_letter};
use super::record::{Act, record, record_as};
use super::revocation_list::{ISSUING, ROOT, list};
use super::seal_step::{SEAL_YEARS, certify, new_code};
use super::sign_in::hash_password;
use super::{ActError, Failure, compute, inconsistent};

/// Years the hall's root and the issuing authority are valid.
const ROOT_YEARS: i32 = 20;
const ISSUING_YEARS: i32 = 10;
/// Years a permit runs.
const PERMIT_YEARS: i32 = 2;

/// Why a hall was not set up. Nothing is left behind.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    /// There is something there.
    #[error("{0}: not empty; a hall is set up once")]
    NotEmpty(PathBuf),
    /// The database has a hall.
    #[error("the database holds a hall already; a hall is set up once, in an empty database")]
    DatabaseInUse,
    /// Parts that could not be opened or made.
    #[error(transparent)]
    Start(#[from] StartError),
    /// An act on the new hall.
    #[error(transparent)]
    Act(#[from] ActError),
}

impl<E: Into<Failure>> From<E> for SetUpError {
    fn from(error: E) -> Self {
        Self::Act(ActError::Failed(error.into()))
    }
}

/// Sets up the hall of `hall_toml` at `config.data`; `password` gives each person's first password. `files` are put into
/// the data directory as well, readable by the owner alone. A key file that is to lie in there is made.
pub async fn set_up(
    config: &Config,
    hall_toml: &str,
    clock: Clock,
    files: &[(&str, &[u8])],
    mut password: impl FnMut(&str) -> String,
) -> Result<(), SetUpError> {
    let hall = Hall::parse(hall_toml).map_err(StartError::from)?;
    if config.data.exists() && fs::read_dir(&config.data).is_ok_and(|mut inside| inside.next().is_some()) {
        return Err(SetUpError::NotEmpty(config.data.clone()));
    }
    let name = config.data.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = config.data.with_file_name(format!(".{name}.new"));
    let _ = fs::remove_dir_all(&beside); // an attempt that was cut off
    let mut unfinished = config.clone();
    unfinished.data = beside.clone();
    // 1, 2
    folder(&beside)?;
    for (name, bytes) in files {
        write_private(&beside.join(name), bytes)?;
    }
    if let UnlockConfig::KeyFile(path) = &mut unfinished.unlock
        && let Ok(inside) = path.strip_prefix(&config.data)
    {
        *path = beside.join(inside);
        write_private(path, &random_key(&random())?)?;
    }
    make_keys(&unfinished, &hall, clock.now())?;
    write(&beside.join("hall.toml"), hall_toml.as_bytes())?;
    let db = crate::db::Db::open(&unfinished.address()).await?;
    if db.origin().await?.is_some() {
        return Err(SetUpError::DatabaseInUse);
    }
    db.install(&hall.name, &config.origin, clock.now().as_microsecond()).await?;
    db.close().await;
    let app = App::open(&unfinished, clock).await?;
    // 3
    register_staff(&app, &mut password).await?;
    // 4
    for plan in &app.hall.seals {
        let department = app.hall.department(&plan.department).ok_or_else(|| inconsistent(&plan.department))?;
        open_seal(&app, department, plan.kind, plan.diameter_mm).await?;
    }
    // 5
    for letter in &app.hall.letters {
        file_letter(&app, letter).await?;
    }
    app.db.close().await;
    drop(app);
    if config.data.exists() {
        fs::remove_dir(&config.data).map_err(io(&config.data))?;
    }
    fs::rename(&beside, &config.data).map_err(io(&config.data))?;
    Ok(sync_folder_of(&config.data)?)
}

fn make_keys(config: &Config, hall: &Hall, now: Timestamp) -> Result<(), SetUpError> {
    let (keys, rng) = (config.data.join("keys"), random());
    let vault = Vault::create(&keys, &config.unlock_secret().map_err(StartError::from)?, &rng)?;
    let root_spki = vault.new_authority_key(Authority::Root, &rng)?;
    let issuing_spki = vault.new_authority_key(Authority::Seal, &rng)?;
    vault.new_log_key(&rng)?;
    let root_key = vault.authority(&Digest::of(&root_spki), &rng)?;
    let name = |role: &str| DistinguishedName::new(&hall.name, role).map_err(inconsistent);
    let term = |years: i32| term(now, years);
    let root_certificate = root(&name("印章根证书")?, term(ROOT_YEARS)?, Serial::random(&rng)?, &root_key)?;
    let root_issuer = Issuer::new(&root_certificate, &root_key)?;
    let subject = Subject {
        name: &name("印章签发证书")?,
        spki: &issuing_spki,
        term: term(ISSUING_YEARS)?,
        serial: Serial::random(&rng)?,
    };
    let root_list_url = format!("{}/crl/root.crl", config.base_url);
    let issuing = seal_authority(&subject, Some(&root_list_url), &root_issuer)?;
    let issuing_key = vault.authority(&Digest::of(&issuing_spki), &rng)?;
    let issuing_issuer = Issuer::new(&issuing, &issuing_key)?;
    let trust = keys.join("trust");
    fs::create_dir_all(&trust).map_err(io(&trust))?;
    write(&keys.join("issuing.pem"), issuing.to_pem().as_bytes())?;
    write(&trust.join("root.pem"), root_certificate.to_pem().as_bytes())?;
    write(&trust.join(ROOT.file), issue(&list(&ROOT, now, None, &[])?, &root_issuer)?.der())?;
    write(&trust.join(ISSUING.file), issue(&list(&ISSUING, now, None, &[])?, &issuing_issuer)?.der())?;
    let origin = config.origin.parse().map_err(inconsistent)?;
    let log = vault.log_verifier_key(&origin)?;
    write(&trust.join("log.vkey"), format!("{log}\n").as_bytes())?;
    write(&trust.join("witnesses"), b"")?;
    write(&trust.join("policy.txt"), format!("log {log}\nquorum none\n").as_bytes())
}

fn term(from: Timestamp, years: i32) -> Result<Term, ActError> {
    let to = from.to_zoned(jiff::tz::TimeZone::fixed(CHINA)).checked_add(years.years()).map_err(inconsistent)?;
    Ok(Term::new(from, to.timestamp())?)
}

async fn register_staff(app: &App, password: &mut impl FnMut(&str) -> String) -> Result<(), SetUpError> {
    let today = china_date(app.now());
    let mut hashed: std::collections::HashMap<String, String> = std::collections::HashMap::new();
    let mut rows = Vec::new();
    // Chief representatives are kept at the window as long as their first permit runs.
    let last = years_on(today, PERMIT_YEARS)?;
    for plan in &app.hall.staff {
        let number = app.db.take_number("permit", today.year()).await?;
        let plain = password(plan.login.as_str());
        let hash = match hashed.get(&plain) {
            Some(hash) => hash.clone(),
            None => {
                let (secret, salt) = (plain.clone(), app.random());
                compute(move || hash_password(&secret, &salt)).await??
            }
        };
        hashed.insert(plain, hash.clone());
        rows.push(StaffRow {
            id: app.new_uuid().to_string(),
            login: plan.login.to_string(),
            name: plan.name.clone(),
            duty: plan.duty.as_str().to_owned(),
            department: plan.department.as_ref().map(ToString::to_string),
            side: plan.duty.side().as_str().to_owned(),
            deputy: plan.deputy,
            windows: serde_json::to_string(&plan.windows).map_err(inconsistent)?,
            password: hash,
            grade: plan.grade.as_str().to_owned(),
            posted_from: Some(today.to_string()),
            posted_to: Some(last.to_string()),
            hours: None,
            permit_no: format!("{}{:04}{number:04}", app.hall.area, today.year()),
            permit_from: today.to_string(),
            permit_to: last.to_string(),
            nominated_by: None,
            consented_by: None,
            state: "active".to_owned(),
        });
    }
    let rows = rows.iter().map(StaffRow::write).collect();
    record(app, About::Staff, Act::of_the_hall("staff.register", app.now()), rows).await?;
    Ok(())
}

fn years_on(day: Date, years: i32) -> Result<Date, ActError> {
    day.checked_add(years.years()).map_err(inconsistent)
}

/// Makes a seal: key, certificate, and the entry from which it is in force.
async fn open_seal(app: &App, department: &Department, kind: SealKind, diameter_mm: u8) -> Result<(), SetUpError> {
    let now = app.now();
    let code = new_code(app).await?;
    let spki = app.vault.new_seal_key(&*app.rng)?;
    let years = u8::try_from(SEAL_YEARS).map_err(inconsistent)?;
    let certificate = certify(app, &department.key, code.as_str(), &spki, years, now)?;
    let keepers = app.db.all_staff().await?;
    let is_keeper = |person: &&StaffRow| {
        person.duty == Duty::Keeper.as_str() && person.department.as_deref() == Some(department.key.as_str())
    };
    let row = SealRow {
        id: app.new_uuid().to_string(),
        department: department.key.to_string(),
        kind: kind.as_str().to_owned(),
        code: code.to_string(),
        name: department.name.clone(),
        diameter_mm: i64::from(diameter_mm),
        custodian: keepers.iter().find(is_keeper).map(|keeper| keeper.id.clone()),
        state: SealState::Active.as_str().to_owned(),
        applied_at: now.as_microsecond(),
        key: Some(Digest::of(&spki).as_bytes().to_vec()),
        certificate: Some(certificate.der().to_vec()),
        chain: None,
        certified_at: Some(now.as_microsecond()),
        // What is filed with whom before there is a service is not known to it.
        filing_no: Some(format!("建厅登记 {code}")),
        filed_on: Some(china_date(now).to_string()),
        filing_document: None,
        opened_at: Some(now.as_microsecond()),
        retired_at: None,
    };
    // The imprint is drawn once before the seal exists: a name that no face can draw is found now.
    app.imprint(&row)?;
    let code = code.as_str().parse().map_err(inconsistent)?;
    let rows = vec![row.write(), SealCertificateRow::write(&row.id, certificate.der(), now.as_microsecond())];
    record_as(app, Act::of_the_hall("seal.enable", now), rows, |custodians, day| Entry::SealOpen {
        seal: Digest::of(&spki),
        certificate: certificate.digest(),
        code,
        custodians,
        day,
    })
    .await?;
    Ok(())
}

/// Composes a letter of authorization and files it: it was given on paper before the hall was set up.
async fn file_letter(app: &App, letter: &Letter) -> Result<(), SetUpError> {
    let chief = chief_of(app, letter.department.as_str()).await?;
    let mut row = compose_letter(app, letter, chief.as_deref(), letter.from).await?;
    row.state = letter.state.as_str().to_owned();
    row.filed_as = Some("paper".to_owned());
    record(app, About::Letter, Act::of_the_hall("letter.file", app.now()), vec![row.write()]).await?;
    Ok(())
}

fn random_key(rng: &dyn SecureRandom) -> Result<[u8; 32], ActError> {
    let mut key = [0; 32];
    rng.fill(&mut key).map_err(|_| inconsistent("no random numbers"))?;
    Ok(key)
}

fn write_private(path: &Path, bytes: &[u8]) -> Result<(), StartError> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all())).map_err(io(path))
}

fn folder(path: &Path) -> Result<(), StartError> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(io(path))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), SetUpError> {
    write_durably(path, bytes).map_err(|error| StartError::from(error).into())
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> StartError {
    let path = path.to_owned();
    move |source| StartError::Io { path, source }
}
