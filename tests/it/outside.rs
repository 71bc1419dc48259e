//! Signatures and timestamps that other programs made, in all the ways they know: what they say is found, and holds over their document alone.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use yinxin::cms::{CmsError, Kind, RsaSignature, SignedData, TimestampToken};
use yinxin::pki::algorithm::{Algorithm, Pss};
use yinxin::pki::certificate::Certificate;
use yinxin::pki::hash::HashAlgorithm::{self, Sha1, Sha224, Sha256, Sha384, Sha512};
use yinxin::pki::hash::HashAlgorithm::{Sha3_256, Sha3_384, Sha3_512};
use yinxin::pki::strength::Strength;

use crate::tools::{python, run};

const DOCUMENT: &[u8] = b"%PDF-1.7 the bytes of the ByteRange";

/// A folder with a document and signers made by OpenSSL.
struct Bench(TempDir);

impl Bench {
    fn new() -> Self {
        let bench = Self(tempfile::tempdir().unwrap());
        bench.put("document", DOCUMENT);
        bench
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path().join(name), bytes).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path().join(name)).unwrap()
    }

    /// Runs OpenSSL in the folder; `arguments` are split at spaces.
    fn openssl(&self, arguments: &str) {
        run(Command::new("openssl").args(arguments.split_whitespace()).current_dir(self.path()));
    }

    /// A key of `kind` with a certificate of its own: `signer.key`, `signer.pem`.
    fn signer(&self, kind: &str) -> Certificate {
        self.certificate("signer", kind, "keyUsage=critical,digitalSignature")
    }

    fn certificate(&self, name: &str, kind: &str, extension: &str) -> Certificate {
        self.openssl(&format!("genpkey -quiet -algorithm {kind} -out {name}.key"));
        self.certify(name, extension)
    }

    fn certify(&self, name: &str, extension: &str) -> Certificate {
        self.openssl(&format!(
            "req -x509 -new -key {name}.key -days 3650 -subj /C=CN/CN={name} -addext subjectKeyIdentifier=hash -addext {extension} -out {name}.pem"
        ));
        Certificate::from_pem(&self.read(&format!("{name}.pem"))).unwrap()
    }

    /// OpenSSL's signature of the signer over the document.
    fn sign(&self, options: &str) -> Vec<u8> {
        self.openssl(&format!(
            "cms -sign -binary -outform DER -in document -signer signer.pem -inkey signer.key -out out.p7s {options}"
        ));
        self.read("out.p7s")
    }

    /// pyHanko's.
    fn pyhanko(&self, hash: &str, authority: &[&str]) -> Vec<u8> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/sign_cms.py");
        let mut command = Command::new(fs::canonicalize(python().parent().unwrap()).unwrap().join("python"));
        command.arg(script).args(["signer.pem", "signer.key", hash, "document", "out.p7s"]).args(authority);
        run(command.current_dir(self.path()));
        self.read("out.p7s")
    }
}

/// Reads what `signer` made, and checks that it holds over the document, by this algorithm and key, and over nothing else.
fn check(contents: &[u8], kind: Kind, signer: &Certificate, expected: (HashAlgorithm, Algorithm, usize)) -> SignedData {
    let (hash, algorithm, bits) = expected;
    let signed = SignedData::parse(contents, kind).unwrap_or_else(|error| panic!("{expected:?}: {error}"));
    assert_eq!((signed.digest_algorithm(), signed.signer()), (hash, signer));
    {
        let verified = signed.verify(&hash.hash(DOCUMENT)).unwrap_or_else(|error| panic!("{expected:?}: {error}"));
        assert_eq!((verified.proven().algorithm(), verified.proven().key_bits()), (algorithm, bits));
    }
    assert!(signed.verify(&hash.hash(b"other")).is_err(), "{expected:?}");
    assert!(signed.seal_attributes().is_none_or(|attributes| !attributes.is_of_seal(signer)), "never taken for a seal");
    signed
}

const RSA: &str = "RSA -pkeyopt rsa_keygen_bits:2048";
const fn pss(hash: HashAlgorithm, mask_hash: HashAlgorithm, salt: usize) -> Algorithm {
    Algorithm::RsaPss(Pss { hash, mask_hash, salt })
}

