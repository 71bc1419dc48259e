//! The report as people read it on a terminal.

use std::fmt;

use jiff::tz::{TimeZone, offset};

use super::report::{Report, Today, Verdict};

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict {
            Verdict::Valid => "有效",
            Verdict::Invalid => "无效",
            Verdict::Indeterminate => "无法确认",
        };
        writeln!(f, "{}：{verdict}", self.file)?;
        for reason in &self.reasons {
            writeln!(f, "  · {}", reason.text)?;
        }
        for signature in &self.signatures {
            write!(f, "  印章：{}", signature.signer.as_deref().or(signature.name.as_deref()).unwrap_or("—"))?;
            if let Some(at) = signature.signed_at {
                let local = at.to_zoned(TimeZone::fixed(offset(8)));
                write!(f, "；用印时间 {}", local.strftime("%Y年%m月%d日 %H:%M:%S"))?;
            }
            if let Some(ledger) = &signature.ledger {
                write!(f, "；账本 {} 第{}条（截至{}条）", ledger.log, ledger.index, ledger.size)?;
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
