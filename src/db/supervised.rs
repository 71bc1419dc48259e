//! What the supervision looks at and counts: rows of many tables, read at once.

use sqlx::FromRow;

use super::outbox::EventRow;
use super::sql::{built, sql};
use super::{Db, DbError};

/// Microseconds from UTC to the hall's time, and of a day.
const CHINA: i64 = 28_800_000_000;
const DAY: i64 = 86_400_000_000;

/// A case with where it stands.
#[derive(Debug, Clone, FromRow)]
pub struct CaseStand {
    /// Its number.
    pub case_no: String,
    /// Name of the item or joint matter.
    pub title: String,
    /// When it was accepted (microseconds).
    pub submitted_at: i64,
    /// When a rule refused to seal what everybody had approved (microseconds).
    pub held_at: Option<i64>,
    /// The last day of its promise; none while that cannot be counted.
    pub due: Option<String>,
    /// Working days promised; 0: done on the spot.
    pub limit_days: i64,
    /// The department whose seal comes first.
    pub department: Option<String>,
    /// Documents that wait for a decision.
    pub waiting: i64,
    /// When its documents were sealed (microseconds).
    pub sealed_at: Option<i64>,
    /// When it was refused (microseconds).
    pub refused_at: Option<i64>,
    /// When it was handed over (microseconds).
    pub delivered_at: Option<i64>,
}

/// A logged use that was not finished, or voided.
#[derive(Debug, Clone, FromRow)]
pub struct UseStand {
    /// The use.
    pub id: String,
    /// Index of its entry.
    pub idx: i64,
    /// Number of the case.
    pub case_no: String,
    /// Whose seal.
    pub department: String,
    /// When it was logged (microseconds).
    pub at: i64,
    /// `logged` or `voided`.
    pub state: String,
}

/// A decision with everybody around it.
#[derive(Debug, Clone, FromRow)]
pub struct DecisionLine {
    /// The use decided on.
    pub seal_use: String,
    /// Number of the case.
    pub case_no: String,
    /// Whose seal.
    pub department: String,
    /// Who asked for the seal.
    pub asked_by: String,
    /// Who submitted the case.
    pub submitted_by: String,
    /// Who decided.
    pub staff: String,
    /// `approve` or `refuse`.
    pub decision: String,
    /// When (microseconds).
    pub at: i64,
}

/// A refused act as kept.
#[derive(Debug, Clone, FromRow)]
pub struct RefusedLine {
    /// Which act.
    pub act: String,
    /// Case number or certificate.
    pub subject: String,
    /// Who tried.
    pub staff: String,
    /// JSON array of the reasons' codes and fields.
    pub codes: String,
    /// When (microseconds).
    pub at: i64,
}

/// Uses of seals counted together.
#[derive(Debug, Clone, FromRow)]
pub struct UseCount {
    /// Department key.
    pub department: String,
    /// Code of the item.
    pub item: String,
    /// Window where the case was accepted.
    pub window_no: String,
    /// How many.
    pub count: i64,
}

