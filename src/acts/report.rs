//! Report: what was found, as a file to hand on.

use std::sync::Arc;

use super::{ActError, inconsistent};
use crate::app::{StartError, composing};
use crate::compose::Composer;
use crate::compose::report::{Paper, PaperSignature};
use crate::hall::opening::china_time;
use crate::verify::said::{Asked, Word};
use crate::verify::xml::xml;
use crate::verify::{Report, SignatureReport};

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The report's own, for programs.
    Json,
    /// ETSI TS 119 102-2, for other validation services.
    Xml,
    /// For people, on paper.
    Pdf,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Pdf, Self::Xml, Self::Json];

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Xml => "application/xml",
            Self::Pdf => "application/pdf",
        }
    }

    /// The ending of a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Xml => "xml",
            Self::Pdf => "pdf",
        }
    }
}

/// The report in this form.
///
/// # Errors
/// Only a failure of ours.
pub fn write(format: Format, report: &Report, asked: &Asked, composer: &Composer) -> Result<Vec<u8>, ActError> {
    match format {
        Format::Json => serde_json::to_vec_pretty(report).map_err(inconsistent),
        Format::Xml => Ok(xml(report, asked).into_bytes()),
        Format::Pdf => composer.report(&paper(report, asked), asked.at).map_err(|error| ActError::Failed(error.into())),
    }
}

/// A composer with the faces that are built in, where there is no hall.
///
/// # Errors
/// If the faces cannot be read.
pub fn composer() -> Result<Arc<Composer>, StartError> {
    Ok(composing(&None)?.1)
}

/// What people are told of a signature: names and values.
pub fn facts(signature: &SignatureReport) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let Some(at) = signature.signed_at {
        facts.push(("盖章时间", format!("{}（北京时间）", second(at))));
    }
    if let Some(page) = signature.page {
        facts.push(("位置", format!("第 {page} 页")));
    }
    if let Some(code) = signature.signer.as_deref().and_then(seal_code) {
        facts.push(("印章编码", code.to_owned()));
    }
    if let Some(ledger) = &signature.ledger {
        let witnesses = match ledger.witnesses.len() {
            0 => "没有独立见证".to_owned(),
            n => format!("{n} 个独立见证"),
        };
        facts.push(("用印公示账本", format!("{} 第 {} 条，{witnesses}", ledger.log, ledger.index)));
    }
    facts
}

/// The seal's code: the common name of its certificate, if it has the form of one.
fn seal_code(subject: &str) -> Option<&str> {
    let name = subject.split(',').find_map(|part| part.trim().strip_prefix("CN="))?;
    (name.len() == 14 && name.bytes().all(|b| b.is_ascii_digit())).then_some(name)
}

fn second(at: jiff::Timestamp) -> String {
    china_time(at).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn paper(report: &Report, asked: &Asked) -> Paper {
    let said = report.said();
    let (today, why) = report.said_of_today();
    let file = if report.file.is_empty() { "（没有文件名）" } else { &report.file };
    Paper {
        sign: match said.word {
            Word::Valid => "valid",
            Word::Lapsed => "lapsed",
            Word::Invalid => "invalid",
            Word::Unsure => "unsure",
            Word::Unsigned => "unsigned",
        },
        word: said.word.text().into(),
        cause: said.cause,
        next: said.next.into(),
        facts: vec![
            ("文件名".into(), file.into()),
            ("大小".into(), format!("{} 字节", asked.size)),
            ("SHA-256".into(), asked.digest.to_string()),
            ("验证时间".into(), format!("{}（北京时间）", second(asked.at))),
        ],
        today: format!("{today}：{why}。"),
        reasons: report.reasons.iter().map(|reason| reason.text.clone()).collect(),
        signatures: report.signatures.iter().map(|one| on_paper(one, report)).collect(),
    }
}

fn on_paper(signature: &SignatureReport, report: &Report) -> PaperSignature {
    let mut list: Vec<(String, String)> = facts(signature).into_iter().map(|(n, v)| (n.to_owned(), v)).collect();
    if let Some(signer) = &signature.signer {
        list.push(("证书主体".into(), signer.clone()));
    }
    if let Some(serial) = &signature.certificate_serial {
        list.push(("证书序号".into(), serial.clone()));
    }
    PaperSignature {
        title: signature.title(),
        word: report.said_of(signature).into(),
        facts: list,
        // Of a single signature everything is said already.
        reasons: signature
            .reasons
            .iter()
            .filter(|_| report.signatures.len() > 1)
            .map(|reason| reason.text.clone())
            .collect(),
    }
}