#[test]
fn rsa_signatures_made_by_openssl() {
    let bench = Bench::new();
    let signer = bench.signer(RSA);
    let pkcs1 = Algorithm::RsaPkcs1;
    for (options, hash, algorithm) in [
        ("-md sha256 -cades", Sha256, pkcs1(Sha256)),
        ("-md sha224", Sha224, pkcs1(Sha224)),
        ("-md sha512 -keyid", Sha512, pkcs1(Sha512)),
        ("-md sha3-256", Sha3_256, pkcs1(Sha3_256)),
        ("-md sha384 -noattr", Sha384, pkcs1(Sha384)),
        ("-md sha256 -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:20", Sha256, pss(Sha256, Sha256, 20)),
        (
            "-md sha512 -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:0 -keyopt rsa_mgf1_md:sha1",
            Sha512,
            pss(Sha512, Sha1, 0),
        ),
        ("-md sha256 -noattr -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:32", Sha256, pss(Sha256, Sha256, 32)),
    ] {
        let contents = bench.sign(options);
        let signed = check(&contents, Kind::Pkcs7, &signer, (hash, algorithm, 2048));
        let verified = signed.verify(&hash.hash(DOCUMENT)).unwrap();
        assert_eq!(verified.names_certificate(), options.contains("-cades"), "{options}");
        assert!(verified.strength("2026-11-22T00:00:00Z".parse().unwrap()).is_good());
        if options.contains("-noattr") {
            assert_eq!(SignedData::parse(&contents, Kind::Cades).unwrap_err(), CmsError::AttributeMissing);
        }
    }
}

#[test]
fn keys_for_pss_alone_and_small_ones_made_by_openssl() {
    let bench = Bench::new();
    let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
    let signer = bench.signer(
        "RSA-PSS -pkeyopt rsa_keygen_bits:3072 -pkeyopt rsa_pss_keygen_md:sha384 -pkeyopt rsa_pss_keygen_mgf1_md:sha384 -pkeyopt rsa_pss_keygen_saltlen:48",
    );
    // Told to, since OpenSSL 3.0 would name PKCS #1 and pad by PSS.
    let contents = bench.sign("-md sha384 -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:48");
    let signed = check(&contents, Kind::Pkcs7, &signer, (Sha384, pss(Sha384, Sha384, 48), 3072));
    assert!(signer.verify_signature(signer.spki_der()).is_ok(), "the certificate too");
    assert!(signed.verify(&Sha384.hash(DOCUMENT)).unwrap().strength(at("2026-11-22T00:00:00Z")).is_good());

    let signer = bench.signer("RSA -pkeyopt rsa_keygen_bits:1024");
    let signed = check(&bench.sign("-md sha256"), Kind::Pkcs7, &signer, (Sha256, Algorithm::RsaPkcs1(Sha256), 1024));
    let verified = signed.verify(&Sha256.hash(DOCUMENT)).unwrap();
    let weak = Strength::Weak { since: at("2014-01-01T00:00:00Z") };
    assert_eq!(verified.strength(at("2026-11-22T00:00:00Z")), weak);
    assert_eq!(verified.strength(at("2010-11-22T00:00:00Z")), Strength::Good);
    assert!(signer.verify_signature(signer.spki_der()).is_err(), "nor is a certificate believed");
    assert!(signer.verify_signature_at(signer.spki_der(), at("2010-11-22T00:00:00Z")).is_ok());
}

