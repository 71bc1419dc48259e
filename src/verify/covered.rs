//! What is to be said of a signature that covers nothing in particular: a name and a sentence for each way.

use super::report::Integrity;
use crate::pdf::read::CoverageError;

/// Code, what it says of the bytes, and one sentence.
#[rustfmt::skip]
pub(super) const fn row(error: CoverageError) -> (&'static str, Integrity, &'static str) {
    use Integrity::{Broken, Suspicious};
    match error {
        CoverageError::DoubledKey => ("signature-key-doubled", Suspicious, "签名数据中同一项写了两次，不同软件会读出不同内容，请勿采信。"),
        CoverageError::ByteRangeType => ("byte-range", Broken, "签名所保护的范围写得不合规定，无法成立，请勿采信。"),
        CoverageError::IndirectByteRange => ("byte-range-indirect", Suspicious, "签名所保护的范围写在别处、可以被替换，请勿采信。"),
        CoverageError::NotTwoRanges => ("byte-range-not-two", Suspicious, "签名所保护的范围不是规定的两段，请勿采信。"),
        CoverageError::NegativeRange => ("byte-range-negative", Broken, "签名所保护的范围写有负数，无法成立，请勿采信。"),
        CoverageError::NotFromStart => ("byte-range-not-from-start", Suspicious, "签名没有从文件开头保护起，开头的内容可能是后加的，请勿采信。"),
        CoverageError::OverlappingRanges => ("byte-range-overlap", Suspicious, "签名所保护的两段范围互相重叠，可能被人做过手脚，请勿采信。"),
        CoverageError::BeyondFile => ("byte-range-beyond-file", Broken, "签名所保护的范围超出文件末尾，文件不完整，请重新下载或向出证窗口索取。"),
        CoverageError::ContentsType => ("contents", Broken, "电子签名的数据缺失或写得不合规定，请勿采信。"),
        CoverageError::IndirectContents => ("contents-indirect", Suspicious, "电子签名的数据写在别处、可以被替换，请勿采信。"),
        CoverageError::InObjectStream => ("signature-in-object-stream", Suspicious, "电子签名藏在压缩数据中，保护不了文件内容，请勿采信。"),
        CoverageError::GapIsNotContents => ("gap-not-contents", Suspicious, "签名没有保护文件的全部内容，空出的位置不是它自己的签名数据，请勿采信。"),
        CoverageError::SharedGap => ("gap-shared", Suspicious, "签名数据所在的位置同时被用作别的内容，签名之后可以被替换，请勿采信。"),
        CoverageError::TooMuch => ("gap-not-searched", Suspicious, "文件结构过于复杂，无法查明签名保护了什么，请勿采信。"),
        CoverageError::Unreadable => ("gap-unreadable", Broken, "签名数据所在的位置无法读取，请重新下载或向出证窗口索取。"),
        CoverageError::NotHex => ("gap-not-hex", Suspicious, "签名数据的位置上夹带了别的内容，请勿采信。"),
        CoverageError::NotDer => ("contents-not-der", Broken, "电子签名已损坏，请重新下载或向出证窗口索取。"),
        CoverageError::Padding => ("padding", Suspicious, "签名数据之后的空位上夹带了别的内容，请勿采信。"),
        CoverageError::NotAtRevisionEnd => ("not-at-revision-end", Suspicious, "签名没有保护到文件这一版本的末尾，可能被人做过手脚，请勿采信。"),
        CoverageError::NotInItsRevision => ("not-in-its-revision", Suspicious, "签名不在它所保护的那个版本中，是从别处移来的，请勿采信。"),
    }
}
