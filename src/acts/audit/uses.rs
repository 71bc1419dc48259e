//! A certificate's uses of seals: request, approvals and intent against the ledger's entry.

use std::collections::BTreeSet;

use crate::db::audit::EntryRow;
use crate::db::certificate::CertificateRow;
use crate::db::matter::MatterRow;
use crate::db::passkey::EvidenceRow;
use crate::db::seal_use::{ApprovalRow, SealUseRow};
use crate::db::staff::StaffRow;
use crate::digest::Digest;
use crate::hall::approval::{Decision, Statement, Step, both_reviews};
use crate::hall::opening::china_date;
use crate::ledger::entry::{Entry, SealUse, approval_digest};

use super::{AuditError, Audited, Books, Register, accepted, documents, time};

/// A use with what stands beside it.
struct Use<'a> {
    matter: &'a MatterRow,
    certificate: &'a CertificateRow,
    row: &'a SealUseRow,
    approvals: &'a [ApprovalRow],
    evidence: &'a [EvidenceRow],
    register: &'a Register,
}

pub(super) async fn audit(
    books: &Books,
    register: &Register,
    certificate: CertificateRow,
    audited: &mut Audited,
) -> Result<(), AuditError> {
    let Some(matter) = books.db.matter(&certificate.matter).await? else {
        audited.find("case-missing", format!("matter {}", certificate.matter), "证照所属的办件缺失");
        return Ok(());
    };
    let uses = books.db.uses_of(&certificate.id).await?;
    for row in &uses {
        let approvals = books.db.approvals_of(&row.id).await?;
        let evidence = books.db.evidence_of(&row.id).await?;
        let one = Use {
            matter: &matter,
            certificate: &certificate,
            row,
            approvals: &approvals,
            evidence: &evidence,
            register,
        };
        let entry = match row.idx {
            Some(index) => books.db.entry_rows(index as u64, index as u64 + 1).await?.into_iter().next(),
            None => None,
        };
        one.judge(entry.as_ref(), audited);
    }
    accepted::audit(books, &matter, &certificate, &uses, audited).await?;
    documents::audit(books, &matter, &certificate, &uses, audited).await
}

