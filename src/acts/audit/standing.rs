//! Where certificates stand: the state in the row against the documents, acts and days that bring it about, and what others
//! were told of it.

use crate::db::certificate::CertificateRow;
use crate::db::standing::EndsRow;
use crate::hall::certificate::last_day;
use crate::hall::opening::china_date;

use super::{AuditError, Audited, Books, time};

pub(super) async fn audit(
    books: &Books,
    certificate: &CertificateRow,
    audited: &mut Audited,
) -> Result<(), AuditError> {
    let ends = books.db.ends_of(&certificate.id).await?;
    let original = ends.original.as_deref();
    let ended_with_original = |state: &str| original == Some(state);
    let holds = match certificate.state.as_str() {
        "withdrawn" => ends.withdrawn_at.is_some() || ended_with_original("withdrawn"),
        "superseded" => ends.superseded_at.is_some() || ended_with_original("superseded"),
        "cancelled" => ends.cancelled_at.is_some() || ended_with_original("cancelled"),
        // Whether its day has passed is the calendar's to say; here, that it has one.
        "expired" | "sealed" => {
            let original_stands = original.is_none_or(|state| matches!(state, "sealed" | "expired"));
            let ended = [ends.withdrawn_at, ends.superseded_at, ends.cancelled_at];
            ended.iter().all(Option::is_none) && original_stands
        }
        "submitted" | "refused" | "voided" => true,
        _ => false,
    };
    let mut find = |text: String| audited.find("standing-altered", format!("certificate {}", certificate.id), text);
    if !holds {
        find(format!("状态 {} 与变更、撤销、注销的记录不一致", certificate.state));
    }
    let data = serde_json::from_str(&certificate.data).unwrap_or_default();
    if certificate.copy_of.is_none() && certificate.last_day() != last_day(&data) {
        find("有效期与照面不一致".to_owned());
    }
    if ends.earlier_number.as_ref().is_some_and(|number| *number != certificate.number) {
        find("证号与所替换（加注）的证照不同".to_owned());
    }
    told(books, certificate, &ends, audited).await
}

/// Others are told when it is sealed, when it expires and when it ends, each once, and of nothing else; copies end silently
/// with their original.
async fn told(
    books: &Books,
    certificate: &CertificateRow,
    ends: &EndsRow,
    audited: &mut Audited,
) -> Result<(), AuditError> {
    let end = match certificate.state.as_str() {
        _ if certificate.copy_of.is_some() => None,
        "superseded" => Some((replaced(ends.superseded_as.as_deref()), ends.superseded_at)),
        "withdrawn" => Some(("certificate.withdrawn", ends.withdrawn_at)),
        "cancelled" => Some(("certificate.cancelled", ends.cancelled_at)),
        _ => None,
    };
    let sealed = certificate.sealed_at.map(|at| ("certificate.sealed", Some(at)));
    let mut due: Vec<(&str, Option<i64>)> = sealed.into_iter().chain(end).collect();
    let (mut expired, mut surplus) = (false, false);
    for event in books.db.events_of(&certificate.id).await? {
        let is_over = || certificate.last_day().is_some_and(|last| last < china_date(time(event.at)));
        if event.kind == "certificate.expired" && !expired && certificate.state != "sealed" && is_over() {
            expired = true;
        } else if let Some(place) = due.iter().position(|one| *one == (event.kind.as_str(), Some(event.at))) {
            due.remove(place);
        } else {
            surplus = true;
        }
    }
    let missing = !due.is_empty() || certificate.state == "expired" && !expired;
    let mut find = |is: bool, code, text: &str| {
        if is {
            audited.find(code, format!("outbox {}", certificate.id), text);
        }
    };
    find(missing, "event-missing", "证照签发或终止的事件缺失或被改动，审管系统可能没有得知");
    find(surplus, "event-unfounded", "告知审管系统的事件没有依据");
    Ok(())
}

/// The event that tells of the certificate that took a place.
fn replaced(how: Option<&str>) -> &'static str {
    match how {
        Some("renewal") => "certificate.renewed",
        Some("reissue") => "certificate.reissued",
        _ => "certificate.changed",
    }
}
