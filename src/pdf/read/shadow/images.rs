//! What an image that is part of a content stream says of itself (ISO 32000-1, 8.9.7).

use super::super::value::Value;

/// Whether it is a stencil.
pub(super) fn is_mask(image: &[Value]) -> bool {
    entry(image, [b"IM", b"ImageMask"]) == Some(&Value::Bool(true))
}

/// How many bytes its data are, where no filter is on them and that can be told.
pub(super) fn length(image: &[Value]) -> Option<usize> {
    let number = |names| usize::try_from(entry(image, names)?.as_int()?).ok();
    if entry(image, [b"F", b"Filter"]).is_some() {
        return None;
    }
    let parts = match entry(image, [b"CS", b"ColorSpace"]) {
        None => 1,
        Some(Value::Name(name)) => match &**name {
            b"G" | b"DeviceGray" => 1,
            b"RGB" | b"DeviceRGB" => 3,
            b"CMYK" | b"DeviceCMYK" => 4,
            _ => return None,
        },
        // Colours of a palette.
        Some(_) => 1,
    };
    let bits = if is_mask(image) { 1 } else { number([b"BPC", b"BitsPerComponent"])? };
    let line = number([b"W", b"Width"])?.checked_mul(parts)?.checked_mul(bits)?.div_ceil(8);
    line.checked_mul(number([b"H", b"Height"])?)
}

/// The value under a name, short or long.
fn entry<'v>(image: &'v [Value], names: [&[u8]; 2]) -> Option<&'v Value> {
    let pair = image.chunks_exact(2).find(|pair| pair[0].as_name().is_some_and(|name| names.contains(&name)))?;
    Some(&pair[1])
}
