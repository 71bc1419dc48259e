//! Stream data (ISO 32000-1, 7.4.4): only what cross-reference and object streams use, Flate with PNG predictors.

use std::io::Read;
use std::ops::Range;
use std::rc::Rc;

use super::ReadError;
use super::value::{Dict, Value};

/// Data elsewhere, and what some programs take for `/Filter` and `/DecodeParms`: inline images abbreviate them so.
const OTHER_READINGS: [&str; 4] = ["F", "FFilter", "FDecodeParms", "DP"];

/// The filters there are (ISO 32000-2, table 6), and how they are abbreviated in inline images, which all programs take elsewhere.
const FILTERS: [&[u8]; 17] = [
    b"ASCIIHexDecode",
    b"ASCII85Decode",
    b"LZWDecode",
    b"FlateDecode",
    b"RunLengthDecode",
    b"CCITTFaxDecode",
    b"JBIG2Decode",
    b"DCTDecode",
    b"JPXDecode",
    b"Crypt",
    b"AHx",
    b"A85",
    b"LZW",
    b"Fl",
    b"RL",
    b"CCF",
    b"DCT",
];

/// The decoded data of a stream, at most `limit` bytes.
///
/// One filter is a name and its parameters a dictionary, or both are arrays: programs take a mixture in several ways.
pub(crate) fn decode(dict: &Dict, raw: &[u8], limit: usize) -> Result<Vec<u8>, ReadError> {
    if OTHER_READINGS.iter().any(|key| dict.get(key).is_some()) {
        return Err(ReadError::Unsupported("a stream that programs decode differently"));
    }
    let (filter, parameters) = match (dict.get("Filter"), dict.get("DecodeParms")) {
        (None, _) => {
            return if raw.len() <= limit { Ok(raw.to_vec()) } else { Err(ReadError::Limit("decompressed bytes")) };
        }
        (Some(filter), None | Some(Value::Null)) => (filter, None),
        (Some(filter @ Value::Name(_)), Some(Value::Dict(parameters))) => (filter, Some(parameters)),
        (Some(filter @ Value::Array(_)), Some(Value::Array(items))) => match &items[..] {
            [Value::Null] => (filter, None),
            [Value::Dict(parameters)] => (filter, Some(parameters)),
            _ => return Err(ReadError::Unsupported("filter parameters")),
        },
        _ => return Err(ReadError::Unsupported("filter parameters")),
    };
    let name = match filter {
        Value::Array(names) if names.len() == 1 => &names[0],
        filter => filter,
    };
    if name.as_name() != Some(b"FlateDecode") {
        return Err(ReadError::Unsupported("filter"));
    }
    let data = inflate(raw, limit)?;
    match parameters {
        Some(parameters) => unpredict(parameters, data),
        None => Ok(data),
    }
}

/// Whether programs decode a stream differently, whatever its filter: some undo a predictor that others do not see, or take for
/// no filter what others give up at. `resolve` follows references.
pub(crate) fn is_ambiguous(dict: &Dict, resolve: impl Fn(&Value) -> Value) -> bool {
    let found = |key: &str| match dict.get(key).map(&resolve) {
        Some(Value::Array(items)) => Some(Value::Array(Rc::new(items.iter().map(&resolve).collect()))),
        value => value.filter(|value| *value != Value::Null),
    };
    let (filter, parameters) = (found("Filter"), found("DecodeParms"));
    let names = match &filter {
        Some(Value::Array(names)) => names.as_slice(),
        filter => filter.as_slice(),
    };
    if !names.iter().all(|name| name.as_name().is_some_and(|name| FILTERS.contains(&name))) {
        return true;
    }
    let predicts = |parameters: Option<&Value>| {
        let predictor = parameters.and_then(Value::as_dict).and_then(|parameters| parameters.get("Predictor"));
        predictor.map(&resolve).filter(|predictor| !matches!(predictor, Value::Null | Value::Int(1)))
    };
    let is_known = |predictor: Value| matches!(predictor, Value::Int(2 | 10..=15));
    let is_mixed = match (&filter, &parameters) {
        (Some(Value::Name(_)), Some(Value::Array(items))) => items.iter().any(|one| predicts(Some(one)).is_some()),
        (Some(Value::Array(_)), parameters @ Some(Value::Dict(_))) => predicts(parameters.as_ref()).is_some(),
        (Some(Value::Array(names)), Some(Value::Array(items))) => items
            .iter()
            .enumerate()
            .any(|(at, one)| predicts(Some(one)).is_some_and(|one| at >= names.len() || !is_known(one))),
        (Some(Value::Name(_)), parameters) => !predicts(parameters.as_ref()).is_none_or(is_known),
        _ => false,
    };
    is_mixed || dict.get("DP").is_some()
}

