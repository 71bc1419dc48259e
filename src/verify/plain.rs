//! The report as people read it on a terminal.

use std::fmt;

use jiff::tz::{TimeZone, offset};

use super::report::{Report, SignatureReport, Today, Verdict};
use super::said::shown;

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
            write!(f, "  {}", signer(signature))?;
            if let Some(at) = signature.signed_at {
                let (local, of) =
                    (at.to_zoned(TimeZone::fixed(offset(8))), if signature.is_seal { "用印" } else { "" });
                write!(f, "；{of}时间 {}", local.strftime("%Y年%m月%d日 %H:%M:%S"))?;
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

/// Who signed: by what it is, and never more than a claim unless it is valid.
fn signer(signature: &SignatureReport) -> String {
    let kind = match (signature.is_timestamp, signature.is_seal) {
        (true, _) => "时间戳",
        (_, true) => "印章",
        _ => "签名",
    };
    let who = match (&signature.signer, &signature.name) {
        (Some(signer), _) => shown(signer),
        (None, Some(name)) => format!("自称“{}”", shown(name)),
        (None, None) => "—".to_owned(),
    };
    let proved = if signature.verdict == Verdict::Valid { "" } else { "（未经证实）" };
    format!("{kind}：{who}{proved}")
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

    #[test]
    fn nobody_is_called_a_seal_who_is_none() {
        let seal = crate::verify::xml::tests::valid();
        let unsure = SignatureReport { verdict: Verdict::Indeterminate, is_seal: false, ..seal.clone() };
        let stamp = SignatureReport { is_timestamp: true, ..unsure.clone() };
        let unnamed = SignatureReport { signer: None, ..unsure.clone() };
        assert_eq!(
            [&seal, &unsure, &stamp, &unnamed].map(signer),
            [
                "印章：CN=22020100000007",
                "签名：CN=22020100000007（未经证实）",
                "时间戳：CN=22020100000007（未经证实）",
                "签名：自称“某局”（未经证实）"
            ]
        );
        // And a seal that gives no name is still the hall's.
        let unnamed = SignatureReport { name: None, ..seal };
        assert_eq!(unnamed.title(), "CN=22020100000007");
        assert!(Report::new(vec![], vec![unnamed]).said().cause.starts_with("本文件由CN=22020100000007盖章"));
    }
}
