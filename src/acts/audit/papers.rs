//! Papers that rows name: letters as composed, their scans, records of meetings. The stored bytes against their digests.

use crate::digest::Digest;

use super::{AuditError, Audited, Books};

pub(super) async fn audit(books: &Books, audited: &mut Audited) -> Result<(), AuditError> {
    for (place, digest) in books.db.papers().await? {
        let store = books.store.clone();
        let read = move || {
            let digest = Digest::try_from(digest.as_slice()).map_err(|error| error.to_string())?;
            store.read(&digest).map(drop).map_err(|error| error.to_string())
        };
        if let Err(why) = tokio::task::spawn_blocking(read).await? {
            audited.find("document-missing", place, format!("备案文件缺失或被改动（{why}）"));
        }
    }
    Ok(())
}
