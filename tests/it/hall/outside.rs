//! A seal certified by an authority that is not the hall's: OpenSSL plays it.

use std::process::Command;

use yinxin::acts::certify_seal::{import_certificate, request_certificate};

use super::*;
use crate::tools::{python, run};

const EXTENSIONS: &str = "[ca]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
[sign]
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature,nonRepudiation
[encrypt]
basicConstraints=critical,CA:FALSE
keyUsage=critical,keyEncipherment
";
const POLICY: &str = "[any]
countryName=optional
organizationName=optional
commonName=supplied
";

/// A root and an authority below it.
struct Authority {
    folder: TempDir,
}

impl Authority {
    fn new() -> Self {
        let authority = Self { folder: tempfile::tempdir().unwrap() };
        for name in ["root", "middle"] {
            let store = format!("[ca_default]\ndatabase=index-{name}\nnew_certs_dir=.\nserial=serial-{name}\n");
            let rules = "default_md=sha256\npolicy=any\nunique_subject=no\ncopy_extensions=none\n";
            authority.put(&format!("{name}.cnf"), &format!("[ca]\ndefault_ca=ca_default\n{store}{rules}{POLICY}"));
            authority.put(&format!("index-{name}"), "");
            authority.put(&format!("serial-{name}"), "10\n");
            authority.openssl(&format!("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out {name}.key"));
            authority.openssl(&format!("req -new -key {name}.key -subj /C=CN/O=Trust/CN={name} -out {name}.csr"));
        }
        authority.put("ext", EXTENSIONS);
        authority.certify("root.csr", "root", "-selfsign", "ca", "root.pem");
        authority.certify("middle.csr", "root", "-cert root.pem", "ca", "middle.pem");
        authority
    }

    fn put(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn get(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    fn openssl(&self, arguments: &str) -> String {
        run(Command::new("openssl").args(arguments.split(' ')).current_dir(&self.folder))
    }

    fn certify(&self, request: &str, by: &str, issuer: &str, extensions: &str, out: &str) {
        self.openssl(&format!(
            "ca -batch -config {by}.cnf -keyfile {by}.key {issuer} -in {request} -startdate 20260101000000Z \
             -enddate 20301231235959Z -extfile ext -extensions {extensions} -preserveDN -out {out}"
        ));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seal_certified_by_another_authority_seals_under_it() {
    let (hall, authority) = (TestHall::open().await, Authority::new());
    let seal = hall.app.db.seal_of("scjg", "approval").await.unwrap().unwrap();
    let keeper = hall.keeper("scjg").person().await;
    let before = hall.carry(&Case::number("000001")).await.remove(0);
    // The request is in the seal's name and signed by its key.
    let request = request_certificate(&hall.app, &keeper, &seal.id).await.unwrap();
    authority.put("seal.csr", &request.to_pem());
    let said = authority.openssl("req -in seal.csr -verify -noout -subject");
    assert!(said.contains("verify OK") && said.contains(&format!("CN = {}", seal.code)), "{said}");
    authority.certify("seal.csr", "middle", "-cert middle.pem", "sign", "seal.pem");
    authority.certify("seal.csr", "middle", "-cert middle.pem", "encrypt", "encrypt.pem");
    authority.certify("middle.csr", "root", "-cert root.pem", "sign", "other.pem");

    // Whatever is wrong is said; nothing is logged.
    let whole = authority.get("seal.pem") + &authority.get("middle.pem");
    let import = async |pem: &str| import_certificate(&hall.app, &keeper, &seal.id, pem).await;
    let code = |outcome| refusal::<()>(outcome).codes()[0];
    let entries = hall.premises.count("SELECT COUNT(*) FROM ledger_entry").await;
    assert_eq!(code(import("nothing").await), "certificate-unreadable");
    assert_eq!(code(import(&whole.repeat(5)).await), "certificate-unreadable");
    assert_eq!(code(import(&authority.get("other.pem")).await), "other-key");
    assert_eq!(code(import(&authority.get("encrypt.pem")).await), "not-for-signing");
    assert_eq!(code(import(&whole).await), "no-chain", "its root is nobody's we trust");
    let outside = hall.premises.path("keys/trust/outside");
    fs::create_dir_all(&outside).unwrap();
    fs::write(outside.join("trust.pem"), authority.get("root.pem")).unwrap();
    assert_eq!(code(import(&authority.get("seal.pem")).await), "no-chain", "the authority between is missing");
    let stranger = hall.keeper("jsj").person().await;
    assert_eq!(code(import_certificate(&hall.app, &stranger, &seal.id, &whole).await), "wrong-department");
    assert_eq!(hall.premises.count("SELECT COUNT(*) FROM ledger_entry").await, entries);

    // From here on it seals under that authority, and still no use without its entry.
    import(&whole).await.unwrap();
    assert_eq!(hall.premises.count("SELECT COUNT(*) FROM ledger_entry").await, entries + 1);
    let after = hall.carry(&Case::number("000001").again_as("2026-A01-000201")).await.remove(0);
    let report = hall.report(&after);
    assert!(report.is_valid() && report.signatures[0].is_seal, "{}", report.summary());
    assert!(report.signatures[0].ledger.is_some());
    assert!(hall.report(&before).is_valid(), "what was sealed before stays good");
    assert_eq!(hall.portal(hall.sealed(&after)).await.today, Today::Good);
    judged_by_others(&authority, &hall.sealed(&after));
    // A verifier that trusts the authority and was not told that this key is a seal's does not ask for the proof; ours was told.
    let folder = hall.premises.path("keys/trust/seals");
    assert_eq!(fs::read_dir(folder).unwrap().count(), 1);
    hall.assert_ledger_is_whole().await;
    // The next start has it all.
    let hall = hall.close().await.open().await;
    assert!(hall.report(&after).is_valid() && hall.report(&before).is_valid());
}

/// pdfsig and pyHanko, the latter under the authority's root.
fn judged_by_others(authority: &Authority, pdf: &[u8]) {
    fs::write(authority.folder.path().join("a.pdf"), pdf).unwrap();
    let said = run(Command::new("pdfsig").args(["-nocert", "a.pdf"]).current_dir(&authority.folder));
    assert!(said.contains("Signature is Valid.") && said.contains("Total document signed"), "{said}");
    let judge = "
import datetime
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.keys import load_cert_from_pemder
from pyhanko_certvalidator import ValidationContext
moment = datetime.datetime(2026, 11, 23, tzinfo=datetime.timezone.utc)
context = ValidationContext(trust_roots=[load_cert_from_pemder('root.pem')], moment=moment, allow_fetching=False)
signature = PdfFileReader(open('a.pdf', 'rb')).embedded_signatures[0]
status = validate_pdf_signature(signature, context, key_usage_settings=KeyUsageConstraints(key_usage={'non_repudiation'}))
print(status.intact, status.valid, status.trusted, status.coverage.name)
";
    let said = run(Command::new(python()).args(["-c", judge]).current_dir(&authority.folder));
    assert_eq!(said, "True True True ENTIRE_FILE\n");
}
