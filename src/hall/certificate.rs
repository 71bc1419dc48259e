//! Certificates (证照): the way from draft to delivery, and the standing afterwards.
//!
//! Both live outside the PDF: a sealed page never changes, so a verifier answers for the moment of sealing and for
//! today.

use jiff::civil::Date;
use serde_json::{Map, Value};

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

spelled! {
    /// How a certificate takes the place of an earlier one of the same number.
    pub enum Replacement {
        /// 变更: something on its face has changed.
        Change = "change",
        /// 换发、延续: a new term, or a new form.
        Renewal = "renewal",
        /// 补发: the earlier one was lost or is worn; the content is the same.
        Reissue = "reissue",
    }
}

impl Replacement {
    /// The Chinese word for it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Change => "变更",
            Self::Renewal => "换发（延续）",
            Self::Reissue => "补发",
        }
    }
}

/// The fields that say until when a certificate is valid: a day, or a term of which the last day counts.
const TERMS: [&str; 2] = ["有效期至", "有效期"];

/// The last day of a certificate's own term, as its fields say it; none where they name no term.
pub fn last_day(data: &Map<String, Value>) -> Option<Date> {
    let text = TERMS.iter().find_map(|field| data.get(*field)).and_then(Value::as_str)?;
    written_day(text.rsplit('至').next().unwrap_or(text).trim())
}

/// `2029-11-19`, `2029年11月19日`, or the last day of `2029年11月`.
fn written_day(text: &str) -> Option<Date> {
    if let Ok(day) = text.parse() {
        return Some(day);
    }
    let (year, rest) = text.split_once('年').or_else(|| text.split_once('-'))?;
    let year = year.parse().ok()?;
    match rest.strip_suffix('日').and_then(|rest| rest.split_once('月')) {
        Some((month, day)) => Date::new(year, month.parse().ok()?, day.parse().ok()?).ok(),
        None => Date::new(year, rest.trim_end_matches('月').parse().ok()?, 1).ok().map(Date::last_of_month),
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

    /// Where a certificate stands on a day, from the state its row has and its last day; none before it is sealed.
    pub fn on(state: &str, last_day: Option<Date>, today: Date) -> Option<Self> {
        match state {
            "sealed" if last_day.is_some_and(|last| last < today) => Some(Self::Expired),
            "sealed" => Some(Self::InForce),
            other => other.parse().ok().filter(|standing| *standing != Self::InForce),
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

    /// It is cancelled at its holder's wish or by law. An expired one that nobody renewed is cancelled, too (行政许可法第七十条).
    pub fn cancel(self) -> Result<Self, InvalidTransition> {
        if self == Self::Expired { Ok(Self::Cancelled) } else { self.end(Self::Cancelled, "注销") }
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
    use jiff::civil::date;

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
            (Standing::cancel, &[InForce, Expired], Cancelled),
            (Standing::expire, &[InForce], Expired),
        ];
        for (act, from, to) in table {
            for &standing in Standing::ALL {
                assert_eq!(act(standing).ok(), from.contains(&standing).then_some(to), "from {standing}");
            }
        }
    }

    /// docs/DATA_MODEL.md draws exactly these steps, the ways of both tables above.
    #[test]
    fn the_diagram_of_certificates_is_the_code() {
        type Way<T> = (&'static str, fn(T) -> Result<T, InvalidTransition>);
        fn edges<T: Copy + std::fmt::Display>(all: &[T], ways: &[Way<T>]) -> Vec<String> {
            let from = |(name, act): &Way<T>, state: &T| act(*state).ok().map(|to| format!("{state} --> {to}: {name}"));
            ways.iter().flat_map(|way| all.iter().filter_map(|state| from(way, state)).collect::<Vec<_>>()).collect()
        }
        let mut coded = edges(
            CertificateState::ALL,
            &[
                ("submit", CertificateState::submit),
                ("approve", CertificateState::approve),
                ("refuse", CertificateState::refuse),
                ("log", CertificateState::log),
                ("seal", CertificateState::seal),
                ("void", CertificateState::void),
                ("deliver", CertificateState::deliver),
            ],
        );
        coded.extend(edges(
            Standing::ALL,
            &[
                ("supersede", Standing::supersede),
                ("withdraw", Standing::withdraw),
                ("cancel", Standing::cancel),
                ("expire", Standing::expire),
            ],
        ));
        let page = include_str!("../../docs/DATA_MODEL.md");
        let section = page.split("\n## ").find(|section| section.starts_with("Certificate")).expect("a section");
        let drawn = section.lines().map(str::trim).filter(|line| line.contains(" --> ")).collect::<Vec<_>>();
        assert_eq!(drawn, coded);
    }

    #[test]
    fn the_last_day_is_what_the_face_says() {
        let of = |field: &str, text: &str| last_day(&Map::from_iter([(field.to_owned(), Value::from(text))]));
        assert_eq!(of("有效期至", "2031-11-19"), Some(date(2031, 11, 19)));
        assert_eq!(of("有效期", "2026年11月20日至2029年11月19日"), Some(date(2029, 11, 19)));
        assert_eq!(of("有效期", "2026年3月至2028年2月"), Some(date(2028, 2, 29)));
        assert_eq!(of("有效期", "2026-03至2028-02"), Some(date(2028, 2, 29)));
        assert_eq!(of("发证日期", "2026-11-20"), None);
        assert_eq!(of("有效期至", "长期"), None);
    }

    #[test]
    fn a_certificate_expires_on_the_day_after_its_last() {
        let last = Some(date(2026, 11, 20));
        assert_eq!(Standing::on("sealed", last, date(2026, 11, 20)), Some(Standing::InForce));
        assert_eq!(Standing::on("sealed", last, date(2026, 11, 21)), Some(Standing::Expired));
        assert_eq!(Standing::on("sealed", None, date(2096, 11, 21)), Some(Standing::InForce));
        assert_eq!(Standing::on("withdrawn", last, date(2026, 11, 21)), Some(Standing::Withdrawn));
        for state in ["submitted", "refused", "voided", "in-force"] {
            assert_eq!(Standing::on(state, last, date(2026, 11, 21)), None, "{state}");
        }
    }
}
