"""Attacks by what a file brings to prove itself: heaps of forged lists and answers, keys that sign everything, names that no constraint reads, logs of other halls.

After RFC 5280 (4.2.1.10, 6.3), RFC 6960, RFC 8032 (8.9), and docs/LEDGER.md.
"""

import datetime as dt

from asn1crypto import x509 as ax509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import ExtendedKeyUsageOID as Eku, NameOID

import cms
import logs
import pdf
import pki
from corpus import add
from good import PLAIN
from structure import NO, bad, signed

DER = serialization.Encoding.DER
HEAP = range(70)


def with_store(doc, **kinds):
    """The file with a document security store, by an incremental update."""
    number, changes, body = doc.next() + 10, {}, b""
    for kind, items in kinds.items():
        numbers = range(number, number + len(items))
        changes.update(zip(numbers, map(pdf.stream, items)))
        body += b"/%s [%s] " % (kind.encode(), b" ".join(b"%d 0 R" % one for one in numbers))
        number += len(items)
    changes[doc.root] = doc.objects[doc.root][:-2] + b"/DSS << /Type /DSS " + body + b">> >>"
    return doc.append(changes)


def forged_list(victim, minute):
    """An old list in the authority's name that has a stranger's signature and revokes the victim."""
    entry = x509.RevokedCertificateBuilder().serial_number(pki.load(victim).serial_number).revocation_date(pki.day("2026-11-10"))
    builder = (x509.CertificateRevocationListBuilder().issuer_name(pki.load("issuing").subject)
               .last_update(pki.day("2026-01-02") + dt.timedelta(minutes=minute)).next_update(pki.day("2026-12-30"))
               .add_extension(x509.CRLNumber(minute + 1), False).add_revoked_certificate(entry.build()))
    return builder.sign(pki.key("stranger"), hashes.SHA256()).public_bytes(DER)


def forged_answer(victim, minute):
    """An old answer in the authority's name whose signature was altered."""
    at = pki.day("2026-01-02") + dt.timedelta(minutes=minute)
    builder = (ocsp.OCSPResponseBuilder()
               .add_response(pki.load(victim), pki.load("issuing"), hashes.SHA256(), ocsp.OCSPCertStatus.REVOKED, at,
                             pki.day("2026-12-30"), pki.day("2026-01-01"), None)
               .responder_id(ocsp.OCSPResponderEncoding.NAME, pki.load("issuing")))
    answer = builder.sign(pki.key("issuing"), hashes.SHA256()).public_bytes(DER)
    return answer[:-1] + bytes([answer[-1] ^ 1])


def heap(forge, victim):
    return [forge(victim, minute) for minute in HEAP]


bad("revoked-starved", "a revoked signer, and seventy forged lists before the true one", lambda: with_store(
    signed(signer="revoked"), CRLs=heap(forged_list, "revoked")), codes=["revoked"])
bad("revoked-starved-ocsp", "a revoked signer, and seventy forged OCSP answers before the true list", lambda: with_store(
    signed(signer="revoked"), OCSPs=heap(forged_answer, "revoked")), codes=["revoked"])

# A timestamp authority that was revoked for its key, and the signature whose age it should prove.
pki.issue("tsa-revoked", "Revoked TSA", "issuing", eku=[Eku.TIME_STAMPING], ku=("digital_signature",))
REVOKED_TSA = pki.HERE / "trust-revoked-tsa"
for purpose in ("outside", "tsa"):
    (REVOKED_TSA / purpose).mkdir(parents=True, exist_ok=True)
    (REVOKED_TSA / purpose / "root.pem").write_bytes((pki.KEYS / "root.crt").read_bytes())
(REVOKED_TSA / "root.crl").write_bytes((pki.KEYS / "root.crl").read_bytes())
pki.crl(REVOKED_TSA / "issuing", "issuing", [("tsa-revoked", "2026-03-01")])


def dated_back():
    at = dt.datetime(2026, 5, 1, 2, 0, 0, tzinfo=dt.timezone.utc)
    return signed(signer="expired", m="D:20260501100000+08'00'", unsigned=[cms.timestamped(tsa="tsa-revoked", at=at)])


bad("stamp-revoked", "an expired certificate, the signature dated back by a revoked timestamp authority", dated_back, NO, trust="trust-revoked-tsa", codes=["expired"])
bad("stamp-revoked-starved", "the same, and seventy forged lists before the true one", lambda: with_store(
    dated_back(), CRLs=heap(forged_list, "tsa-revoked")), NO, trust="trust-revoked-tsa", codes=["expired"])


