//! Audit: the published log, the rows of the database and the stored documents must tell one story.
//!
//! 1. log: every published entry against its row, the tree against checkpoint and head ([`log`])
//!    and what this hall has cosigned as a witness for others ([`witnesses`])
//! 2. rows: what people's acts made and changed, against the fold of the acts' records ([`rows`]); seals against their
//!    entries, too ([`seals`])
//! 3. uses: every use, its request and its approvals against the entry ([`uses`]), case and document against what the
//!    request says was accepted ([`accepted`]), what confirmed approvals against their statements ([`evidence`]); where
//!    certificates stand, and what others were told of it ([`standing`])
//! 4. documents: stored bytes against their digests, sealed PDFs by the verifier, unsealed ones composed again ([`documents`]);
//!    letters, their scans and records of meetings against their digests ([`papers`])
//! 5. if asked, documents met outside: each one that a seal of the hall stands on must have been released ([`found`])
//!
//! It needs no key and changes nothing; whoever runs it may read the data directory and the database.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt as _};
use jiff::Timestamp;
use serde::Serialize;

use crate::app::config::Config;
use crate::app::{StartError, composing, read_trust};
use crate::compose::{Composer, Templates};
use crate::db::certificate::CertificateRow;
use crate::db::seal::SealRow;
use crate::db::staff::StaffRow;
use crate::db::{Db, DbError};
use crate::hall::file::Hall;
use crate::ledger::entry::Entry;
use crate::ledger::note::VerifierKey;
use crate::ledger::policy::Policy;
use crate::sequencer::publish::Publication;
use crate::store::Store;
use crate::verify::Trust;

mod accepted;
mod documents;
mod evidence;
mod found;
mod log;
mod papers;
mod rows;
mod seals;
mod standing;
mod uses;
mod witnesses;

/// Certificates looked at together.
const PAGE: u32 = 256;

/// Something that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// A stable name for programs.
    pub code: &'static str,
    /// The row or file: table and key.
    pub place: String,
    /// One Chinese sentence.
    pub text: String,
}

/// A witness and when it cosigned, by its own clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CosignedBy {
    /// The name of its key.
    pub witness: String,
    /// RFC 3339.
    pub at: String,
}

/// What an audit looked at, and what it found.
#[derive(Debug, Default, Serialize)]
pub struct Audited {
    /// Entries of the ledger.
    pub entries: u64,
    /// Uses of seals.
    pub uses: u64,
    /// Approvals whose passkey's signature was checked again.
    pub signed_approvals: u64,
    /// Certificates and other documents.
    pub certificates: u64,
    /// Documents not composed again because their template has been published anew since.
    pub not_composed: u64,
    /// Files met outside.
    pub found: u64,
    /// Witnesses of the policy that have cosigned the published checkpoint.
    pub witnesses: Vec<CosignedBy>,
    /// What does not fit; nothing: all is in order.
    pub findings: Vec<Finding>,
}

impl Audited {
    fn find(&mut self, code: &'static str, place: impl Into<String>, text: impl Into<String>) {
        self.findings.push(Finding { code, place: place.into(), text: text.into() });
    }

    /// Adds what was found of one certificate.
    fn absorb(&mut self, one: Self) {
        self.uses += one.uses;
        self.signed_approvals += one.signed_approvals;
        self.certificates += one.certificates;
        self.not_composed += one.not_composed;
        self.findings.extend(one.findings);
    }
}

