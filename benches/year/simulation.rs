//! A year of a hall, carried through by the same acts as the pages: every record is made by an act, none by hand. The clock is
//! an argument: it stands at four hours of each day, and everybody acts at that hour.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use jiff::civil::{Date, date, time};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};
use serde_json::{Map, Value};
use tokio::task::JoinSet;
use yinxin::acts::ActError;
use yinxin::acts::approve::{Done, Verdict, approve};
use yinxin::acts::calendar::calendar;
use yinxin::acts::deliver::{Receiver, deliver};
use yinxin::acts::draft::Request;
use yinxin::acts::person::{Person, Seat};
use yinxin::acts::seal_step::confirm::confirm;
use yinxin::acts::seal_step::propose::{Asked, propose};
use yinxin::acts::set_up::set_up;
use yinxin::acts::submit::submit;
use yinxin::app::config::Config;
use yinxin::app::{App, Clock};
use yinxin::hall::counter::{DeliveryForm, IdentityDocument};
use yinxin::hall::opening::Doors;
use yinxin::hall::seal::SealKind;

const HALL: &str = include_str!("../../tests/data/hall.toml");
const CASES: &str = include_str!("../../tests/data/cases.jsonl");
const CONFIG: &str = r#"
data = "."
listen = "127.0.0.1:0"
base_url = "http://127.0.0.1:8180"
origin = "year.example.gov.cn/log"
hall_networks = ["127.0.0.0/8"]
[unlock]
key_file = "unlock.key"
"#;
/// Cases carried through at the same time.
const TOGETHER: usize = 32;
/// The hours at which people act; the hall is open from half past eight to half past four.
const HOURS: [i8; 4] = [9, 11, 14, 16];
/// The day on which the key of a seal is found in other hands, and the one from which the department has a new seal.
const LEAKED: (Date, Date) = (date(2026, 5, 20), date(2026, 5, 22));
/// The day on which the seal of a department is replaced, its name having changed.
const RENAMED: Date = date(2026, 9, 1);
/// What is scanned for a filing.
const SCAN: &[u8] = include_bytes!("../../tests/data/pdf/typst-a2b.pdf");

/// Of a hundred cases: how many are of which kind (the end of their number in cases.jsonl).
const KINDS: [(usize, &str); 7] =
    [(38, "000017"), (30, "000007"), (18, "000001"), (8, "000006"), (3, "000003"), (2, "000005"), (1, "000004")];

/// What happened.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Certificates sealed.
    pub(crate) sealed: usize,
    /// Cases handed over.
    pub(crate) delivered: usize,
    /// Cases an approver refused.
    pub(crate) turned_down: usize,
    /// Acts a rule refused.
    pub(crate) refused: usize,
}

/// A simulated hall.
pub(crate) struct Year {
    /// Its parts.
    pub(crate) app: Arc<App>,
    config: Config,
    clock: Clock,
    people: HashMap<String, Person>,
    cases: HashMap<String, Value>,
    counts: Counts,
    next: usize,
}

/// What became of one case.
enum End {
    Sealed { documents: usize, delivered: bool },
    TurnedDown,
    Refused,
}

impl Year {
    /// Sets up the hall at `data` on New Year's Day.
    pub(crate) async fn set_up(data: &Path) {
        let config = Config::parse(CONFIG, data).unwrap();
        set_up(&config, HALL, new_year(), &[], |_| "correct horse battery".to_owned()).await.unwrap();
    }

    /// Opens it, on that day.
    pub(crate) async fn open(data: &Path) -> Self {
        let (config, clock) = (Config::parse(CONFIG, data).unwrap(), new_year());
        let app = Arc::new(App::open(&config, clock.clone()).await.unwrap());
        let mut people = HashMap::new();
        for row in app.db.all_staff().await.unwrap() {
            let staff = row.to_staff().unwrap();
            let window = staff.windows.iter().next().cloned();
            let seat = window.map_or(Seat::Device(app.network_device), Seat::Window);
            people.insert(row.login.clone(), Person { staff, login: row.login, seat });
        }
        let cases = CASES.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let cases = cases.map(|case| (case["case"].as_str().unwrap()[9..].to_owned(), case)).collect();
        Self { app, config, clock, people, cases, counts: Counts::default(), next: 0 }
    }

    /// Closes it.
    pub(crate) async fn close(self) -> (Config, Counts) {
        self.app.db.close().await;
        (self.config, self.counts)
    }

