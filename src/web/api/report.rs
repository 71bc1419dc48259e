//! The report's schema. The report itself is `verify`'s, which knows nothing of the interface; these types describe what it
//! writes and are never made, and a test holds what is served against them.

use utoipa::ToSchema;

/// The answer for one file.
#[derive(ToSchema)]
pub struct Report {
    /// What the caller calls the file: here always empty.
    pub file: String,
    /// In one word.
    pub verdict: Verdict,
    /// The bytes alone.
    pub integrity: Integrity,
    /// Since sealing.
    pub today: Today,
    /// Main status indication (EN 319 102-1), that of the worst signature.
    pub indication: Indication,
    /// Sub-indication (EN 319 102-1) that goes with it.
    #[schema(required)]
    pub sub_indication: Option<String>,
    /// Of the document and of all its signatures, the weightiest first.
    pub reasons: Vec<Stated>,
    /// One for each signature, in the order of the form.
    pub signatures: Vec<SignatureReport>,
}

/// The answer for one signature.
#[derive(ToSchema)]
pub struct SignatureReport {
    /// The field's name.
    pub field: String,
    /// The page of the seal, from 1.
    #[schema(required)]
    pub page: Option<usize>,
    /// The rectangle on that page in points, as written.
    #[schema(required)]
    pub rect: Option<Vec<f64>>,
    /// The name the signature gives, unproved.
    #[schema(required)]
    pub name: Option<String>,
    /// The subject of the signer's certificate; proved if the indication is TOTAL-PASSED.
    #[schema(required)]
    pub signer: Option<String>,
    /// SHA-256 of the signer's public key, which names the seal in the ledger.
    #[schema(required)]
    pub seal: Option<String>,
    /// Serial number of the signer's certificate, hexadecimal.
    #[schema(required)]
    pub certificate_serial: Option<String>,
    /// The signer is under a hall's anchor, so that the rules for seals apply.
    pub is_seal: bool,
    /// It is a document timestamp: an authority's word on when the file existed, nobody's signature under it.
    pub is_timestamp: bool,
    /// Who is believed to name the signer, and how that came to be believed.
    #[schema(required)]
    pub anchor: Option<AnchorReport>,
    /// The time the signature claims, RFC 3339.
    #[schema(required)]
    pub signed_at: Option<String>,
    /// The earliest time at which somebody else is known to have seen it.
    #[schema(required)]
    pub proved_at: Option<ProvedAt>,
    /// It covers every byte of the file but its own place.
    pub covers_whole_file: bool,
    /// How many bytes of the file it speaks of, its own place among them: the length of the revision that was signed.
    #[schema(required)]
    pub revision_end: Option<usize>,
    /// Certification: what the signature allows afterwards, 1 to 3.
    #[schema(required)]
    pub certification: Option<u8>,
    /// Where its use is logged.
    #[schema(required)]
    pub ledger: Option<LedgerReport>,
    /// In one word.
    pub verdict: Verdict,
    /// The bytes alone.
    pub integrity: Integrity,
    /// Main status indication.
    pub indication: Indication,
    /// Sub-indication that goes with it.
    #[schema(required)]
    pub sub_indication: Option<String>,
    /// The weightiest first.
    pub reasons: Vec<Stated>,
}

/// The end of the signer's path.
#[derive(ToSchema)]
pub struct AnchorReport {
    /// The subject of its certificate.
    pub subject: String,
    /// What it is trusted for: `hall`, `other-hall`, `outside`.
    pub purpose: String,
    /// Its file in the folder of trust.
    pub source: String,
}

/// Proof that a signature existed.
#[derive(ToSchema)]
pub struct ProvedAt {
    /// When, RFC 3339.
    pub at: String,
    /// Who says so: `witness`, `signature-timestamp`, `document-timestamp`.
    pub by: String,
}

/// A proved ledger entry.
#[derive(ToSchema)]
pub struct LedgerReport {
    /// The log's origin.
    pub log: String,
    /// The entry's index.
    pub index: u64,
    /// The size of the tree of the proof.
    pub size: u64,
    /// The root of that tree, hexadecimal.
    pub root: String,
    /// The entry's leaf hash, hexadecimal.
    pub leaf: String,
    /// Witnesses of the policy that have cosigned, each with its time, RFC 3339.
    pub witnesses: Vec<Vec<String>>,
}

/// A reason.
#[derive(ToSchema)]
pub struct Stated {
    /// Stable, for programs.
    pub code: String,
    /// The page it is seen on, from 1.
    #[schema(required)]
    pub page: Option<usize>,
    /// One Chinese sentence, with what to do.
    pub text: String,
}

/// The answer in one word.
#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum Verdict {
    /// Genuine and unchanged, as of sealing.
    Valid,
    /// Changed, forged, or sealed against the rules.
    Invalid,
    /// Cannot be confirmed; not the same as valid.
    Indeterminate,
}

/// What can be said of the bytes alone.
#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum Integrity {
    /// Every signature covers what it should and fits what it covers.
    Intact,
    /// There is no signature.
    Unsigned,
    /// Built so that programs or people may be misled, or not readable by this one.
    Suspicious,
    /// Not what was signed.
    Modified,
    /// Not readable as a PDF, or as a signature.
    Broken,
}

/// What happened since the sealing.
#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum Today {
    /// Still in force.
    Good,
    /// Suspended, withdrawn, revoked or superseded since.
    Changed,
    /// Not a document of this hall: nobody was asked.
    NotAsked,
}

/// Main status indication.
#[derive(ToSchema)]
#[schema(rename_all = "SCREAMING-KEBAB-CASE")]
pub enum Indication {
    /// All checks passed.
    TotalPassed,
    /// Not enough is known.
    Indeterminate,
    /// A check failed.
    TotalFailed,
}
