//! Keys, certificates and signatures judged by OpenSSL, and the vault as a caller sees it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use jiff::Timestamp;
use ring::rand::SystemRandom;
use yinxin::cms::signed_data::{UnsignedAttributes, assemble, upper_bound};
use yinxin::cms::{CmsError, Kind, SignedAttributes, SignedData};
use yinxin::digest::Digest;
use yinxin::ledger::checkpoint::{Checkpoint, SignedCheckpoint};
use yinxin::ledger::entry::{Entry, Salted, SealUse};
use yinxin::ledger::note::KeyName;
use yinxin::ledger::policy::Policy;
use yinxin::ledger::proof::{self, TlogProof};
use yinxin::ledger::tree::leaf_hash;
use yinxin::pki::authority::{self, Host, Issuer, Serial, Subject, Term};
use yinxin::pki::certificate::Certificate;
use yinxin::pki::crl::{self, Crl, Reason, Revocation, RevocationList};
use yinxin::pki::csr::{AnswerError, CertificationRequestInfo};
use yinxin::pki::name::DistinguishedName;
use yinxin::pki::path::{PathError, Purpose, RevocationState, Settings, ValidPath, validate};
use yinxin::pki::store::{Pool, Store};
use yinxin::pki::suite::{Signature, Suite};
use yinxin::vault::{Authority, Unlock, Vault, VaultError};

use crate::tools::{ask, run, text};

const DOCUMENT: &[u8] = b"%PDF-1.7 the bytes of the ByteRange\n";

#[allow(clippy::disallowed_methods, reason = "tests draw their own random numbers")]
fn rng() -> SystemRandom {
    SystemRandom::new()
}

fn day(text: &str) -> Timestamp {
    format!("{text}T00:00:00Z").parse().unwrap()
}

fn term(from: &str, to: &str) -> Term {
    Term::new(day(from), day(to)).unwrap()
}

fn serial() -> Serial {
    Serial::random(&rng()).unwrap()
}

/// A hall with its vault, its authorities and one seal, in a folder for OpenSSL to read.
struct Hall {
    folder: tempfile::TempDir,
    vault: Vault,
    root: Certificate,
    issuing: Certificate,
    seal: Certificate,
    seal_name: DistinguishedName,
}

impl Hall {
    fn new() -> Self {
        Self::with_seal_key(|vault| vault.new_seal_key(&rng()).unwrap())
    }

