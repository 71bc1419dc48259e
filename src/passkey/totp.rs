//! One-time codes by time (RFC 6238) with what every authenticator app takes: HMAC-SHA-1, 30 seconds, six digits. Weaker than a passkey: a
//! code names neither page nor document, and can be read out to somebody.

use ring::hmac;

/// Length of a secret, in bytes (RFC 4226, 4: that of the hash).
pub const SECRET: usize = 20;
/// Seconds a code is good for, its neighbours apart.
pub const PERIOD: i64 = 30;

/// The number of the period that `seconds` since 1970 lies in.
pub fn period(seconds: i64) -> i64 {
    seconds.div_euclid(PERIOD)
}

/// The code of a period, below a million.
pub fn code(secret: &[u8; SECRET], period: i64) -> u32 {
    truncated(secret, period) % 1_000_000
}

/// RFC 4226, 5.3: 31 bits out of the HMAC.
fn truncated(secret: &[u8], period: i64) -> u32 {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret), &period.to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag.last().copied().unwrap_or(0) & 0x0f);
    let word = tag.get(at..at + 4).and_then(|word| word.try_into().ok()).map_or(0, u32::from_be_bytes);
    word & 0x7fff_ffff
}

/// The period in which `given` is the code: this one, the one before or the one after (clocks differ). `None`: it is no code now.
pub fn period_of(secret: &[u8; SECRET], given: &str, seconds: i64) -> Option<i64> {
    let digits: String = given.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let now = period(seconds);
    // All three are computed, so that the time says nothing of which fits.
    let fits = [now, now - 1, now + 1].map(|one| (one, format!("{:06}", code(secret, one)) == digits));
    fits.into_iter().find(|(_, fits)| *fits).map(|(one, _)| one)
}

/// The secret as people and apps write it: Base32 (RFC 4648, 6); 20 bytes make 32 letters.
pub fn base32(secret: &[u8; SECRET]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut text, mut bits, mut held) = (String::with_capacity(32), 0u32, 0);
    for byte in secret {
        bits = bits << 8 | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            text.push(char::from(LETTERS[(bits >> held & 31) as usize]));
        }
    }
    text
}

/// What a QR code tells an authenticator app.
pub fn uri(secret: &[u8; SECRET], login: &str) -> String {
    format!("otpauth://totp/Yinxin:{login}?secret={}&issuer=Yinxin", base32(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8; 20] = b"12345678901234567890";

    #[test]
    fn the_vectors_of_rfc_6238() {
        // Appendix B, SHA-1, eight digits.
        for (seconds, wanted) in [
            (59, 94287082),
            (1111111109, 7081804),
            (1111111111, 14050471),
            (1234567890, 89005924),
            (2000000000, 69279037),
            (20000000000, 65353130),
        ] {
            assert_eq!(truncated(SECRET, period(seconds)) % 100_000_000, wanted, "{seconds}");
            assert_eq!(code(SECRET, period(seconds)), wanted % 1_000_000);
        }
    }

    #[test]
    fn the_vectors_of_rfc_4226() {
        // Appendix D, counts 0 to 9.
        let wanted = [755224, 287082, 359152, 969429, 338314, 254676, 287922, 162583, 399871, 520489];
        assert_eq!((0..10).map(|count| code(SECRET, count)).collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn a_code_is_good_in_its_period_and_beside_it() {
        assert_eq!(period_of(SECRET, "287082", 59), Some(1));
        assert_eq!(period_of(SECRET, " 287 082 ", 29), Some(1), "the clock of the phone is fast");
        assert_eq!(period_of(SECRET, "287082", 89), Some(1), "or slow");
        assert_eq!(period_of(SECRET, "287082", 90), None);
        for bad in ["", "28708", "2870820", "28708２", "abcdef", "-28708"] {
            assert_eq!(period_of(SECRET, bad, 59), None, "{bad:?}");
        }
    }

    #[test]
    fn secrets_are_written_in_base32() {
        // `printf 12345678901234567890 | base32` of GNU coreutils.
        assert_eq!(base32(SECRET), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(uri(SECRET, "chief-scjg").starts_with("otpauth://totp/Yinxin:chief-scjg?secret=GEZDGNBV"));
    }
}
