//! The main job, carried through in process by actors: the hall of tests/data/hall.toml, its cases, and everything that
//! must be refused. Whoever acts here does so by the same acts as the pages.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use jiff::{Timestamp, ToSpan};
use serde::Deserialize;
use serde_json::{Map, Value};
use tempfile::TempDir;
use yinxin::acts::ActError;
use yinxin::acts::approve::{Done, Verdict, approve};
use yinxin::acts::change_staff::change_staff;
use yinxin::acts::deliver::{Receiver, deliver};
use yinxin::acts::draft::Request;
use yinxin::acts::look::{self, CertificateRow};
use yinxin::acts::person::{Person, Seat};
use yinxin::acts::seal_step::{confirm::confirm, propose};
use yinxin::acts::set_up::set_up;
use yinxin::acts::stand_in::put_on_rota;
use yinxin::acts::submit::{Submitted, submit};
use yinxin::acts::suspend_seal::suspend_seal;
use yinxin::acts::verify::Places;
use yinxin::app::config::Config;
use yinxin::app::{App, Clock, StartError};
use yinxin::db::delivery::DeliveryRow;
use yinxin::digest::Digest;
use yinxin::hall::counter::{DeliveryForm, IdentityDocument};
use yinxin::hall::file::Hall;
use yinxin::hall::item::Item;
use yinxin::hall::opening::china_date;
use yinxin::hall::refusal::Refusal;
use yinxin::hall::staff::StaffAct;
use yinxin::verify::{Report, Today, verify};

use crate::postgres;

pub(crate) mod accepted;
mod access;
mod audit;
mod cases;
mod chains;
mod commands;
mod damage;
mod fork;
mod intake;
mod letters;
mod lists;
mod making;
mod nodes;
mod outside;
mod passkeys;
mod refusals;
mod reports;
mod rows;
mod sealed_letters;
mod seals;
mod staff;
mod standing;
mod story;
mod supervision;
mod tampered;
mod tell;
mod time;
mod together;
mod unfinished;
mod witness;

const HALL: &str = include_str!("../../data/hall.toml");
const CASES: &str = include_str!("../../data/cases.jsonl");
/// A Friday, with the hall open.
const OPEN: &str = "2026-11-20T10:00:00+08:00";
const CONFIG: &str = r#"
data = "."
listen = "127.0.0.1:0"
base_url = "http://127.0.0.1:8180"
origin = "hall.example.gov.cn/log"
hall_networks = ["127.0.0.0/8"]
[unlock]
key_file = "unlock.key"
"#;

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A line of cases.jsonl.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    case: String,
    at: Timestamp,
    item: Option<String>,
    joint: Option<String>,
    expect: Expect,
    #[serde(default)]
    major: bool,
    data: Map<String, Value>,
    #[serde(default)]
    uses: Vec<String>,
    #[serde(default)]
    expect_refusal: BTreeSet<String>,
    #[serde(rename = "note")]
    _note: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Expect {
    Issue,
    Refuse,
    IssueWithExtraFonts,
}