#[test]
fn curves_made_by_openssl() {
    let bench = Bench::new();
    for (curve, options, hash, bits) in [
        ("P-256", "-md sha512", Sha512, 256),
        ("P-384", "-md sha224", Sha224, 384),
        ("P-521", "-md sha512 -cades", Sha512, 521),
        ("P-521", "-md sha256", Sha256, 521),
        ("brainpoolP256r1", "-md sha256", Sha256, 256),
        ("brainpoolP256t1", "-md sha384", Sha384, 256),
        ("brainpoolP384r1", "-md sha384 -noattr", Sha384, 384),
        ("brainpoolP384t1", "-md sha512", Sha512, 384),
    ] {
        let signer = bench.signer(&format!("EC -pkeyopt ec_paramgen_curve:{curve}"));
        check(&bench.sign(options), Kind::Pkcs7, &signer, (hash, Algorithm::Ecdsa(hash), bits));
    }
    // A compressed point, which `ring` does not read.
    bench.signer("EC -pkeyopt ec_paramgen_curve:P-256");
    bench.openssl("pkey -in signer.key -ec_conv_form compressed -out compressed.key");
    fs::rename(bench.path().join("compressed.key"), bench.path().join("signer.key")).unwrap();
    let signer = bench.certify("signer", "keyUsage=critical,digitalSignature");
    assert!(signer.spki_der().len() < 64, "compressed");
    check(&bench.sign("-md sha256"), Kind::Pkcs7, &signer, (Sha256, Algorithm::Ecdsa(Sha256), 256));
    // No implementation to be had: said, not guessed.
    let signer = bench.signer("EC -pkeyopt ec_paramgen_curve:brainpoolP512r1");
    let signed = SignedData::parse(&bench.sign("-md sha512"), Kind::Pkcs7).unwrap();
    assert_eq!(signed.signer(), &signer);
    let error = signed.verify(&Sha512.hash(DOCUMENT)).unwrap_err();
    assert_eq!(error, CmsError::Signature(yinxin::pki::suite::SuiteError::Key));
}

#[test]
fn what_openssl_does_not_sign_made_by_pyhanko() {
    let bench = Bench::new();
    for (kind, name, expected) in [
        ("ED25519", "sha512", (Sha512, Algorithm::Ed25519, 255)),
        ("EC -pkeyopt ec_paramgen_curve:P-384", "sha3_384", (Sha3_384, Algorithm::Ecdsa(Sha3_384), 384)),
        ("EC -pkeyopt ec_paramgen_curve:P-521", "sha3_512", (Sha3_512, Algorithm::Ecdsa(Sha3_512), 521)),
    ] {
        let signer = bench.signer(kind);
        let contents = bench.pyhanko(name, &[]);
        let signed = check(&contents, Kind::Cades, &signer, expected);
        assert!(signed.verify(&expected.0.hash(DOCUMENT)).unwrap().names_certificate(), "{kind}");
    }
}

#[test]
fn the_older_kinds_of_pdf_signatures() {
    let bench = Bench::new();
    let signer = bench.signer(RSA);
    let at = "2026-11-22T00:00:00Z".parse().unwrap();
    // adbe.pkcs7.sha1: the digest is the content.
    bench.put("document", &Sha1.hash(DOCUMENT));
    for options in ["-nodetach -md sha1", "-nodetach -md sha256", "-nodetach -stream -md sha1 -noattr"] {
        let contents = bench.sign(options);
        let signed = SignedData::parse(&contents, Kind::Pkcs7Sha1).unwrap();
        assert_eq!((signed.digest_algorithm(), signed.signer()), (Sha1, &signer));
        let verified = signed.verify(&Sha1.hash(DOCUMENT)).unwrap();
        assert!(!verified.strength(at).is_good(), "SHA-1, whatever is signed with: {options}");
        assert_eq!(signed.verify(&Sha1.hash(b"other")).unwrap_err(), CmsError::DigestMismatch);
        assert_eq!(SignedData::parse(&contents, Kind::Pkcs7).unwrap_err(), CmsError::NotDetached);
    }
    let detached = bench.sign("-md sha1");
    assert_eq!(SignedData::parse(&detached, Kind::Pkcs7Sha1).unwrap_err(), CmsError::NotDetached);

    // adbe.x509.rsa_sha1: a bare signature in an OCTET STRING.
    bench.put("document", DOCUMENT);
    for hash in [Sha1, Sha256] {
        let name = hash.name().replace('-', "").to_lowercase();
        bench.openssl(&format!("dgst -{name} -sign signer.key -out bare document"));
        let bare = bench.read("bare");
        let contents = [&[4, 0x82, 1, 0], &bare[..], &[0; 9]].concat();
        let read = RsaSignature::parse(&contents, vec![signer.clone()]).unwrap();
        assert_eq!(read.digest_algorithm(), hash);
        assert_eq!(read.verify(&hash.hash(DOCUMENT)).unwrap().strength(at).is_good(), hash == Sha256);
        assert_eq!(read.verify(&hash.hash(b"other")).unwrap_err(), CmsError::DigestMismatch);
        let ber = [&[0x24, 0x80, 4, 0x82, 1, 0], &bare[..], &[0; 4]].concat();
        assert_eq!(RsaSignature::parse(&ber, vec![signer.clone()]).unwrap().digest_algorithm(), hash);
        let other = bench.certificate("other", RSA, "keyUsage=critical,digitalSignature");
        assert!(RsaSignature::parse(&contents, vec![other]).is_err(), "another key");
        assert_eq!(RsaSignature::parse(&contents, Vec::new()).unwrap_err(), CmsError::SignerMissing);
        assert!(RsaSignature::parse(&[&contents[..], &[1]].concat(), vec![signer.clone()]).is_err());
    }
}

