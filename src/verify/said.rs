//! The report in few words, for whoever has only a moment: the same on the page and on paper.

use jiff::Timestamp;

use super::report::{Integrity, Report, SignatureReport, Today, Verdict};
use crate::digest::Digest;

/// Whether a character turns the order of writing or begins a line: with these a file could write a verdict of its own.
pub(super) fn turns(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text out of a file as it is shown: nothing in it moves the cursor or turns the order of writing.
pub(super) fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || turns(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// What was asked, and when: what a report that is handed on has to say besides the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// The time of asking.
    pub at: Timestamp,
    /// SHA-256 of the file.
    pub digest: Digest,
    /// Its length in bytes.
    pub size: usize,
}

impl Asked {
    /// A file judged at `at`.
    pub fn of(bytes: &[u8], at: Timestamp) -> Self {
        Self { at, digest: Digest::of(bytes), size: bytes.len() }
    }
}

/// The one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Word {
    /// Genuine and unchanged, and nothing is known against it today.
    Valid,
    /// Genuine and unchanged, but no longer in force.
    Lapsed,
    /// Changed, forged, or sealed against the rules.
    Invalid,
    /// Cannot be confirmed.
    Unsure,
    /// There is nothing signed.
    Unsigned,
}

impl Word {
    /// As people read it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Valid => "有效",
            Self::Lapsed => "已失效",
            Self::Invalid => "无效",
            Self::Unsure => "不能确认",
            Self::Unsigned => "没有签章",
        }
    }
}

/// The answer in a word and two sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The word.
    pub word: Word,
    /// Why, in one sentence.
    pub cause: String,
    /// What to do next.
    pub next: &'static str,
}

impl Report {
    /// The report in few words.
    pub fn said(&self) -> Said {
        let first = self.reasons.first().map(|reason| reason.text.clone());
        match (self.verdict, self.today) {
            (Verdict::Valid, Today::Changed) => Said {
                word: Word::Lapsed,
                cause: "盖章时有效，盖章以后文件没有改动；但证照已经撤销、变更，或印章证书已经吊销。".into(),
                next: "不能再作为有效证照使用；请向签发机关查询现状。",
            },
            (Verdict::Valid, _) => Said { word: Word::Valid, cause: self.proved_by(), next: "可以采信。" },
            (Verdict::Invalid, _) => Said {
                word: Word::Invalid,
                cause: first.unwrap_or_else(|| "文件不是盖章时的样子。".into()),
                next: "不要采信。请向出示人索取原文件，或向签发机关核实。",
            },
            (Verdict::Indeterminate, _) if self.integrity == Integrity::Unsigned => Said {
                word: Word::Unsigned,
                cause: "这份 PDF 里没有电子签章，无从验证真伪。".into(),
                next: "如果它应该盖有电子印章，请向出示人索取签发时的原 PDF 文件；打印后扫描的、截图转成的都不是。",
            },
            (Verdict::Indeterminate, _) => Said {
                word: Word::Unsure,
                cause: first.unwrap_or_else(|| "能查的没有发现问题，但有的查不到。".into()),
                next: "不能确认不等于有效。请向签发机关核实。",
            },
        }
    }

    /// The answer of today, and what it rests on. Whoever holds a changed copy of what is in force is not told that it is valid.
    pub fn said_of_today(&self) -> (&'static str, &'static str) {
        match (self.today, self.verdict) {
            (Today::Good, Verdict::Valid) => ("今天仍然有效", "本大厅登记在册，没有撤销、变更"),
            (Today::Good, _) => ("登记的原件今天没有撤销、变更", "这个文件的结论以上面的为准"),
            (Today::Changed, _) => ("盖章以后已经撤销、变更或吊销", "请向签发机关查询现状"),
            (Today::NotAsked, _) => ("没有查到今天的状态", "不是本大厅现有登记的文件"),
        }
    }

    /// The verdict on one of its signatures: what no longer holds today held when it was sealed, and no more is said.
    pub fn said_of(&self, signature: &SignatureReport) -> &'static str {
        match (self.today, signature.verdict) {
            (Today::Changed, Verdict::Valid) => "盖章时有效",
            _ => signature.word().text(),
        }
    }

    /// Who sealed a valid document. The name a signature gives is anybody's word; only a seal that is proved speaks under it.
    fn proved_by(&self) -> String {
        let names: Vec<String> = self.signatures.iter().filter_map(SignatureReport::proved_name).collect();
        match names[..] {
            [] => "本文件不是大厅的印章，由外部证书签名，盖章后没有改动。".into(),
            _ => format!("本文件由{}盖章，盖章后没有改动。", names.join("、")),
        }
    }
}

impl SignatureReport {
    /// The name of a seal that is proved; its certificate's where the signature gives none.
    pub fn proved_name(&self) -> Option<String> {
        let is_proved = self.is_seal && self.verdict == Verdict::Valid;
        self.name.as_ref().or(self.signer.as_ref()).filter(|_| is_proved).map(|name| shown(name))
    }

    /// What to call the signature: a name that is not proved is said to be a claim.
    pub fn title(&self) -> String {
        match (self.proved_name(), &self.name) {
            _ if self.is_timestamp => "时间戳".into(),
            (Some(name), _) => name,
            (None, Some(name)) => format!("自称“{}”的签章（未经证实）", shown(name)),
            (None, None) => "未署名的签章".into(),
        }
    }

    /// Its verdict in one word.
    pub fn word(&self) -> Word {
        match self.verdict {
            Verdict::Valid => Word::Valid,
            Verdict::Invalid => Word::Invalid,
            Verdict::Indeterminate => Word::Unsure,
        }
    }
}
