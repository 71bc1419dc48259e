//! The two acts at the counter: a clerk submits a certificate for sealing, a clerk hands it out (R10, R11, R13).

use std::fmt;

use super::certificate::{CertificateState, Standing};
use super::department::{Department, Window, WindowKind};
use super::fee::Fee;
use super::id::{ItemCode, StaffId, WindowNo};
use super::identity::IdentityNumber;
use super::item::Item;
use super::opening::Moment;
use super::refusal::{Reasons, Refusal};
use super::spelling::spelled;
use super::staff::{Actor, Duty, Place};
use super::uscc::Uscc;

/// The longest name of a receiver and the longest number of another document, in characters.
const MAX_TEXT: usize = 64;

/// A submission as the rules see it.
#[derive(Debug, Clone, Copy)]
pub struct Submission<'a> {
    /// The clerk, and at which window.
    pub actor: Actor<'a>,
    /// The item.
    pub item: &'a Item,
    /// The item's department.
    pub department: &'a Department,
    /// Now.
    pub now: Moment,
}

/// A submission the rules allow. Made only by [`accept`].
#[derive(Debug)]
pub struct Accepted {
    item: ItemCode,
    window: WindowNo,
    clerk: StaffId,
}

impl Accepted {
    /// The item.
    pub fn item(&self) -> &ItemCode {
        &self.item
    }

    /// The window that accepted it.
    pub fn window(&self) -> &WindowNo {
        &self.window
    }

    /// The clerk who asks.
    pub fn clerk(&self) -> StaffId {
        self.clerk
    }
}

/// Whether a clerk may accept and submit this item at this window.
pub fn accept(submission: &Submission<'_>) -> Result<Accepted, Refusal> {
    let mut reasons = Reasons::new();
    let Submission { actor, item, department, now } = *submission;
    let window = check_clerk(&actor, WindowKind::Intake, &now, &mut reasons);
    if department.key != item.department {
        reasons.add("item-department", "事项不属于该部门，请核对事项");
    }
    let at_letter = "授权委托书用印由部门印章管理员（或大厅管理员）在该委托书的页面上申请，窗口不受理";
    reasons.require(!item.is_for_letters(), "letter-at-window", at_letter);
    // The hall's own clerks sit at the integrated windows and accept for every department; a department's clerk only
    // for that department, and not what it has entrusted to the integrated windows (禁止两头受理).
    if let Some(own) = &actor.staff.department {
        if *own != item.department {
            reasons.add("wrong-department", "部门窗口人员只能受理本部门事项，请到综合窗口办理");
        }
        if department.entrustment().is_some() {
            reasons.add("entrusted-intake", "该部门事项已委托综合窗口受理，其他窗口不得受理，请到综合窗口办理");
        }
        if item.guide.integrated {
            reasons.add("integrated-intake", "该事项已集中到综合窗口受理，其他窗口不得受理（禁止两头受理）");
        }
    }
    if !department.issues() {
        reasons.add("department-issues-nothing", "该部门不办理审批事项，请核对事项");
    }
    reasons.into_result()?;
    let window = window.ok_or_else(not_at_a_window)?;
    Ok(Accepted { item: item.code.clone(), window: window.no.clone(), clerk: actor.staff.id })
}

spelled! {
    /// How a certificate is handed out.
    pub enum DeliveryForm {
        /// On paper.
        Paper = "paper",
        /// As a file.
        File = "file",
        /// Both.
        Both = "both",
    }
}

spelled! {
    /// The document a receiver shows.
    pub enum IdentityDocument {
        /// 居民身份证.
        IdentityCard = "identity-card",
        /// 营业执照 or another certificate with a unified social credit code.
        BusinessLicence = "business-licence",
        /// Another one.
        Other = "other",
    }
}

impl DeliveryForm {
    /// As people read it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Paper => "纸质",
            Self::File => "电子文件",
            Self::Both => "纸质和电子文件",
        }
    }
}

/// The identity shown, as kept (`identity-card 220***…`), in words.
pub fn identity_in_words(kept: &str) -> String {
    let (document, number) = kept.split_once(' ').unwrap_or(("", kept));
    let word = match document.parse() {
        Ok(IdentityDocument::IdentityCard) => "身份证",
        Ok(IdentityDocument::BusinessLicence) => "营业执照",
        _ => "其他证件",
    };
    format!("{word} {number}")
}

/// A delivery as the rules see it.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// The clerk, and at which window.
    pub actor: Actor<'a>,
    /// How far the certificate has come.
    pub state: CertificateState,
    /// Whether it is in force.
    pub standing: Standing,
    /// How it stands with the case's fee.
    pub fee: Fee,
    /// Who receives it, as entered.
    pub receiver: &'a str,
    /// Which document was shown.
    pub document: IdentityDocument,
    /// Its number, as entered.
    pub number: &'a str,
    /// In which form it is handed out.
    pub form: DeliveryForm,
    /// Now.
    pub now: Moment,
}

