//! Where certificates stand: the state in the row against the documents, acts and days that bring it about, and what others
//! were told of it.

use crate::db::certificate::CertificateRow;
use crate::hall::certificate::last_day;

use super::{AuditError, Audited, Books};

pub(super) async fn audit(
    books: &Books,
    certificate: &CertificateRow,
    audited: &mut Audited,
) -> Result<(), AuditError> {
    let ends = books.db.ends_of(&certificate.id).await?;
    let original = ends.original.as_deref();
    let ended_with_original = |state: &str| original == Some(state);
    let holds = match certificate.state.as_str() {
        "withdrawn" => ends.withdrawn || ended_with_original("withdrawn"),
        "superseded" => ends.superseded || ended_with_original("superseded"),
        "cancelled" => ends.cancelled || ended_with_original("cancelled"),
        // Whether its day has passed is the calendar's to say; here, that it has one.
        "expired" | "sealed" => {
            let original_stands = original.is_none_or(|state| matches!(state, "sealed" | "expired"));
            !ends.withdrawn && !ends.superseded && !ends.cancelled && original_stands
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
    if ends.earlier_number.is_some_and(|number| number != certificate.number) {
        find("证号与所替换（加注）的证照不同".to_owned());
    }
    told(books, certificate, audited).await
}

/// Others are told when it is sealed and when it ends; copies end silently with their original.
async fn told(books: &Books, certificate: &CertificateRow, audited: &mut Audited) -> Result<(), AuditError> {
    let Some(sealed_at) = certificate.sealed_at else { return Ok(()) };
    let events = books.db.events_of(&certificate.id).await?;
    let is_told = |kinds: &[&str]| events.iter().any(|event| kinds.contains(&event.kind.as_str()));
    let end: &[&str] = match certificate.state.as_str() {
        _ if certificate.copy_of.is_some() => &[],
        "superseded" => &["certificate.changed", "certificate.renewed", "certificate.reissued"],
        "withdrawn" => &["certificate.withdrawn"],
        "cancelled" => &["certificate.cancelled"],
        "expired" => &["certificate.expired"],
        _ => &[],
    };
    let sealed = events.iter().any(|event| event.kind == "certificate.sealed" && event.at == sealed_at);
    if !sealed || !end.is_empty() && !is_told(end) {
        let place = format!("outbox {}", certificate.id);
        audited.find("event-missing", place, "证照签发或终止的事件缺失或被改动，审管系统可能没有得知");
    }
    Ok(())
}
