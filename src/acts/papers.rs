//! Papers that people bring as PDF files: scans of letters, records of meetings. Kept in the store under their digest.

use crate::app::App;
use crate::digest::Digest;
use crate::hall::refusal::Reasons;
use crate::hall::staff::Duty;
use crate::pdf::read::{Document, Limits};

use super::person::Person;
use super::{ActError, compute, inconsistent};

/// The largest paper taken, in bytes.
pub const MOST_PAPER: usize = 20 * 1024 * 1024;

/// Stores the record of a meeting for the decision that will name it (R3); it is forgotten if none does.
pub async fn keep_record(app: &App, person: &Person, record: Vec<u8>) -> Result<Digest, ActError> {
    person.require(&[Duty::Chief])?;
    let mut reasons = Reasons::new();
    let kept = keep_pdf(app, "meeting", record, &mut reasons).await?;
    reasons.into_result()?;
    kept.ok_or_else(|| inconsistent("a record that was not kept"))
}

/// Stores a PDF file, if it is one; otherwise says what is wrong with it, beside `field`.
pub(super) async fn keep_pdf(
    app: &App,
    field: &'static str,
    pdf: Vec<u8>,
    reasons: &mut Reasons,
) -> Result<Option<Digest>, ActError> {
    if pdf.is_empty() {
        reasons.add_field("file-missing", field, "请选择 PDF 文件");
        return Ok(None);
    }
    if pdf.len() > MOST_PAPER {
        let most = MOST_PAPER / 1024 / 1024;
        reasons.add_field("file-too-large", field, format!("文件超过{most} MB，请压缩后重新选择"));
        return Ok(None);
    }
    let store = app.store.clone();
    let kept = compute(move || {
        let readable = Document::open(&pdf, &Limits::default()).is_ok_and(|document| !document.is_encrypted());
        readable.then(|| store.put(&pdf)).transpose()
    });
    let kept = kept.await??;
    if kept.is_none() {
        reasons.add_field("not-a-pdf", field, "不是可以读取的 PDF 文件（加密的也不行），请重新扫描或导出");
    }
    Ok(kept)
}