    fn with_seal_key(seal_key: impl Fn(&Vault) -> Vec<u8>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vault = open_vault(folder.path(), Vault::create).unwrap();
        let name = |text| DistinguishedName::new("云溪市政务服务中心", text).unwrap();
        let rng = rng();
        let key = |which| {
            let spki = vault.new_authority_key(which, &rng).unwrap();
            vault.authority(&Digest::of(&spki), &rng).unwrap()
        };
        let (root_key, issuing_key) = (key(Authority::Root), key(Authority::Seal));
        let root = authority::root(&name("印章根证书"), term("2026-01-01", "2046-01-01"), serial(), &root_key).unwrap();
        let subject = |name, spki, term| Subject { name, spki, term, serial: serial() };
        let issuing_name = name("印章签发证书");
        let issuing_spki = authority::CertSigner::spki_der(&issuing_key).to_vec();
        let issuing = authority::seal_authority(
            &subject(&issuing_name, &issuing_spki, term("2026-01-01", "2036-01-01")),
            Some("http://hall.example/crl/root.crl"),
            &Issuer::new(&root, &root_key).unwrap(),
        )
        .unwrap();
        let seal_name = DistinguishedName::of_seal("11330100002489559L", "云溪市公安局", "33010000000001").unwrap();
        let seal = authority::seal(
            &subject(&seal_name, &seal_key(&vault), term("2026-02-01", "2029-02-01")),
            Some("http://hall.example/crl/seal.crl"),
            &Issuer::new(&issuing, &issuing_key).unwrap(),
        )
        .unwrap();
        let hall = Self { root, issuing, seal, seal_name, vault, folder };
        hall.put("root.pem", hall.root.to_pem());
        hall.put("issuing.pem", hall.issuing.to_pem());
        hall.put("seal.pem", hall.seal.to_pem());
        hall.put("document", DOCUMENT);
        hall
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.folder.path().join(name), bytes).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.path().join(name)).unwrap()
    }

    /// Runs OpenSSL in the folder; `arguments` are split at spaces.
    fn openssl(&self, arguments: &str) -> Output {
        ask(Command::new("openssl").args(arguments.split(' ')).current_dir(&self.folder))
    }

    /// OpenSSL's output, if it was content.
    fn openssl_good(&self, arguments: &str) -> String {
        run(Command::new("openssl").args(arguments.split(' ')).current_dir(&self.folder))
    }

    /// OpenSSL's output, if it refused.
    fn openssl_bad(&self, arguments: &str) -> String {
        let output = self.openssl(arguments);
        let text = text(&output);
        assert!(!output.status.success(), "openssl {arguments}: {text}");
        text
    }

    /// Logs a use of the seal in a log of one entry, and signs it.
    fn sign(&self, attributes: &SignedAttributes) -> (Signature, String) {
        self.vault.new_log_key(&rng()).unwrap();
        let origin: KeyName = "hall.example/log".parse().unwrap();
        let use_ = SealUse {
            seal: self.seal.spki_digest(),
            template: Digest::of(b"template"),
            document: attributes.digest(),
            approvals: Salted::new([Digest::of(b"request"), Digest::of(b"approval")]).unwrap(),
            day: jiff::civil::date(2026, 11, 22),
        };
        let entry = Entry::SealUse(use_);
        let checkpoint = Checkpoint { origin: origin.clone(), size: 1, root: leaf_hash(&entry.to_bytes()) };
        let line = self.vault.sign_checkpoint(&checkpoint).unwrap();
        let signed = SignedCheckpoint::new(&checkpoint, vec![line]).unwrap();
        let proof = TlogProof::new(&entry, 0, Vec::new(), signed);
        let key = self.vault.log_verifier_key(&origin).unwrap();
        let policy = Policy::parse(&format!("log {key}\nquorum none\n")).unwrap();
        let logged = proof::verify(&proof, &policy).unwrap();
        assert!(proof.to_string().len() <= proof::upper_bound(&policy));
        (self.vault.sign(logged, attributes, &rng()).unwrap(), proof.to_string())
    }

    fn list(&self, revoked: &[(Certificate, Revocation)]) -> Crl {
        let rng = rng();
        let key = self.vault.authority(&self.issuing.spki_digest(), &rng).unwrap();
        let list =
            RevocationList { number: 70_000, this_update: day("2026-11-20"), next_update: day("2026-11-27"), revoked };
        crl::issue(&list, &Issuer::new(&self.issuing, &key).unwrap()).unwrap()
    }
}

fn open_vault(
    folder: &Path,
    open: impl FnOnce(&Path, &Unlock, &dyn ring::rand::SecureRandom) -> Result<Vault, VaultError>,
) -> Result<Vault, VaultError> {
    let key_file = folder.join("unlock");
    fs::write(&key_file, [9; 32]).unwrap();
    fs::set_permissions(&key_file, Permissions::from_mode(0o600)).unwrap();
    open(&folder.join("keys"), &Unlock::KeyFile(key_file), &rng())
}

/// `-attime` of 22 November 2026.
fn at_time() -> String {
    format!("-attime {}", day("2026-11-22").as_second())
}

#[test]
fn openssl_verifies_the_chain_strictly() {
    let hall = Hall::new();
    let verify = format!("verify -x509_strict -check_ss_sig {} -untrusted issuing.pem", at_time());
    hall.openssl_good(&format!("{verify} -CAfile root.pem -purpose smimesign seal.pem"));
    hall.put("other-root.pem", Hall::new().root.to_pem());
    hall.openssl_bad(&format!("{verify} -CAfile other-root.pem seal.pem"));
    let late = day("2029-03-01").as_second();
    let error = hall.openssl_bad(&format!("verify -attime {late} -untrusted issuing.pem -CAfile root.pem seal.pem"));
    assert!(error.contains("certificate has expired"), "{error}");

    let seal = hall.openssl_good("x509 -in seal.pem -noout -text -nameopt utf8,sep_comma_plus");
    for line in [
        "Subject: C=CN,O=11330100002489559L云溪市公安局,CN=33010000000001",
        "X509v3 Key Usage: critical\n                Digital Signature, Non Repudiation\n",
        "X509v3 Basic Constraints: critical\n                CA:FALSE",
        "URI:http://hall.example/crl/seal.crl",
        "Signature Algorithm: ecdsa-with-SHA256",
    ] {
        assert!(seal.contains(line), "{line}: {seal}");
    }
    let issuing = hall.openssl_good("x509 -in issuing.pem -noout -text");
    assert!(issuing.contains("CA:TRUE, pathlen:0") && issuing.contains("Certificate Sign, CRL Sign"), "{issuing}");
    assert!(hall.openssl_good("x509 -in root.pem -noout -text").contains("CA:TRUE, pathlen:1"));
    let number = hall.openssl_good("x509 -in seal.pem -noout -serial");
    assert_eq!(number.trim(), format!("serial={}", hall.seal.serial_hex()));
}

