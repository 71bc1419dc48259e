//! Documents met outside. Whoever has the key of a seal can use it without the service, but not without leaving a document that
//! the books do not have: a file on which one of the hall's seals stands must be one that the service released.

use jiff::Timestamp;

use crate::digest::Digest;
use crate::verify::{Integrity, Report, verify};

use super::{AuditError, Audited, Books};

impl Books {
    /// Judges a file met outside; `name` is how it is named if it does not fit.
    ///
    /// # Errors
    /// [`AuditError`] if the books cannot be read.
    pub async fn judge_found(
        &self,
        name: &str,
        file: Vec<u8>,
        now: Timestamp,
        audited: &mut Audited,
    ) -> Result<(), AuditError> {
        audited.found += 1;
        let trust = self.trust.clone();
        let judged = tokio::task::spawn_blocking(move || (verify(&file, &trust, now), file));
        let (report, file) = judged.await?;
        let mut seals = Vec::new();
        for seal in self.db.seals().await?.into_iter().filter(|seal| seal.key.is_some()) {
            if let Some(end) = sealed_up_to(&report, &seal.key_digest()?) {
                seals.push((seal.name, end.min(file.len())));
            }
        }
        // Of several seals on one document the last one covers what was released.
        let Some(end) = seals.iter().map(|(_, end)| *end).max() else { return Ok(()) };
        if !self.db.is_released(&Digest::of(&file[..end])).await? {
            let names: Vec<&str> = seals.iter().map(|(name, _)| name.as_str()).collect();
            let text = format!(
                "盖有“{}”，签名真实，但本系统没有用印并发出过这份文件：印章密钥可能已在系统之外使用，请立即停用印章并报告",
                names.join("”“")
            );
            audited.find("key-used-outside", format!("file {name}"), text);
        }
        Ok(())
    }
}

/// Where the last revision ends that this key has signed, if it has signed any: a file that was altered since tells nothing of
/// the key.
fn sealed_up_to(report: &Report, key: &Digest) -> Option<usize> {
    let by_key = |one: &&crate::verify::SignatureReport| {
        one.seal == Some(*key) && matches!(one.integrity, Integrity::Intact | Integrity::Suspicious)
    };
    report.signatures.iter().filter(by_key).filter_map(|one| one.revision_end).max()
}
