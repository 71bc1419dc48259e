//! Unified social credit codes (统一社会信用代码, GB 32100-2015): 18 characters, the last one a check character.
//!
//! In scope: form, area digits and check character. Out of scope: whether such an organisation is registered.

use std::fmt;
use std::str::FromStr;

/// The 31 characters of GB 32100, in the order of their values 0 to 30 (no I, O, S, V, Z).
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// The weights of the first 17 positions: 3^(i-1) mod 31 (GB 32100-2015, appendix A).
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// A unified social credit code whose check character is right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Uscc(String);

/// Why a text is not a unified social credit code. Shown to people at the counter, hence Chinese.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UsccError {
    /// Not 18 characters.
    #[error("应为18位，现为{0}位")]
    Length(usize),
    /// A character outside the code's alphabet (or no digit in the area, positions 3 to 8).
    #[error("第{position}位“{character}”不合规定")]
    Character {
        /// Counted from 1.
        position: usize,
        /// What stands there.
        character: char,
    },
    /// The last character does not fit the others.
    #[error("校验位不符，请核对原件后重新录入")]
    Check,
}

impl Uscc {
    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Uscc {
    type Err = UsccError;

    fn from_str(text: &str) -> Result<Self, UsccError> {
        let length = text.chars().count();
        if length != 18 {
            return Err(UsccError::Length(length));
        }
        let mut values = [0; 18];
        for (i, character) in text.chars().enumerate() {
            let value = ALPHABET.iter().position(|&known| char::from(known) == character);
            let refused = UsccError::Character { position: i + 1, character };
            values[i] = value.ok_or(refused)?;
            if (2..8).contains(&i) && values[i] > 9 {
                return Err(refused);
            }
        }
        let sum: usize = values.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
        if values[17] != (31 - sum % 31) % 31 {
            return Err(UsccError::Check);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Uscc {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_right_codes() {
        // Published ones (both print their check character), then the demonstration's.
        for code in ["91350100M000100Y43", "91330106673959654P", "11220200MB1A0001XU", "11220200MB1A000607"] {
            assert_eq!(code.parse::<Uscc>().map(|c| c.to_string()), Ok(code.to_owned()));
        }
    }

    #[test]
    fn refuses_wrong_ones_naming_the_place() {
        assert_eq!("92220201MA1XY9001G".parse::<Uscc>(), Err(UsccError::Check));
        assert_eq!("91350100M000100Y4".parse::<Uscc>(), Err(UsccError::Length(17)));
        assert_eq!("".parse::<Uscc>(), Err(UsccError::Length(0)));
        let wrong = |position, character| Err(UsccError::Character { position, character });
        assert_eq!("9135010OM000100Y43".parse::<Uscc>(), wrong(8, 'O'));
        assert_eq!("9135A100M000100Y43".parse::<Uscc>(), wrong(5, 'A'));
        assert_eq!("91350100m000100Y43".parse::<Uscc>(), wrong(9, 'm'));
        assert_eq!("９1350100M000100Y43".parse::<Uscc>(), wrong(1, '９'));
        // Every single wrong character and every swap of neighbours is found.
        let right = b"91350100M000100Y43";
        for i in (0..2).chain(8..18) {
            for &other in ALPHABET.iter().filter(|&&c| c != right[i]) {
                let mut code = *right;
                code[i] = other;
                assert_eq!(std::str::from_utf8(&code).unwrap().parse::<Uscc>(), Err(UsccError::Check));
            }
        }
        for i in (8..16).filter(|&i| right[i] != right[i + 1]) {
            let mut code = *right;
            code.swap(i, i + 1);
            assert_eq!(std::str::from_utf8(&code).unwrap().parse::<Uscc>(), Err(UsccError::Check));
        }
    }
}