/// What a receiver has shown. `Display` and `Debug` mask personal numbers.
#[derive(Clone, PartialEq, Eq)]
pub enum ShownIdentity {
    /// An identity card.
    Citizen(IdentityNumber),
    /// A business licence.
    Organisation(Uscc),
    /// Another document's number.
    Other(String),
}

/// A delivery the rules allow. Made only by [`hand_out`].
#[derive(Debug)]
pub struct HandedOut {
    receiver: String,
    identity: ShownIdentity,
    form: DeliveryForm,
    window: WindowNo,
    clerk: StaffId,
}

impl HandedOut {
    /// Who received it.
    pub fn receiver(&self) -> &str {
        &self.receiver
    }

    /// What they showed.
    pub fn identity(&self) -> &ShownIdentity {
        &self.identity
    }

    /// In which form.
    pub fn form(&self) -> DeliveryForm {
        self.form
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

/// Whether a clerk may hand out this certificate at this window, to this receiver.
pub fn hand_out(delivery: &Delivery<'_>) -> Result<HandedOut, Refusal> {
    let mut reasons = Reasons::new();
    let Delivery { actor, state, standing, form, now, .. } = *delivery;
    let window = check_clerk(&actor, WindowKind::Delivery, &now, &mut reasons);
    if state != CertificateState::Sealed {
        reasons.add("not-sealed", format!("证照当前为“{}”，只有已用印未出证的才能出证", state.title()));
    }
    if standing != Standing::InForce {
        reasons.add("not-in-force", format!("证照{}，不得再出证", standing.title()));
    }
    delivery.fee.require_settled(&mut reasons);
    let receiver = delivery.receiver.trim();
    if !is_one_line(receiver) {
        reasons.add_field(
            "receiver-missing",
            "receiver",
            format!("请填写领取人姓名（不超过{MAX_TEXT}个字，不含控制字符）"),
        );
    }
    let identity = ShownIdentity::parse(delivery.document, delivery.number.trim(), &mut reasons);
    reasons.into_result()?;
    let (window, identity) = window.zip(identity).ok_or_else(not_at_a_window)?;
    let (window, clerk) = (window.no.clone(), actor.staff.id);
    Ok(HandedOut { receiver: receiver.to_owned(), identity, form, window, clerk })
}

impl ShownIdentity {
    fn parse(document: IdentityDocument, number: &str, reasons: &mut Reasons) -> Option<Self> {
        let parsed = match document {
            IdentityDocument::IdentityCard => number.parse().map(Self::Citizen).map_err(|e| format!("{e}")),
            IdentityDocument::BusinessLicence => number.parse().map(Self::Organisation).map_err(|e| format!("{e}")),
            IdentityDocument::Other if is_one_line(number) => Ok(Self::Other(number.to_owned())),
            IdentityDocument::Other => Err(format!("请填写证件号码（不超过{MAX_TEXT}个字，不含控制字符）")),
        };
        parsed.map_err(|text| reasons.add_field("identity-not-valid", "number", text)).ok()
    }

    /// The kind of document.
    pub fn document(&self) -> IdentityDocument {
        match self {
            Self::Citizen(_) => IdentityDocument::IdentityCard,
            Self::Organisation(_) => IdentityDocument::BusinessLicence,
            Self::Other(_) => IdentityDocument::Other,
        }
    }
}

impl fmt::Display for ShownIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Citizen(number) => number.fmt(f),
            Self::Organisation(code) => code.fmt(f),
            Self::Other(number) => {
                let hidden = number.chars().count().saturating_sub(4);
                let shown = number.chars().skip(hidden.max(1));
                write!(f, "{}{}", "*".repeat(hidden.max(1)), String::from_iter(shown))
            }
        }
    }
}

impl fmt::Debug for ShownIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ShownIdentity({self})")
    }
}

/// A clerk, at a window of that kind, registered there.
fn check_clerk<'a>(actor: &Actor<'a>, kind: WindowKind, now: &Moment, reasons: &mut Reasons) -> Option<&'a Window> {
    actor.check_presence(now, reasons);
    if actor.staff.duty != Duty::Clerk {
        reasons.add("wrong-duty", format!("{}不办理窗口业务，请由窗口人员办理", actor.staff.duty.title()));
    }
    let Place::Window(window) = actor.place else {
        reasons.absorb(not_at_a_window());
        return None;
    };
    if window.kind != kind {
        let text = match kind {
            WindowKind::Intake => "本窗口不受理事项，请到受理窗口办理",
            WindowKind::Delivery => "证照只能从统一出件窗口发出，请到出件窗口办理",
        };
        reasons.add("window-kind", text);
    }
    if !actor.staff.windows.contains(&window.no) {
        reasons.add("wrong-window", format!("未登记在{}（{}）工作，请到登记的窗口办理", window.name, window.no));
    }
    Some(window)
}

fn not_at_a_window() -> Refusal {
    Refusal::because("not-at-a-window", "须在登记的窗口办理")
}

fn is_one_line(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= MAX_TEXT && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests;
