//! Citizens' identity numbers (公民身份号码, GB 11643-1999): area, date of birth, sequence, check character (ISO 7064
//! MOD 11-2).
//!
//! In scope: form, province, real date of birth, check character. Out of scope: whether such a person exists.
//! A number is personal: `Display` and `Debug` show it masked; [`IdentityNumber::reveal`] is the one way to the text.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

/// The weights of the first 17 positions: 2^(18-i) mod 11 (GB 11643-1999, appendix A).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check characters for the remainders 0 to 10.
const CHECKS: &[u8; 11] = b"10X98765432";
/// Provinces of GB/T 2260; 83 stands in the residence permits of Taiwan's residents.
const PROVINCES: [u32; 35] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63,
    64, 65, 71, 81, 82, 83,
];

/// An identity number whose parts are right.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdentityNumber {
    text: String,
    birth: Date,
}

/// Why a text is not an identity number. Shown to people at the counter, hence Chinese; never repeats the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// Not 18 characters.
    #[error("应为18位，现为{0}位")]
    Length(usize),
    /// No digit (or, in the last place, neither a digit nor a capital X).
    #[error("第{position}位不合规定，应为数字（末位可为大写X）")]
    Character {
        /// Counted from 1.
        position: usize,
    },
    /// The first two digits name no province.
    #[error("地区代码不存在")]
    Area,
    /// Digits 7 to 14 are no date.
    #[error("其中的出生日期不存在")]
    Birth,
    /// The last character does not fit the others.
    #[error("校验位不符，请核对证件后重新录入")]
    Check,
}

impl IdentityNumber {
    /// The number itself, to be printed on its holder's own certificate and nowhere else.
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// The date of birth.
    pub const fn birth(&self) -> Date {
        self.birth
    }
}

impl FromStr for IdentityNumber {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, IdentityError> {
        let length = text.chars().count();
        if length != 18 {
            return Err(IdentityError::Length(length));
        }
        let mut digits = [0; 17];
        for (i, character) in text.chars().enumerate() {
            match character.to_digit(10) {
                Some(digit) if i < 17 => digits[i] = digit,
                None if i < 17 => return Err(IdentityError::Character { position: i + 1 }),
                None if character != 'X' => return Err(IdentityError::Character { position: 18 }),
                _ => {}
            }
        }
        if !PROVINCES.contains(&(digits[0] * 10 + digits[1])) {
            return Err(IdentityError::Area);
        }
        let birth = birth_date(&digits).ok_or(IdentityError::Birth)?;
        let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
        if text.as_bytes()[17] != CHECKS[sum as usize % 11] {
            return Err(IdentityError::Check);
        }
        Ok(Self { text: text.to_owned(), birth })
    }
}

fn birth_date(digits: &[u32; 17]) -> Option<Date> {
    let number = |range: std::ops::Range<usize>| digits[range].iter().fold(0, |n, &digit| n * 10 + digit);
    let year = i16::try_from(number(6..10)).ok()?;
    let date = Date::new(year, i8::try_from(number(10..12)).ok()?, i8::try_from(number(12..14)).ok()?).ok()?;
    (year >= 1800).then_some(date)
}

/// The first three and the last four characters, the rest as stars.
impl fmt::Display for IdentityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}***********{}", &self.text[..3], &self.text[14..])
    }
}

impl fmt::Debug for IdentityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdentityNumber({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_right_numbers_and_masks_them() {
        // The two examples of GB 11643-1999, then the demonstration's.
        for (text, birth) in [
            ("11010519491231002X", "1949-12-31"),
            ("440524188001010014", "1880-01-01"),
            ("220202199003071230", "1990-03-07"),
            ("220204198511052317", "1985-11-05"),
        ] {
            let number: IdentityNumber = text.parse().unwrap();
            assert_eq!(number.reveal(), text);
            assert_eq!(number.birth().to_string(), birth);
        }
        let number: IdentityNumber = "11010519491231002X".parse().unwrap();
        assert_eq!(number.to_string(), "110***********002X");
        assert_eq!(format!("{number:?}"), "IdentityNumber(110***********002X)");
    }

    #[test]
    fn refuses_wrong_ones() {
        for (text, error) in [
            ("110105491231002", IdentityError::Length(15)),
            ("11010519491231002x", IdentityError::Character { position: 18 }),
            ("1101051949123100２X", IdentityError::Character { position: 17 }),
            ("99010519491231002X", IdentityError::Area),
            ("11010519490230002X", IdentityError::Birth),
            ("11010519491331002X", IdentityError::Birth),
            ("11010500001231002X", IdentityError::Birth),
            ("110105194912310021", IdentityError::Check),
            ("11010519491231020X", IdentityError::Check),
        ] {
            assert_eq!(text.parse::<IdentityNumber>(), Err(error), "{text}");
        }
    }
}
