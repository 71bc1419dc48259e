//! What confirmed an approval, against the very statement: the passkey's signature is checked again, over the digest of what the row holds today.

use std::collections::HashMap;

use crate::db::passkey::{EvidenceRow, OneTimeCodeRow, PasskeyRow};
use crate::db::seal_use::ApprovalRow;
use crate::digest::Digest;
use crate::hall::approval::Statement;
use crate::hall::means::Means;
use crate::passkey::{Assertion, PasskeyKey, RelyingParty, totp, verify};

use super::{AuditError, Audited, Books};

/// What approvals are confirmed by: looked up once.
pub(super) struct Factors {
    passkeys: HashMap<String, PasskeyRow>,
    codes: HashMap<String, OneTimeCodeRow>,
    rp: RelyingParty,
}

impl Factors {
    pub(super) async fn load(books: &Books) -> Result<Self, AuditError> {
        let (passkeys, codes) = (books.db.all_passkeys().await?, books.db.all_codes().await?);
        Ok(Self {
            passkeys: passkeys.into_iter().map(|row| (row.id.clone(), row)).collect(),
            codes: codes.into_iter().map(|row| (row.id.clone(), row)).collect(),
            rp: RelyingParty::of(&books.base_url),
        })
    }

    /// The evidence of one approval: `row` says who decided, `statement` by what.
    pub(super) fn judge(
        &self,
        row: &ApprovalRow,
        statement: &Statement,
        evidence: Option<&EvidenceRow>,
        place: &str,
        audited: &mut Audited,
    ) {
        match (statement.by, evidence) {
            (Means::Session, None) => {}
            (Means::Session, Some(_)) => {
                audited.find("evidence-altered", place, "审批意见没有说用了通行密钥或动态码，却附有其证据");
            }
            (_, None) => audited.find("evidence-missing", place, "审批意见说用了通行密钥或动态码，证据缺失"),
            (Means::Passkey(key), Some(evidence)) => {
                let Some(passkey) = evidence.passkey.as_ref().and_then(|id| self.passkeys.get(id)) else {
                    return audited.find("evidence-altered", place, "所用的通行密钥没有登记");
                };
                let stood = stood(passkey.registered_at, passkey.removed_at, row.at);
                if Digest::of(&passkey.key) != key || passkey.staff != row.staff || !stood {
                    return audited.find("evidence-altered", place, "所用的不是审批人当时登记的那把通行密钥");
                }
                if !self.is_signed(passkey, statement, evidence) {
                    audited.find("evidence-altered", place, "通行密钥的签名与审批意见不符");
                } else {
                    audited.signed_approvals += 1;
                }
            }
            (Means::Code, Some(evidence)) => {
                let codes = evidence.codes.as_ref().and_then(|id| self.codes.get(id));
                let own = codes.is_some_and(|codes| {
                    codes.staff == row.staff && stood(codes.registered_at, codes.removed_at, row.at)
                });
                let apart = evidence.period.map(|period| (period - totp::period(statement.at.as_second())).abs());
                if !own || apart.is_none_or(|apart| apart > 1) {
                    audited.find("evidence-altered", place, "动态码的证据与审批人或审批时间不符");
                }
            }
        }
    }

    fn is_signed(&self, passkey: &PasskeyRow, statement: &Statement, evidence: &EvidenceRow) -> bool {
        let EvidenceRow {
            client_data: Some(client_data),
            authenticator_data: Some(data),
            signature: Some(signature),
            ..
        } = evidence
        else {
            return false;
        };
        let assertion = Assertion {
            client_data: client_data.clone(),
            authenticator_data: data.clone(),
            signature: signature.clone(),
        };
        let key = PasskeyKey { spki: &passkey.key, backup_eligible: passkey.backup_eligible };
        verify(&self.rp, &statement.challenge(), key, &assertion).is_ok()
    }
}

/// Whether something registered and perhaps removed stood at that time (microseconds). It is removed in the act that says so, a little after
/// the last use before it.
fn stood(registered: i64, removed: Option<i64>, at: i64) -> bool {
    registered <= at && removed.is_none_or(|removed| at <= removed)
}
