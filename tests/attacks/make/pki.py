"""The keys and certificates of the corpus: made once, kept in ../keys, so that the files stay what they are.

Private keys lie open: they sign nothing but this corpus.
"""

import datetime as dt
import functools
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509 import ocsp as x509ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID as Eku, NameOID

HERE = Path(__file__).resolve().parent.parent
KEYS = HERE / "keys"


def day(text):
    return dt.datetime.fromisoformat(text + "T00:00:00+00:00")


SIGNED_AT = dt.datetime(2026, 11, 20, 2, 0, 0, tzinfo=dt.timezone.utc)
STAMPED_AT = dt.datetime(2026, 11, 20, 2, 0, 5, tzinfo=dt.timezone.utc)
FROM, UNTIL = day("2026-01-01"), day("2036-01-01")


def new_key(kind):
    match kind:
        case "p256": return ec.generate_private_key(ec.SECP256R1())
        case "p384": return ec.generate_private_key(ec.SECP384R1())
        case "p521": return ec.generate_private_key(ec.SECP521R1())
        case "brainpool": return ec.generate_private_key(ec.BrainpoolP256R1())
        case "ed25519": return ed25519.Ed25519PrivateKey.generate()
        case _: return rsa.generate_private_key(65537, int(kind.removeprefix("rsa")))


def key(name, kind="p256"):
    path = KEYS / f"{name}.key"
    if not path.exists():
        KEYS.mkdir(exist_ok=True)
        pem = new_key(kind).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path.write_bytes(pem)
    return serialization.load_pem_private_key(path.read_bytes(), None)


def name(common, country="CN", org="Corpus Test Office"):
    parts = [(NameOID.COUNTRY_NAME, country), (NameOID.ORGANIZATION_NAME, org), (NameOID.COMMON_NAME, common)]
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts])


def usage(*names):
    every = ["digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"]
    return x509.KeyUsage(**{one: one in names for one in every})


def issue(file, common, issuer=None, *, kind="p256", ca=False, since=FROM, until=UNTIL, serial=None, key_of=None,
          ku=("digital_signature", "content_commitment"), eku=None, pathlen=None, extra=(), digest=None, subject=None,
          issuer_key=None):
    """The certificate `file`.crt, made if it is not there. `issuer`: the name of the issuer's file; None: self-signed."""
    path = KEYS / f"{file}.crt"
    if not path.exists():
        own = key(key_of or file, kind)
        by = load(issuer) if issuer else None
        subject = subject or name(common)
        builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(by.subject if by else subject)
                   .public_key(own.public_key()).serial_number(serial or x509.random_serial_number())
                   .not_valid_before(since).not_valid_after(until)
                   .add_extension(x509.BasicConstraints(ca, pathlen), True)
                   .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), False))
        if ku:
            builder = builder.add_extension(usage(*(("key_cert_sign", "crl_sign") if ca else ku)), True)
        if by:
            identifier = by.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
            builder = builder.add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), False)
        if eku:
            builder = builder.add_extension(x509.ExtendedKeyUsage(eku), eku == [Eku.TIME_STAMPING])
        for extension, critical in extra:
            builder = builder.add_extension(extension, critical)
        signing = key(issuer_key or issuer or file)
        if isinstance(signing, ed25519.Ed25519PrivateKey):
            certificate = builder.sign(signing, None)
        else:
            certificate = builder.sign(signing, digest or hashes.SHA256())
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return load(file)


@functools.cache
def load(file):
    return x509.load_pem_x509_certificate((KEYS / f"{file}.crt").read_bytes())


def der(file):
    return load(file).public_bytes(serialization.Encoding.DER)


def crl(file, issuer, revoked=(), since="2026-11-24", until="2026-12-24"):
    path = KEYS / f"{file}.crl"
    if not path.exists():
        builder = (x509.CertificateRevocationListBuilder().issuer_name(load(issuer).subject)
                   .last_update(day(since)).next_update(day(until))
                   .add_extension(x509.CRLNumber(1), False)
                   .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
                       load(issuer).extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value), False))
        for certificate, when in revoked:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder().serial_number(load(certificate).serial_number)
                .revocation_date(day(when)).add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), False).build())
        path.write_bytes(builder.sign(key(issuer), hashes.SHA256()).public_bytes(serialization.Encoding.DER))
    return path.read_bytes()


def ocsp(file, certificate, issuer="issuing", revoked=None, since="2026-11-19", until="2026-12-19", by=None):
    """An OCSP answer on `certificate`, signed by its issuer's key or that of `by`."""
    path = KEYS / f"{file}.ocsp"
    if not path.exists():
        status = x509ocsp.OCSPCertStatus.REVOKED if revoked else x509ocsp.OCSPCertStatus.GOOD
        builder = (x509ocsp.OCSPResponseBuilder()
                   .add_response(load(certificate), load(issuer), hashes.SHA256(), status, day(since), day(until),
                                 day(revoked) if revoked else None, x509.ReasonFlags.key_compromise if revoked else None)
                   .responder_id(x509ocsp.OCSPResponderEncoding.HASH, load(by or issuer)).certificates([load(by or issuer)]))
        path.write_bytes(builder.sign(key(by or issuer), hashes.SHA256()).public_bytes(serialization.Encoding.DER))
    return path.read_bytes()