# Seals, under the hall's own keys
logs.trust()


def hall(name, about, expect, data, **more):
    add(name, about, expect, data, trust="trust-two-halls", **more)


def prepared(count):
    doc, changes = PLAIN.copy(), {}
    for i in range(count):
        doc.with_field(changes, f"Seal{i}", 10 + i, 3, f"{60 + 150 * i} 500 {180 + 150 * i} 560", None, None, "")
        doc.objects.update(changes)
    return doc.append(changes)


def of_two_halls():
    return PLAIN.copy().sign("SealA", make=logs.sealed()).sign("SealB", make=logs.sealed("b-seal", logs.B, ("b-issuing",)))


hall("good/seals-of-two-halls", "sealed by two halls, each with its own log", "valid", of_two_halls)
hall("bad/seal-other-log", "a seal whose use another hall's log has entered", "indeterminate", lambda: PLAIN.copy().sign("Seal", make=logs.sealed("second", logs.B)), codes=["log-unknown"])
hall("bad/seal-revoked-starved", "a revoked seal, and seventy forged lists before the true one", "invalid", lambda: with_store(
    PLAIN.copy().sign("Seal", make=logs.sealed("revoked")), CRLs=heap(forged_list, "revoked")), codes=["revoked"])
hall("bad/seal-missing-stamped", "one seal of two, and a stranger's timestamp over the file", "indeterminate", lambda: prepared(2).sign(
    existing=10, make=logs.sealed()).sign("Stamp", kind="DocTimeStamp", sub_filter="ETSI.RFC3161", m=None, make=lambda d: cms.token(
        d, tsa="tsa-fake", chain=("fake-issuing", "fake-root"))), codes=["seal-missing"])


# A key in Ed25519's torsion: one signature is good for every message.
def small_order():
    """The signer's certificate, issued anew for the neutral element; R is that element, too, and S is zero."""
    neutral = b"\x01" + bytes(31)
    public = pki.key("ed25519").public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    like = ax509.Certificate.load(pki.der("ed25519"))
    tbs = like["tbs_certificate"].dump().replace(public, neutral)
    signature = pki.key("issuing").sign(tbs, ec.ECDSA(hashes.SHA256()))
    cert = cms.tlv(0x30, tbs, like["signature_algorithm"].dump(), cms.tlv(3, b"\0" + signature))
    return signed(signer="ed25519", md="sha512", cert=cert, certs=[cert, pki.der("issuing")], signature=neutral + bytes(32))


bad("signature-ed25519-small-order", "a certified Ed25519 key of small order, whose one signature is good for every document", small_order, NO)


# Names that a constraint cannot read
def bounded():
    bounds = x509.NameConstraints([x509.DNSName("good.example"), x509.RFC822Name("good.example")], [
        x509.DirectoryName(x509.Name(list(pki.name("x", org="Forbidden Office"))[:2])), x509.RFC822Name("forbidden.example")])
    pki.issue("bounded-ca", "Bounded CA", "root", ca=True, extra=[(bounds, True)])
    mail = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.17"), cms.tlv(0x30, cms.tlv(0x81, "ä@evil.example".encode())))
    pki.issue("bounded-mail", "Signer with a mailbox elsewhere", "bounded-ca", extra=[(mail, False)])
    teletex = lambda kind, text: x509.NameAttribute(kind, text, _type=_ASN1Type.T61String)
    country, common = x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"), x509.NameAttribute(NameOID.COMMON_NAME, "x")
    office = x509.Name([country, teletex(NameOID.ORGANIZATION_NAME, "Forbidden Office"), common])
    pki.issue("bounded-teletex", "Signer of a forbidden office", "bounded-ca", subject=office)
    address = x509.Name([country, common, teletex(NameOID.EMAIL_ADDRESS, "a@forbidden.example")])
    pki.issue("bounded-address", "Signer with a forbidden mailbox", "bounded-ca", subject=address)


bounded()
for name, about in [
    ("mail", "a mailbox outside the constraints, not in ASCII"),
    ("teletex", "an excluded organization, written as TeletexString"),
    ("address", "an excluded mailbox in the subject, written as TeletexString"),
]:
    bad(f"chain-unread-{name}", about, lambda name=name: signed(signer=f"bounded-{name}", chain=("bounded-ca",)), NO, codes=["chain-rule"])
