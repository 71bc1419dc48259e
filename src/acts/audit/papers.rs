//! Papers that rows name: letters as composed, their scans, records of meetings. The stored bytes against their digests.

use crate::acts::seal_letter::is_of;
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
    sealed_letters(books, audited).await
}

/// A letter filed as sealed has its document, which says what the letter's row does; that it is validly sealed is asked of every
/// document.
async fn sealed_letters(books: &Books, audited: &mut Audited) -> Result<(), AuditError> {
    for (letter, document) in books.db.sealed_letters().await? {
        if !document.is_some_and(|document| is_of(&document, &letter)) {
            let place = format!("letter {}", letter.id);
            audited.find("letter-not-sealed", place, "授权委托书登记为以电子印章备案，但没有与其内容一致的已用印文件");
        }
    }
    Ok(())
}