def make():
    issue("root", "Corpus Root CA", ca=True)
    issue("issuing", "Corpus Issuing CA", "root", ca=True, pathlen=0)
    issue("deep1", "Corpus Deep CA 1", "root", ca=True)
    issue("deep2", "Corpus Deep CA 2", "deep1", ca=True)
    for kind in ["rsa2048", "rsa3072", "p256", "p384", "p521", "brainpool", "ed25519"]:
        issue(kind, f"Signer {kind}", "issuing", kind=kind)
    issue("second", "Second Signer", "issuing")
    issue("third", "Third Signer", "issuing")
    issue("deep", "Signer below two authorities", "deep2")
    issue("rsa1024", "Signer rsa1024", "issuing", kind="rsa1024")
    issue("no-usage", "Signer without key usage", "issuing", ku=None)
    issue("email", "Signer for mail", "issuing", eku=[Eku.EMAIL_PROTECTION])
    # Signers that are not to be believed.
    issue("expired", "Expired Signer", "issuing", since=day("2026-02-01"), until=day("2026-06-01"))
    issue("not-yet", "Future Signer", "issuing", since=day("2026-11-21"))
    issue("revoked", "Revoked Signer", "issuing")
    issue("revoked-later", "Signer revoked later", "issuing")
    issue("server", "Web Server", "issuing", eku=[Eku.SERVER_AUTH])
    issue("agreement", "Key Agreement Only", "issuing", ku=("key_agreement",))
    issue("ca-signer", "Authority that signs", "root", ca=True)
    critical = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.55555.1"), b"\x05\x00")
    issue("critical", "Signer with an unknown critical extension", "issuing", extra=[(critical, True)])
    # Chains that break a rule.
    issue("not-ca", "Not an Authority", "issuing")
    issue("below-not-ca", "Below no authority", "not-ca")
    issue("below-pathlen-ca", "Authority too deep", "issuing", ca=True)
    issue("below-pathlen", "Signer too deep", "below-pathlen-ca")
    only = x509.NameConstraints([x509.DirectoryName(x509.Name(list(name("x", org="Other Office"))[:2]))], None)
    issue("constrained-ca", "Constrained CA", "root", ca=True, extra=[(only, True)])
    issue("constrained", "Signer out of bounds", "constrained-ca")
    issue("within", "Signer in bounds", "constrained-ca", subject=name("Signer in bounds", org="Other Office"))
    # Strangers: nobody's, and those with our names.
    issue("stranger", "Stranger")
    issue("fake-root", "Corpus Root CA", ca=True)
    issue("fake-issuing", "Corpus Issuing CA", "fake-root", ca=True, pathlen=0)
    issue("fake", "Signer p256", "fake-issuing")
    # A certificate for p256's key with another name, by a stranger and by our authority.
    issue("same-key", "Somebody else", "issuing", key_of="p256")
    issue("claimed-issuing", "Impostor", "issuing", issuer_key="fake-issuing")
    # Timestamp authorities.
    issue("tsa", "Corpus TSA", "issuing", eku=[Eku.TIME_STAMPING], ku=("digital_signature",))
    issue("tsa-no-eku", "Not a TSA", "issuing", ku=("digital_signature",))
    issue("tsa-fake", "Corpus TSA", "fake-issuing", eku=[Eku.TIME_STAMPING], ku=("digital_signature",))
    crl("root", "root")
    crl("issuing", "issuing", [("revoked", "2026-11-10"), ("revoked-later", "2026-11-22")])
    crl("deep1", "deep1")
    crl("deep2", "deep2")
    crl("constrained-ca", "constrained-ca")
    # Lists as they were when the documents were signed, for the files that carry them.
    crl("early-root", "root", since="2026-11-19", until="2026-12-19")
    crl("early-issuing", "issuing", [("revoked", "2026-11-10")], since="2026-11-19", until="2026-12-19")
    issue("responder", "Corpus OCSP", "issuing", eku=[Eku.OCSP_SIGNING], ku=("digital_signature",))
    ocsp("good", "p256")
    ocsp("delegated", "p256", by="responder")
    ocsp("revoked", "second", revoked="2026-11-10")
    ocsp("stranger", "revoked", by="fake-issuing")
    for purpose in ("outside", "tsa"):
        folder = HERE / "trust" / purpose
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "root.pem").write_bytes((KEYS / "root.crt").read_bytes())
        # The same anchors without any list: what the files bring is all there is.
        folder = HERE / "trust-without-lists" / purpose
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "root.pem").write_bytes((KEYS / "root.crt").read_bytes())
    for one in KEYS.glob("*.crl"):
        if one.name.startswith("early-"):
            continue
        (HERE / "trust" / one.name).write_bytes(one.read_bytes())


if __name__ == "__main__":
    make()
