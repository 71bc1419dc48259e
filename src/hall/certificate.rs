//! Certificates (证照): the way from draft to delivery, and the standing afterwards.
//!
//! Both live outside the PDF: a sealed page never changes, so a verifier answers for the moment of sealing and for
//! today.

use super::seal::InvalidTransition;
use super::spelling::spelled;

spelled! {
    /// How far a certificate has come.
    pub enum CertificateState {
        /// Being filled in; has no number yet.
        Draft = "draft",
        /// Composed and numbered, its bytes fixed; waits for approval.
        Submitted = "submitted",
        /// Approved by everybody needed.
        Approved = "approved",
        /// Refused by an approver; the end.
        Refused = "refused",
        /// The use stands in the ledger; the seal is being set.
        Logged = "logged",
        /// Sealed and verified.
        Sealed = "sealed",
        /// Handed out.
        Delivered = "delivered",
        /// Logged but never finished, and voided by a further record; the end.
        Voided = "voided",
    }
}

spelled! {
    /// Whether a sealed certificate is in force.
    pub enum Standing {
        /// 有效.
        InForce = "in-force",
        /// 变更: replaced by another one.
        Superseded = "superseded",
        /// 撤销、吊销.
        Withdrawn = "withdrawn",
        /// 注销.
        Cancelled = "cancelled",
        /// 过期.
        Expired = "expired",
    }
}

impl CertificateState {
    /// The Chinese word for it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Draft => "草稿",
            Self::Submitted => "待审批",
            Self::Approved => "已批准",
            Self::Refused => "未批准",
            Self::Logged => "用印中",
            Self::Sealed => "已用印",
            Self::Delivered => "已出证",
            Self::Voided => "已作废",
        }
    }

    /// The clerk asks for sealing.
    pub fn submit(self) -> Result<Self, InvalidTransition> {
        self.step(Self::Draft, Self::Submitted, "提交")
    }

    /// The last approver needed approves.
    pub fn approve(self) -> Result<Self, InvalidTransition> {
        self.step(Self::Submitted, Self::Approved, "批准")
    }

    /// An approver refuses.
    pub fn refuse(self) -> Result<Self, InvalidTransition> {
        self.step(Self::Submitted, Self::Refused, "退回")
    }

    /// The use is in the ledger.
    pub fn log(self) -> Result<Self, InvalidTransition> {
        self.step(Self::Approved, Self::Logged, "登记用印")
    }

    /// The finished bytes are verified.
    pub fn seal(self) -> Result<Self, InvalidTransition> {
        self.step(Self::Logged, Self::Sealed, "用印")
    }

    /// A logged use cannot be finished.
    pub fn void(self) -> Result<Self, InvalidTransition> {
        self.step(Self::Logged, Self::Voided, "作废用印登记")
    }

    /// It is handed out.
    pub fn deliver(self) -> Result<Self, InvalidTransition> {
        self.step(Self::Sealed, Self::Delivered, "出证")
    }

    /// Whether the seal is on it.
    pub const fn is_sealed(self) -> bool {
        matches!(self, Self::Sealed | Self::Delivered)
    }

    fn step(self, from: Self, to: Self, act: &'static str) -> Result<Self, InvalidTransition> {
        if self == from { Ok(to) } else { Err(InvalidTransition { what: "证照", state: self.title(), act }) }
    }
}

impl Standing {
    /// The Chinese word for it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::InForce => "有效",
            Self::Superseded => "已变更",
            Self::Withdrawn => "已撤销",
            Self::Cancelled => "已注销",
            Self::Expired => "已过期",
        }
    }

    /// Another certificate takes its place.
    pub fn supersede(self) -> Result<Self, InvalidTransition> {
        self.end(Self::Superseded, "变更")
    }

    /// A decision withdraws it. An expired one can still be withdrawn: the decision also speaks about the time before.
    pub fn withdraw(self) -> Result<Self, InvalidTransition> {
        if self == Self::Expired { Ok(Self::Withdrawn) } else { self.end(Self::Withdrawn, "撤销") }
    }

    /// It is cancelled at its holder's wish or by law.
    pub fn cancel(self) -> Result<Self, InvalidTransition> {
        self.end(Self::Cancelled, "注销")
    }

    /// Its last day has passed.
    pub fn expire(self) -> Result<Self, InvalidTransition> {
        self.end(Self::Expired, "转为过期")
    }

    fn end(self, to: Self, act: &'static str) -> Result<Self, InvalidTransition> {
        if self == Self::InForce { Ok(to) } else { Err(InvalidTransition { what: "证照", state: self.title(), act }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_goes_one_way() {
        use CertificateState::*;
        type Act = fn(CertificateState) -> Result<CertificateState, InvalidTransition>;
        let table: [(Act, CertificateState, CertificateState); 7] = [
            (CertificateState::submit, Draft, Submitted),
            (CertificateState::approve, Submitted, Approved),
            (CertificateState::refuse, Submitted, Refused),
            (CertificateState::log, Approved, Logged),
            (CertificateState::seal, Logged, Sealed),
            (CertificateState::void, Logged, Voided),
            (CertificateState::deliver, Sealed, Delivered),
        ];
        for (act, from, to) in table {
            for &state in CertificateState::ALL {
                assert_eq!(act(state).ok(), (state == from).then_some(to), "from {state}");
            }
        }
        assert_eq!(Draft.deliver().unwrap_err().to_string(), "证照现为“草稿”，不能出证");
        let sealed: Vec<_> = CertificateState::ALL.iter().filter(|state| state.is_sealed()).collect();
        assert_eq!(sealed, [&Sealed, &Delivered]);
    }

    #[test]
    fn what_is_no_longer_in_force_stays_so() {
        use Standing::*;
        type Act = fn(Standing) -> Result<Standing, InvalidTransition>;
        let table: [(Act, &[Standing], Standing); 4] = [
            (Standing::supersede, &[InForce], Superseded),
            (Standing::withdraw, &[InForce, Expired], Withdrawn),
            (Standing::cancel, &[InForce], Cancelled),
            (Standing::expire, &[InForce], Expired),
        ];
        for (act, from, to) in table {
            for &standing in Standing::ALL {
                assert_eq!(act(standing).ok(), from.contains(&standing).then_some(to), "from {standing}");
            }
        }
    }
}
