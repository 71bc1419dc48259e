//! By what somebody confirms an act: a passkey that signs the act's own text, a one-time code, or nothing beyond the session.
//!
//! What is signed is named by its digest: an approval's statement ([`super::approve`]), or the short text of another act ([`access_text`]).
//! The hall decides who has to show what ([`Demand`]); all that is wrong is said together with the act's other reasons.

use jiff::Timestamp;

use crate::app::App;
use crate::db::passkey::{ApprovalEvidence, OneTimeCodeRow, PasskeyRow};
use crate::digest::Digest;
use crate::hall::means::{Demand, Has, Means};
use crate::hall::pause::still;
use crate::hall::refusal::{Reasons, Refusal};
use crate::passkey::{Assertion, PasskeyKey, totp, verify};

use super::person::Person;
use super::{ActError, inconsistent};

/// What somebody gives to confirm an act.
#[derive(Debug, Clone, Default)]
pub enum Confirmation {
    /// Nothing beyond the session.
    #[default]
    Session,
    /// A one-time code.
    Code(String),
    /// A passkey's signature.
    Passkey {
        /// Which passkey: its row.
        passkey: String,
        /// The time in the text it signed.
        said_at: Timestamp,
        /// The signature, with what belongs to it.
        assertion: Box<Assertion>,
    },
}

/// The same with what the hall knows of the person.
pub(super) struct Shown {
    /// By what.
    pub(super) by: Means,
    /// The time in the text that is confirmed.
    pub(super) said_at: Timestamp,
    has: Has,
    codes: Option<OneTimeCodeRow>,
    passkey: Option<PasskeyRow>,
    given: Confirmation,
}

/// What the rows say of a confirmation that holds; to be used up.
pub(super) enum Held {
    Nothing,
    Code { codes: String, period: i64 },
    Passkey { passkey: String, counter: u32, assertion: Box<Assertion> },
}

impl Shown {
    /// Looks up what the person has registered.
    pub(super) async fn by(app: &App, person: &Person, given: Confirmation) -> Result<Self, ActError> {
        let staff = person.staff.id.to_string();
        let (passkeys, codes) = (app.db.passkeys_of(&staff).await?, app.db.codes_of(&staff).await?);
        let has = Has { passkeys: !passkeys.is_empty(), codes: codes.is_some() };
        let mut shown = Self { by: Means::Session, said_at: app.now(), has, codes, passkey: None, given };
        match &shown.given {
            Confirmation::Session => {}
            Confirmation::Code(_) => shown.by = Means::Code,
            Confirmation::Passkey { passkey, said_at, .. } => {
                let row = passkeys.into_iter().find(|row| row.id == *passkey);
                let unknown = || Refusal::because("passkey-unknown", "这把通行密钥没有登记在您名下，或已经注销");
                let row = row.ok_or_else(unknown)?;
                (shown.by, shown.said_at) = (Means::Passkey(Digest::of(&row.key)), *said_at);
                shown.passkey = Some(row);
            }
        }
        Ok(shown)
    }

    /// Whether it is enough, and right. `challenge`: the digest of what is confirmed; `None` if that is refused anyway. A wrong code is counted.
    pub(super) async fn check(
        &self,
        app: &App,
        demand: Demand,
        challenge: Option<Digest>,
        reasons: &mut Reasons,
    ) -> Result<Held, ActError> {
        demand.check(self.has, self.by, reasons);
        match (&self.given, &self.codes, &self.passkey) {
            (Confirmation::Code(code), Some(codes), _) => self.check_code(app, codes, code, reasons).await,
            (Confirmation::Code(_), None, _) => {
                reasons.add_field("code-not-registered", "code", "您没有登记动态码，请先在“我的账户”登记");
                Ok(Held::Nothing)
            }
            (Confirmation::Passkey { assertion, .. }, _, Some(passkey)) => {
                let key = PasskeyKey { spki: &passkey.key, backup_eligible: passkey.backup_eligible };
                let Some(challenge) = challenge else { return Ok(Held::Nothing) };
                match verify(&app.relying_party, &challenge, key, assertion) {
                    Ok(counter) => {
                        Ok(Held::Passkey { passkey: passkey.id.clone(), counter, assertion: assertion.clone() })
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a passkey's signature was not accepted");
                        reasons.add("passkey-wrong", "通行密钥的签名与这一件不符，请刷新页面后再确认一次");
                        Ok(Held::Nothing)
                    }
                }
            }
            _ => Ok(Held::Nothing),
        }
    }

