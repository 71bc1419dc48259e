//! The report as people read it on a terminal.

use std::fmt;

use jiff::tz::{TimeZone, offset};

use super::report::{Report, Today, Verdict};

/// The text without what would move the cursor or turn the order of writing: a file may not write its own verdict.
fn shown(text: &str) -> String {
    let moves = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if moves(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict {
            Verdict::Valid => "有效",
            Verdict::Invalid => "无效",
            Verdict::Indeterminate => "无法确认",
        };
        writeln!(f, "{}：{verdict}", shown(&self.file))?;
        for reason in &self.reasons {
            writeln!(f, "  · {}", reason.text)?;
        }
        for signature in &self.signatures {
            match (&signature.signer, &signature.name) {
                (Some(signer), _) => write!(f, "  印章：{}", shown(signer))?,
                (None, Some(name)) => write!(f, "  印章：自称“{}”，未经证实", shown(name))?,
                (None, None) => write!(f, "  印章：—")?,
            }
            if let Some(at) = signature.signed_at {
                let local = at.to_zoned(TimeZone::fixed(offset(8)));
                write!(f, "；用印时间 {}", local.strftime("%Y年%m月%d日 %H:%M:%S"))?;
            }
            if let Some(ledger) = &signature.ledger {
                write!(f, "；用印公示账本 {} 第{}条（截至{}条）", ledger.log, ledger.index, ledger.size)?;
            }
            writeln!(f)?;
        }
        let today = match self.today {
            Today::Good => "今日状态：有效",
            Today::Changed => "今日状态：已变更，请向发证大厅查询",
            Today::NotAsked => "以上为用印时的状态；今日状态未查询",
        };
        writeln!(f, "  {today}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_write_over_the_verdict() {
        let report = Report::unopened("x").named("\u{1b}[2J正本.pdf\r\n\u{202e}fdp");
        let text = report.to_string();
        assert!(text.starts_with("\u{fffd}[2J正本.pdf\u{fffd}\u{fffd}\u{fffd}fdp：无效\n"), "{text:?}");
    }
}