/// The columns of [`CaseStand`].
const STANDS: &str = "SELECT m.case_no, m.title, m.submitted_at, m.held_at, m.due, m.limit_days, d.at AS delivered_at,
    (SELECT u.department FROM certificate c JOIN seal_use u ON u.certificate = c.id WHERE c.matter = m.id
     ORDER BY c.position, u.position LIMIT 1) AS department,
    (SELECT COUNT(*) FROM certificate c WHERE c.matter = m.id AND c.state = 'submitted') AS waiting,
    (SELECT MAX(c.sealed_at) FROM certificate c WHERE c.matter = m.id) AS sealed_at,
    (SELECT MAX(a.at) FROM certificate c JOIN seal_use u ON u.certificate = c.id JOIN approval a ON a.seal_use = u.id
     WHERE c.matter = m.id AND a.decision = 'refuse') AS refused_at
    FROM matter m LEFT JOIN delivery d ON d.matter = m.id WHERE m.submitted_at < ? AND m.id IN (
    SELECT matter FROM certificate WHERE state = 'submitted'
    UNION SELECT matter FROM certificate WHERE sealed_at >= ?
    UNION SELECT c.matter FROM approval a JOIN seal_use u ON u.id = a.seal_use JOIN certificate c ON c.id = u.certificate
          WHERE a.decision = 'refuse' AND a.at >= ?";

impl Db {
    /// Cases that wait for a decision or to be handed over, or were decided since.
    pub async fn case_stands(&self, since: i64) -> Result<Vec<CaseStand>, DbError> {
        built(format!(
            "{STANDS} UNION SELECT c.matter FROM certificate c LEFT JOIN delivery l ON l.matter = c.matter
             WHERE c.sealed IS NOT NULL AND l.matter IS NULL) ORDER BY m.submitted_at, m.id"
        ))
        .bind(i64::MAX)
        .bind(since)
        .bind(since)
        .all(self.readers())
        .await
    }

    /// Cases accepted before `to` that something happened to since `from`, or that still wait.
    pub async fn case_stands_between(&self, from: i64, to: i64) -> Result<Vec<CaseStand>, DbError> {
        built(format!(
            "{STANDS} UNION SELECT id FROM matter WHERE submitted_at >= ?
             UNION SELECT matter FROM delivery WHERE at >= ?) ORDER BY m.submitted_at, m.id"
        ))
        .bind(to)
        .bind(from)
        .bind(from)
        .bind(from)
        .bind(from)
        .all(self.readers())
        .await
    }

    /// Logged uses that are not finished, and those voided that were logged since.
    pub async fn use_stands(&self, since: i64) -> Result<Vec<UseStand>, DbError> {
        sql("SELECT u.id, e.idx, m.case_no, u.department, e.at, u.state FROM seal_use u
             JOIN ledger_entry e ON e.seal_use = u.id JOIN certificate c ON c.id = u.certificate
             JOIN matter m ON m.id = c.matter
             WHERE u.state IN ('logged', 'voided') AND (u.state = 'logged' OR e.at >= ?) ORDER BY e.idx")
        .bind(since)
        .all(self.readers())
        .await
    }

    /// Decisions made since, in order.
    pub async fn decisions_since(&self, since: i64) -> Result<Vec<DecisionLine>, DbError> {
        sql("SELECT a.seal_use, m.case_no, u.department, c.asked_by, m.submitted_by, a.staff, a.decision, a.at
             FROM approval a JOIN seal_use u ON u.id = a.seal_use JOIN certificate c ON c.id = u.certificate
             JOIN matter m ON m.id = c.matter WHERE a.at >= ? ORDER BY a.at, a.seal_use, a.step")
        .bind(since)
        .all(self.readers())
        .await
    }

    /// For uses decided since: who asked, after `earlier`, for the same holder and item in another case before.
    pub async fn earlier_askers(&self, since: i64, earlier: i64) -> Result<Vec<(String, String)>, DbError> {
        sql("SELECT DISTINCT u.id, p.asked_by FROM approval a JOIN seal_use u ON u.id = a.seal_use
             JOIN certificate c ON c.id = u.certificate JOIN matter m ON m.id = c.matter
             JOIN certificate p ON p.holder = c.holder AND p.item = c.item AND p.matter <> c.matter
             JOIN matter n ON n.id = p.matter
             WHERE a.at >= ? AND n.submitted_at >= ? AND n.submitted_at < m.submitted_at")
        .bind(since)
        .bind(earlier)
        .all(self.readers())
        .await
    }

    /// Acts refused in a stretch of time, in order.
    pub async fn refused_between(&self, from: i64, to: i64) -> Result<Vec<RefusedLine>, DbError> {
        sql("SELECT act, subject, staff, codes, at FROM refused_act WHERE at >= ? AND at < ? ORDER BY at, id")
            .bind(from)
            .bind(to)
            .all(self.readers())
            .await
    }

    /// Acts refused about one of these, in order.
    pub async fn refused_about(&self, subjects: &[&str]) -> Result<Vec<RefusedLine>, DbError> {
        let mut lines = Vec::new();
        for subject in subjects {
            let some: Vec<RefusedLine> =
                sql("SELECT act, subject, staff, codes, at FROM refused_act WHERE subject = ? ORDER BY at, id")
                    .bind(*subject)
                    .all(self.readers())
                    .await?;
            lines.extend(some);
        }
        lines.sort_by_key(|line| line.at);
        Ok(lines)
    }

    /// Acts carried out since: who and when, in order.
    pub async fn done_since(&self, since: i64) -> Result<Vec<(String, i64)>, DbError> {
        sql("SELECT staff, at FROM (SELECT submitted_by AS staff, submitted_at AS at FROM matter
             UNION ALL SELECT staff, at FROM approval UNION ALL SELECT staff, at FROM delivery) AS done
             WHERE at >= ? ORDER BY at, staff")
        .bind(since)
        .all(self.readers())
        .await
    }

    /// Approvals since, by who approved and by day (days since 1970, in the hall's time).
    pub async fn approvals_a_day(&self, since: i64) -> Result<Vec<(String, i64, i64)>, DbError> {
        built(format!(
            "SELECT staff, (at + {CHINA}) / {DAY}, COUNT(*) FROM approval WHERE decision = 'approve' AND at >= ? GROUP BY 1, 2"
        ))
        .bind(since)
        .all(self.readers())
        .await
    }

    /// Uses logged since, by seal and by day (days since 1970, in the hall's time).
    pub async fn uses_a_day(&self, since: i64) -> Result<Vec<(String, i64, i64)>, DbError> {
        built(format!(
            "SELECT u.seal, (e.at + {CHINA}) / {DAY}, COUNT(*) FROM ledger_entry e JOIN seal_use u ON u.id = e.seal_use
             WHERE e.at >= ? AND u.seal IS NOT NULL GROUP BY 1, 2"
        ))
        .bind(since)
        .all(self.readers())
        .await
    }

    /// Uses logged in a stretch of time and not voided, counted by department, item and window.
    pub async fn use_counts(&self, from: i64, to: i64) -> Result<Vec<UseCount>, DbError> {
        sql("SELECT u.department, u.item, m.window_no, COUNT(*) AS count FROM ledger_entry e
             JOIN seal_use u ON u.id = e.seal_use JOIN certificate c ON c.id = u.certificate
             JOIN matter m ON m.id = c.matter
             WHERE e.at >= ? AND e.at < ? AND u.state <> 'voided' GROUP BY u.department, u.item, m.window_no")
        .bind(from)
        .bind(to)
        .all(self.readers())
        .await
    }

    /// Findings that were found in a stretch of time, or before and not closed when it began: rule, state, conclusion,
    /// when found.
    pub async fn finding_stands(&self, from: i64, to: i64) -> Result<Vec<FindingStand>, DbError> {
        sql("SELECT rule, state, conclusion, found_at FROM finding
             WHERE found_at < ? AND (found_at >= ? OR closed_at IS NULL OR closed_at >= ?)")
        .bind(to)
        .bind(from)
        .bind(from)
        .all(self.readers())
        .await
    }

    /// The ledger's entries about seals themselves before an index, in order: index and bytes.
    pub async fn seal_entries_before(&self, index: u64) -> Result<Vec<(i64, Vec<u8>)>, DbError> {
        sql("SELECT idx, entry FROM ledger_entry WHERE idx < ? AND kind LIKE 'seal-%' AND seal_use IS NULL ORDER BY idx")
            .bind(index as i64)
            .all(self.readers())
            .await
    }

    /// What happened to a certificate, as others were told.
    pub async fn events_of(&self, certificate: &str) -> Result<Vec<EventRow>, DbError> {
        sql("SELECT o.id, o.kind, o.at, c.id AS certificate, c.name, c.number, c.item, m.case_no FROM outbox o
             JOIN certificate c ON c.id = o.certificate JOIN matter m ON m.id = c.matter
             WHERE o.certificate = ? ORDER BY o.id")
        .bind(certificate)
        .all(self.readers())
        .await
    }

    /// Counts that an outsider asked after a certificate.
    pub async fn count_check(&self, certificate: &str, day: &str, kind: &str) -> Result<(), DbError> {
        sql("INSERT INTO outside_check (certificate, day, kind, count) VALUES (?, ?, ?, 1)
             ON CONFLICT (certificate, day, kind) DO UPDATE SET count = outside_check.count + 1")
        .bind(certificate)
        .bind(day)
        .bind(kind)
        .execute(self.writer())
        .await?;
        Ok(())
    }

    /// How often outsiders asked after a certificate: day, kind, count, in order.
    pub async fn outside_checks(&self, certificate: &str) -> Result<Vec<(String, String, i64)>, DbError> {
        sql("SELECT day, kind, count FROM outside_check WHERE certificate = ? ORDER BY day, kind")
            .bind(certificate)
            .all(self.readers())
            .await
    }
}

/// A finding as counted.
#[derive(Debug, Clone, FromRow)]
pub struct FindingStand {
    /// Code of its rule.
    pub rule: String,
    /// Where it stands.
    pub state: String,
    /// What came out.
    pub conclusion: Option<String>,
    /// When it was found (microseconds).
    pub found_at: i64,
}