#[test]
fn openssl_reads_the_revocation_list_and_refuses_the_revoked() {
    let hall = Hall::new();
    let check =
        format!("verify {} -crl_check -CRLfile list.pem -untrusted issuing.pem -CAfile root.pem seal.pem", at_time());
    hall.put("list.pem", hall.list(&[]).to_pem());
    hall.openssl_good(&check);
    let revocation = Revocation { at: day("2026-11-19"), reason: Reason::KeyCompromise };
    let list = hall.list(&[(hall.seal.clone(), revocation)]);
    hall.put("list.pem", list.to_pem());
    assert!(hall.openssl_bad(&check).contains("certificate revoked"));
    hall.put("both.pem", hall.root.to_pem() + &hall.issuing.to_pem());
    let shown = hall.openssl_good("crl -in list.pem -noout -text -CAfile both.pem");
    for line in ["verify OK", "Version 2 (0x1)", "Key Compromise", "X509v3 CRL Number: \n                70000"] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    assert!(shown.contains(&hall.seal.serial_hex()), "{shown}");

    // The same list, by our own reading.
    let validate = |crls: &[Crl]| {
        let anchors = std::slice::from_ref(&hall.root);
        let issuers = std::slice::from_ref(&hall.issuing);
        path(&hall.seal, issuers, anchors, crls, day("2026-11-22")).unwrap().revocation_states()[0]
    };
    assert!(matches!(validate(&[list]), RevocationState::Revoked(found, _) if found == revocation));
}

#[test]
fn we_read_a_revocation_list_made_by_openssl() {
    let hall = Hall::new();
    outside_authority(&hall);
    hall.openssl_good("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out leaf.key");
    hall.openssl_good("req -new -key leaf.key -subj /CN=leaf -out leaf.csr");
    hall.put(
        "ca.cnf",
        "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\ncrlnumber=number\nnew_certs_dir=.\ndefault_md=sha256\ndefault_crl_days=7\ndefault_days=30\npolicy=p\ncrl_extensions=e\nx509_extensions=x\n[p]\ncommonName=supplied\n[x]\nkeyUsage=digitalSignature\n[e]\nauthorityKeyIdentifier=keyid\n",
    );
    hall.put("index.txt", "");
    hall.put("serial", "A1\n");
    hall.put("number", "05\n");
    let ca = "ca -config ca.cnf -keyfile outside.key -cert outside.pem -batch";
    hall.openssl_good(&format!("{ca} -in leaf.csr -out leaf.pem -notext"));
    hall.openssl_good(&format!("{ca} -revoke leaf.pem -crl_reason superseded"));
    hall.openssl_good(&format!("{ca} -gencrl -out list.pem"));
    let crl = Crl::from_pem(&hall.read("list.pem")).unwrap();
    let outside = Certificate::from_pem(&hall.read("outside.pem")).unwrap();
    let leaf = Certificate::from_pem(&hall.read("leaf.pem")).unwrap();
    assert_eq!(crl.verify(&outside), Ok(()));
    assert_eq!(crl.number(), Some(5));
    assert_eq!(crl.revocation(&leaf).map(|revocation| revocation.reason), Some(Reason::Superseded));
    assert_eq!(crl.revocation(&hall.seal), None);
}