/// Why an audit could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// What is audited cannot be opened.
    #[error(transparent)]
    Open(#[from] StartError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A worker thread was lost.
    #[error("a worker was lost: {0}")]
    Worker(#[from] tokio::task::JoinError),
}

/// The hall's books, opened to be read.
pub struct Books {
    hall: Hall,
    db: Db,
    store: Arc<Store>,
    publication: Publication,
    policy: Policy,
    trust: Arc<Trust>,
    templates: Templates,
    composer: Arc<Composer>,
    base_url: String,
    /// Keys of the logs that this hall is a witness of.
    watched: Vec<VerifierKey>,
}

impl Books {
    /// Opens them; the service may be running.
    pub async fn open(config: &Config) -> Result<Self, AuditError> {
        let data = &config.data;
        let trust_folder = data.join("keys/trust");
        let text = |path: &std::path::Path| {
            std::fs::read_to_string(path).map_err(|source| StartError::Io { path: path.to_owned(), source })
        };
        let (templates, composer) = composing(&config.extra_fonts)?;
        Ok(Self {
            hall: Hall::parse(&text(&data.join("hall.toml"))?).map_err(StartError::from)?,
            db: Db::open_to_read(&config.address()).await?,
            store: Arc::new(Store::open(&data.join("objects")).map_err(StartError::from)?),
            publication: Publication::open(&data.join("log")).map_err(StartError::from)?,
            policy: Policy::parse(&text(&trust_folder.join("policy.txt"))?).map_err(StartError::from)?,
            trust: Arc::new(read_trust(&trust_folder)?),
            templates,
            composer,
            base_url: config.base_url.trim_end_matches('/').to_owned(),
            // The configuration has been checked: every text is a key.
            watched: config.witness.iter().flat_map(|one| &one.logs).filter_map(|text| text.parse().ok()).collect(),
        })
    }

    /// Closes the database.
    pub async fn close(self) {
        self.db.close().await;
    }
}

/// What is needed to judge a use: looked up once.
struct Register {
    seals: HashMap<String, SealRow>,
    staff: HashMap<String, StaffRow>,
    factors: evidence::Factors,
}

/// Audits the published log alone: its tree, and its entries against their rows.
pub async fn audit_log(books: &Books) -> Result<Audited, AuditError> {
    let mut audited = Audited::default();
    log::audit(books, &mut audited).await?;
    Ok(audited)
}

/// Audits everything; `progress` is told how many certificates of how many are done.
pub async fn audit(books: &Books, mut progress: impl FnMut(u64, u64)) -> Result<Audited, AuditError> {
    let mut audited = Audited::default();
    let mut entries = log::audit(books, &mut audited).await?;
    witnesses::given(books, &mut audited).await?;
    std::mem::take(&mut entries.rows).judge(books, &mut audited).await?;
    let register = Register {
        seals: books.db.seals().await?.into_iter().map(|seal| (seal.id.clone(), seal)).collect(),
        staff: books.db.all_staff().await?.into_iter().map(|person| (person.id.clone(), person)).collect(),
        factors: evidence::Factors::load(books).await?,
    };
    seals::audit(&register, &entries, &mut audited);
    let all = books.db.certificate_count().await?;
    let together = std::thread::available_parallelism().map_or(1, usize::from);
    let mut last = String::new();
    loop {
        let page = books.db.certificates_after(&last, PAGE).await?;
        let Some(end) = page.last() else { break };
        last = end.id.clone();
        let mut looked = stream::iter(page).map(|one| certificate(books, &register, one)).buffered(together);
        while let Some(one) = looked.next().await {
            audited.absorb(one?);
        }
        progress(audited.certificates, all);
    }
    papers::audit(books, &mut audited).await?;
    if books.db.missing_events().await? != 0 {
        audited.find("event-missing", "outbox", "对外事件的编号不连续，有事件缺失或被改动");
    }
    if entries.uses != audited.uses {
        let text = format!("账本有 {} 次用印，用印记录中有 {} 次", entries.uses, audited.uses);
        audited.find("use-count", "seal_use", text);
    }
    Ok(audited)
}

/// One certificate with its uses.
async fn certificate(books: &Books, register: &Register, row: CertificateRow) -> Result<Audited, AuditError> {
    let found = look(books, register, row.clone()).await?;
    if found.findings.is_empty() {
        return Ok(found);
    }
    // The service may be running: what has moved on since it was read is looked at as it is now.
    match books.db.certificate(&row.id).await? {
        Some(now) if now.state != row.state => look(books, register, now).await,
        _ => Ok(found),
    }
}

async fn look(books: &Books, register: &Register, row: CertificateRow) -> Result<Audited, AuditError> {
    let mut audited = Audited { certificates: 1, ..Audited::default() };
    standing::audit(books, &row, &mut audited).await?;
    uses::audit(books, register, row, &mut audited).await?;
    Ok(audited)
}

/// What the log says beside the uses.
struct Entries {
    /// Changes of seals, with their rows' statements, in order.
    events: Vec<(u64, Entry)>,
    /// How many uses.
    uses: u64,
    /// The rows as their records leave them.
    rows: rows::Folded,
}

fn time(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or_default()
}
