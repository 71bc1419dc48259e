//! The two spellings all C2SP formats share: base64 (RFC 4648 section 4) and ASCII decimals, each in its only canonical form.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::digest::Digest;

/// Padded standard base64.
pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Bytes of padded standard base64; `None` for spare bits, missing padding or foreign characters.
pub(super) fn parse_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// A SHA-256 digest in base64 (44 characters).
pub(super) fn parse_digest(text: &str) -> Option<Digest> {
    Digest::try_from(parse_base64(text)?.as_slice()).ok()
}

/// A decimal without sign, spaces or leading zeros.
pub(super) fn parse_decimal(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = text == "0" || !text.starts_with('0');
    if digits && canonical { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_base64_have_one_spelling() {
        assert_eq!(parse_decimal("18446744073709551615"), Some(u64::MAX));
        for text in ["", "00", "01", "+1", "-1", " 1", "1 ", "1_0", "0x1", "18446744073709551616", "１"] {
            assert_eq!(parse_decimal(text), None, "{text:?}");
        }
        // RFC 4648 section 10 and section 3.5 (spare bits).
        assert_eq!(parse_base64("Zg==").as_deref(), Some(&b"f"[..]));
        for text in ["Zg", "Zg=", "Zh==", "Zg==\n", " Zg==", "Zg==Zg==", "Zg-_"] {
            assert_eq!(parse_base64(text), None, "{text:?}");
        }
    }
}