    /// Carries `certificates` through a year, evenly over its open days; tells the day and how many are sealed.
    pub(crate) async fn run(&mut self, certificates: usize, mut progress: impl FnMut(Date, &Counts)) {
        let days: Vec<Date> = date(2026, 1, 1).series(1.day()).take_while(|day| day.year() == 2026).collect();
        let calendar = calendar(&self.app).await.unwrap();
        let is_open = |day: Date| self.app.hall.opening.moment(at(day, 10), &calendar).doors() == Doors::Open;
        let open: BTreeSet<Date> = days.iter().copied().filter(|day| is_open(*day)).collect();
        let mut past = 0;
        for day in days {
            if !open.contains(&day) {
                // Somebody tries nevertheless, once a month.
                if day.day() <= 7 && day.weekday() == jiff::civil::Weekday::Sunday {
                    self.clock.set(at(day, 10));
                    self.together(1, day).await;
                }
                continue;
            }
            past += 1;
            let due = certificates * past / open.len();
            let wanted = due.saturating_sub(self.counts.sealed);
            for (place, hour) in HOURS.into_iter().enumerate() {
                self.clock.set(at(day, hour));
                if hour == 9 {
                    self.special(day).await;
                }
                self.together(wanted * (place + 1) / HOURS.len() - wanted * place / HOURS.len(), day).await;
            }
            // What was refused is made up for on the next open day, on the last of them at once.
            while past == open.len() && self.counts.sealed < certificates {
                self.together(certificates - self.counts.sealed, day).await;
            }
            progress(day, &self.counts);
        }
    }

    /// What does not happen every day: a key leaks, a department is renamed, a project needs three departments' certificates.
    async fn special(&mut self, day: Date) {
        if day == LEAKED.0 {
            let seal = self.seal_of("scjg").await;
            self.step("keeper-scjg", Some(&seal), Asked::Compromise, "leader-scjg").await;
        }
        if day == LEAKED.1 {
            let seal = self.new_seal("scjg", day).await;
            self.step("keeper-scjg", Some(&seal), Asked::Enable, "centre").await;
        }
        if day == RENAMED {
            let old = self.seal_of("jsj").await;
            let by = self.new_seal("jsj", day).await;
            self.step("keeper-jsj", Some(&old), Asked::Replace { by }, "centre").await;
        }
        if day.day() == 15 {
            self.one("000015", day).await;
        }
    }

    async fn seal_of(&self, department: &str) -> String {
        self.app.db.seal_of(department, "approval").await.unwrap().unwrap().id
    }

    /// A step of a seal's life: one proposes, the other confirms. Gives the seal.
    async fn step(&self, proposer: &str, seal: Option<&str>, asked: Asked, second: &str) -> String {
        let step = propose(&self.app, &self.people[proposer], seal, asked, "工作需要").await.unwrap();
        confirm(&self.app, &self.people[second], &step.id).await.unwrap();
        step.seal
    }

    /// A new seal of a department, up to its filing.
    async fn new_seal(&self, department: &str, day: Date) -> String {
        let keeper = format!("keeper-{department}");
        let name = self.app.hall.department(&department.parse().unwrap()).unwrap().name.clone();
        let apply = Asked::Apply { kind: SealKind::Approval, name, diameter_mm: 42 };
        let seal = self.step(&keeper, None, apply, "centre").await;
        self.step("centre", Some(&seal), Asked::Make, &keeper).await;
        let code = self.app.db.seal(&seal).await.unwrap().unwrap().code;
        let (number, document) = (format!("公备〔2026〕{code}号"), SCAN.to_vec());
        self.step(&keeper, Some(&seal), Asked::File { code, number, on: Some(day), document }, "centre").await
    }

    /// One case of that kind at nine o'clock of a day.
    pub(crate) async fn one_on(&mut self, kind: &str, day: Date) {
        self.clock.set(at(day, 9));
        self.one(kind, day).await;
    }

    async fn one(&mut self, kind: &str, day: Date) {
        let case = self.case(kind, day);
        let end = carry(self.app.clone(), Arc::new(self.people.clone()), case).await;
        self.count(end);
    }

    /// So many cases of the usual kinds, some at the same time.
    async fn together(&mut self, count: usize, day: Date) {
        let people = Arc::new(self.people.clone());
        let mut running = JoinSet::new();
        for _ in 0..count {
            let case = self.case(kind(self.next), day);
            if running.len() >= TOGETHER
                && let Some(end) = running.join_next().await
            {
                self.count(end.unwrap());
            }
            running.spawn(carry(self.app.clone(), people.clone(), case));
        }
        while let Some(end) = running.join_next().await {
            self.count(end.unwrap());
        }
    }

    fn count(&mut self, end: End) {
        match end {
            End::Sealed { documents, delivered } => {
                self.counts.sealed += documents;
                self.counts.delivered += usize::from(delivered);
            }
            End::TurnedDown => self.counts.turned_down += 1,
            End::Refused => self.counts.refused += 1,
        }
    }

