//! Identifiers: words the hall's file gives (department keys, item codes …) and UUIDv7 (RFC 9562, 5.7) the service
//! gives. Each is its own type, parsed once; none can hold white space, a line feed or anything outside ASCII, so that
//! all of them may stand in canonical texts, URLs and file names.

use jiff::Timestamp;
use uuid::{Builder, Uuid};

/// A text is not what it should be: which kind, and the rule it breaks. The text itself is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a {what}: {rule}")]
pub struct NotValid {
    /// The type that was wanted.
    pub what: &'static str,
    /// What its text must be.
    pub rule: &'static str,
}

macro_rules! word {
    ($(#[$meta:meta])* $name:ident, $max:literal, $rule:literal, $allowed:expr) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The text as given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = NotValid;

            fn from_str(text: &str) -> Result<Self, NotValid> {
                let allowed: fn(u8) -> bool = $allowed;
                let starts_well = text.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric());
                if starts_well && text.len() <= $max && text.bytes().all(allowed) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(NotValid { what: stringify!($name), rule: $rule })
                }
            }
        }

        shown_and_read!($name);
    };
}

macro_rules! uuid_v7 {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new identifier, made of the moment (milliseconds; before 1970 counts as 1970) and ten random bytes.
            pub fn new(at: Timestamp, random: &[u8; 10]) -> Self {
                let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
                Self(Builder::from_unix_timestamp_millis(millis, random).into_uuid())
            }

            /// The UUID.
            pub const fn as_uuid(&self) -> Uuid {
                self.0
            }
        }

        impl TryFrom<Uuid> for $name {
            type Error = NotValid;

            fn try_from(uuid: Uuid) -> Result<Self, NotValid> {
                if uuid.get_version_num() == 7 && uuid.get_variant() == uuid::Variant::RFC4122 {
                    Ok(Self(uuid))
                } else {
                    Err(NotValid { what: stringify!($name), rule: "a UUID of version 7" })
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = NotValid;

            fn from_str(text: &str) -> Result<Self, NotValid> {
                let refused = NotValid { what: stringify!($name), rule: "a UUID of version 7, lower case with hyphens" };
                let uuid = Uuid::try_parse(text).map_err(|_| refused)?;
                // One spelling only, so that an identifier in a canonical text has one form.
                if uuid.to_string() == text { Self::try_from(uuid).map_err(|_| refused) } else { Err(refused) }
            }
        }

        shown_and_read!($name);
    };
}

macro_rules! shown_and_read {
    ($name:ident) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

word!(
    /// A department's short key, as `scjg`.
    DepartmentKey, 32, "1 to 32 lower-case letters and digits",
    |b| b.is_ascii_lowercase() || b.is_ascii_digit()
);
word!(
    /// An item's code, as `220201-scjg-001`.
    ItemCode, 64, "1 to 64 letters, digits and hyphens, a letter or digit first",
    |b| b.is_ascii_alphanumeric() || b == b'-'
);
word!(
    /// A case's number, as `2026-A01-000001`, given by the window or by the approval system.
    CaseNumber, 64, "1 to 64 letters, digits and hyphens, a letter or digit first",
    |b| b.is_ascii_alphanumeric() || b == b'-'
);
word!(
    /// A window's number, as `A01`.
    WindowNo, 16, "1 to 16 capital letters and digits",
    |b| b.is_ascii_uppercase() || b.is_ascii_digit()
);
impl WindowNo {
    /// What stands for the offices, where what no window accepts is asked for; no window bears it.
    pub fn of_the_offices() -> Self {
        Self("OFFICE".to_owned())
    }
}

word!(
    /// What a member of the staff signs in with, as `chief-scjg`.
    Login, 64, "1 to 64 lower-case letters, digits, `-`, `.` and `_`, a letter or digit first",
    |b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'_')
);

uuid_v7!(
    /// A registered member of the staff.
    StaffId
);
uuid_v7!(
    /// One seal, from its application to its retirement.
    SealId
);
uuid_v7!(
    /// One certificate, from its draft on.
    CertificateId
);
uuid_v7!(
    /// One letter of authorization.
    LetterId
);
uuid_v7!(
    /// A device enrolled in the hall.
    DeviceId
);

/// An administrative area: six digits (GB/T 2260), as `220201`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct AreaCode(String);

impl AreaCode {
    /// The six digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for AreaCode {
    type Err = NotValid;

    fn from_str(text: &str) -> Result<Self, NotValid> {
        if text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotValid { what: "AreaCode", rule: "six digits" })
        }
    }
}

shown_and_read!(AreaCode);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_hold_only_what_their_rule_allows() {
        assert_eq!("scjg".parse::<DepartmentKey>().map(|k| k.to_string()), Ok("scjg".to_owned()));
        for bad in ["", "Scjg", "a b", "a\n", "局", "a-b", &"a".repeat(33)] {
            assert!(bad.parse::<DepartmentKey>().is_err(), "{bad:?}");
        }
        for bad in ["", "-1", "220201/scjg", "a\nb", "事项"] {
            assert!(bad.parse::<ItemCode>().is_err(), "{bad:?}");
        }
        assert!("A01".parse::<WindowNo>().is_ok());
        assert!("a01".parse::<WindowNo>().is_err());
        assert!("chief-scjg".parse::<Login>().is_ok());
        assert!("220201".parse::<AreaCode>().is_ok());
        assert!("22020".parse::<AreaCode>().is_err());
        assert!("22020１".parse::<AreaCode>().is_err());
    }

    #[test]
    fn uuids_are_of_version_7_and_have_one_spelling() {
        // RFC 9562, appendix A.6: 2022-02-22T19:22:22Z.
        let text = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
        let id: SealId = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        let at: Timestamp = "2022-02-22T19:22:22Z".parse().unwrap();
        let random = [0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f];
        assert_eq!(SealId::new(at, &random), id);
        assert!(text.to_uppercase().parse::<SealId>().is_err());
        assert!(text.replace('-', "").parse::<SealId>().is_err());
        assert!("919108f7-52d1-4320-9bac-f847db4148a8".parse::<SealId>().is_err(), "version 4");
        assert_eq!(serde_json::from_str::<SealId>(&format!("\"{text}\"")).unwrap(), id);
        assert!(serde_json::from_str::<SealId>("\"x\"").is_err());
    }
}
