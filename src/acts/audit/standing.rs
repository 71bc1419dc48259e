//! Where certificates stand: the state in the row against the documents, acts and days that bring it about.

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
        _ => true,
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
    Ok(())
}