impl Use<'_> {
    fn place(&self) -> String {
        format!("seal_use {}", self.row.id)
    }

    fn judge(&self, entry: Option<&EntryRow>, audited: &mut Audited) {
        let logged = !matches!(self.row.state.as_str(), "asked" | "refused");
        let parsed = entry.and_then(|entry| match Entry::parse(&entry.entry) {
            Ok(Entry::SealUse(used)) => Some((entry, used)),
            _ => None,
        });
        match parsed {
            Some((row, used)) => {
                audited.uses += 1;
                if !logged {
                    let text = format!("账本中已有这次用印，记录却是 {}", self.row.state);
                    audited.find("use-altered", self.place(), text);
                }
                self.logged(row, &used, audited);
            }
            None if logged => audited.find("use-unlogged", self.place(), "用印不在账本中"),
            None => self.statements(None, audited),
        }
        if self.row.state == "logged" {
            audited.find("use-unfinished", self.place(), "已记入账本，尚未用印，也没有作废");
        }
    }

    /// What the entry commits to is what the rows hold.
    fn logged(&self, row: &EntryRow, used: &SealUse, audited: &mut Audited) {
        let key =
            self.row.seal.as_ref().and_then(|seal| self.register.seals.get(seal)).and_then(|seal| seal.key.as_ref());
        if key.is_none_or(|key| key.as_slice() != used.seal.as_bytes()) {
            audited.find("use-altered", self.place(), "所用印章与账本不一致");
        }
        if self.row.attributes.as_deref().map(Digest::of) != Some(used.document) {
            audited.find("use-altered", self.place(), "签名属性与账本不一致");
        }
        if self.certificate.template_version != used.template.as_bytes() {
            let place = format!("certificate {}", self.certificate.id);
            audited.find("certificate-altered", place, "模板版本与账本不一致");
        }
        let mut open: BTreeSet<Digest> = used.approvals.as_slice().iter().copied().collect();
        if !salted(&self.row.request_salt, &self.row.request).is_some_and(|digest| open.remove(&digest)) {
            audited.find("use-altered", self.place(), "用印申请与账本不一致");
        }
        let digest_at = |step: &str| {
            let row = self.approvals.iter().find(|row| row.step == step && row.decision == "approve")?;
            salted(&row.salt, &row.statement)
        };
        let reviews = digest_at("review").zip(digest_at("second-review"));
        // Two reviews stand in the entry as one.
        let reviewed = reviews.is_some_and(|(first, second)| open.remove(&both_reviews(&first, &second)));
        for approval in self.approvals.iter().filter(|approval| approval.decision == "approve") {
            if reviewed && approval.step.ends_with("review") {
                continue;
            }
            if !salted(&approval.salt, &approval.statement).is_some_and(|digest| open.remove(&digest)) {
                audited.find("approval-altered", self.approval(approval), "审批意见与账本不一致");
            }
        }
        if !open.is_empty() {
            let text = format!("账本中另有 {} 项审批意见，审批记录中没有", open.len());
            audited.find("approval-missing", format!("approval {}", self.row.id), text);
        }
        self.statements(Some(row.at), audited);
    }

    fn approval(&self, approval: &ApprovalRow) -> String {
        format!("approval {} {}", approval.seal_use, approval.step)
    }

    /// Request and approvals say what their rows say, of this very document, by people who may.
    fn statements(&self, logged_at: Option<i64>, audited: &mut Audited) {
        let mut speakers = BTreeSet::new();
        match Statement::parse(&self.row.request) {
            Ok(request) => {
                self.about(&request, self.place(), audited);
                if request.who.to_string() != self.certificate.asked_by {
                    audited.find(
                        "certificate-altered",
                        format!("certificate {}", self.certificate.id),
                        "申请人与用印申请不一致",
                    );
                }
                speakers.insert(request.who.to_string());
            }
            Err(error) => audited.find("use-altered", self.place(), format!("用印申请无法读取（{error}）")),
        }
        for row in self.approvals {
            let place = self.approval(row);
            let statement = match Statement::parse(&row.statement) {
                Ok(statement) => statement,
                Err(error) => {
                    audited.find("approval-altered", place, format!("审批意见无法读取（{error}）"));
                    continue;
                }
            };
            self.about(&statement, place.clone(), audited);
            let same = statement.step.as_str() == row.step
                && statement.decision.as_str() == row.decision
                && statement.who.to_string() == row.staff
                && statement.at == time(row.at)
                && statement.meeting.map(|digest| digest.as_bytes().to_vec()) == row.meeting
                && row.asked_by == self.certificate.asked_by
                && (row.decision == "refuse" || row.reasons.is_empty());
            if !same {
                audited.find("approval-altered", &place, "审批意见与所登记的步骤、人员或时间不一致");
            }
            let evidence = self.evidence.iter().find(|evidence| evidence.step == row.step);
            self.register.factors.judge(row, &statement, evidence, &place, audited);
            if !speakers.insert(row.staff.clone()) {
                audited.find("same-person", &place, "申请与审批出自同一人，或同一人审批了两步");
            }
            if logged_at.is_some_and(|logged| logged < row.at) {
                audited.find("approval-late", &place, "审批时间晚于用印记入账本的时间");
            }
            match self.register.staff.get(&row.staff) {
                Some(person) if self.may(person, &statement) => {}
                Some(_) => audited.find("approver-wrong", &place, "审批人当时不具有这一步骤的审批资格"),
                None => audited.find("staff-missing", format!("staff {}", row.staff), "审批人的登记缺失"),
            }
        }
    }

    fn about(&self, statement: &Statement, place: String, audited: &mut Audited) {
        let this = statement.certificate.to_string() == self.certificate.id;
        let document = statement.document.as_bytes().as_slice() == self.certificate.unsealed;
        let template = statement.template.as_bytes().as_slice() == self.certificate.template_version;
        let case = statement.case.as_str() == self.matter.case_no;
        let item = statement.step == Step::Request || statement.item.as_str() == self.row.item;
        match (this, document && template && case && item) {
            (false, _) => audited.find("statement-copied", place, "所附意见是对另一份证照作出的"),
            (true, false) => audited.find("statement-altered", place, "所附意见与证照、模板、办件或事项不一致"),
            (true, true) => {}
        }
    }

    /// Registered for the step, in the department whose seal it is, with a permit on that day.
    fn may(&self, person: &StaffRow, statement: &Statement) -> bool {
        let duty = match statement.step {
            Step::Review | Step::SecondReview => "reviewer",
            Step::Chief => "chief",
            Step::Leader => "leader",
            Step::Request => return false,
        };
        let day = china_date(statement.at).to_string();
        let permitted = person.permit_from <= day && day <= person.permit_to;
        let decided = matches!(statement.decision, Decision::Approve | Decision::Refuse);
        person.duty == duty && person.department.as_deref() == Some(&self.row.department) && permitted && decided
    }
}

fn salted(salt: &[u8], statement: &[u8]) -> Option<Digest> {
    Some(approval_digest(&salt.try_into().ok()?, statement))
}
