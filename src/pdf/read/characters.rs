//! What single bytes are (ISO 32000-1, 7.2.2 and 7.3.4.3).

/// White space (ISO 32000-1, table 1).
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

/// Neither white space nor a delimiter (table 2).
pub(crate) fn is_regular(byte: u8) -> bool {
    REGULAR[usize::from(byte)]
}

const REGULAR: [bool; 256] = {
    let mut regular = [true; 256];
    let mut other = 0;
    while other < 16 {
        regular[b"\0\t\n\x0c\r ()<>[]{}/%"[other] as usize] = false;
        other += 1;
    }
    regular
};

pub(super) fn hex_digit(byte: u8) -> Option<u8> {
    Some(HEX[usize::from(byte)]).filter(|digit| *digit < 16)
}

/// What each byte is as a hexadecimal digit; 0xff: none.
const HEX: [u8; 256] = {
    let mut values = [0xff; 256];
    let mut digit = 0;
    while digit < 16 {
        values[b"0123456789abcdef"[digit] as usize] = digit as u8;
        values[b"0123456789ABCDEF"[digit] as usize] = digit as u8;
        digit += 1;
    }
    values
};

/// What stands between the brackets of a hexadecimal string.
pub(super) fn hex(digits: &[u8]) -> Option<Vec<u8>> {
    if let Some(bytes) = plain_hex(digits) {
        return Some(bytes);
    }
    // White space is passed over, an odd digit is followed by a zero.
    let mut digits = digits.iter().filter(|byte| !is_space(**byte)).map(|byte| hex_digit(*byte));
    let mut bytes = Vec::new();
    while let Some(high) = digits.next() {
        bytes.push(high? << 4 | digits.next().unwrap_or(Some(0))?);
    }
    Some(bytes)
}

/// Pairs of digits and nothing else. Every signature's place is read so: it is most of what is parsed. Computed, not looked up,
/// so that many are read at once.
fn plain_hex(digits: &[u8]) -> Option<Vec<u8>> {
    let value = |digit: u8| {
        let (number, letter) = (digit.wrapping_sub(b'0'), (digit | 0x20).wrapping_sub(b'a'));
        let letter = if letter < 6 { letter + 10 } else { 0xff };
        if number < 10 { number } else { letter }
    };
    let mut seen = 0;
    let mut bytes = vec![0; digits.len() / 2];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let (high, low) = (value(pair[0]), value(pair[1]));
        seen |= high | low;
        *byte = high << 4 | low & 15;
    }
    (digits.len().is_multiple_of(2) && seen < 16).then_some(bytes)
}
