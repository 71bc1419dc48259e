//! By what somebody shows, beyond being signed in, that an approval is theirs: a passkey that signs the very statement, a one-time code
//! (weaker: it names no document), or nothing.

use std::fmt;
use std::str::FromStr;

use super::id::NotValid;
use super::refusal::Reasons;
use super::spelling::spelled;
use crate::digest::Digest;

/// By what a statement was confirmed; it stands in the statement itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// The session alone.
    Session,
    /// A one-time code (RFC 6238).
    Code,
    /// A passkey: SHA-256 of its SubjectPublicKeyInfo. Its signature over the statement is kept as evidence.
    Passkey(Digest),
}

impl fmt::Display for Means {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session => f.write_str("session"),
            Self::Code => f.write_str("totp"),
            Self::Passkey(key) => write!(f, "passkey {key}"),
        }
    }
}

impl FromStr for Means {
    type Err = NotValid;

    fn from_str(text: &str) -> Result<Self, NotValid> {
        match text {
            "session" => Ok(Self::Session),
            "totp" => Ok(Self::Code),
            _ => {
                let key = text.strip_prefix("passkey ").and_then(|key| key.parse().ok());
                key.map(Self::Passkey).ok_or(NotValid { what: "Means", rule: "session, totp or passkey and a digest" })
            }
        }
    }
}

spelled! {
    /// What the hall demands of approvals.
    pub enum Demand {
        /// Whoever has registered a passkey or codes uses them; the others approve by their session.
        Registered = "registered",
        /// A passkey, or a code of those who have no passkey.
        SecondFactor = "second-factor",
        /// A passkey.
        Passkey = "passkey",
    }
}

/// What somebody has registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Has {
    /// At least one passkey.
    pub passkeys: bool,
    /// One-time codes.
    pub codes: bool,
}

impl Demand {
    /// Whether what was shown is enough of somebody who has registered this.
    pub fn check(self, has: Has, shown: Means, reasons: &mut Reasons) {
        let (code, text) = match (shown, self) {
            (Means::Passkey(_), _) => return,
            (Means::Code, Self::Registered | Self::SecondFactor) if !has.passkeys => return,
            (Means::Session, Self::Registered) if has == Has::default() => return,
            (_, _) if has.passkeys => ("passkey-missing", "请用您登记的通行密钥确认这一次批准"),
            (_, Self::Passkey) => {
                ("passkey-not-registered", "本大厅的批准须用通行密钥确认，请先在“我的账户”登记通行密钥")
            }
            (_, _) if has.codes => ("code-missing", "请填写身份验证器上当前的六位动态码"),
            (_, _) => {
                ("second-factor-not-registered", "本大厅的批准须经通行密钥或动态码确认，请先在“我的账户”登记其中一种")
            }
        };
        match code {
            "code-missing" => reasons.add_field(code, "code", text),
            _ => reasons.add(code, text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_have_one_spelling() {
        let key = Means::Passkey(Digest::of(b"key"));
        for means in [Means::Session, Means::Code, key] {
            assert_eq!(means.to_string().parse(), Ok(means));
        }
        for bad in ["", "passkey", "passkey 00", "Session", "password", &key.to_string().to_uppercase()] {
            assert!(bad.parse::<Means>().is_err(), "{bad}");
        }
    }

    #[test]
    fn who_has_more_shows_more() {
        use Demand::*;
        let has = |passkeys, codes| Has { passkeys, codes };
        let key = Means::Passkey(Digest::of(b"key"));
        let said = |demand: Demand, has, shown| {
            let mut reasons = Reasons::new();
            demand.check(has, shown, &mut reasons);
            reasons.into_result().err().map_or("", |refusal| refusal.codes()[0])
        };
        let none = has(false, false);
        assert_eq!(said(Registered, none, Means::Session), "");
        assert_eq!(said(SecondFactor, none, Means::Session), "second-factor-not-registered");
        assert_eq!(said(Passkey, none, Means::Session), "passkey-not-registered");
        for demand in [Registered, SecondFactor] {
            assert_eq!(said(demand, has(false, true), Means::Session), "code-missing");
            assert_eq!(said(demand, has(false, true), Means::Code), "");
        }
        assert_eq!(said(Passkey, has(false, true), Means::Code), "passkey-not-registered");
        for demand in [Registered, SecondFactor, Passkey] {
            for weaker in [Means::Session, Means::Code] {
                assert_eq!(said(demand, has(true, true), weaker), "passkey-missing");
            }
            assert_eq!(said(demand, has(true, false), key), "");
        }
    }
}