    fn case(&mut self, kind: &str, day: Date) -> Case {
        self.next += 1;
        let number = self.next;
        let like = &self.cases[kind];
        let used = |of: &Value| {
            let of = &self.cases[&of.as_str().unwrap()[9..]];
            (of["item"].as_str().unwrap().parse().unwrap(), dated(&of["data"], day))
        };
        let mut data = dated(&like["data"], day);
        let wrong = number % 97 == 3;
        if wrong {
            data.retain(|key, _| !key.ends_with("日期"));
        }
        let request = Request {
            item: like["item"].as_str().map(|code| code.parse().unwrap()),
            joint: like["joint"].as_str().map(str::to_owned),
            data,
            certificates: like["uses"].as_array().into_iter().flatten().map(used).collect(),
            ..Request::default()
        };
        Case { number, request, is_refused: number % 50 == 7, is_fetched: number % 400 != 11 }
    }
}

struct Case {
    number: usize,
    request: Request,
    is_refused: bool,
    is_fetched: bool,
}

/// From the window to the handing-over; a refusal by a rule ends it.
async fn carry(app: Arc<App>, people: Arc<HashMap<String, Person>>, case: Case) -> End {
    let number = format!("2026-A01-{:06}", case.number);
    let submitted = submit(&app, &people["clerk1"], Some(number.parse().unwrap()), &case.request).await;
    let Some(submitted) = allowed(submitted) else { return End::Refused };
    let documents = submitted.certificates.len();
    let mut sealed = false;
    for step in ["chief", "leader"] {
        for certificate in &submitted.certificates {
            for seal_use in app.db.uses_of(&certificate.id).await.unwrap() {
                let row = app.db.certificate(&certificate.id).await.unwrap().unwrap();
                if row.state != "submitted" || (step == "leader" && !row.major) {
                    continue;
                }
                let who = &people[&format!("{step}-{}", seal_use.department)];
                let verdict = if case.is_refused {
                    Verdict::Refuse(vec!["材料与原件不符，请核对后重新申请".to_owned()])
                } else {
                    Verdict::Approve
                };
                let shown = certificate.unsealed_digest().unwrap();
                match allowed(approve(&app, who, &certificate.id, &seal_use.id, shown, verdict).await) {
                    Some(Done::Sealed(_)) => sealed = true,
                    Some(Done::Refused) => return End::TurnedDown,
                    Some(Done::Waiting) => {}
                    None => return End::Refused,
                }
            }
        }
    }
    assert!(sealed, "{number}: everybody has decided");
    let delivered = case.is_fetched && {
        let receiver = Receiver {
            name: "办事群众".to_owned(),
            document: IdentityDocument::Other,
            number: "X12345678".to_owned(),
            form: DeliveryForm::Paper,
        };
        allowed(deliver(&app, &people["delivery"], &number, &receiver).await).is_some()
    };
    End::Sealed { documents, delivered }
}

/// What was done; `None` if a rule refused it. Anything else is a fault of ours.
fn allowed<T>(done: Result<T, ActError>) -> Option<T> {
    match done {
        Ok(done) => Some(done),
        Err(ActError::Refused(_)) => None,
        Err(error) => panic!("{error}"),
    }
}

fn kind(number: usize) -> &'static str {
    // Spread over the hundred, so that every hour has some of each.
    let place = number * 37 % 100;
    let mut end = 0;
    KINDS
        .iter()
        .find(|(share, _)| {
            end += share;
            place < end
        })
        .map_or("000017", |(_, kind)| kind)
}

/// The data of that day.
fn dated(data: &Value, day: Date) -> Map<String, Value> {
    let mut data = data.as_object().unwrap().clone();
    for (key, value) in &mut data {
        match key.as_str() {
            "发证日期" | "打印日期" | "备案日期" | "成文日期" => *value = day.to_string().into(),
            // Up to a month that is over in all of the year.
            "缴费起止年月" => *value = "2012年08月至2025年12月".into(),
            "累计缴费月数" => *value = "161".into(),
            "有效期至" => *value = (day + 5.years()).yesterday().unwrap().to_string().into(),
            _ => {}
        }
    }
    data
}

fn new_year() -> Clock {
    Clock::standing_at(at(date(2026, 1, 1), 8))
}

fn at(day: Date, hour: i8) -> Timestamp {
    let zone = TimeZone::fixed(Offset::constant(8));
    day.to_datetime(time(hour, 0, 0, 0)).to_zoned(zone).unwrap().timestamp()
}
