//! Have a seal's key certified by an outside authority: the request that goes out, and the certificate that comes back.
//!
//! Whom the hall trusts is not decided here: the authority's root must already lie in `keys/trust/outside`, put there by whoever
//! administers the machine. The key stays where it is and stays bound to the ledger: a verifier is told by
//! `keys/trust/seals` that it is a seal's, so that its uses need their proof under the other authority, too.

use crate::app::App;
use crate::db::DbError;
use crate::db::seal::{NOT_IN_USE, SealCertificateRow, SealRow};
use crate::hall::refusal::{Reasons, Refusal};
use crate::hall::staff::Duty;
use crate::ledger::entry::{Entry, SealChange};
use crate::pki::certificate::Certificate;
use crate::pki::csr::{AnswerError, CertificationRequest, CertificationRequestInfo};
use crate::pki::name::DistinguishedName;
use crate::pki::path::RevocationState;
use crate::sequencer::SequencerError;
use crate::store::write_durably;
use crate::vault::VaultError;

use super::calendar::moment;
use super::person::{Person, refused};
use super::record::{Act, record_as};
use super::{ActError, inconsistent};

/// Certificates in one answer: the seal's and the authorities above it.
const MAX_CERTIFICATES: usize = 8;
/// The longest answer, in bytes.
const MAX_ANSWER: usize = 64 * 1024;
const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// The request for a certificate on the seal's key (PKCS#10), in the name the seal has.
pub async fn request_certificate(app: &App, person: &Person, seal: &str) -> Result<CertificationRequest, ActError> {
    let row = own_seal(app, person, seal).await?;
    let department = app.hall.departments.iter().find(|one| one.key.as_str() == row.department);
    let department = department.ok_or_else(|| inconsistent(&row.department))?;
    let name = DistinguishedName::of_seal(department.uscc.as_str(), &department.name, &row.code);
    let held = Certificate::from_der(row.certificate_der()).map_err(inconsistent)?;
    let request = CertificationRequestInfo::new(&name.map_err(inconsistent)?, held.spki_der()).map_err(inconsistent)?;
    Ok(app.vault.request_certificate(request, &*app.rng)?)
}

/// Has the seal use the certificate in `pem`, which an outside authority gave it, from the next use on; above it in the same text
/// stand the authorities between it and a root that the hall trusts.
pub async fn import_certificate(app: &App, person: &Person, seal: &str, pem: &str) -> Result<(), ActError> {
    match run(app, person, seal, pem).await {
        Ok(()) => Ok(()),
        Err(error) => Err(refused(app, "seal-certificate", seal, person, error).await),
    }
}

async fn run(app: &App, person: &Person, seal: &str, pem: &str) -> Result<(), ActError> {
    // 1 who and where
    let row = own_seal(app, person, seal).await?;
    let mut reasons = Reasons::new();
    person.actor(&app.hall).check_presence(&moment(app).await?, &mut reasons);
    let in_force = matches!(row.state.as_str(), "active" | "suspended");
    reasons.require(in_force, "seal-state", "印章没有启用或者已经废止，不能改用证书");
    reasons.into_result()?;
    app.vault.check_seal_key(&row.key_digest()?, &*app.rng)?;
    // 2 for this key, for signing, below a root that is trusted by now
    app.reload_trust().map_err(inconsistent)?;
    let (certificate, chain) = answer(app, &row, pem)?;
    if certificate.der() == row.certificate_der() {
        return Ok(()); // sent twice
    }
    // 3 whoever verifies with our trust must ask for the ledger's proof before the first use
    let folder = app.trust_folder.join("seals");
    std::fs::create_dir_all(&folder).map_err(inconsistent)?;
    write_durably(&folder.join(format!("{}.pem", certificate.spki_digest())), certificate.to_pem().as_bytes())?;
    app.reload_trust().map_err(inconsistent)?;
    // 4 logged and in use
    let now = app.now();
    let chain: String = chain.iter().map(Certificate::to_pem).collect();
    let write = row
        .change()
        .set("certificate", certificate.der())
        .set("chain", chain)
        .set("certified_at", now.as_microsecond())
        .when(NOT_IN_USE);
    let kept = SealCertificateRow::write(&row.id, certificate.der(), now.as_microsecond());
    let done = record_as(app, Act::by("seal.certify", person, now), vec![write, kept], |approvals, day| {
        let change = SealChange { seal: certificate.spki_digest(), approvals, day };
        Entry::SealCertificate { certificate: certificate.digest(), change }
    });
    match done.await {
        Ok(_) => Ok(()),
        Err(SequencerError::Db(DbError::NothingChanged { table: "seal", .. })) => {
            Err(Refusal::because("seal-busy", "这枚印章正在用印或者已经注销，请稍后再试").into())
        }
        Err(error) => Err(error.into()),
    }
}