impl Case {
    fn all() -> Vec<Self> {
        CASES.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The case whose number ends so.
    fn number(end: &str) -> Self {
        Self::all().into_iter().find(|case| case.case.ends_with(end)).unwrap()
    }

    /// The same under another number.
    fn again_as(&self, number: &str) -> Self {
        Self { case: number.to_owned(), ..self.clone() }
    }

    /// Where it was accepted: the second part of its number.
    fn window(&self) -> &str {
        self.case.split('-').nth(1).unwrap()
    }

    fn request(&self) -> Request {
        let of_use = |number: &String| {
            let used = Self::number(number);
            (used.item.unwrap(), used.data)
        };
        Request {
            item: self.item.as_ref().map(|code| code.parse().unwrap()),
            joint: self.joint.clone(),
            data: self.data.clone(),
            certificates: self.uses.iter().map(of_use).collect(),
            major: self.major,
            disputed: false,
            materials: self.item.as_deref().map(materials).unwrap_or_default(),
            ..Request::default()
        }
    }
}

/// Everything that whoever asks for an item may have to bring.
fn materials(code: &str) -> BTreeSet<String> {
    static ITEMS: OnceLock<Vec<Item>> = OnceLock::new();
    let items = ITEMS.get_or_init(|| Hall::parse(HALL).unwrap().items);
    let guides = items.iter().filter(|item| item.code.as_str() == code).map(|item| &item.guide);
    guides.flat_map(|guide| guide.materials.iter().chain(&guide.conditional).cloned()).collect()
}

/// A data directory with everything in it, and what opens it.
struct Premises {
    _folder: TempDir,
    config: Config,
    /// Address of its PostgreSQL database; a file where there is none.
    database: Option<String>,
    clock: Clock,
}

/// A file or folder of a hall that has just been set up.
struct Kept {
    path: PathBuf,
    mode: u32,
    bytes: Option<Vec<u8>>,
}

/// The hall as just set up, with the address of its database where that is not a file of it.
struct Fresh {
    kept: Vec<Kept>,
    database: Option<String>,
}

/// The configuration, with a database of that address.
fn config(folder: &Path, database: Option<&str>) -> Config {
    let database = database.map(|address| format!("database = \"{address}\"\n")).unwrap_or_default();
    Config::parse(&format!("{database}{CONFIG}"), &folder.join("hall")).unwrap()
}

/// Set up once in a run (it hashes a password and composes eight letters): with the database that the tests run on, or in a
/// file whatever they run on.
fn fresh(in_a_file: bool) -> &'static Fresh {
    static FRESH: [OnceLock<Fresh>; 2] = [OnceLock::new(), OnceLock::new()];
    let in_a_file = in_a_file || postgres::server().is_none();
    FRESH[usize::from(in_a_file)].get_or_init(|| {
        let make = move || {
            let folder = tempfile::tempdir().unwrap();
            let clock = Clock::standing_at(time(OPEN));
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
            let database = if in_a_file { None } else { runtime.block_on(postgres::database(None)) };
            let config = config(folder.path(), database.as_deref());
            runtime.block_on(set_up(&config, HALL, clock, &[], |_| "correct horse battery".to_owned())).unwrap();
            let mut kept = Vec::new();
            keep(&config.data, Path::new(""), &mut kept);
            Fresh { kept, database }
        };
        // A runtime cannot be started inside another one: on a thread of its own it can.
        std::thread::spawn(make).join().unwrap()
    })
}

fn keep(folder: &Path, name: &Path, kept: &mut Vec<Kept>) {
    let path = folder.join(name);
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    if path.is_dir() {
        kept.push(Kept { path: name.to_owned(), mode, bytes: None });
        for entry in fs::read_dir(&path).unwrap() {
            keep(folder, &name.join(entry.unwrap().file_name()), kept);
        }
    } else {
        kept.push(Kept { path: name.to_owned(), mode, bytes: Some(fs::read(&path).unwrap()) });
    }
}

impl Premises {
    /// A copy of the hall as just set up.
    fn new() -> Self {
        Self::copy_of(fresh(false))
    }

    /// The same with its database in a file.
    fn in_a_file() -> Self {
        Self::copy_of(fresh(true))
    }

    fn copy_of(fresh: &'static Fresh) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = fresh.database.as_deref().map(database_like);
        let config = config(folder.path(), database.as_deref());
        for one in &fresh.kept {
            let path = config.data.join(&one.path);
            match &one.bytes {
                None => fs::create_dir(&path).unwrap(),
                Some(bytes) => fs::write(&path, bytes).unwrap(),
            }
            fs::set_permissions(&path, PermissionsExt::from_mode(one.mode)).unwrap();
        }
        Self { _folder: folder, config, database, clock: Clock::standing_at(time(OPEN)) }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.config.data.join(name)
    }

