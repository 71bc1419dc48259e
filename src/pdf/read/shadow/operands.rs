//! Which operands an operator takes (ISO 32000-1, annex A). With others, some programs obey it and some pass it over.

use super::super::value::Value;

/// Whether an operator that moves, sizes, hides or paints has the operands it takes; others are not looked at.
pub(super) fn fit(operator: &[u8], operands: &[Value]) -> bool {
    let count = match operator {
        b"w" | b"Tc" | b"Tw" | b"Tz" | b"TL" | b"Tr" | b"Ts" | b"g" | b"G" => 1,
        b"m" | b"l" | b"Td" | b"TD" => 2,
        b"rg" | b"RG" => 3,
        b"re" | b"v" | b"y" | b"k" | b"K" => 4,
        b"cm" | b"c" | b"Tm" => 6,
        b"Tf" => return matches!(operands, [Value::Name(_), size] if size.as_number().is_some()),
        b"Tj" | b"'" => return matches!(operands, [Value::String(_)]),
        b"\"" => {
            return matches!(operands, [word, letter, Value::String(_)] if word.as_number().and(letter.as_number()).is_some());
        }
        b"TJ" => return matches!(operands, [Value::Array(_)]),
        b"Do" | b"gs" => return matches!(operands, [Value::Name(_)]),
        _ => return true,
    };
    operands.len() == count && operands.iter().all(|operand| operand.as_number().is_some_and(f64::is_finite))
}
