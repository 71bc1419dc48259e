//! Everything that can be said of a signature, in one table: code, weight, effect on the report, sentence.

use super::covered;
use super::report::{Integrity, SubIndication};
use crate::pdf::read::{ChangeCode, CoverageError, PreparedCode, ReadError, Weight};

/// Something found. Ordered as found; the weightiest decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    // The file
    /// Not a PDF.
    NotPdf,
    /// The end of the file is missing.
    Truncated,
    /// The structure is damaged.
    Damaged,
    /// Beyond the limits of size or work.
    TooLarge,
    /// Cannot be opened without a password.
    Encrypted,
    /// Encrypted in a way that is not read here.
    SecurityHandler,
    /// Uses something that is not read here.
    Unsupported,
    /// There is no signature.
    Unsigned,
    /// Older and newer programs see different objects.
    Hybrid,
    /// So damaged that another program may read it otherwise.
    Guessed,
    /// Damaged in a way that every program reads alike.
    Repaired,
    /// Nobody has signed; a timestamp says when the file existed.
    TimestampAlone,
    /// Two fields have one name.
    SharedName,
    /// Two fields have one signature.
    SharedSignature,
    /// A prepared place for a seal is empty.
    SealMissing,
    /// A place for a seal was signed by somebody else.
    SealReplaced,
    // Coverage and changes
    /// The place for the signature was never filled.
    NotFilled,
    /// The signature covers nothing in particular.
    Coverage(CoverageError),
    /// Something changed after the signature.
    Changed(ChangeCode),
    /// Something changed that the signature allows and that can yet mislead who looks at the page.
    MayMislead(ChangeCode),
    /// Something changed that the signature allows.
    Permitted(ChangeCode),
    /// What was signed does not show the same to everybody, or could be made to show something else.
    Prepared(PreparedCode),
    // The signature
    /// A kind of signature that is not read here.
    SignatureKind,
    /// The CMS object is damaged.
    SignatureDamaged,
    /// An algorithm that is not supported.
    Algorithm,
    /// An algorithm or a key that is too weak for a signature that is not known to be old.
    WeakAlgorithm,
    /// The signer's certificate is missing.
    SignerMissing,
    /// The document is not what was signed.
    DigestMismatch,
    /// The signature is not the signer's.
    SignatureWrong,
    /// The signed attributes name another certificate.
    OtherCertificate,
    /// The signed attributes name no certificate.
    CertificateNotNamed,
    // The chain
    /// No path to a trusted anchor.
    NoChain,
    /// A path that breaks a rule.
    ChainRule,
    /// More certificates, lists, responses or timestamps than are verified for one file.
    TooMuchEvidence,
    /// The certificate has expired and nothing proves that the signature is older.
    Expired,
    /// The signature claims a time before its certificate.
    NotYetValid,
    /// The signature claims a time after its certificate.
    SignedAfterExpiry,
    /// The signature claims a time that is still to come.
    SignedInFuture,
    /// The certificate was revoked before the signature.
    Revoked,
    /// The certificate was revoked, and nothing proves that the signature is older.
    RevokedNoProof,
    /// The certificate was revoked after the signature.
    RevokedSince,
    /// No current revocation list says whether the certificate was revoked.
    RevocationUnknown,
    /// A timestamp over the signature does not hold, or nobody is known who vouches for it.
    TimestampUnproved,
    // The seal
    /// Not in the one form that this system writes.
    NotOurForm,
    /// Carries a timestamp that does not hold.
    Timestamp,
    /// No ledger proof.
    ProofMissing,
    /// More than one ledger proof.
    ProofDoubled,
    /// A ledger proof that does not hold.
    ProofWrong,
    /// The entry is of another document.
    EntryOfOtherDocument,
    /// The entry is of another seal.
    EntryOfOtherSeal,
    /// The entry is of another day.
    EntryOfOtherDay,
    /// The entry is not of the use of a seal.
    EntryOfOtherKind,
    /// The verifier's policy does not know the log.
    LogUnknown,
    /// Too few witnesses have cosigned.
    QuorumShort,
    /// A cosignature by a key the policy does not know.
    CosignerUnknown,
    /// The policy asks for no independent witness.
    NoWitness,
    /// The log itself has another entry there, or another history: the proof is of a fork.
    Fork,
    /// The log has the use where the seal was suspended or retired.
    NotInForce,
    // What a copy of the log says of the time since
    /// The use was declared void.
    VoidSince,
    /// The seal is suspended.
    SuspendedSince,
    /// The seal was retired.
    RetiredSince,
    /// The copy is older than the document.
    LogCopyOlder,
    /// Since the use the log has entries that are not read here.
    LogEntryUnread,
    /// A seal's use is in another log than the one that was asked.
    LogElsewhere,
}