    async fn open(self) -> TestHall {
        let app = Arc::new(self.app().await.unwrap());
        TestHall { app, premises: self }
    }

    async fn app(&self) -> Result<App, StartError> {
        App::open(&self.config, self.clock.clone()).await
    }

    /// Why it does not open.
    async fn refuses_to_open(&self) -> StartError {
        self.app().await.err().expect("the hall opened")
    }

    /// The database as it is, while the hall is closed.
    fn state(&self) -> State {
        match &self.database {
            None => State::File(fs::read(self.path("yinxin.sqlite")).unwrap()),
            Some(address) => State::Database(database_like(address)),
        }
    }

    /// Puts the database back to a state of before, or to another hall's.
    fn put_back(&mut self, state: &State) {
        match state {
            State::File(bytes) => fs::write(self.path("yinxin.sqlite"), bytes).unwrap(),
            State::Database(address) => {
                self.database = Some(database_like(address));
                self.config.database = config(self._folder.path(), self.database.as_deref()).database;
            }
        }
    }

    /// Changes the database as nobody should. Not while the hall is open, unless the statement says otherwise.
    async fn tamper(&self, sql: &'static str) -> u64 {
        use sqlx::Connection;
        if let Some(address) = &self.database {
            let mut connection = sqlx::PgConnection::connect(address).await.unwrap();
            let said = [
                ("zeroblob(32)", "decode(repeat('00', 32), 'hex')"),
                (
                    "CAST(replace(CAST(entry AS TEXT), '2026', '2025') AS BLOB)",
                    "convert_to(replace(convert_from(entry, 'UTF8'), '2026', '2025'), 'UTF8')",
                ),
                (
                    "CAST(replace(CAST(statement AS TEXT), 'scjg', 'jjfz') AS BLOB)",
                    "convert_to(replace(convert_from(statement, 'UTF8'), 'scjg', 'jjfz'), 'UTF8')",
                ),
            ];
            let sql = said.iter().fold(sql.to_owned(), |sql, (sqlite, postgres)| sql.replace(sqlite, postgres));
            return sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap().rows_affected();
        }
        let file = format!("sqlite://{}", self.path("yinxin.sqlite").display());
        let mut connection = sqlx::SqliteConnection::connect(&file).await.unwrap();
        let changed = sqlx::query(sql).execute(&mut connection).await.unwrap().rows_affected();
        connection.close().await.unwrap();
        changed
    }

    /// Whether the database itself refuses a change, by the constraint of that name.
    async fn forbids(&self, sql: &'static str, constraint: &str) -> bool {
        use sqlx::Connection;
        let refused = if let Some(address) = &self.database {
            let mut connection = sqlx::PgConnection::connect(address).await.unwrap();
            sqlx::query(sql).execute(&mut connection).await.map(|done| done.rows_affected())
        } else {
            let file = format!("sqlite://{}", self.path("yinxin.sqlite").display());
            let mut connection = sqlx::SqliteConnection::connect(&file).await.unwrap();
            sqlx::query(sql).execute(&mut connection).await.map(|done| done.rows_affected())
        };
        match refused.map_err(yinxin::db::DbError::from) {
            Ok(changed) => panic!("{changed} rows changed: {sql}"),
            Err(yinxin::db::DbError::Constraint(name)) => match name.as_str() {
                // SQLite names a UNIQUE constraint by its columns; what no act tells apart is not named anew.
                "staff.permit_no" => constraint == "permit_number_is_unique",
                "outbox.id" => constraint == "outbox_id_is_unique",
                named => named.contains(constraint),
            },
            Err(error) => panic!("{error}: {sql}"),
        }
    }

    /// A number out of the database.
    async fn count(&self, sql: &'static str) -> i64 {
        use sqlx::Connection;
        if let Some(address) = &self.database {
            let mut connection = sqlx::PgConnection::connect(address).await.unwrap();
            return sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap();
        }
        let file = format!("sqlite://{}", self.path("yinxin.sqlite").display());
        let mut connection = sqlx::SqliteConnection::connect(&file).await.unwrap();
        sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
    }
}

