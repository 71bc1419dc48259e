//! Fees (统一收费, R12): whether one is due stands on the case, is recorded as paid at a window once, and nothing is sealed or
//! handed out before.

use super::id::{StaffId, WindowNo};
use super::opening::Moment;
use super::refusal::{Reasons, Refusal};
use super::spelling::spelled;
use super::staff::{Actor, Duty, Place};

/// Longest number of a receipt, in characters.
const MAX_RECEIPT: usize = 64;
/// The most that is recorded as paid, in fen: a hundred million yuan.
const MOST: i64 = 10_000_000_000;

spelled! {
    /// How it stands with a case's fee.
    pub enum Fee {
        /// There is none.
        Free = "free",
        /// It is to be paid.
        Due = "due",
        /// It is paid, or the case is exempted.
        Paid = "paid",
    }
}

impl Fee {
    /// The Chinese word for it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Free => "不收费",
            Self::Due => "待缴费",
            Self::Paid => "已缴费",
        }
    }

    /// Nothing is sealed or handed out while a fee is due.
    pub fn require_settled(self, reasons: &mut Reasons) {
        if self == Self::Due {
            reasons.add("fee-unpaid", "本件应缴费用尚未缴清，请先在窗口登记缴费（或减免）后再办理");
        }
    }
}

/// A payment as the rules see it.
#[derive(Debug, Clone, Copy)]
pub struct Payment<'a> {
    /// The clerk, and at which window.
    pub actor: Actor<'a>,
    /// How it stands with the fee.
    pub fee: Fee,
    /// Whether the case has ended without a certificate.
    pub ended: bool,
    /// In fen; 0 for an exemption.
    pub amount: i64,
    /// Number of the receipt, or of the document that exempts the case.
    pub receipt: &'a str,
    /// Now.
    pub now: Moment,
}

/// A payment the rules allow to be recorded. Made only by [`settle`].
#[derive(Debug)]
pub struct Settled {
    receipt: String,
    window: WindowNo,
    clerk: StaffId,
}

impl Settled {
    /// Number of the receipt.
    pub fn receipt(&self) -> &str {
        &self.receipt
    }

    /// At which window.
    pub fn window(&self) -> &WindowNo {
        &self.window
    }

    /// By whom.
    pub fn clerk(&self) -> StaffId {
        self.clerk
    }
}

/// Whether the clerk may record this payment.
pub fn settle(payment: &Payment<'_>) -> Result<Settled, Refusal> {
    let mut reasons = Reasons::new();
    let staff = payment.actor.staff;
    payment.actor.check_presence(&payment.now, &mut reasons);
    if staff.duty != Duty::Clerk {
        reasons.add("wrong-duty", format!("{}不办理窗口业务，请由窗口人员办理", staff.duty.title()));
    }
    let window = match payment.actor.place {
        Place::Window(window) if staff.windows.contains(&window.no) => Some(window),
        Place::Window(window) => {
            let text = format!("未登记在{}（{}）工作，请到登记的窗口办理", window.name, window.no);
            reasons.add("wrong-window", text);
            None
        }
        _ => {
            reasons.add("not-at-a-window", "须在登记的窗口办理");
            None
        }
    };
    match payment.fee {
        Fee::Free => reasons.add("no-fee", "本件不收费，无需登记缴费"),
        Fee::Paid => reasons.add("already-paid", "本件已登记缴费，请查看缴费记录"),
        Fee::Due => reasons.require(!payment.ended, "ended", "本件已终止，无需缴费"),
    }
    if !(0..=MOST).contains(&payment.amount) {
        reasons.add_field("bad-amount", "amount", "金额应为不小于0的数，最多两位小数；减免的填0");
    }
    let receipt = payment.receipt.trim();
    if receipt.is_empty() || receipt.chars().count() > MAX_RECEIPT || receipt.chars().any(char::is_control) {
        let text = format!("请填写票据号码（减免的填减免文书编号），不超过{MAX_RECEIPT}个字");
        reasons.add_field("receipt-missing", "receipt", text);
    }
    reasons.into_result()?;
    let window = window.ok_or_else(|| Refusal::because("not-at-a-window", "须在登记的窗口办理"))?;
    Ok(Settled { receipt: receipt.to_owned(), window: window.no.clone(), clerk: staff.id })
}

/// `80`, `80.5` or `80.50` yuan in fen; none where it is no amount.
pub fn fen(yuan: &str) -> Option<i64> {
    let (whole, part) = yuan.trim().split_once('.').unwrap_or((yuan.trim(), ""));
    let digits = |text: &str, most: usize| text.len() <= most && text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole, 9) || !digits(part, 2) {
        return None;
    }
    Some(whole.parse::<i64>().ok()? * 100 + format!("{part:0<2}").parse::<i64>().ok()?)
}

/// Fen as `80.50`.
pub fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hall::example::{friday, hall, in_hall, person, window};
    use crate::hall::file::Hall;
    use crate::hall::staff::Staff;

    fn codes(change: impl FnOnce(&mut Payment<'_>)) -> Vec<&'static str> {
        let hall = hall();
        let clerk = person(1, Duty::Clerk, None, &["A01"]);
        let mut payment = Payment {
            actor: Actor { staff: &clerk, place: Place::Window(window(&hall, "A01")) },
            fee: Fee::Due,
            ended: false,
            amount: 8000,
            receipt: "吉财0001",
            now: in_hall(&hall, friday()),
        };
        change(&mut payment);
        settle(&payment).err().map(|refusal| refusal.codes()).unwrap_or_default()
    }

    #[test]
    fn r12_a_fee_is_recorded_once_at_a_registered_window() {
        assert_eq!(codes(|_| {}), [""; 0]);
        assert_eq!(codes(|payment| payment.amount = 0), [""; 0], "exempted");
        assert_eq!(codes(|payment| payment.fee = Fee::Paid), ["already-paid"]);
        assert_eq!(codes(|payment| payment.fee = Fee::Free), ["no-fee"]);
        assert_eq!(codes(|payment| payment.ended = true), ["ended"]);
        let hall: &Hall = Box::leak(Box::new(hall()));
        let refused = codes(|payment| {
            payment.actor.place = Place::Window(window(hall, "A02"));
            (payment.amount, payment.receipt) = (-1, " ");
        });
        assert_eq!(refused, ["wrong-window", "bad-amount", "receipt-missing"]);
        let chief: &Staff = Box::leak(Box::new(person(2, Duty::Chief, Some("scjg"), &[])));
        let refused = codes(|payment| payment.actor = Actor { staff: chief, place: Place::Elsewhere });
        assert_eq!(refused, ["outside-hall", "wrong-duty", "not-at-a-window"]);
    }

    #[test]
    fn amounts_are_read_to_the_fen() {
        for (text, amount) in [("80", 8000), ("80.5", 8050), ("80.05", 8005), ("0", 0), (" 7.10 ", 710)] {
            assert_eq!(fen(text), Some(amount), "{text}");
        }
        for text in ["", ".5", "-1", "+1", "1.234", "八十", "1e3", "9999999999"] {
            assert_eq!(fen(text), None, "{text}");
        }
        assert_eq!(yuan(8005), "80.05");
    }
}
