//! Cancelling a certificate (注销): at its holder's wish, or where 行政许可法第七十条 says so. The department that issued it does,
//! by its chief representative. Withdrawing (撤销) is a decision of its own, with a sealed document.

use super::certificate::Standing;
use super::id::{DepartmentKey, StaffId};
use super::opening::Moment;
use super::refusal::{Reasons, Refusal};
use super::spelling::spelled;
use super::staff::{Actor, Duty};

/// Longest reason, in characters.
const MAX_REASON: usize = 500;

spelled! {
    /// Why a certificate is cancelled.
    pub enum Ground {
        /// The holder asks for it.
        Holder = "holder",
        /// 有效期届满未延续.
        Lapsed = "lapsed",
        /// The citizen has died or cannot act any more.
        Deceased = "deceased",
        /// The organisation has ended.
        Dissolved = "dissolved",
        /// The permit was withdrawn or revoked by decision.
        Revoked = "revoked",
        /// Force majeure makes what is permitted impossible.
        Impossible = "impossible",
        /// Another law says so.
        Law = "law",
    }
}

impl Ground {
    /// The Chinese word for it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Holder => "持证人申请注销",
            Self::Lapsed => "有效期届满未延续",
            Self::Deceased => "公民死亡或者丧失行为能力",
            Self::Dissolved => "法人或者其他组织依法终止",
            Self::Revoked => "许可依法被撤销、撤回或者证件依法被吊销",
            Self::Impossible => "因不可抗力导致许可事项无法实施",
            Self::Law => "法律、法规规定的其他情形",
        }
    }
}

/// A cancellation as the rules see it.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Who cancels.
    pub actor: Actor<'a>,
    /// The department that issued it; none for a document of several.
    pub department: Option<&'a DepartmentKey>,
    /// Where it stands today; none before it is sealed.
    pub standing: Option<Standing>,
    /// Whether it is an annotated copy, which stands and falls with its original.
    pub copy: bool,
    /// Whether it is a letter of authorization, which ends when that is revoked.
    pub letter: bool,
    /// Why.
    pub ground: Ground,
    /// The facts, and the document they stand in.
    pub reason: &'a str,
    /// Now.
    pub now: Moment,
}

/// A cancellation the rules allow. Made only by [`cancel`].
#[derive(Debug)]
pub struct Cancelled {
    reason: String,
    chief: StaffId,
}

impl Cancelled {
    /// The facts, in one line.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Who cancelled it.
    pub fn chief(&self) -> StaffId {
        self.chief
    }
}

/// Whether the certificate may be cancelled.
pub fn cancel(asked: &Asked<'_>) -> Result<Cancelled, Refusal> {
    let mut reasons = Reasons::new();
    let staff = asked.actor.staff;
    asked.actor.check_presence(&asked.now, &mut reasons);
    if staff.duty != Duty::Chief {
        reasons.add("wrong-duty", format!("注销由首席代表办理，您的岗位是{}", staff.duty.title()));
    }
    if asked.department.is_none() || staff.department.as_ref() != asked.department {
        reasons.add("wrong-department", "只能注销本部门颁发的证照");
    }
    reasons.require(!asked.letter, "letter-is-revoked", "授权委托书不注销，请在该委托书的页面上撤销");
    reasons.require(!asked.copy, "annotated-copy", "加注件随原证照失效，不单独注销");
    match asked.standing.map(Standing::cancel) {
        None => reasons.add("not-sealed", "证照尚未签发，不能注销"),
        Some(Err(error)) => reasons.add("not-in-force", error.to_string()),
        Some(Ok(_)) if asked.ground == Ground::Lapsed && asked.standing != Some(Standing::Expired) => {
            reasons.add_field("not-expired", "ground", "证照尚在有效期内，不能以届满未延续注销");
        }
        Some(Ok(_)) => {}
    }
    let reason = asked.reason.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    if reason.is_empty() || reason.chars().count() > MAX_REASON || reason.chars().any(char::is_control) {
        let text = format!("请写明注销的事实和所依据的文件，不超过{MAX_REASON}个字");
        reasons.add_field("reason-missing", "reason", text);
    }
    reasons.into_result()?;
    Ok(Cancelled { reason, chief: staff.id })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::hall::example::{friday, hall, in_hall, person};
    use crate::hall::id::DeviceId;
    use crate::hall::staff::{Place, Staff};

    fn codes(change: impl FnOnce(&mut Asked<'_>)) -> Vec<&'static str> {
        let hall = hall();
        let chief = person(1, Duty::Chief, Some("scjg"), &[]);
        let department = "scjg".parse().unwrap();
        let mut asked = Asked {
            actor: Actor { staff: &chief, place: Place::Device(DeviceId::new(Timestamp::UNIX_EPOCH, &[7; 10])) },
            department: Some(&department),
            standing: Some(Standing::InForce),
            copy: false,
            letter: false,
            ground: Ground::Holder,
            reason: "持证人2026年11月20日申请",
            now: in_hall(&hall, friday()),
        };
        change(&mut asked);
        cancel(&asked).err().map(|refusal| refusal.codes()).unwrap_or_default()
    }

    #[test]
    fn the_issuing_department_cancels_what_is_in_force_or_has_run_out() {
        assert_eq!(codes(|_| {}), [""; 0]);
        assert_eq!(codes(|asked| asked.standing = Some(Standing::Expired)), [""; 0]);
        assert_eq!(codes(|asked| asked.ground = Ground::Lapsed), ["not-expired"]);
        assert_eq!(codes(|asked| asked.standing = Some(Standing::Withdrawn)), ["not-in-force"]);
        assert_eq!(codes(|asked| asked.standing = None), ["not-sealed"]);
        assert_eq!(codes(|asked| asked.copy = true), ["annotated-copy"]);
        assert_eq!(codes(|asked| asked.letter = true), ["letter-is-revoked"]);
        assert_eq!(codes(|asked| asked.department = None), ["wrong-department"]);
        let clerk: &Staff = Box::leak(Box::new(person(2, Duty::Clerk, None, &["A01"])));
        let refused = codes(|asked| {
            asked.actor = Actor { staff: clerk, place: Place::Elsewhere };
            asked.reason = "";
        });
        assert_eq!(refused, ["outside-hall", "wrong-duty", "wrong-department", "reason-missing"]);
    }
}