/// The path of a signer of documents.
fn path(
    signer: &Certificate,
    issuers: &[Certificate],
    anchors: &[Certificate],
    crls: &[Crl],
    at: Timestamp,
) -> Result<ValidPath, PathError> {
    let store = Store::new(anchors.to_vec(), crls.to_vec(), Vec::new());
    validate(signer, &Pool::new(&store, issuers), &Settings::new(Purpose::DocumentSigning, at))
}

/// Another organisation's root, made by OpenSSL.
fn outside_authority(hall: &Hall) {
    hall.openssl_good("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out outside.key");
    hall.openssl_good(
        "req -x509 -new -key outside.key -sha256 -days 3650 -subj /C=CN/O=outside/CN=root -addext keyUsage=critical,keyCertSign,cRLSign -out outside.pem",
    );
}

#[test]
fn an_outside_authority_certifies_a_key_held_here() {
    let hall = Hall::new();
    outside_authority(&hall);
    let info = CertificationRequestInfo::new(&hall.seal_name, hall.seal.spki_der()).unwrap();
    let request = hall.vault.request_certificate(info, &rng()).unwrap();
    hall.put("seal.csr", request.to_pem());
    assert!(hall.openssl_good("req -in seal.csr -noout -verify").contains("verify OK"));
    let mut altered = request.der().to_vec();
    let last = altered.len() - 1;
    altered[last] ^= 1;
    hall.put("altered.csr", altered);
    // OpenSSL 3.0 says so and returns success.
    let shown = text(&hall.openssl("req -in altered.csr -inform DER -noout -verify"));
    assert!(shown.contains("self-signature verify failure"), "{shown}");

    hall.put("ee.ext", "keyUsage=critical,digitalSignature,nonRepudiation\n");
    let sign = "x509 -req -CA outside.pem -CAkey outside.key -CAcreateserial -sha256 -days 365";
    hall.openssl_good(&format!("{sign} -in seal.csr -extfile ee.ext -out answer.pem"));
    let answer = Certificate::from_pem(&hall.read("answer.pem")).unwrap();
    assert!(hall.vault.accept_certificate(&answer).is_ok());
    let outside = Certificate::from_pem(&hall.read("outside.pem")).unwrap();
    let now: Timestamp = answer.not_before();
    assert!(path(&answer, &[], &[outside], &[], now).is_ok(), "RSA-3072 over P-256");

    hall.put("ee.ext", "keyUsage=critical,keyEncipherment\n");
    hall.openssl_good(&format!("{sign} -in seal.csr -extfile ee.ext -out encryption.pem"));
    let encryption = Certificate::from_pem(&hall.read("encryption.pem")).unwrap();
    let refused = hall.vault.accept_certificate(&encryption);
    assert!(matches!(refused, Err(VaultError::Answer(AnswerError::NotForSigning))));
    assert!(matches!(hall.vault.accept_certificate(&hall.root), Err(VaultError::NoSuchKey(_))));
}

/// A seal of this hall on the document, with everything it carries.
fn sealed(hall: &Hall) -> (Vec<u8>, String) {
    let attributes = SignedAttributes::build(Digest::of(DOCUMENT), &hall.seal, [7; 32]);
    let (signature, proof) = hall.sign(&attributes);
    let chain = [hall.issuing.clone(), hall.root.clone()];
    let unsigned = UnsignedAttributes { proof: Some(proof.as_bytes()), timestamp: None };
    let der = assemble(&attributes, &signature, &hall.seal, &chain, unsigned);
    assert!(der.len() <= upper_bound(&hall.seal, &chain, proof.len(), 0).unwrap());
    (der, proof)
}