/// What a database held at a moment.
enum State {
    File(Vec<u8>),
    Database(String),
}

/// A database that holds what the one of this address does. Nobody may be connected to that.
fn database_like(address: &str) -> String {
    let address = address.to_owned();
    let copy = move || tokio::runtime::Runtime::new().unwrap().block_on(postgres::database(Some(&address)));
    std::thread::spawn(copy).join().unwrap().unwrap()
}

/// An open hall.
struct TestHall {
    app: Arc<App>,
    premises: Premises,
}

impl TestHall {
    /// Set up and open, on a Friday at ten.
    async fn open() -> Self {
        Premises::new().open().await
    }

    /// With more in the hall's file, and set up at another moment.
    async fn set_up(more: &str, at: &str) -> Self {
        let database =
            std::thread::spawn(|| tokio::runtime::Runtime::new().unwrap().block_on(postgres::database(None)));
        Self::set_up_on(database.join().unwrap(), &format!("{HALL}{more}"), at).await
    }

    async fn set_up_on(database: Option<String>, file: &str, at: &str) -> Self {
        let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::standing_at(time(at)));
        let config = config(folder.path(), database.as_deref());
        set_up(&config, file, clock.clone(), &[], |_| "correct horse battery".to_owned()).await.unwrap();
        Premises { _folder: folder, config, database, clock }.open().await
    }

    /// Closes it as at the end of a day.
    async fn close(self) -> Premises {
        self.app.db.close().await;
        self.premises
    }

    fn set_time(&self, text: &str) {
        self.premises.clock.set(time(text));
    }

    fn actor(&self, login: &str, seat: Seat) -> Actor {
        Actor { app: Arc::clone(&self.app), login: login.to_owned(), seat }
    }

    fn in_office(&self, login: String) -> Actor {
        self.actor(&login, Seat::Device(self.app.network_device))
    }

    /// The clerk of an intake window.
    fn clerk(&self, window: &str) -> Actor {
        let login = if window == "J01" { "clerk2" } else { "clerk1" };
        self.actor(login, Seat::Window(window.parse().unwrap()))
    }

    fn delivery(&self) -> Actor {
        self.actor("delivery", Seat::Window("A09".parse().unwrap()))
    }

    fn chief(&self, department: &str) -> Actor {
        self.in_office(format!("chief-{department}"))
    }

    fn deputy(&self, department: &str) -> Actor {
        self.in_office(format!("deputy-{department}"))
    }

    fn administrator(&self) -> Actor {
        self.in_office("centre".to_owned())
    }

    /// The department's deputy stands in from today on for a month.
    async fn put_on_rota(&self, department: &str) {
        let deputy = self.deputy(department).person().await.staff.id.to_string();
        let today = china_date(self.app.now());
        let last = today.saturating_add(30.days());
        let chief = self.chief(department).person().await;
        put_on_rota(&self.app, &chief, &deputy, &today.to_string(), &last.to_string()).await.unwrap();
    }

    fn leader(&self, department: &str) -> Actor {
        self.in_office(format!("leader-{department}"))
    }

    fn keeper(&self, department: &str) -> Actor {
        self.in_office(format!("keeper-{department}"))
    }

    /// The hall's administrator.
    fn centre(&self) -> Actor {
        self.in_office("centre".to_owned())
    }

    async fn documents(&self, case: &str) -> Vec<CertificateRow> {
        let matter = self.app.db.matter_by_number(case).await.unwrap().unwrap();
        self.app.db.certificates_of(&matter.id).await.unwrap()
    }

    /// The uses of seals that a case asks for, in the order of sealing, each with the document as everybody sees it.
    async fn asked(&self, case: &str) -> Vec<Asked> {
        let mut asked = Vec::new();
        for document in self.documents(case).await {
            for one in self.app.db.uses_of(&document.id).await.unwrap() {
                let (shown, department) = (document.unsealed_digest().unwrap(), one.department.clone());
                asked.push(Asked { certificate: document.id.clone(), seal_use: one.id, department, shown });
            }
        }
        asked
    }

    /// The only use of a seal that a case asks for.
    async fn only_use(&self, case: &str) -> Asked {
        let mut asked = self.asked(case).await;
        assert_eq!(asked.len(), 1);
        asked.remove(0)
    }

    /// From the window to the last approval.
    async fn carry(&self, case: &Case) -> Vec<CertificateRow> {
        self.clerk(case.window()).submit(case).await.unwrap();
        self.approve_all(&case.case).await
    }

    /// Every chief representative, then every leader whose inbox shows the case, approves it.
    async fn approve_all(&self, case: &str) -> Vec<CertificateRow> {
        let departments: BTreeSet<String> = self.asked(case).await.into_iter().map(|one| one.department).collect();
        let mut last = None;
        for step in [Self::chief, Self::leader] {
            for department in &departments {
                let actor = step(self, department);
                for asked in actor.inbox(case).await {
                    assert!(!matches!(last, Some(Done::Sealed(_))), "sealed before everybody had decided");
                    last = Some(actor.approve(&asked).await.unwrap());
                }
            }
        }
        match last {
            Some(Done::Sealed(documents)) => documents,
            other => panic!("{case}: not sealed: {other:?}"),
        }
    }

    /// The sealed PDF of a document.
    fn sealed(&self, document: &CertificateRow) -> Vec<u8> {
        self.app.store.read(&document.sealed_digest().unwrap().expect("not sealed")).unwrap()
    }

    fn unsealed(&self, document: &CertificateRow) -> Vec<u8> {
        self.app.store.read(&document.unsealed_digest().unwrap()).unwrap()
    }

    /// What the verifier says of a document today.
    fn report(&self, document: &CertificateRow) -> Report {
        verify(&self.sealed(document), &self.app.trust(), self.app.now())
    }

    /// What the public page says of a file.
    async fn portal(&self, file: Vec<u8>) -> Report {
        yinxin::acts::verify::verify(&self.app, &Places::default(), "a.pdf".to_owned(), file).await.unwrap()
    }

    /// As many entries as uses, their indexes without a gap, and the head as long as they.
    async fn assert_ledger_is_whole(&self) {
        let count = |sql| self.premises.count(sql);
        let entries = count("SELECT COUNT(*) FROM ledger_entry").await;
        assert_eq!(count("SELECT MAX(idx) + 1 FROM ledger_entry").await, entries, "a gap");
        assert_eq!(count("SELECT size FROM ledger_head").await, entries);
        let used = count("SELECT COUNT(*) FROM seal_use WHERE state IN ('logged', 'sealed', 'voided')").await;
        assert_eq!(count("SELECT COUNT(*) FROM ledger_entry WHERE seal_use IS NOT NULL").await, used);
        assert_eq!(count("SELECT COUNT(DISTINCT seal_use) FROM ledger_entry").await, used);
        let published = self.app.publication.checkpoint().unwrap().unwrap();
        assert_eq!(published.claim().size, entries as u64);
    }
}

