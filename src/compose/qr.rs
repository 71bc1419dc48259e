//! A QR code (ISO/IEC 18004) as one SVG path, so that it stays sharp in print and small in the file.

use fast_qr::ECL;
use fast_qr::qr::QRBuilder;

/// Longest text, in bytes: beyond it the modules become too small to scan at 22 mm.
pub const MAX_TEXT: usize = 300;

/// What stands for a code where only its size matters.
pub(super) const EMPTY: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"/>";

/// Whether [`svg`] makes a code of `text`.
pub fn takes(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_TEXT
}

/// The code for `text` at error correction level M, without quiet zone; `None` when it is empty or longer than [`MAX_TEXT`].
pub fn svg(text: &str) -> Option<String> {
    if !takes(text) {
        return None;
    }
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let size = code.size;
    let mut path = String::with_capacity(size * size * 4);
    for row in 0..size {
        let mut column = 0;
        while column < size {
            let run = code[row][column..].iter().take_while(|module| module.value()).count();
            if run > 0 {
                path.push_str(&format!("M{column} {row}h{run}v1h-{run}z"));
            }
            column += run.max(1);
        }
    }
    Some(format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\"><path d=\"{path}\"/></svg>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_nothing_and_too_much() {
        assert_eq!(svg(""), None);
        assert_eq!(svg(&"x".repeat(MAX_TEXT + 1)), None);
        // Version 3 (29 modules) holds 42 bytes at level M; the top left finder pattern begins with seven dark modules.
        let code = svg(&"x".repeat(42)).unwrap();
        assert!(code.contains("viewBox=\"0 0 29 29\"") && code.contains("d=\"M0 0h7v1h-7z"), "{code}");
    }
}
