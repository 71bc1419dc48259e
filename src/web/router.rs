//! Every address on one screen, grouped by who calls it.
use std::{convert::Infallible, net::IpAddr, path::Path, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef},
    http::StatusCode,
    middleware,
    routing::{MethodRouter, get, post},
};
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

use super::error::Error;
use super::witness;
use super::{
    desks::{
        account, approvals, calendar, case_acts, cases, clerk, delivery, design, devices, figures, findings, front,
        hall, items, letters, lookup, nominations, rota, seal_steps, seals, sign_in, staff, story, uses, verify,
    },
    guard::{
        headers::{self, Transport},
        observe::{self, Ids},
        origin,
        rate::Rate,
        session::{self, SignedIn},
        trouble,
        upload::Uploads,
    },
    kit::{
        Shell,
        shell::{Access, Desk, Person},
    },
    log_files::{self, LogFiles},
};
use crate::{
    acts::{papers::MOST_PAPER, picture::Painter},
    app::{
        App,
        config::{Config, Network},
    },
    hall::staff::Duty,
    ledger::witness::MAX_REQUEST_BYTES,
};

/// The largest form or JSON document taken, in bytes.
pub const MOST_FORM: usize = 1024 * 1024;
/// The longest any request may take.
pub const MOST_TIME: Duration = Duration::from_secs(60);

/// What the desks share.
#[derive(Clone)]
pub struct Web {
    /// The service's parts.
    pub app: Arc<App>,
    /// Whether the server speaks TLS itself.
    pub transport: Transport,
    /// The ledger's published files.
    pub log: LogFiles,
    /// The networks of the hall.
    pub networks: Arc<[Network]>,
    /// Whether the sign-in page names the accounts.
    pub accounts: Accounts,
    /// What a verifier needs: the revocation lists are served from here.
    pub trust: Arc<Path>,
    /// How often one peer may sign in.
    pub sign_ins: Arc<Rate>,
    /// Files being sent to be judged.
    pub uploads: Uploads,
    /// Files judged at the same time.
    pub judging: crate::acts::verify::Places,
    /// Draws what the public sees of its files.
    pub painter: Painter,
    /// How often one peer may verify without being known.
    pub verifications: Arc<Rate>,
}

/// Whether the sign-in page names the accounts there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accounts {
    /// It does not.
    Hidden,
    /// It does: a demonstration. The password it does not name.
    Shown,
}

impl FromRef<Web> for LogFiles {
    fn from_ref(web: &Web) -> Self {
        web.log.clone()
    }
}

impl Web {
    /// The web of a hall; it draws nothing of the public's files.
    pub fn new(app: Arc<App>, config: &Config, transport: Transport, accounts: Accounts) -> Self {
        Web {
            log: LogFiles(app.publication.root().into()),
            app,
            transport,
            networks: config.networks().into(),
            accounts,
            trust: config.data.join("keys/trust").into(),
            uploads: Uploads::default(),
            judging: Default::default(),
            painter: Painter::none(),
            sign_ins: Arc::new(Rate::new(30, Duration::from_secs(6))),
            verifications: Arc::new(Rate::new(verify::BURST, verify::EVERY)),
        }
    }

    /// Whether this peer is in one of the hall's networks.
    pub fn is_inside(&self, peer: IpAddr) -> bool {
        self.networks.iter().any(|n| n.contains(peer))
    }

    /// A file of the trust folder.
    pub async fn trusted(&self, file: String) -> Result<Vec<u8>, Error> {
        log_files::read(self.trust.join(file)).await
    }

    /// The frame of a public page.
    pub fn shell(&self, title: &str, here: &str) -> Shell {
        Shell { title: title.into(), hall: self.app.hall.name.clone(), here: here.into(), ..Shell::default() }
    }

    /// The frame of a page for this person.
    pub fn shell_for(&self, who: &SignedIn, title: &str, here: &str) -> Shell {
        let staff = &who.person.staff;
        let person = Person {
            name: staff.name.clone(),
            place: format!("{} · {}", staff.duty.title(), super::desks::place(self, who)),
        };
        Shell {
            person: Some(person),
            desks: desks(staff.duty, super::desks::sign_in::hands_out(self, &who.person)),
            csrf: who.csrf.clone(),
            access: Some(Access {
                now: self.app.now().as_second(),
                session: who.device.as_ref().map(|device| device.session.to_string()),
            }),
            ..self.shell(title, here)
        }
    }
}