    async fn check_code(
        &self,
        app: &App,
        codes: &OneTimeCodeRow,
        given: &str,
        reasons: &mut Reasons,
    ) -> Result<Held, ActError> {
        let now = app.now();
        if let Some(seconds) = still(codes.failures, codes.failed_at, now.as_microsecond()) {
            reasons.add_field("code-too-soon", "code", format!("动态码错得太多，请等 {seconds} 秒再试"));
            return Ok(Held::Nothing);
        }
        let secret = app.vault.one_time_secret(&codes.staff, &codes.id)?;
        match totp::period_of(&secret, given, now.as_second()) {
            Some(period) => Ok(Held::Code { codes: codes.id.clone(), period }),
            None => {
                app.db.wrong_code(&codes.id, now.as_microsecond()).await?;
                reasons.add_field("code-wrong", "code", "动态码不对或已过期，请填写身份验证器上当前的六位数字");
                Ok(Held::Nothing)
            }
        }
    }
}

impl Held {
    /// Uses it up for `what`: a code is good once, a signature counter only goes up. The same for the very same is no second use.
    pub(super) async fn use_up(self, app: &App, what: &str) -> Result<Option<ApprovalEvidence>, ActError> {
        let (used, evidence) = match self {
            Self::Nothing => return Ok(None),
            Self::Code { codes, period } => {
                (app.db.use_code(&codes, period, what).await?, ApprovalEvidence::Code { codes, period })
            }
            Self::Passkey { passkey, counter, assertion } => {
                let used = app.db.use_passkey(&passkey, counter, what).await?;
                let Assertion { client_data, authenticator_data, signature } = *assertion;
                (used, ApprovalEvidence::Passkey { passkey, client_data, authenticator_data, signature })
            }
        };
        if used {
            return Ok(Some(evidence));
        }
        let mut reasons = Reasons::new();
        match evidence {
            ApprovalEvidence::Code { .. } => {
                reasons.add_field(CODE_USED, "code", "这个动态码已经用过，请等下一个（30 秒一换）")
            }
            ApprovalEvidence::Passkey { .. } => {
                reasons.add("passkey-counter", "通行密钥的计数没有增加，它可能被复制过：请停用这把密钥并报告管理员");
            }
        }
        Err(reasons.into_result().map_or_else(ActError::Refused, |()| inconsistent("no reason")))
    }
}

/// The code of the refusal of a code given before.
pub(super) const CODE_USED: &str = "code-used";

/// The text of an act that is no approval: what a passkey confirms of it.
pub fn access_text(app: &App, person: &Person, session: &Digest, act: &str, at: Timestamp) -> String {
    let (origin, who, session) = (app.relying_party.origin(), person.staff.id, Digest::of(session.as_bytes()));
    format!("yinxin-access/v1\norigin {origin}\nact {act}\nwho {who}\nsession {session}\nat {at:.6}\n")
}

/// How long such a confirmation may be handed in after its time.
const MOST_AGE: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

/// Confirms an act that is no approval by whatever the person has registered. `act` names it and what it is about, in one line.
pub(super) async fn confirm(
    app: &App,
    person: &Person,
    session: &Digest,
    act: &str,
    given: Confirmation,
    reasons: &mut Reasons,
) -> Result<Held, ActError> {
    confirm_as(app, person, session, act, (Demand::Registered, given), reasons).await
}

/// The same where the hall may demand more.
pub(super) async fn confirm_as(
    app: &App,
    person: &Person,
    session: &Digest,
    act: &str,
    (demand, given): (Demand, Confirmation),
    reasons: &mut Reasons,
) -> Result<Held, ActError> {
    let shown = match Shown::by(app, person, given).await {
        Ok(shown) => shown,
        Err(ActError::Refused(refusal)) => {
            reasons.absorb(refusal);
            return Ok(Held::Nothing);
        }
        Err(error) => return Err(error),
    };
    let age = app.now().duration_since(shown.said_at);
    reasons.require(
        !age.is_negative() && age <= MOST_AGE,
        "confirmation-stale",
        "确认与提交隔得太久，请重新打开页面后再确认一次",
    );
    let challenge = Digest::of(access_text(app, person, session, act, shown.said_at).as_bytes());
    shown.check(app, demand, Some(challenge), reasons).await
}