/// What a reason does to the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Nothing: it is said for completeness.
    Note,
    /// The verdict cannot be *valid*.
    Unconfirmed(Option<SubIndication>),
    /// The verdict is *invalid*.
    Fails(SubIndication),
}

impl Reason {
    /// Why a file cannot be read.
    pub(super) fn of_unreadable(error: &ReadError) -> Self {
        match error {
            ReadError::NotPdf => Self::NotPdf,
            ReadError::NoEnd => Self::Truncated,
            ReadError::Encrypted => Self::Encrypted,
            ReadError::SecurityHandler => Self::SecurityHandler,
            ReadError::Limit(_) => Self::TooLarge,
            ReadError::Unsupported(_) | ReadError::Io(_) => Self::Unsupported,
            ReadError::Syntax { .. }
            | ReadError::DuplicateKey { .. }
            | ReadError::Xref { .. }
            | ReadError::SectionOrder
            | ReadError::EncryptionChanged
            | ReadError::Misplaced(_)
            | ReadError::Stream { .. }
            | ReadError::Structure(_) => Self::Damaged,
        }
    }

    /// A stable name for programs.
    pub fn code(self) -> &'static str {
        self.row().0
    }

    pub(super) fn effect(self) -> Effect {
        self.row().1
    }

    /// What it says of the bytes alone.
    pub(super) fn integrity(self) -> Integrity {
        self.row().2
    }

    /// What to do, where the finding itself says what it is.
    pub(super) fn advice(self) -> &'static str {
        self.row().3
    }

    /// One sentence for the person who asks, and what to do.
    pub fn text(self) -> String {
        match self {
            // The change says what, the row says what to do.
            Self::Changed(code) | Self::MayMislead(code) | Self::Permitted(code) => {
                format!("{}{}", code.text(), self.row().3)
            }
            _ => self.row().3.to_owned(),
        }
    }

    #[rustfmt::skip]
    fn row(self) -> (&'static str, Effect, Integrity, &'static str) {
        use Effect::{Fails, Note, Unconfirmed};
        use Integrity::{Broken, Intact, Modified, Suspicious};
        use SubIndication as Sub;
        let maybe = |sub| Unconfirmed(Some(sub));
        match self {
            Self::NotPdf => ("not-a-pdf", Fails(Sub::FormatFailure), Broken, "这不是 PDF 文件，请选择盖章后发给您的原 PDF 文件。"),
            Self::Truncated => ("truncated", Fails(Sub::FormatFailure), Broken, "文件不完整，末尾缺失，请重新下载或向出证窗口索取。"),
            Self::Damaged => ("damaged", Fails(Sub::FormatFailure), Broken, "文件结构已损坏，请重新下载或向出证窗口索取。"),
            Self::TooLarge => ("too-large", Unconfirmed(None), Suspicious, "文件过大或结构过于复杂，无法查验，请向出证窗口核对。"),
            Self::Encrypted => ("encrypted", Unconfirmed(None), Suspicious, "文件设有打开密码，无法查验，请向出证窗口索取未加密的原件。"),
            Self::SecurityHandler => ("security-handler", Unconfirmed(None), Suspicious, "文件使用了本系统不支持的加密方式，无法查验，请向出证窗口索取未加密的原件。"),
            Self::Unsupported => ("unsupported", Unconfirmed(None), Suspicious, "文件使用了本系统不支持的格式，无法查验，请向出证窗口核对。"),
            Self::Unsigned => ("unsigned", Unconfirmed(Some(Sub::SignedDataNotFound)), Integrity::Unsigned, "文件中没有电子印章或电子签名，请确认这是盖章后的原件。"),
            Self::Hybrid => ("hybrid", Note, Intact, "文件在很旧的软件中可能显示不同内容，这里按现行软件的读法查验。"),
            Self::Guessed => ("structure-guessed", maybe(Sub::FormatFailure), Suspicious, "文件结构有损坏，不同软件可能显示不同内容，不能确认，请重新下载或向出证窗口索取原件。"),
            Self::Repaired => ("structure-repaired", Note, Intact, "文件结构有不规范之处，不影响内容。"),
            Self::TimestampAlone => ("timestamp-alone", maybe(Sub::SignedDataNotFound), Intact, "文件中只有时间戳，没有人签名盖章，不能说明由谁出具，请确认这是盖章后的原件。"),
            Self::SharedName => ("shared-field-name", Fails(Sub::FormatFailure), Suspicious, "文件中有重名的签章位置，可能被人做过手脚，请勿采信。"),
            Self::SharedSignature => ("shared-signature", Fails(Sub::FormatFailure), Suspicious, "同一个签名被用在多个签章位置，可能被人做过手脚，请勿采信。"),
            Self::SealReplaced => ("seal-replaced", maybe(Sub::SigConstraintsFailure), Suspicious, "应盖印章的位置上，有一处签名不是信任名单中的印章，不能确认是完整的证照，请更新信任名单或到大厅网站“验证证照”在线查验。"),
            Self::SealMissing => ("seal-missing", Unconfirmed(None), Suspicious, "文件中还有应盖而未盖的印章，不是完整的证照，请索取全部盖章后的原件。"),
            Self::NotFilled => ("not-filled", Fails(Sub::FormatFailure), Broken, "印章图样下没有电子签名，文件没有盖章效力，请勿采信。"),
            Self::Coverage(error) => {
                let (code, integrity, text) = covered::row(error);
                (code, Fails(Sub::FormatFailure), integrity, text)
            }
            Self::Changed(code) => (code.code(), Fails(Sub::FormatFailure), Modified, "请勿采信，并索取未经改动的原件。"),
            Self::MayMislead(code) => (code.code(), Unconfirmed(None), Suspicious, "不能确认所见即所签，请向出证单位核对原件。"),
            Self::Permitted(code) => (code.code(), Note, Intact, "这是签名所允许的。"),
            Self::Prepared(code) => match code.weight() {
                Weight::Suspicious => (code.code(), maybe(Sub::FormatFailure), Suspicious, "不能确认您所见即签署人所见，请向出证单位核对原件。"),
                Weight::Note => (code.code(), Note, Intact, "重要用途请与出证单位核对。"),
            },
            Self::SignatureKind => ("signature-kind", Unconfirmed(None), Suspicious, "文件中有本系统不支持的签名类型，不能确认，请用签名方提供的工具查验。"),
            Self::SignatureDamaged => ("signature-damaged", Fails(Sub::FormatFailure), Broken, "电子签名已损坏，请重新下载或向出证窗口索取。"),
            Self::Algorithm => ("algorithm", maybe(Sub::CryptoConstraintsFailure), Suspicious, "签名使用了本系统不支持的算法，不能确认，请用签名方提供的工具查验。"),
            Self::WeakAlgorithm => ("weak-algorithm", maybe(Sub::CryptoConstraintsFailureNoPoe), Suspicious, "签名使用了早已不安全的算法或过短的密钥，又没有独立的见证说明它签于当年，不能确认，请向出证单位核对。"),
            Self::SignerMissing => ("signer-missing", maybe(Sub::NoSigningCertificateFound), Suspicious, "签名中没有签名者的证书，不能确认是谁所签。"),
            Self::DigestMismatch => ("digest-mismatch", Fails(Sub::HashFailure), Modified, "文件内容在盖章之后被改动，请勿采信。"),
            Self::SignatureWrong => ("signature-wrong", Fails(Sub::SigCryptoFailure), Modified, "电子签名与证书不符，是伪造的或已被改动，请勿采信。"),
            Self::OtherCertificate => ("other-certificate", Fails(Sub::SigConstraintsFailure), Suspicious, "签名所指的证书被人调换，请勿采信。"),
            Self::CertificateNotNamed => ("certificate-not-named", maybe(Sub::SigConstraintsFailure), Intact, "签名没有锁定签名者的证书，不能确认是谁所签。"),
            Self::NoChain => ("no-chain", maybe(Sub::NoCertificateChainFound), Intact, "内容未被改动，但签名者不在可信名单之内，不能确认是谁所签，请向其发证机构核对。"),
            Self::ChainRule => ("chain-rule", maybe(Sub::ChainConstraintsFailure), Intact, "签名者的证书不符合规定的用途或层级，不能确认，请向其发证机构核对。"),
            Self::TooMuchEvidence => ("too-much-evidence", Unconfirmed(None), Suspicious, "文件附带的证书、吊销名单或时间戳多得反常，没有逐一核验，不能确认，请向出证单位核对。"),
            Self::Expired => ("expired", maybe(Sub::OutOfBoundsNoPoe), Intact, "印章证书现已到期，又没有独立的见证说明盖章在到期之前，不能确认，请到大厅网站“验证证照”在线查验。"),
            Self::NotYetValid => ("not-yet-valid", Fails(Sub::NotYetValid), Intact, "签名所称的时间早于印章证书启用的时间，请勿采信。"),
            Self::SignedAfterExpiry => ("signed-after-expiry", Fails(Sub::Expired), Intact, "签名所称的时间晚于印章证书到期的时间，请勿采信。"),
            Self::SignedInFuture => ("signed-in-future", Unconfirmed(None), Intact, "签名所称的时间还没有到，请核对本机时间后再查验。"),
            Self::Revoked => ("revoked", Fails(Sub::Revoked), Intact, "盖章时印章证书已被吊销，请勿采信。"),
            Self::RevokedNoProof => ("revoked-no-proof", maybe(Sub::RevokedNoPoe), Intact, "印章证书现已吊销，又没有独立的见证说明盖章在吊销之前，不能确认，请到大厅网站“验证证照”在线查验。"),
            Self::RevokedSince => ("revoked-since", Note, Intact, "印章证书在盖章之后被吊销，盖章时有效；目前状态请到大厅网站“验证证照”在线查验。"),
            Self::RevocationUnknown => ("revocation-unknown", Note, Intact, "信任名单中没有现行的吊销名单，未能查明印章证书是否已被吊销；请更新信任名单，或到大厅网站“验证证照”在线查验。"),
            Self::NotOurForm => ("not-canonical", Fails(Sub::FormatFailure), Suspicious, "印章数据中有不属于本系统写法的内容，可能被人做过手脚，请勿采信。"),
            Self::Timestamp => ("timestamp", Unconfirmed(None), Intact, "印章所附的时间戳没有通过核验，不能确认，请到大厅网站“验证证照”在线查验。"),
            Self::TimestampUnproved => ("timestamp-unproved", Note, Intact, "签名所附的时间戳不成立或不在信任名单之内，签名时间没有独立的证明。"),
            Self::ProofMissing => ("proof-missing", Fails(Sub::SigConstraintsFailure), Intact, "这次盖章没有登记在用印公示账本上，请勿采信，并向大厅举报。"),
            Self::ProofDoubled => ("proof-doubled", Fails(Sub::SigConstraintsFailure), Intact, "印章附有多份用印登记证明，不合规定，请勿采信，并向大厅举报。"),
            Self::ProofWrong => ("proof-wrong", Fails(Sub::SigConstraintsFailure), Intact, "用印登记证明不成立，请勿采信，并向大厅举报。"),
            Self::EntryOfOtherDocument => ("entry-other-document", Fails(Sub::SigConstraintsFailure), Intact, "用印登记证明属于另一份文件，请勿采信，并向大厅举报。"),
            Self::EntryOfOtherSeal => ("entry-other-seal", Fails(Sub::SigConstraintsFailure), Intact, "用印登记证明属于另一枚印章，请勿采信，并向大厅举报。"),
            Self::EntryOfOtherDay => ("entry-other-day", Fails(Sub::SigConstraintsFailure), Intact, "用印登记的日期与盖章日期不符，请勿采信，并向大厅举报。"),
            Self::EntryOfOtherKind => ("entry-other-kind", Fails(Sub::SigConstraintsFailure), Intact, "所附的登记不是用印登记，请勿采信，并向大厅举报。"),
            Self::LogUnknown => ("log-unknown", maybe(Sub::SigConstraintsFailure), Intact, "本机的信任名单中没有登记这次盖章的用印公示账本，不能确认，请更新信任名单或到大厅网站“验证证照”在线查验。"),
            Self::QuorumShort => ("quorum-short", maybe(Sub::SigConstraintsFailure), Intact, "见证这次用印登记的独立机构不足规定数目，不能确认，请到大厅网站“验证证照”在线查验。"),
            Self::CosignerUnknown => ("cosigner-unknown", maybe(Sub::SigConstraintsFailure), Intact, "用印登记证明上有信任名单之外的签名，不能确认，请更新信任名单或到大厅网站“验证证照”在线查验。"),
            Self::Fork => ("ledger-fork", Fails(Sub::SigConstraintsFailure), Intact, "用印登记证明与大厅的用印公示账本不一致，是另一本账所出，请勿采信，并立即向大厅举报。"),
            Self::NotInForce => ("seal-not-in-force", Fails(Sub::SigConstraintsFailure), Intact, "用印登记的时候，这枚印章已经停用或者注销，请勿采信，并立即向大厅举报。"),
            Self::VoidSince => ("void-since", Note, Intact, "这次用印登记之后已被声明作废，证照不能再作为有效证照使用，请向签发机关查询。"),
            Self::SuspendedSince => ("seal-suspended-since", Note, Intact, "盖章时有效；这枚印章之后被停用，停用前所盖的证照仍然有效，重要用途请向签发机关核实。"),
            Self::RetiredSince => ("seal-retired-since", Note, Intact, "盖章时有效；这枚印章之后已经注销，注销前所盖的证照仍然有效。"),
            Self::LogCopyOlder => ("log-copy-older", Note, Intact, "所给的账本副本比这次盖章还早，今天的状态没有查到，请取得新的账本副本后再查验。"),
            Self::LogEntryUnread => ("log-entry-unread", Note, Intact, "账本中有这次盖章之后的登记是本程序读不懂的，今天的状态不能断定，请用新版程序再查验，或到大厅网站“验证证照”在线查验。"),
            Self::LogElsewhere => ("log-elsewhere", Note, Intact, "文件中有印章的用印登记不在所查的账本上，它今天的状态没有查到，请向那枚印章的大厅查询。"),
            Self::NoWitness => ("no-independent-witness", Note, Intact, "没有独立见证：用印公示账本只由大厅自己作证，重要用途请向大厅核实。"),
        }
    }
}