/// The desks of a duty, in the order of their tabs.
fn desks(duty: Duty, hands_out: bool) -> Vec<Desk> {
    let names: &[(&'static str, &'static str)] = match duty {
        Duty::Clerk if hands_out => &[("待出件", "/delivery"), ("办件", "/cases")],
        Duty::Clerk => &[("办件", "/cases"), ("新办件", "/cases/new")],
        Duty::Reviewer => &[("待审核", "/inbox"), ("办件", "/cases")],
        Duty::Chief => {
            &[("待签批", "/inbox"), ("办件", "/cases"), ("授权", "/letters"), ("人员", "/staff"), ("监察", "/findings")]
        }
        Duty::Leader => &[
            ("待签批", "/inbox"),
            ("办件", "/cases"),
            ("授权", "/letters"),
            ("人员", "/staff"),
            ("印章", "/seals"),
            ("监察", "/findings"),
        ],
        Duty::Keeper => &[("印章", "/seals"), ("授权", "/letters"), ("办件", "/cases")],
        Duty::Administrator => &[
            ("大厅", "/hall"),
            ("人员", "/staff"),
            ("设备", "/devices"),
            ("授权", "/letters"),
            ("办件", "/cases"),
            ("印章", "/seals"),
            ("监察", "/findings"),
            ("统计", "/figures"),
        ],
        Duty::Auditor => &[
            ("用印记录", "/uses"),
            ("监察", "/findings"),
            ("统计", "/figures"),
            ("办件", "/cases"),
            ("印章", "/seals"),
            ("授权", "/letters"),
            ("人员", "/staff"),
            ("设备", "/devices"),
            ("大厅", "/hall"),
        ],
    };
    names.iter().map(|(name, href)| Desk { name, href, waiting: None }).collect()
}

/// The whole site. `start` is drawn at random for this run and begins every request's id.
pub fn router(web: Web, start: [u8; 4]) -> Router {
    let (hall, transport) = (web.app.hall.name.as_str().into(), web.transport);
    guarded(addresses(web), hall, transport, start)
}

