//! The language in which programs draw what is filled in: text, paths and colours of a device, each operator with its operands
//! and no others (ISO 32000-1, annex A). What else a content stream can say, programs obey in different ways.

use super::super::syntax::{Parser, is_space};
use super::super::value::Value;
use super::content::{Token, token};
use super::operands;
use super::reader::Reader;

/// Letters are drawn at most so much narrower or wider than the font has them, in percent.
const STRETCH: std::ops::RangeInclusive<f64> = 50.0..=200.0;

/// How long the dashes of a frame are, in points, and how many kinds it has.
const DASHES: std::ops::RangeInclusive<f64> = 1.0..=20.0;
const MAX_DASHES: usize = 4;

/// How far a stream has been read.
#[derive(Default)]
struct Spoken {
    is_text: bool,
    saved: usize,
    marked: usize,
    /// Components of the spaces in which areas and lines are painted.
    fill: Space,
    line: Space,
    spaces: Vec<(Space, Space)>,
}

#[derive(Clone, Copy)]
struct Space(usize);

impl Default for Space {
    /// Grey.
    fn default() -> Self {
        Self(1)
    }
}

/// Whether the stream is written in that language, to its end.
pub(super) fn speaks(content: &[u8], reader: &Reader<'_, '_>) -> bool {
    let (mut spoken, mut operands, mut at) = (Spoken::default(), Vec::new(), 0);
    while let Some((token, end)) = token(&mut Parser::new(content, at)) {
        at = end;
        match token {
            Token::Operand(value) => operands.push(value),
            Token::Operator(operator) => {
                if reader.operator().is_none() || spoken.say(operator, &operands).is_none() {
                    return false;
                }
                operands.clear();
            }
        }
    }
    content[at..].iter().all(|byte| is_space(*byte)) && operands.is_empty() && spoken.is_closed()
}

impl Spoken {
    fn is_closed(&self) -> bool {
        !self.is_text && self.saved == 0 && self.marked == 0
    }

    /// `None` if the operator does not belong to the language, or not here, or not with these operands.
    fn say(&mut self, operator: &[u8], operands: &[Value]) -> Option<()> {
        match operator {
            b"BT" | b"q" | b"Q" | b"cm" | b"re" | b"m" | b"l" | b"c" | b"v" | b"y" | b"h" | b"W" | b"W*" | b"n"
            | b"f" | b"F" | b"f*" | b"S" | b"s" | b"B" | b"B*" | b"b" | b"b*"
                if self.is_text =>
            {
                return None;
            }
            b"ET" | b"Tj" | b"TJ" | b"'" | b"\"" | b"Td" | b"TD" | b"Tm" | b"T*" if !self.is_text => return None,
            _ => {}
        }
        let numbers = |count: usize| operands.len() == count && operands.iter().all(is_number);
        let is_said = match operator {
            b"BT" | b"ET" => {
                self.is_text = operator == b"BT";
                numbers(0)
            }
            b"q" => {
                self.saved += 1;
                self.spaces.push((self.fill, self.line));
                numbers(0)
            }
            b"Q" => {
                self.saved = self.saved.checked_sub(1)?;
                (self.fill, self.line) = self.spaces.pop()?;
                numbers(0)
            }
            b"BMC" => {
                self.marked += 1;
                matches!(operands, [Value::Name(name)] if **name != *b"OC")
            }
            b"BDC" => {
                self.marked += 1;
                matches!(operands, [Value::Name(name), Value::Name(_) | Value::Dict(_)] if **name != *b"OC")
            }
            b"EMC" => {
                self.marked = self.marked.checked_sub(1)?;
                numbers(0)
            }
            b"h" | b"W" | b"W*" | b"n" | b"f" | b"F" | b"f*" | b"S" | b"s" | b"B" | b"B*" | b"b" | b"b*" | b"T*" => {
                numbers(0)
            }
            b"J" | b"j" | b"M" | b"i" => numbers(1),
            b"w" | b"Tc" | b"Tw" | b"TL" | b"Ts" | b"m" | b"l" | b"Td" | b"TD" | b"re" | b"v" | b"y" | b"c" | b"cm"
            | b"Tm" | b"Tf" | b"Tj" | b"'" | b"\"" => operands::fit(operator, operands),
            b"Tr" => matches!(operands, [Value::Int(0)]),
            b"Tz" => numbers(1) && operands.iter().filter_map(Value::as_number).all(|part| STRETCH.contains(&part)),
            b"TJ" => matches!(operands, [Value::Array(pieces)] if pieces.iter().all(is_piece)),
            b"d" => matches!(operands, [Value::Array(dashes), phase] if is_number(phase) && are_dashes(dashes)),
            _ => self.colour(operator, operands)?,
        };
        is_said.then_some(())
    }

    fn colour(&mut self, operator: &[u8], operands: &[Value]) -> Option<bool> {
        let is_line = operator.first().is_some_and(u8::is_ascii_uppercase);
        let space = if is_line { &mut self.line } else { &mut self.fill };
        match operator {
            b"g" | b"G" => *space = Space(1),
            b"rg" | b"RG" => *space = Space(3),
            b"k" | b"K" => *space = Space(4),
            b"cs" | b"CS" => {
                let [Value::Name(name)] = operands else { return None };
                *space = Space(match &**name {
                    b"DeviceGray" => 1,
                    b"DeviceRGB" => 3,
                    b"DeviceCMYK" => 4,
                    _ => return None,
                });
                return Some(true);
            }
            b"sc" | b"SC" | b"scn" | b"SCN" => {}
            _ => return None,
        }
        let is_part = |value: &Value| value.as_number().is_some_and(|part| (0.0..=1.0).contains(&part));
        Some(operands.len() == space.0 && operands.iter().all(is_part))
    }
}

/// Of a frame: neither dots nor gaps that end it.
fn are_dashes(dashes: &[Value]) -> bool {
    dashes.len() <= MAX_DASHES && dashes.iter().all(|dash| dash.as_number().is_some_and(|dash| DASHES.contains(&dash)))
}

fn is_number(value: &Value) -> bool {
    value.as_number().is_some_and(f64::is_finite)
}

fn is_piece(value: &Value) -> bool {
    matches!(value, Value::String(_)) || is_number(value)
}
