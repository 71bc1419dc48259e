//! UTCTime and GeneralizedTime as RFC 5280 section 4.1.2.5 has them: whole seconds, Z.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::tlv::{Element, GENERALIZED_TIME, NotDer, UTC_TIME, tlv};

/// Reads either. What lies beyond the last moment a [`Timestamp`] has, as "no expiration" does (99991231235959Z), is that moment.
pub(super) fn read(element: &Element<'_>) -> Result<Timestamp, NotDer> {
    let digits =
        element.content.strip_suffix(b"Z").filter(|digits| digits.iter().all(u8::is_ascii_digit)).ok_or(NotDer)?;
    let (year, rest) = match (element.tag, digits.len()) {
        (UTC_TIME, 12) => {
            let year = number(&digits[..2]);
            (if year < 50 { 2000 + year } else { 1900 + year }, &digits[2..])
        }
        (GENERALIZED_TIME, 14) => (number(&digits[..4]), &digits[4..]),
        _ => return Err(NotDer),
    };
    // Two digits fit.
    let at = |index: usize| number(&rest[index..index + 2]) as i8;
    let civil = DateTime::new(year, at(0), at(2), at(4), at(6), at(8), 0).map_err(|_| NotDer)?;
    Ok(TimeZone::UTC.to_timestamp(civil).unwrap_or(Timestamp::MAX))
}

fn number(digits: &[u8]) -> i16 {
    digits.iter().fold(0, |number, digit| number * 10 + i16::from(digit - b'0'))
}

/// UTCTime up to 2049 and GeneralizedTime from 2050, whole seconds. Before 1950: none, since we make nothing then.
pub(super) fn write(at: Timestamp) -> Option<Vec<u8>> {
    let civil = TimeZone::UTC.to_datetime(at);
    let rest = [civil.month(), civil.day(), civil.hour(), civil.minute(), civil.second()];
    let rest: String = rest.iter().map(|number| format!("{number:02}")).collect();
    match civil.year() {
        year @ 1950..2050 => Some(tlv(UTC_TIME, &[format!("{:02}{rest}Z", year % 100).as_bytes()])),
        year @ 2050.. => Some(tlv(GENERALIZED_TIME, &[format!("{year:04}{rest}Z").as_bytes()])),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(tag: u8, text: &str) -> Option<String> {
        let der = tlv(tag, &[text.as_bytes()]);
        read(&Element::parse(&der, tag).unwrap()).ok().map(|at| at.to_string())
    }

    #[test]
    fn two_digit_years_lie_between_1950_and_2049() {
        assert_eq!(read_text(UTC_TIME, "500101120100Z").unwrap(), "1950-01-01T12:01:00Z");
        assert_eq!(read_text(UTC_TIME, "491231235959Z").unwrap(), "2049-12-31T23:59:59Z");
        assert_eq!(read_text(GENERALIZED_TIME, "20500101000000Z").unwrap(), "2050-01-01T00:00:00Z");
        assert_eq!(read_text(GENERALIZED_TIME, "99991231235959Z").unwrap(), Timestamp::MAX.to_string());
    }

    #[test]
    fn other_spellings_are_refused() {
        for (tag, text) in [
            (UTC_TIME, "5001011201Z"),
            (UTC_TIME, "500101120100+0100"),
            (UTC_TIME, "500230000000Z"),
            (UTC_TIME, "-10101120100Z"),
            (UTC_TIME, "20500101000000Z"),
            (GENERALIZED_TIME, "20500101000000.5Z"),
            (GENERALIZED_TIME, "20500101000060Z"),
            (GENERALIZED_TIME, "500101120100Z"),
            (GENERALIZED_TIME, "Z"),
        ] {
            assert_eq!(read_text(tag, text), None, "{text}");
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        for (text, tag) in [("2049-12-31T23:59:59Z", UTC_TIME), ("2050-01-01T00:00:00Z", GENERALIZED_TIME)] {
            let der = write(text.parse().unwrap()).unwrap();
            assert_eq!(read(&Element::parse(&der, tag).unwrap()).unwrap().to_string(), text);
        }
        assert_eq!(write("1949-12-31T23:59:59Z".parse().unwrap()), None);
    }
}