pub(super) fn addresses(web: Web) -> Router {
    // Some more than the file, so that a form that is a little too large is answered by the page and not by the limit.
    let most = DefaultBodyLimit::max(verify::MOST_DOCUMENT + MOST_FORM);
    let judge: MethodRouter<Web> = post(verify::judge).layer::<_, Infallible>(most).layer(headers::with_pictures());
    let anybody = Router::new()
        .route("/", get(front::first))
        .route("/sign-in", get(sign_in::form).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/device", get(devices::renewing))
        .route("/device/renew", post(devices::renew))
        .route("/verify", get(verify::form).merge(judge))
        .route("/q", get(lookup::find))
        .route("/q/{case}/{code}", get(lookup::lookup))
        .route("/items", get(items::list))
        .route("/items/{code}", get(items::one))
        .route("/ledger", get(front::ledger))
        .route("/about", get(front::about))
        .route("/design", get(design::whole))
        .route("/design/{page}", get(design::sample))
        .route("/assets/{file}", get(front::asset));
    let every_duty = Router::new()
        .route("/confirm", get(account::ask).post(account::confirm_here))
        .route("/account", get(account::look))
        .route("/account/challenge", post(account::challenge))
        .route("/account/password", post(account::password))
        .route("/account/passkeys", post(account::new_passkey))
        .route("/account/passkeys/{id}/remove", post(account::drop_passkey))
        .route("/account/codes", post(account::new_codes))
        .route("/account/codes/remove", post(account::drop_codes))
        .route("/cases", get(cases::list))
        .route("/cases/{case}", get(cases::one))
        .route("/calendar", get(calendar::show).post(calendar::enter))
        .route("/certificates/{id}/pages/{page}", get(cases::picture))
        .route("/certificates/{id}/pdf", get(cases::pdf));
    let clerks = Router::new()
        .route("/cases/new", get(clerk::choose))
        .route("/cases/new/{matter}", get(clerk::blank).post(clerk::send).layer(headers::with_pictures()))
        .route("/cases/new/{matter}/preview", post(clerk::preview))
        .route("/cases/{case}/fee", post(case_acts::pay))
        .route("/delivery", get(delivery::list))
        .route("/delivery/{case}", get(delivery::form).post(delivery::hand_over));
    let approvers = Router::new()
        .route("/inbox", get(approvals::inbox))
        .route("/cases/{case}/extension", post(case_acts::extend))
        .route("/certificates/{id}/cancellation", post(case_acts::cancel))
        .route("/approvals/{certificate}/{use}", get(approvals::look).post(approvals::decide))
        .route("/approvals/{certificate}/{use}/challenge", post(approvals::challenge))
        .route("/approvals/{certificate}/{use}/meeting", papers(post(approvals::meeting)));
    let keepers = Router::new()
        .route("/seals", get(seals::list))
        .route("/seals/{id}", get(seals::one))
        .route("/seals/{id}/suspend", post(seals::suspend))
        .route("/seals/apply", get(seal_steps::apply_form).post(seal_steps::apply))
        .route("/seals/{id}/steps/{act}", post(seal_steps::propose))
        .route("/seals/{id}/filing", papers(post(seal_steps::file)))
        .route("/seals/{id}/filing.pdf", get(seals::filing))
        .route("/seals/{id}/filing-sheet.pdf", get(seals::filing_sheet))
        .route("/seal-steps/{step}", get(seal_steps::one))
        .route("/seal-steps/{step}/confirm", post(seal_steps::confirm))
        .route("/seal-steps/{step}/decline", post(seal_steps::decline))
        .route("/seal-steps/{step}/document.pdf", get(seal_steps::document))
        .route("/seal-steps/{step}/imprint.svg", get(seal_steps::imprint))
        .route("/seals/{id}/request.csr", get(seals::request))
        .route("/seals/{id}/certificate", post(seals::certify))
        .route("/seals/{id}/imprint.svg", get(seals::imprint_svg))
        .route("/seals/{id}/imprint.png", get(seals::imprint_png))
        .route("/seals/{id}/certificate.cer", get(seals::certificate));
    let administrators = Router::new()
        .route("/hall", get(hall::overview))
        .route("/devices", get(devices::list).post(devices::enrol))
        .route("/devices/reset", post(devices::reset))
        .route("/devices/{id}/remove", post(devices::remove));
    let registers = Router::new()
        .route("/staff", get(staff::list))
        .route("/staff/new", get(nominations::blank).post(nominations::send))
        .route("/staff/{id}", get(staff::one))
        .route("/staff/{id}/permit", get(staff::permit))
        .route("/staff/{id}/change", get(nominations::change).post(nominations::send_change))
        .route("/staff/{id}/{step}", post(staff::step))
        .route("/nominations/{id}", get(nominations::one))
        .route("/nominations/{id}/consent", post(nominations::consent))
        .route("/nominations/{id}/decline", post(nominations::decline))
        .route("/rota", get(rota::list).post(rota::put))
        .route("/rota/{id}/take", post(rota::take))
        .route("/letters", get(letters::list))
        .route("/letters/new", get(letters::blank).post(letters::send))
        .route("/letters/{id}", get(letters::one))
        .route("/letters/{id}/pdf", get(letters::pdf))
        .route("/letters/{id}/scan", get(letters::scan))
        .route("/letters/{id}/file", papers(post(letters::file)))
        .route("/letters/{id}/{verb}", post(letters::decide));
    let auditors = Router::new()
        .route("/uses", get(uses::list))
        .route("/notices/{id}", post(seal_steps::note))
        .route("/uses/{index}", get(uses::one))
        .route("/uses/{index}/proof", get(uses::proof));
    let supervision = Router::new()
        .route("/findings", get(findings::list))
        .route("/findings/{id}", get(findings::one))
        .route("/findings/{id}/assign", post(findings::assign))
        .route("/findings/{id}/answer", post(findings::answer))
        .route("/findings/{id}/close", post(findings::close))
        .route("/figures", get(figures::overview))
        .route("/figures/{month}/report", post(figures::make))
        .route("/figures/{month}/{version}/pdf", get(figures::pdf))
        .route("/figures/{month}/{version}/seal", post(figures::seal))
        .route("/forms/{file}", get(figures::form))
        .route("/certificates/{id}/story", get(story::page))
        .route("/certificates/{id}/story.pdf", get(story::pdf))
        .route("/certificates/{id}/shown/{page}", get(story::shown));
    let monitors = Router::new()
        .route("/healthz", get(front::live))
        .route("/readyz", get(front::ready))
        .route("/crl/{file}", get(front::revocation_list))
        .route("/log/checkpoint", get(log_files::checkpoint))
        .route("/log/tile/{*path}", get(log_files::tile));
    // Logs that this hall is a witness of, and whoever watches them.
    let logs = Router::new()
        .route("/witness/add-checkpoint", post(witness::add_checkpoint))
        .route("/witness/{origin}/checkpoint", get(witness::checkpoint))
        .layer(DefaultBodyLimit::max(MAX_REQUEST_BYTES));

    let pages = [every_duty, clerks, approvers, keepers, administrators, registers, auditors, supervision];
    let pages = pages.into_iter().fold(anybody, Router::merge);
    let pages = pages
        .fallback(|| async { Error::NotFound })
        .layer(middleware::from_fn_with_state(web.clone(), session::of_page))
        .layer(middleware::from_fn(origin::origin));
    pages.merge(monitors).merge(logs).merge(super::api::router(&web)).with_state(web)
}

/// Takes papers: PDF files of some size.
fn papers(form: MethodRouter<Web>) -> MethodRouter<Web> {
    form.layer::<_, Infallible>(DefaultBodyLimit::max(MOST_PAPER + MOST_FORM))
}

/// What every request passes, innermost first.
pub(super) fn guarded(router: Router, hall: Arc<str>, transport: Transport, start: [u8; 4]) -> Router {
    router
        .layer(DefaultBodyLimit::max(MOST_FORM))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, MOST_TIME))
        .layer(CatchPanicLayer::custom(trouble::panicked))
        .layer(middleware::from_fn_with_state(hall, trouble::trouble))
        .layer(middleware::from_fn_with_state(transport, headers::headers))
        .layer(middleware::from_fn_with_state(Arc::new(Ids::new(start)), observe::observe))
}