/// A use of a seal to be decided on.
#[derive(Debug, Clone)]
struct Asked {
    certificate: String,
    seal_use: String,
    department: String,
    shown: Digest,
}

/// Somebody of the hall, signed in at some place.
#[derive(Clone)]
struct Actor {
    app: Arc<App>,
    login: String,
    seat: Seat,
}

impl Actor {
    /// The same person somewhere else.
    fn at(self, seat: Seat) -> Self {
        Self { seat, ..self }
    }

    async fn person(&self) -> Person {
        let row = self.app.db.staff_by_login(&self.login).await.unwrap().unwrap();
        Person { staff: row.to_staff().unwrap(), login: row.login, seat: self.seat.clone() }
    }

    async fn submit(&self, case: &Case) -> Result<Submitted, ActError> {
        let number = Some(case.case.parse().unwrap());
        submit(&self.app, &self.person().await, number, &case.request()).await
    }

    /// What of the case waits for this person.
    async fn inbox(&self, case: &str) -> Vec<Asked> {
        let waiting = look::inbox(&self.app, &self.person().await).await.unwrap();
        let of_case = waiting.into_iter().filter(|one| one.matter.case_no == case);
        let asked = of_case.map(|one| Asked {
            shown: one.certificate.unsealed_digest().unwrap(),
            certificate: one.certificate.id,
            department: one.seal_use.department,
            seal_use: one.seal_use.id,
        });
        asked.collect()
    }

