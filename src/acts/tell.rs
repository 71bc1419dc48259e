//! Tell: every receiver of the configuration is told what happened to certificates, in order, until it confirms.
//!
//! An event is written in the transaction of what happened (the outbox), so nothing is lost; it is told at least once, and its
//! running number says which it is. How it is authenticated: [`Vault::authenticate_webhook`](crate::vault::Vault::authenticate_webhook). A receiver that is down, slow or wrong is tried again after pauses that grow from half a
//! minute to an hour; no other receiver waits for it.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::app::App;
use crate::db::outbox::EventRow;

use super::ActError;

/// Events in one request.
const MOST_EVENTS: u32 = 100;
/// How long a receiver may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// A receiver belongs to a node for this long (microseconds): longer than [`PATIENCE`].
const LEASE: i64 = 30_000_000;
/// The first pause after a failure, and the longest (seconds).
const PAUSES: [i64; 2] = [30, 3600];

/// An event as it is told, by webhook and by feed. Names nobody.
#[derive(Debug, Serialize)]
pub struct Event {
    /// Running number: later events have higher ones.
    pub id: i64,
    /// `certificate.sealed`, `.changed`, `.renewed`, `.reissued`, `.withdrawn`, `.cancelled`, `.expired`.
    pub kind: String,
    /// When, RFC 3339.
    pub at: String,
    /// The certificate.
    pub certificate: String,
    /// Its name.
    pub name: String,
    /// Its number.
    pub number: String,
    /// Code of the item, or the joint document's name.
    pub item: String,
    /// Number of its case.
    pub case: String,
}

impl From<EventRow> for Event {
    fn from(row: EventRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            at: Timestamp::from_microsecond(row.at).unwrap_or_default().to_string(),
            certificate: row.certificate,
            name: row.name,
            number: row.number,
            item: row.item,
            case: row.case_no,
        }
    }
}

#[derive(Serialize)]
struct Told {
    events: Vec<Event>,
}

/// Tells every receiver that is due what it has not confirmed; one request each.
pub async fn tell(app: &App) -> Result<(), ActError> {
    let mut telling = tokio::task::JoinSet::new();
    for receiver in &app.receivers {
        let now = app.now().as_microsecond();
        let Some(row) = app.db.take_webhook(&receiver.name, now, now + LEASE).await? else { continue };
        let events: Vec<Event> =
            app.db.events_after(row.told, MOST_EVENTS).await?.into_iter().map(Event::from).collect();
        let Some(last) = events.last().map(|event| event.id) else { continue };
        let body = serde_json::to_vec(&Told { events }).map_err(super::inconsistent)?;
        let seconds = app.now().as_second();
        let mac = app.vault.authenticate_webhook(&receiver.name, seconds, &body)?;
        let headers =
            [("yinxin-receiver", receiver.name.clone()), ("yinxin-signature", format!("t={seconds},v1={mac}"))];
        let address = receiver.address.clone();
        telling.spawn(async move {
            let answer = match tokio::time::timeout(PATIENCE, address.post(&headers, body)).await {
                Ok(answer) => answer.map_err(|error| error.to_string()),
                Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
            };
            (row, last, answer)
        });
    }
    while let Some(done) = telling.join_next().await {
        let (row, last, answer) = done?;
        match answer {
            Ok(()) => app.db.webhook_told(&row.name, row.told, last).await?,
            Err(problem) => {
                tracing::warn!(receiver = row.name, problem, "a receiver was not told");
                let pause = PAUSES[0].saturating_mul(1 << row.failures.clamp(0, 10)).min(PAUSES[1]);
                let next = app.now().as_microsecond() + pause * 1_000_000;
                app.db.webhook_failed(&row.name, &problem, next).await?;
            }
        }
    }
    Ok(())
}
