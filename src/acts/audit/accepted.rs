//! Cases and documents against what their requests say was accepted.

use crate::db::certificate::CertificateRow;
use crate::db::limits::HolidayYearRow;
use crate::db::matter::MatterRow;
use crate::db::seal_use::SealUseRow;
use crate::hall::approval::Statement;
use crate::hall::calendar::Calendar;
use crate::hall::opening::china_date;

use super::{AuditError, Audited, Books, time};

pub(super) async fn audit(
    books: &Books,
    matter: &MatterRow,
    certificate: &CertificateRow,
    uses: &[SealUseRow],
    audited: &mut Audited,
) -> Result<(), AuditError> {
    let in_order = uses.iter().zip(0..).all(|(one, place)| one.position == place);
    let asked = uses.iter().map(|one| [one.id.as_str(), &one.department, &one.kind, &one.item]);
    let document = certificate.as_accepted(asked);
    // What cannot be read is found with the use.
    for accepted in uses.iter().filter_map(|one| Statement::parse(&one.request).ok()?.accepted) {
        let was = |known| matter.as_accepted(known) == accepted.case;
        let fits = if was(false) { counted_later(books, matter).await? } else { was(true) };
        if !fits {
            audited.find("case-altered", format!("matter {}", matter.id), "办件的登记与受理时不一致");
        }
        if !in_order || document != accepted.document {
            let place = format!("certificate {}", certificate.id);
            audited.find("certificate-altered", place, "证照或其用印的登记与受理时不一致");
        }
    }
    Ok(())
}

/// Of a case whose last days were not known at acceptance: whether they are those of the first holidays entered by which they
/// could be counted, or still none.
async fn counted_later(books: &Books, matter: &MatterRow) -> Result<bool, AuditError> {
    // The service may be running: if a year is entered between the two reads, the second time they agree.
    for _ in 0..2 {
        let Some(matter) = books.db.matter(&matter.id).await? else { return Ok(false) };
        let mut years = books.db.holiday_years().await?;
        years.sort_by_key(|year| year.at);
        let (mut calendar, day) = (Calendar::published(), china_date(time(matter.submitted_at)));
        let mut counted = None;
        for year in years.iter().map(HolidayYearRow::to_arrangement) {
            calendar.enter(year?);
            counted = counted.or_else(|| calendar.due(day, matter.limit()).ok());
        }
        let days = counted.map(|due| (due.promised.to_string(), due.legal.to_string())).unzip();
        if (&matter.due, &matter.legal_due) == (&days.0, &days.1) {
            return Ok(true);
        }
    }
    Ok(false)
}