/// The place of raw data, unless they are more than may sensibly decode to `limit` bytes: Flate adds five bytes to a block.
pub(crate) fn bounded(raw: Range<usize>, limit: usize) -> Result<Range<usize>, ReadError> {
    if raw.len() > limit.saturating_add(limit / 64).saturating_add(1024) {
        return Err(ReadError::Limit("decompressed bytes"));
    }
    Ok(raw)
}

fn inflate(raw: &[u8], limit: usize) -> Result<Vec<u8>, ReadError> {
    let mut data = Vec::new();
    let bounded = limit as u64 + 1;
    flate2::read::ZlibDecoder::new(raw)
        .take(bounded)
        .read_to_end(&mut data)
        .map_err(|_| ReadError::Unsupported("damaged compressed data"))?;
    if data.len() > limit { Err(ReadError::Limit("decompressed bytes")) } else { Ok(data) }
}

/// Undoes the PNG predictors (ISO 32000-1, 7.4.4.4; RFC 2083, 6).
fn unpredict(parameters: &Dict, data: Vec<u8>) -> Result<Vec<u8>, ReadError> {
    let number = |key: &str, default: i64| parameters.get(key).map_or(Some(default), Value::as_int);
    match number("Predictor", 1) {
        Some(1) => return Ok(data),
        Some(10..=15) => {}
        _ => return Err(ReadError::Unsupported("predictor")),
    }
    let (Some(8), Some(1), Some(width @ 1..=64)) =
        (number("BitsPerComponent", 8), number("Colors", 1), number("Columns", 1))
    else {
        return Err(ReadError::Unsupported("predictor parameters"));
    };
    let width = width as usize;
    if !data.len().is_multiple_of(width + 1) {
        return Err(ReadError::Unsupported("damaged compressed data"));
    }
    let mut out: Vec<u8> = Vec::with_capacity(data.len());
    for row in data.chunks_exact(width + 1) {
        let above = out.len().checked_sub(width);
        for (column, byte) in row[1..].iter().enumerate() {
            let up = above.map_or(0, |start| out[start + column]);
            let left = if column == 0 { 0 } else { out[out.len() - 1] };
            let corner = if column == 0 { 0 } else { above.map_or(0, |start| out[start + column - 1]) };
            let predicted = match row[0] {
                0 => 0,
                1 => left,
                2 => up,
                3 => ((u16::from(left) + u16::from(up)) / 2) as u8,
                4 => paeth(left, up, corner),
                _ => return Err(ReadError::Unsupported("predictor")),
            };
            out.push(byte.wrapping_add(predicted));
        }
    }
    Ok(out)
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let (a, b, c) = (i16::from(left), i16::from(up), i16::from(corner));
    let distance = |x: i16| (a + b - c - x).abs();
    if distance(a) <= distance(b) && distance(a) <= distance(c) {
        left
    } else if distance(b) <= distance(c) {
        up
    } else {
        corner
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::read::syntax::Parser;

    fn dict(text: &str) -> Dict {
        Parser::new(text.as_bytes(), 0).dict().unwrap()
    }

    fn deflate(data: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        flate2::read::ZlibEncoder::new(data, flate2::Compression::best()).read_to_end(&mut out).unwrap();
        out
    }

    #[test]
    fn undoes_every_png_predictor() {
        let d = dict("<< /Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 3 >> >>");
        // Worked by hand from RFC 2083: none, sub, up, average, paeth.
        let rows = [[0, 10, 20, 30], [1, 1, 1, 1], [2, 1, 1, 1], [3, 5, 5, 5], [4, 1, 1, 1]];
        let want = [10, 20, 30, 1, 2, 3, 2, 3, 4, 6, 9, 11, 7, 10, 12];
        assert_eq!(decode(&d, &deflate(&rows.concat()), 100), Ok(want.to_vec()));
    }

    #[test]
    fn what_programs_decode_differently_is_not_decoded() {
        let raw = deflate(&[0, 1, 2, 3]);
        let decoded = |entries: &str| decode(&dict(&format!("<< {entries} >>")), &raw, 100);
        let parameters = "<< /Predictor 12 /Columns 3 >>";
        for entries in [
            format!("/Filter /FlateDecode /DecodeParms {parameters}"),
            format!("/Filter [/FlateDecode] /DecodeParms [{parameters}]"),
        ] {
            assert_eq!(decoded(&entries), Ok(vec![1, 2, 3]), "{entries}");
        }
        for entries in ["/Filter [/FlateDecode] /DecodeParms [null]", "/Filter /FlateDecode /DecodeParms null"] {
            assert_eq!(decoded(entries), Ok(vec![0, 1, 2, 3]), "{entries}");
        }
        for entries in [
            format!("/Filter /FlateDecode /DecodeParms [{parameters}]"),
            format!("/Filter [/FlateDecode] /DecodeParms {parameters}"),
            format!("/Filter /FlateDecode /DP {parameters}"),
            format!("/Filter [/FlateDecode] /DecodeParms [{parameters} null]"),
            "/Filter /FlateDecode /F (elsewhere)".to_owned(),
            "/F /FlateDecode".to_owned(),
            "/FFilter /FlateDecode".to_owned(),
        ] {
            assert!(matches!(decoded(&entries), Err(ReadError::Unsupported(_))), "{entries}");
        }
        let resolve = |value: &Value| match value {
            Value::Ref(id) if id.number == 7 => Parser::new(b"[<< /Predictor 12 >>]", 0).value().unwrap(),
            Value::Ref(id) if id.number == 8 => Parser::new(b"<< /Predictor 12 >>", 0).value().unwrap(),
            Value::Ref(id) if id.number == 9 => Value::Int(12),
            value => value.clone(),
        };
        for (entries, want) in [
            ("/Filter /FlateDecode /DecodeParms 7 0 R", true),
            ("/Filter [/FlateDecode] /DecodeParms 7 0 R", false),
            ("/Filter /FlateDecode /DecodeParms 8 0 R", false),
            ("/Filter [/FlateDecode] /DecodeParms 8 0 R", true),
            ("/Filter /FlateDecode /DecodeParms << /Predictor 9 0 R >>", false),
            ("/Filter /FlateDecode /DecodeParms << /Predictor 12.0 >>", true),
            ("/Filter /FlateDecode /DecodeParms << /Predictor 9 >>", true),
            ("/Filter [/FlateDecode] /DecodeParms [null << /Predictor 12 >>]", true),
            ("/Filter [null]", true),
            ("/Filter (FlateDecode)", true),
            ("/Filter /Nope", true),
            ("/Filter []", false),
            ("/Filter null /Length 3", false),
            ("/Filter /DCTDecode", false),
            ("/Filter [/CCITTFaxDecode] /DecodeParms << /K -1 >>", false),
            ("/Filter /FlateDecode /DecodeParms << /Predictor 15 >>", false),
            ("/Filter [/FlateDecode] /DecodeParms << /Predictor 15 >>", true),
            ("/Filter /FlateDecode /DecodeParms [<< /Predictor 2 >>]", true),
            ("/Filter /FlateDecode /DP << /Predictor 15 >>", true),
        ] {
            assert_eq!(is_ambiguous(&dict(&format!("<< {entries} >>")), resolve), want, "{entries}");
        }
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let d = dict("<< /Filter /FlateDecode >>");
        let bomb = deflate(&vec![0; 1 << 20]);
        assert_eq!(decode(&d, &bomb, 1 << 16), Err(ReadError::Limit("decompressed bytes")));
        assert_eq!(decode(&d, &bomb, 1 << 20).map(|data| data.len()), Ok(1 << 20));
        assert_eq!(decode(&dict("<< >>"), &[0; 11], 10), Err(ReadError::Limit("decompressed bytes")));
        assert_eq!(decode(&dict("<< /Filter /LZWDecode >>"), &[], 10), Err(ReadError::Unsupported("filter")));
    }
}