#[test]
fn openssl_verifies_a_seal_as_cades_and_finds_alterations() {
    let hall = Hall::new();
    let (der, proof) = sealed(&hall);
    hall.put("seal.p7s", &der);
    let verify = |signature: &str, content: &str| {
        format!(
            "cms -verify -cades -binary -inform DER -in {signature} -content {content} -CAfile root.pem {} -out out",
            at_time()
        )
    };
    hall.openssl_good(&verify("seal.p7s", "document"));
    assert_eq!(hall.read("out"), DOCUMENT);
    hall.put("altered", [DOCUMENT, b"!"].concat());
    let error = hall.openssl_bad(&verify("seal.p7s", "altered"));
    assert!(error.contains("CMS_SignerInfo_verify_content"), "{error}");
    let shown = hall.openssl_good("cms -cmsout -print -noout -inform DER -in seal.p7s");
    for line in [
        "object: undefined (2.25.243443862280542743521337232491216670863)",
        "object: undefined (2.25.146091160229786478709513614319831141087)",
        "object: id-smime-aa-signingCertificateV2",
        "algorithm: ecdsa-with-SHA256",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    assert!(!shown.contains("signingTime"), "{shown}");

    let read = SignedData::parse(&der, Kind::Cades).unwrap();
    assert!(read.is_canonical(read.certificates()));
    assert_eq!(read.proofs().collect::<Vec<_>>(), [proof.as_bytes()]);
    assert!(read.verify(Digest::of(DOCUMENT).as_bytes()).unwrap().names_certificate());
    assert_eq!(read.verify(Digest::of(b"other").as_bytes()).unwrap_err(), CmsError::DigestMismatch);
}

#[test]
fn an_rsa_seal_key_from_another_system_signs() {
    let keys = tempfile::tempdir().unwrap();
    let make = |bits: u32, name: &str| {
        let path = keys.path().join(name);
        let bits = format!("rsa_keygen_bits:{bits}");
        let mut openssl = Command::new("openssl");
        openssl.args(["genpkey", "-algorithm", "RSA", "-pkeyopt", &bits, "-out"]).arg(&path);
        run(&mut openssl);
        fs::read(path).unwrap()
    };
    let (good, small) = (make(2048, "good.pem"), make(1024, "small.pem"));
    let hall = Hall::with_seal_key(|vault| {
        assert!(matches!(vault.import_rsa_key(&small, &rng()), Err(VaultError::UnusableKey)));
        assert!(matches!(vault.import_rsa_key(b"-----BEGIN NOTHING", &rng()), Err(VaultError::UnusableKey)));
        vault.import_rsa_key(&good, &rng()).unwrap()
    });
    assert!(matches!(hall.vault.import_rsa_key(&good, &rng()), Err(VaultError::AlreadyThere(_))));
    assert_eq!(Suite::of_key(hall.seal.spki_der()), Ok(Suite::RsaPkcs1Sha256));
    let (der, _) = sealed(&hall);
    hall.put("seal.p7s", der);
    hall.openssl_good(&format!(
        "cms -verify -cades -binary -inform DER -in seal.p7s -content document -CAfile root.pem {} -out out",
        at_time()
    ));
    let again = open_vault(hall.folder.path(), Vault::open).unwrap();
    assert_eq!(again.seal_keys(), [hall.seal.spki_der()]);
}

#[test]
fn we_read_signatures_made_by_openssl() {
    let hall = Hall::new();
    outside_authority(&hall);
    for (key, options) in [
        ("EC -pkeyopt ec_paramgen_curve:P-256", "-cades"),
        ("EC -pkeyopt ec_paramgen_curve:P-256", ""),
        ("RSA -pkeyopt rsa_keygen_bits:2048", "-cades"),
        ("RSA -pkeyopt rsa_keygen_bits:2048", "-keyid"),
    ] {
        hall.openssl_good(&format!("genpkey -algorithm {key} -out leaf.key"));
        hall.openssl_good("req -new -key leaf.key -subj /C=CN/CN=leaf -out leaf.csr");
        hall.put("leaf.ext", "keyUsage=critical,digitalSignature\nsubjectKeyIdentifier=hash\n");
        hall.openssl_good(
            "x509 -req -in leaf.csr -CA outside.pem -CAkey outside.key -CAcreateserial -sha256 -extfile leaf.ext -out leaf.pem",
        );
        let sign =
            "cms -sign -binary -md sha256 -outform DER -in document -signer leaf.pem -inkey leaf.key -out out.p7s";
        hall.openssl_good(format!("{sign} {options}").trim_end());
        let read = SignedData::parse(&hall.read("out.p7s"), Kind::Pkcs7).unwrap();
        let verified = read.verify(Digest::of(DOCUMENT).as_bytes()).unwrap();
        assert_eq!(verified.signer(), &Certificate::from_pem(&hall.read("leaf.pem")).unwrap());
        assert_eq!(verified.names_certificate(), options == "-cades", "{key} {options}");
        assert!(!read.seal_attributes().unwrap().is_seal_profile(), "not a seal's");
        assert_eq!(read.verify(Digest::of(b"other").as_bytes()).unwrap_err(), CmsError::DigestMismatch);
    }
}

#[test]
fn the_web_servers_certificate_holds_for_the_halls_own_hosts_alone() {
    let hall = Hall::new();
    let rng = rng();
    let spki = hall.vault.new_authority_key(Authority::Service, &rng).unwrap();
    let key = hall.vault.authority(&Digest::of(&spki), &rng).unwrap();
    let name = |text| DistinguishedName::new("云溪市政务服务中心", text).unwrap();
    let hosts = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<Host>>();
    let own = hosts(&["hall.example", "127.0.0.1", "::1"]);
    let service =
        authority::service_authority(&name("网页"), &own, term("2026-01-01", "2036-01-01"), serial(), &key).unwrap();
    let server_key = hall.vault.new_server_key(&rng).unwrap();
    let server = |hosts: &[Host]| {
        let (name, term) = (name("hall"), term("2026-11-01", "2027-11-01"));
        let subject = Subject { name: &name, spki: &server_key, term, serial: serial() };
        authority::server(&subject, hosts, &Issuer::new(&service, &key).unwrap()).unwrap()
    };
    hall.put("service.pem", service.to_pem());
    let own_server = server(&own);
    hall.put("server.pem", own_server.to_pem());
    let verify = format!("verify -x509_strict {} -purpose sslserver -CAfile service.pem", at_time());
    hall.openssl_good(&format!("{verify} -verify_hostname hall.example server.pem"));
    hall.openssl_good(&format!("{verify} -verify_ip 127.0.0.1 server.pem"));
    hall.openssl_bad(&format!("{verify} -verify_hostname bank.example server.pem"));
    for foreign in ["bank.example", "192.0.2.1"] {
        hall.put("server.pem", server(&hosts(&[foreign])).to_pem());
        assert!(hall.openssl_bad(&format!("{verify} server.pem")).contains("permitted subtree violation"), "{foreign}");
    }
    // rustls finds that the signer in the vault is the certificate's.
    let signer = hall.vault.server_key(&own_server.spki_digest()).unwrap();
    let chain = |certificate: &Certificate| vec![rustls::pki_types::CertificateDer::from(certificate.der().to_vec())];
    assert_eq!(rustls::sign::CertifiedKey::new(chain(&own_server), signer.clone()).keys_match(), Ok(()));
    assert!(rustls::sign::CertifiedKey::new(chain(&hall.seal), signer).keys_match().is_err());
}

#[test]
fn a_folder_that_cannot_be_written_is_said_to_be_so() {
    let uid_of_this_process = {
        use std::os::unix::fs::MetadataExt;
        fs::metadata("/proc/self").unwrap().uid()
    };
    if uid_of_this_process != 0 {
        return write_into_a_read_only_folder();
    }
    // Root may write anywhere; so this test runs again, alone, as a root that has given that up for good.
    let output = Command::new("setpriv")
        .args(["--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "keys::read_only_folder_without_roots_privilege", "--ignored"])
        .output()
        .unwrap();
    assert!(output.status.success() && text(&output).contains("1 passed"), "{}", text(&output));
}

#[test]
#[ignore = "started by a_folder_that_cannot_be_written_is_said_to_be_so without root's privilege to write anywhere"]
fn read_only_folder_without_roots_privilege() {
    write_into_a_read_only_folder();
}

fn write_into_a_read_only_folder() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open_vault(folder.path(), Vault::create).unwrap();
    let keys: PathBuf = folder.path().join("keys");
    let mode = |mode| fs::set_permissions(&keys, Permissions::from_mode(mode)).unwrap();
    mode(0o500);
    let refused = vault.new_seal_key(&rng());
    let opens = open_vault(folder.path(), Vault::open).is_ok();
    mode(0o700);
    assert!(matches!(refused, Err(VaultError::ReadOnly(path)) if path == keys));
    assert!(opens, "reading needs no writing");
    assert!(vault.seal_keys().is_empty(), "a key that is not on disk is not in use");
    assert!(vault.new_seal_key(&rng()).is_ok());
}