#[test]
fn signature_timestamps_made_by_pyhanko() {
    let bench = Bench::new();
    let signer = bench.signer("EC -pkeyopt ec_paramgen_curve:P-256");
    let authority = bench.certificate("tsa", RSA, "extendedKeyUsage=critical,timeStamping");
    let contents = bench.pyhanko("sha256", &["tsa.pem", "tsa.key"]);
    let signed = check(&contents, Kind::Cades, &signer, (Sha256, Algorithm::Ecdsa(Sha256), 256));
    let tokens: Vec<&[u8]> = signed.timestamps().collect();
    let [token] = tokens[..] else { panic!("{} tokens", tokens.len()) };
    let token = TimestampToken::parse(token).unwrap();
    let imprint = token.imprint_algorithm().hash(signed.signature_value());
    let verified = token.verify(&imprint).unwrap();
    assert_eq!(verified.signer(), &authority);
    assert!(verified.at() >= authority.not_before() && verified.at() <= authority.not_after());
    assert_eq!(token.verify(&token.imprint_algorithm().hash(DOCUMENT)).unwrap_err(), CmsError::DigestMismatch);
}

#[test]
fn timestamps_made_by_openssl() {
    let bench = Bench::new();
    let authority = bench.certificate("tsa", RSA, "extendedKeyUsage=critical,timeStamping");
    bench.put("serial", b"0A\n");
    for ess_digest in ["sha1", "sha256"] {
        let configuration = format!(
            "[tsa]\ndefault_tsa=t\n[t]\nserial=serial\nsigner_digest=sha256\ndefault_policy=1.2.3.4.1\ndigests=sha256,sha512\naccuracy=secs:1,millisecs:500,microsecs:100\nordering=yes\ntsa_name=yes\ness_cert_id_chain=no\ness_cert_id_alg={ess_digest}\nclock_precision_digits=3\n"
        );
        bench.put("tsa.cnf", configuration.as_bytes());
        bench.openssl("ts -query -data document -sha512 -cert -out query");
        bench
            .openssl("ts -reply -config tsa.cnf -queryfile query -signer tsa.pem -inkey tsa.key -token_out -out token");
        let bytes = bench.read("token");
        let token = TimestampToken::parse(&[&bytes[..], &[0; 7]].concat()).unwrap();
        assert_eq!((token.imprint_algorithm(), token.signer()), (Sha512, &authority));
        let verified = token.verify(&Sha512.hash(DOCUMENT)).unwrap();
        assert_eq!(verified.policy(), "1.2.3.4.1");
        assert_eq!(verified.accuracy(), Some(std::time::Duration::from_micros(1_500_100)));
        assert_eq!(verified.latest().duration_since(verified.at()), jiff::SignedDuration::from_micros(1_500_100));
        assert!(verified.strength("2026-11-22T00:00:00Z".parse().unwrap()).is_good());
        assert_eq!(token.verify(&Sha512.hash(b"other")).unwrap_err(), CmsError::DigestMismatch);
        // A signature is no timestamp, a timestamp no signature.
        assert_eq!(SignedData::parse(&bytes, Kind::Pkcs7).unwrap_err(), CmsError::NotDetached);
        // Whatever bit of it is altered, it is refused or says the same.
        for index in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[index] ^= 1 << (index % 8);
            let Ok(altered) = TimestampToken::parse(&altered) else { continue };
            let Ok(again) = altered.verify(&Sha512.hash(DOCUMENT)) else { continue };
            assert_eq!((again.at(), again.signer()), (verified.at(), verified.signer()), "byte {index}");
        }
    }
    bench.signer(RSA);
    let signature = bench.sign("-md sha256 -cades");
    assert_eq!(TimestampToken::parse(&signature).unwrap_err(), CmsError::NotATimestamp);
}