    async fn decide(&self, asked: &Asked, verdict: Verdict) -> Result<Done, ActError> {
        let Asked { certificate, seal_use, shown, .. } = asked;
        approve(&self.app, &self.person().await, certificate, seal_use, *shown, verdict).await
    }

    async fn approve(&self, asked: &Asked) -> Result<Done, ActError> {
        self.decide(asked, Verdict::Approve).await
    }

    async fn refuse(&self, asked: &Asked, why: &str) -> Result<Done, ActError> {
        self.decide(asked, Verdict::Refuse(vec![why.to_owned()])).await
    }

    async fn deliver(&self, case: &str, receiver: &str) -> Result<DeliveryRow, ActError> {
        let receiver = Receiver {
            name: receiver.to_owned(),
            document: IdentityDocument::Other,
            number: "X12345678".to_owned(),
            form: DeliveryForm::File,
        };
        deliver(&self.app, &self.person().await, case, &receiver).await
    }

    /// The seal of this person's department that is in force or suspended.
    async fn seal(&self, kind: &str) -> String {
        let department = self.person().await.staff.department.unwrap();
        self.app.db.seal_of(department.as_str(), kind).await.unwrap().unwrap().id
    }

    async fn suspend_because(&self, kind: &str, why: &str) -> Result<(), ActError> {
        suspend_seal(&self.app, &self.person().await, &self.seal(kind).await, why).await
    }

    /// Takes a step in somebody's registration.
    async fn change(&self, of: &Actor, step: StaffAct) -> Result<(), ActError> {
        let of = of.person().await.staff.id.to_string();
        change_staff(&self.app, &self.person().await, &of, step, "工作调整").await
    }

    async fn suspend(&self, kind: &str) -> Result<(), ActError> {
        self.suspend_because(kind, "印章遗失").await
    }

    async fn propose(&self, seal: &str, asked: propose::Asked) -> Result<String, ActError> {
        let step = propose::propose(&self.app, &self.person().await, Some(seal), asked, "工作需要").await?;
        Ok(step.id)
    }

    async fn confirm(&self, step: &str) -> Result<(), ActError> {
        confirm(&self.app, &self.person().await, step).await
    }

    /// Has the seal used again, with the word of the hall's administrator.
    async fn resume(&self, kind: &str) -> Result<(), ActError> {
        let step = self.propose(&self.seal(kind).await, propose::Asked::Resume).await?;
        let centre = Actor { login: "centre".to_owned(), ..self.clone() };
        centre.confirm(&step).await
    }
}

/// The refusal, if an act was refused; a failure is none.
#[track_caller]
fn refusal<T: std::fmt::Debug>(outcome: Result<T, ActError>) -> Refusal {
    match outcome {
        Err(ActError::Refused(refusal)) => {
            for reason in refusal.reasons() {
                assert!(!reason.code.is_empty() && reason.code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'));
                assert!(reason.text.chars().any(|c| ('一'..='龥').contains(&c)), "not Chinese: {}", reason.text);
            }
            refusal
        }
        other => panic!("not refused: {other:?}"),
    }
}

/// What was sealed.
#[track_caller]
fn sealed(outcome: Result<Done, ActError>) -> Vec<CertificateRow> {
    match outcome {
        Ok(Done::Sealed(documents)) => documents,
        other => panic!("not sealed: {other:?}"),
    }
}