/// The seal, if this person keeps it.
async fn own_seal(app: &App, person: &Person, seal: &str) -> Result<SealRow, ActError> {
    person.require(&[Duty::Keeper])?;
    let row = app.db.seal(seal).await?.ok_or(ActError::NotFound)?;
    if person.staff.department.as_ref().map(|key| key.as_str()) != Some(row.department.as_str()) {
        return Err(Refusal::because("wrong-department", "只能管理本部门的印章").into());
    }
    Ok(row)
}

/// The seal's new certificate and the authorities between it and the root, the nearest first.
fn answer(app: &App, seal: &SealRow, pem: &str) -> Result<(Certificate, Vec<Certificate>), ActError> {
    let no = |code, text: String| ActError::Refused(Refusal::because(code, text));
    let given = certificates(pem).ok_or_else(|| {
        no("certificate-unreadable", "没有读到证书，请粘贴签发机构发来的 PEM 文本，印章证书在内，不超过八张".to_owned())
    })?;
    let key = seal.key_digest()?;
    let is_own = |one: &&Certificate| one.spki_digest() == key;
    let Some(certificate) = given.iter().find(is_own).cloned() else {
        return Err(no("other-key", "其中没有这枚印章的证书：公钥不是这枚印章的".to_owned()));
    };
    match app.vault.accept_certificate(&certificate) {
        Err(VaultError::Answer(AnswerError::Authority | AnswerError::NotForSigning)) => {
            return Err(no("not-for-signing", "这张证书不是签名证书，请索取用途为数字签名、抗抵赖的证书".to_owned()));
        }
        accepted => accepted?,
    }
    let others: Vec<_> = given.into_iter().filter(|one| *one != certificate).collect();
    let path = app.trust().path(&certificate, &others, app.now()).map_err(|error| {
        let text = "证书现在不能连到大厅信任的根证书，请一并粘贴各级签发机构的证书，并由系统管理员确认其根证书已放入 keys/trust/outside";
        no("no-chain", format!("{text}（{error}）"))
    })?;
    if let RevocationState::Revoked(..) = path.revocation() {
        return Err(no("revoked", "这张证书或其签发机构的证书已被吊销，请向签发机构查询".to_owned()));
    }
    let between = &path.certificates()[1..path.certificates().len() - 1];
    Ok((certificate, between.to_vec()))
}

/// All certificates of a PEM text; `None` if it has none, too many, or something else.
fn certificates(pem: &str) -> Option<Vec<Certificate>> {
    if pem.len() > MAX_ANSWER {
        return None;
    }
    // What other programs write between them is not read.
    let blocks: Vec<&str> = pem
        .split_inclusive(END)
        .filter(|block| block.contains(END))
        .filter_map(|b| b.find(BEGIN).map(|at| &b[at..]))
        .collect();
    let certificates: Option<Vec<Certificate>> =
        blocks.iter().take(MAX_CERTIFICATES + 1).map(|block| Certificate::from_pem(block.as_bytes()).ok()).collect();
    certificates.filter(|read| (1..=MAX_CERTIFICATES).contains(&read.len()))
}

/// The authorities that a seal's signatures carry.
pub(super) fn chain_of(app: &App, seal: &SealRow) -> Result<Vec<Certificate>, ActError> {
    match &seal.chain {
        None => Ok(app.chain.to_vec()),
        Some(pem) if pem.is_empty() => Ok(Vec::new()),
        Some(pem) => certificates(pem).ok_or_else(|| inconsistent(&seal.id)),
    }
}
