//! A certificate's documents: stored bytes, the sealed PDF as the verifier sees it, the unsealed one composed again.

use jiff::SignedDuration;

use crate::acts::draft::lookup_url;
use crate::acts::layout::Layout;
use crate::compose::{Annotation, Facts, Signer};
use crate::db::certificate::CertificateRow;
use crate::db::matter::MatterRow;
use crate::db::seal_use::SealUseRow;
use crate::digest::Digest;
use crate::pdf::prepare;
use crate::verify::{Report, verify};

use super::{AuditError, Audited, Books, time};

/// What reading and computing gave, away from the threads that answer.
struct Looked {
    unsealed: Result<Vec<u8>, String>,
    sealed: Option<Result<(Vec<u8>, Report), String>>,
    /// `None`: its template has been published anew since.
    composed: Option<Result<Digest, String>>,
}

pub(super) async fn audit(
    books: &Books,
    matter: &MatterRow,
    certificate: &CertificateRow,
    uses: &[SealUseRow],
    audited: &mut Audited,
) -> Result<(), AuditError> {
    let place = format!("certificate {}", certificate.id);
    let released = !matches!(certificate.state.as_str(), "submitted" | "refused" | "voided");
    if released != certificate.sealed.is_some() || released && uses.iter().any(|one| one.state != "sealed") {
        audited.find("certificate-altered", &place, format!("状态 {} 与用印记录不一致", certificate.state));
    }
    let looked = look(books, matter, certificate, uses).await?;
    if let Err(why) = &looked.unsealed {
        audited.find("document-missing", &place, format!("待用印文件缺失或被改动（{why}）"));
    }
    match looked.composed {
        None => audited.not_composed += 1,
        Some(Ok(digest)) if digest.as_bytes().as_slice() == certificate.unsealed => {}
        Some(Ok(_)) => {
            audited.find("certificate-altered", &place, "登记的内容重新制成的文件与当时审批的不同");
        }
        Some(Err(why)) => {
            audited.find("certificate-altered", &place, format!("登记的内容无法重新制成文件（{why}）"));
        }
    }
    match looked.sealed {
        None => {}
        Some(Err(why)) => audited.find("document-missing", &place, format!("已用印文件缺失或被改动（{why}）")),
        Some(Ok((bytes, report))) => {
            if !report.is_valid() {
                audited.find("document-invalid", &place, format!("已用印文件查验不通过（{}）", report.summary()));
            }
            if looked.unsealed.is_ok_and(|unsealed| !bytes.starts_with(&unsealed)) {
                audited.find("document-swapped", &place, "已用印文件不是由审批时的文件用印而成");
            }
            let proved: Vec<Option<u64>> =
                report.signatures.iter().map(|one| one.ledger.as_ref().map(|ledger| ledger.index)).collect();
            if !proved.iter().copied().eq(uses.iter().map(|one| one.idx.map(|index| index as u64))) {
                audited.find("document-swapped", &place, "已用印文件中的账本证明不是这些用印的");
            }
        }
    }
    Ok(())
}

async fn look(
    books: &Books,
    matter: &MatterRow,
    certificate: &CertificateRow,
    uses: &[SealUseRow],
) -> Result<Looked, AuditError> {
    let unsealed = certificate.unsealed_digest();
    let sealed = certificate.sealed_digest();
    // Valid at sealing is what is asked; whatever has run out since is not the book's fault.
    let at = certificate.sealed_at.map(|at| time(at).saturating_add(SignedDuration::from_secs(1)).unwrap_or_default());
    let remade = Remade::of(books, matter, certificate, uses);
    let (store, trust) = (books.store.clone(), books.trust.clone());
    let work = move || {
        let read = |digest: &Digest| store.read(digest).map_err(|error| error.to_string());
        let sealed = sealed.map_err(|error| error.to_string()).transpose().map(|digest| {
            let bytes = read(&digest?)?;
            let report = verify(&bytes, &trust, at.unwrap_or_default());
            // The log is at hand, and has each use before whatever ended its seal: a key lost since takes nothing from it.
            let all: Vec<usize> = (0..report.signatures.len()).collect();
            let report = report.in_order(&all);
            Ok((bytes, report))
        });
        Looked {
            unsealed: unsealed.map_err(|error| error.to_string()).and_then(|digest| read(&digest)),
            sealed,
            composed: remade.map(|remade| remade.and_then(|remade| remade.digest())),
        }
    };
    Ok(tokio::task::spawn_blocking(work).await?)
}

/// What a document is made from, as the rows have it.
struct Remade {
    composer: std::sync::Arc<crate::compose::Composer>,
    template: std::sync::Arc<crate::compose::Template>,
    data: serde_json::Map<String, serde_json::Value>,
    facts: Facts,
    layout: Layout,
}

impl Remade {
    fn of(
        books: &Books,
        matter: &MatterRow,
        certificate: &CertificateRow,
        uses: &[SealUseRow],
    ) -> Option<Result<Self, String>> {
        let template = books.templates.slug(&certificate.template)?;
        if template.version.as_bytes().as_slice() != certificate.template_version {
            return None;
        }
        let department = |key: &str| key.parse().ok().and_then(|key| books.hall.department(&key));
        let mut signers = Vec::new();
        for (seal, one) in template.seals.iter().zip(uses) {
            let Some(department) = department(&one.department) else {
                return Some(Err(format!("没有部门 {}", one.department)));
            };
            signers.push(Signer { seal: seal.clone(), name: department.name.clone() });
        }
        let parsed = || -> Result<_, serde_json::Error> {
            Ok((serde_json::from_str(&certificate.data)?, serde_json::from_str(&certificate.layout)?))
        };
        let (data, layout) = match parsed() {
            Ok(parsed) => parsed,
            Err(error) => return Some(Err(error.to_string())),
        };
        let facts = Facts {
            number: certificate.number.clone(),
            item: certificate.name.clone(),
            signers,
            qr_text: lookup_url(&books.base_url, &matter.case_no, &certificate.lookup_code),
            made_at: time(matter.submitted_at),
            annotation: certificate
                .purpose
                .clone()
                .zip(certificate.last_day())
                .map(|(purpose, until)| Annotation { purpose, until }),
        };
        Some(Ok(Self { composer: books.composer.clone(), template: template.clone(), data, facts, layout }))
    }

    fn digest(&self) -> Result<Digest, String> {
        let composed =
            self.composer.make(&self.template, &self.data, &self.facts).map_err(|error| error.to_string())?;
        let prepared = prepare(&composed.pdf, &self.layout.fields()).map_err(|error| error.to_string())?;
        Ok(Digest::of(&prepared))
    }
}
