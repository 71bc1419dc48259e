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
    let record = Paper::read("meeting", record, &mut reasons).await?;
    reasons.into_result()?;
    record.ok_or_else(|| inconsistent("a record refused without a reason"))?.keep(app).await
}

/// A PDF file that can be read.
pub(super) struct Paper(Vec<u8>);

impl Paper {
    /// The file as one; otherwise says what is wrong with it, beside `field`.
    pub(super) async fn read(
        field: &'static str,
        pdf: Vec<u8>,
        reasons: &mut Reasons,
    ) -> Result<Option<Self>, ActError> {
        if pdf.is_empty() {
            reasons.add_field("file-missing", field, "请选择 PDF 文件");
            return Ok(None);
        }
        if pdf.len() > MOST_PAPER {
            let most = MOST_PAPER / 1024 / 1024;
            reasons.add_field("file-too-large", field, format!("文件超过{most} MB，请压缩后重新选择"));
            return Ok(None);
        }
        let read = move || {
            let readable = Document::open(&pdf, &Limits::default()).is_ok_and(|document| !document.is_encrypted());
            readable.then_some(Self(pdf))
        };
        let paper = compute(read).await?;
        if paper.is_none() {
            reasons.add_field("not-a-pdf", field, "不是可以读取的 PDF 文件（加密的也不行），请重新扫描或导出");
        }
        Ok(paper)
    }

    /// Stores it; it is forgotten unless a row names it.
    pub(super) async fn keep(self, app: &App) -> Result<Digest, ActError> {
        let store = app.store.clone();
        Ok(compute(move || store.put(&self.0)).await??)
    }
}
