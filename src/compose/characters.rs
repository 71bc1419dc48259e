//! Which characters may stand on a certificate at all, whatever faces are at hand.
//!
//! Refused: what is invisible or changes how its neighbours are read (controls, format and bidirectional controls, line and paragraph
//! separators, combining marks, right-to-left scripts), what has no agreed meaning (private use, unassigned, noncharacters) and U+FFFD,
//! the trace of an earlier loss.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::{Fonts, Problem, codes};

/// Most different characters named in one problem.
const MOST_NAMED: usize = 12;

/// Blocks whose letters run from right to left (Unicode bidirectional classes R and AL).
const RIGHT_TO_LEFT: [(u32, u32); 5] =
    [(0x0590, 0x08FF), (0xFB1D, 0xFDFF), (0xFE70, 0xFEFE), (0x1_0800, 0x1_0FFF), (0x1_E800, 0x1_EFFF)];

/// Why `c` may not be printed, in Chinese; `None` when it may.
pub fn forbidden(c: char) -> Option<&'static str> {
    let code = c as u32;
    if RIGHT_TO_LEFT.iter().any(|&(from, to)| (from..=to).contains(&code)) {
        return Some("从右向左书写的字符");
    }
    match c.general_category() {
        GeneralCategory::Control => Some("控制字符"),
        GeneralCategory::Format => Some("不可见的格式控制字符"),
        GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator => Some("分行分段控制字符"),
        GeneralCategory::PrivateUse => Some("私用区字符"),
        GeneralCategory::Surrogate | GeneralCategory::Unassigned => Some("未定义的字符"),
        GeneralCategory::NonspacingMark | GeneralCategory::SpacingMark | GeneralCategory::EnclosingMark => {
            Some("组合附加符号")
        }
        _ if c == '\u{FFFD}' => Some("替代字符（原字已丢失）"),
        _ => None,
    }
}

/// Whether `text` shows nothing: empty, or only white space and characters without a shape.
pub fn is_blank(text: &str) -> bool {
    // Braille blank and Hangul fillers are letters to Unicode and empty to the eye.
    const EMPTY_LETTERS: [char; 5] = ['\u{115F}', '\u{1160}', '\u{2800}', '\u{3164}', '\u{FFA0}'];
    text.chars().all(|c| {
        c.is_whitespace()
            || EMPTY_LETTERS.contains(&c)
            || matches!(c.general_category(), GeneralCategory::Control | GeneralCategory::Format)
    })
}

/// Adds what is wrong with the characters of `text`, at most one problem for forbidden ones and one for those no face can draw.
/// `lines` allows U+000A between lines.
pub(super) fn inspect(field: &str, text: &str, lines: bool, fonts: &Fonts, problems: &mut Vec<Problem>) {
    let mut refused: Vec<char> = Vec::new();
    let mut undrawn: Vec<char> = Vec::new();
    for c in text.chars().filter(|&c| !(lines && c == '\n')) {
        let list = if forbidden(c).is_some() {
            &mut refused
        } else if !fonts.can_draw(c) {
            &mut undrawn
        } else {
            continue;
        };
        if !list.contains(&c) && list.len() <= MOST_NAMED {
            list.push(c);
        }
    }
    if !refused.is_empty() {
        let named = |&c: &char| format!("{}（{}）", code_point(c), forbidden(c).unwrap_or_default());
        let text = format!("“{field}”含有不能印在证照上的字符：{}，请删除或改正", list(&refused, named));
        problems.push(Problem::new(field, codes::FORBIDDEN_CHARACTER, text));
    }
    if !undrawn.is_empty() {
        let named = |&c: &char| format!("“{c}”{}", code_point(c));
        let text = format!(
            "“{field}”含有现有字库没有的字：{}，请在补充字库目录中加入含有这些字的字体后再办",
            list(&undrawn, named)
        );
        problems.push(Problem::new(field, codes::NO_GLYPH, text));
    }
}

/// The usual spelling of a code point: U+20BB7.
pub fn code_point(c: char) -> String {
    format!("U+{:04X}", c as u32)
}

fn list(characters: &[char], named: impl Fn(&char) -> String) -> String {
    let mut out = characters.iter().take(MOST_NAMED).map(named).collect::<Vec<_>>().join("、");
    if characters.len() > MOST_NAMED {
        out.push('等');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_hides_or_reorders_and_keeps_every_han_character() {
        for c in [
            '\0', '\t', '\u{7F}', '\u{85}', '\u{AD}', '\u{200B}', '\u{202E}', '\u{2066}', '\u{2028}', '\u{FEFF}',
            '\u{E000}',
        ] {
            assert!(forbidden(c).is_some(), "{}", code_point(c));
        }
        for c in [
            '\u{FFFE}',
            '\u{10FFFF}',
            '\u{F0000}',
            '\u{0378}',
            '\u{301}',
            '\u{FE0F}',
            '\u{FFFD}',
            'א',
            'ع',
            '\u{E0041}',
        ] {
            assert!(forbidden(c).is_some(), "{}", code_point(c));
        }
        for c in "印𠮷𫖯㛃𰻝AZ09 　·—…“”‘’（）〔〕《》㎡×⁻⁷③+<>&\\\"'`$#{}%＞！￥é".chars()
        {
            assert_eq!(forbidden(c), None, "{}", code_point(c));
        }
    }

    #[test]
    fn blank_is_what_the_eye_sees_as_blank() {
        for text in ["", " ", "　", "\u{200B}", "\u{2800}\u{3164}", " \u{FEFF}\n\t"] {
            assert!(is_blank(text), "{text:?}");
        }
        assert!(!is_blank("无"));
        assert!(!is_blank("—"));
    }
}
