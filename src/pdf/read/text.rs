//! Text strings and dates (ISO 32000-1, 7.9.2.2 and 7.9.4).

use jiff::Timestamp;
use jiff::civil;
use jiff::tz::{Offset, TimeZone};

/// A text string: UTF-16BE with its mark, UTF-8 with its mark (PDF 2.0), else PDFDocEncoding (annex D.3); what stands for nothing
/// becomes U+FFFD.
pub(crate) fn text(bytes: &[u8]) -> String {
    if let Some(utf16) = bytes.strip_prefix(b"\xfe\xff") {
        let units = utf16.chunks(2).map(|pair| u16::from_be_bytes([pair[0], *pair.get(1).unwrap_or(&0)]));
        return char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    }
    if let Some(utf8) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return String::from_utf8_lossy(utf8).into_owned();
    }
    bytes.iter().map(|byte| of_document(*byte)).collect()
}

fn of_document(byte: u8) -> char {
    const LOW: &str = "˘ˇˆ˙˝˛˚˜";
    const HIGH: &str = "•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž\u{fffd}€";
    let at =
        |table: &str, first: u8| table.chars().nth(usize::from(byte - first)).unwrap_or(char::REPLACEMENT_CHARACTER);
    match byte {
        b'\t' | b'\n' | b'\r' | 0x20..=0x7e | 0xa1.. => char::from(byte),
        0x18..=0x1f => at(LOW, 0x18),
        0x80..=0xa0 => at(HIGH, 0x80),
        _ => char::REPLACEMENT_CHARACTER,
    }
}

/// `D:YYYYMMDDHHmmSSOHH'mm'`, later parts optional, as an instant. A date without a zone is no instant: `None`.
pub(crate) fn date(bytes: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(bytes).ok()?;
    let text = text.strip_prefix("D:").unwrap_or(text);
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (local, zone) = text.split_at(digits);
    let part = |from: usize, missing: i8| match local.get(from..from + 2) {
        Some(two) => two.parse::<i8>().ok(),
        None => (local.len() <= from).then_some(missing),
    };
    let year = local.get(..4)?.parse::<i16>().ok()?;
    let (month, day) = (part(4, 1)?, part(6, 1)?);
    let time = civil::Time::new(part(8, 0)?, part(10, 0)?, part(12, 0)?, 0).ok()?;
    if local.len() > 14 {
        return None;
    }
    let at = civil::Date::new(year, month, day).ok()?.to_datetime(time);
    at.to_zoned(TimeZone::fixed(offset(zone)?)).ok().map(|z| z.timestamp())
}

fn offset(zone: &str) -> Option<Offset> {
    let (sign, rest) = (zone.get(..1)?, zone.get(1..)?);
    let rest = rest.strip_suffix('\'').unwrap_or(rest);
    let (hours, minutes) = rest.split_once('\'').unwrap_or((rest, ""));
    let number = |text: &str| match text {
        "" => Some(0),
        _ if text.len() == 2 => text.parse::<i32>().ok(),
        _ => None,
    };
    let seconds = number(hours)? * 3600 + number(minutes)? * 60;
    match sign {
        "Z" if seconds == 0 => Some(Offset::UTC),
        "+" if !hours.is_empty() => Offset::from_seconds(seconds).ok(),
        "-" if !hours.is_empty() => Offset::from_seconds(-seconds).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_a_document_is_what_annex_d_says() {
        // ISO 32000-1, table D.2, the column PDF, in octal there.
        assert_eq!(text(b"\x18\x1f\x80\x83\x84\x8d\x90\x92\x9e\xa0\xe9"), "˘˜•…—“’™ž€é");
        assert_eq!(text(b"a\r\n\tb"), "a\r\n\tb");
        assert_eq!(text(b"\x00\x7f\x9f"), "\u{fffd}\u{fffd}\u{fffd}");
    }

    #[test]
    fn reads_dates_of_every_length() {
        let instant = |text: &str| date(text.as_bytes()).map(|t| t.to_string());
        // ISO 32000-1, 7.9.4: "December 23, 1998, at 7:52 PM, U.S. Pacific Standard Time".
        assert_eq!(instant("D:199812231952-08'00").as_deref(), Some("1998-12-24T03:52:00Z"));
        assert_eq!(instant("D:20261122093005+08'00'").as_deref(), Some("2026-11-22T01:30:05Z"));
        assert_eq!(instant("D:20261122093005Z").as_deref(), Some("2026-11-22T09:30:05Z"));
        for bad in ["", "D:", "D:2026", "D:20261322+08'00'", "D:2026112+08'00'", "D:20261122093005+8'0'", "D:20261122?"]
        {
            assert_eq!(instant(bad), None, "{bad}");
        }
    }

    #[test]
    fn reads_chinese_and_survives_broken_text() {
        assert_eq!(text(b"\xfe\xff\x53\x70\x4f\xe1"), "印信");
        assert_eq!(text("\u{feff}印信".as_bytes()), "印信");
        assert_eq!(text(b"Seal"), "Seal");
        assert_eq!(text(b"\xfe\xff\xd8\x00\x41"), "\u{fffd}\u{4100}");
    }
}
