"""Attacks on the signature itself: certificates and algorithms exchanged, CMS with wrong fields, chains that break a rule, timestamps.

After RFC 5652, RFC 5280, RFC 5035, RFC 6211, RFC 3161, EN 319 122-1; Bleichenbacher's forgery of PKCS #1 v1.5 with e = 3 (2006).
"""

import hashlib

from asn1crypto import core
from cryptography.hazmat.primitives.asymmetric import ec, utils

import cms
import pdf
import pki
from good import PLAIN, with_ocsp
from pdf import Doc, contract
from structure import NO, bad, signed

MAYBE = "indeterminate"


def detached(**more):
    """Without the ESS attribute, so that nothing but the tested thing names the certificate."""
    return signed(sub_filter="adbe.pkcs7.detached", cades=False, **more)


# Certificates exchanged
def named(ess=None, **more):
    """Signs with attributes built by hand: content type, digest, and the ESS attribute given."""
    def make(document):
        attributes = [cms.attribute(cms.CONTENT_TYPE, cms.DATA), cms.attribute(cms.MESSAGE_DIGEST, cms.tlv(4, hashlib.sha256(document).digest()))]
        return cms.sign(document, attributes=[*attributes, *([ess] if ess else [])], **more)
    return PLAIN.copy().sign(make=make)


bad("cert-other-name-same-key", "the certificate exchanged for another of the same key: ESS names the first", lambda: named(
    cms.ess_v2(pki.der("p256")), cert=pki.der("same-key"), key=pki.key("p256")), codes=["other-certificate"])
bad("cert-substituted", "the certificate exchanged for another signer's, whose key it is not", lambda: named(
    cms.ess_v2(pki.der("p256")), cert=pki.der("second"), key=pki.key("p256")))
bad("cert-self-signed", "a self-signed certificate with a stranger's name", lambda: signed(signer="stranger", chain=()), MAYBE, codes=["no-chain"])
bad("cert-same-names", "a whole chain of a stranger's with the names of ours", lambda: signed(signer="fake", chain=("fake-issuing", "fake-root")), MAYBE, codes=["no-chain"])
bad("cert-same-names-mixed", "a stranger's signer below our own authority's certificate", lambda: signed(signer="fake", chain=("issuing",)), NO)
bad("cert-claims-issuer", "a certificate that names our authority as issuer and is not signed by it", lambda: signed(signer="claimed-issuing"), NO)
bad("cert-none", "no certificate at all", lambda: signed(certs=[]), MAYBE, codes=["signer-missing"])
bad("cert-ess-missing", "PAdES without the ESS attribute", lambda: signed(cades=False), NO, codes=["certificate-not-named"])
bad("cert-ess-wrong", "the ESS attribute names the second signer's certificate", lambda: named(cms.ess_v2(pki.der("second"))), codes=["other-certificate"])
bad("cert-ess-sha1-wrong", "an ESS attribute of version 1 for another certificate", lambda: named(cms.ess_v1(pki.der("second"))), NO)

# Chains that break a rule (RFC 5280)
for name, who, chain, about in [
    ("not-ca", "below-not-ca", ("not-ca", "issuing"), "the issuer is no authority"),
    ("pathlen", "below-pathlen", ("below-pathlen-ca", "issuing"), "more authorities than the path length allows"),
    ("name-constraints", "constrained", ("constrained-ca",), "a name outside the constraints"),
    ("critical", "critical", ("issuing",), "an unknown critical extension"),
    ("server", "server", ("issuing",), "a certificate for web servers only"),
    ("key-agreement", "agreement", ("issuing",), "a certificate for key agreement only"),
    ("ca-as-signer", "ca-signer", (), "an authority's certificate as signer's"),
    ("tsa-as-signer", "tsa", ("issuing",), "a timestamp authority's certificate as signer's"),
]:
    bad(f"chain-{name}", about, lambda w=who, c=chain: signed(signer=w, chain=c), NO)

# Times and revocation
bad("time-expired", "signed after the certificate had expired", lambda: signed(signer="expired"), NO)
bad("time-expired-backdated", "an expired certificate, the signature dated back, nothing proves it", lambda: signed(signer="expired", m="D:20260501100000+08'00'"), MAYBE, codes=["expired"])
bad("time-not-yet", "signed before the certificate begins", lambda: signed(signer="not-yet"), NO)
bad("time-future", "a signature dated next year", lambda: signed(m="D:20271120100000+08'00'"), NO)
bad("revoked-before", "signed after the certificate had been revoked", lambda: signed(signer="revoked"), NO)
bad("revoked-backdated", "a revoked certificate, the signature dated back, nothing proves it", lambda: signed(signer="revoked", m="D:20261101100000+08'00'"), MAYBE)
bad("revoked-after-no-proof", "revoked since, and nothing proves that the signature is older", lambda: signed(signer="revoked-later"), MAYBE, codes=["revoked-no-proof"])
bad("revoked-list-older", "an older list inside the CMS on which the signer does not stand", lambda: signed(
    signer="revoked-later", crls=[(pki.KEYS / "early-issuing.crl").read_bytes()]), NO)
bad("revoked-ocsp", "an OCSP answer in the file says that the signer had been revoked before", lambda: with_ocsp("revoked", "second"), NO, trust="trust-without-lists")
bad("revoked-ocsp-stranger", "a stranger's OCSP answer says that a revoked signer is good", lambda: with_ocsp("stranger", "revoked"), NO)

# Algorithms
sha = lambda md: cms.protection(md, cms.signature_algorithm(pki.key("p256"), md))
bad("algo-protection-digest", "CMSAlgorithmProtection names another digest", lambda: signed(extra=[sha("sha512")]), NO)
bad("algo-protection-signature", "CMSAlgorithmProtection names another signature algorithm", lambda: signed(
    extra=[cms.protection("sha256", cms.signature_algorithm(pki.key("rsa2048"), "sha256"))]), NO)
bad("algo-digest-exchanged", "digestAlgorithm says SHA-512, the digest is of SHA-256", lambda: signed(stated_md="sha512"), NO)
bad("algo-signature-exchanged", "signatureAlgorithm says RSA, the key is of P-256", lambda: signed(
    sig_alg=cms.signature_algorithm(pki.key("rsa2048"), "sha256")), NO)
bad("algo-pss-as-pkcs1", "a PSS signature declared as PKCS #1 v1.5", lambda: signed(signer="rsa2048", pss=True, sig_alg=cms.signature_algorithm(pki.key("rsa2048"), "sha256")), NO)
bad("algo-md5", "RSA with MD5", lambda: detached(signer="rsa2048", md="md5"), NO)
bad("algo-unknown", "an algorithm nobody knows", lambda: signed(sig_alg=cms.tlv(0x30, cms.oid("1.3.6.1.4.1.55555.9"))), NO)

def der_signature(r, s):
    return cms.tlv(0x30, core.Integer(r).dump(), core.Integer(s).dump())


N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
for name, r, s in [("zero", 0, 0), ("r-zero", 0, 1), ("order", N, N), ("one", 1, 1), ("order-plus", N + 1, 1), ("negative", -1, 1)]:
    bad(f"ecdsa-{name}", f"an ECDSA signature with r and s out of their range ({name})", lambda r=r, s=s: signed(signature=der_signature(r, s)))
bad("ecdsa-raw", "r and s without their DER", lambda: signed(signature=bytes(range(64))), NO)
bad("rsa-short-padding", "PKCS #1 v1.5 with too little padding and free bytes at the end", lambda: signed(signer="rsa2048", signature=b"\0\1\xff\0" + bytes(252)))
bad("rsa-zero", "an RSA signature of zero", lambda: signed(signer="rsa2048", signature=bytes(256)))
bad("rsa-one", "an RSA signature of one", lambda: signed(signer="rsa2048", signature=bytes(255) + b"\1"))
bad("signature-bit-flipped", "one bit of the signature flipped", lambda: flipped())


def flipped():
    doc = signed()
    at = doc.data.index(b"0" * 32 + b">") - 6
    digit = doc.data[at:at + 1]
    doc.data = doc.data[:at] + (b"1" if digit != b"1" else b"2") + doc.data[at + 1:]
    return doc


# CMS with wrong fields
bad("cms-digest-wrong", "the message digest is of another document", lambda: signed(digest=hashlib.sha256(b"other").digest()), codes=["digest-mismatch"])
bad("cms-document-changed", "a letter of the page changed in place", lambda: signed().data.replace(b"1,000", b"9,000"), codes=["digest-mismatch"])
bad("cms-content-type-wrong", "the content type attribute says signedData", lambda: signed(content_type=cms.SIGNED_DATA, econtent=None), NO)
bad("cms-content-type-missing", "no content type attribute", lambda: bare([]), NO)
bad("cms-digest-missing", "no message digest among the attributes", lambda: PLAIN.copy().sign(attributes=[cms.attribute(cms.CONTENT_TYPE, cms.DATA), cms.ess_v2(pki.der("p256"))]))


def bare(more):
    def make(document):
        return cms.sign(document, attributes=[cms.attribute(cms.MESSAGE_DIGEST, cms.tlv(4, hashlib.sha256(document).digest())), cms.ess_v2(pki.der("p256")), *more])
    return PLAIN.copy().sign(make=make)


bad("cms-digest-twice", "two message digests", lambda: signed(extra=[cms.attribute(cms.MESSAGE_DIGEST, cms.tlv(4, bytes(32)))]))
bad("cms-digest-two-values", "one attribute with two digests", lambda: two_values())


def two_values():
    def make(document):
        digest = cms.tlv(4, hashlib.sha256(document).digest())
        return cms.sign(document, attributes=[cms.attribute(cms.CONTENT_TYPE, cms.DATA), cms.attribute(cms.MESSAGE_DIGEST, *sorted([digest, cms.tlv(4, bytes(32))])), cms.ess_v2(pki.der("p256"))])
    return PLAIN.copy().sign(make=make)


bad("cms-two-signers", "two signer infos", lambda: signed(signer_infos=2), NO)
bad("cms-no-signer", "no signer info", lambda: signed(signer_infos=0))
bad("cms-content-inside", "another content inside, whose digest fits", lambda: enclosed(), NO)


def enclosed():
    other = b"another text"
    return signed(econtent=other, digest=hashlib.sha256(other).digest())


bad("cms-trailing", "bytes behind the CMS within its length", lambda: signed(make=lambda d: padded_inside(cms.sign(d))), NO)


def padded_inside(data):
    """The outer SEQUENCE made longer than what it holds."""
    return cms.tlv(0x30, data[4:] + b"\x04\x04evil")


bad("cms-signed-over-content", "the signature is over the document although there are attributes", lambda: over_content())


def over_content():
    return signed(make=lambda d: cms.sign(d, sign_as=d))


bad("cms-attributes-as-content", "a document that is another one's attributes: no attributes, the set taken for the content", lambda: confused(), NO)


def confused():
    """RFC 5652, section 11: a signature over attributes shown as a signature over content."""
    return signed(make=lambda d: cms.sign(d, no_attributes=True, sign_as=cms.tlv(0x31, cms.attribute(cms.CONTENT_TYPE, cms.DATA))))


bad("cms-not-signed-data", "an enveloped instead of a signed CMS", lambda: signed(make=lambda d: cms.tlv(0x30, cms.oid("1.2.840.113549.1.7.3"), cms.tlv(0xA0, cms.tlv(0x30)))))
bad("cms-empty", "an empty SEQUENCE", lambda: signed(make=lambda d: b"\x30\0" if d else b"\x30\0" * 40))
bad("cms-deep", "three hundred levels of SEQUENCE", lambda: signed(make=lambda d: nested(300)), NO)


def nested(levels):
    data = b""
    for _ in range(levels):
        data = cms.tlv(0x30, data)
    return data


bad("cms-length-huge", "a length of four gigabytes", lambda: signed(make=lambda d: b"\x30\x84\xff\xff\xff\xf0" + bytes(100)))
bad("ber-constructed-digest", "the digest as a constructed string with another one inside", lambda: constructed(), NO)


def constructed():
    def make(document):
        digest = hashlib.sha256(document).digest()
        split = cms.tlv(0x24, cms.tlv(4, digest[:16]), cms.tlv(4, digest[16:]), indefinite=True)
        attributes = [cms.attribute(cms.CONTENT_TYPE, cms.DATA), cms.attribute(cms.MESSAGE_DIGEST, split), cms.ess_v2(pki.der("p256"))]
        return cms.sign(document, attributes=attributes)
    return PLAIN.copy().sign(make=make)


bad("ber-long-lengths-unsigned", "lengths written longer than needed around a wrong digest", lambda: signed(make=lambda d: long_form(cms.sign(d, digest=bytes(32)))))


def long_form(data):
    return b"\x30\x84" + (len(data) - 4).to_bytes(4, "big") + data[4:]


# Timestamps
bad("stamp-other-signature", "the signature timestamp is over another signature", lambda: signed(unsigned=[cms.timestamped(imprint=bytes(32))]), (*NO, "remarked"))
bad("stamp-stranger", "revoked since; the timestamp that should prove the time is a stranger's", lambda: signed(
    signer="revoked-later", unsigned=[cms.timestamped(tsa="tsa-fake", chain=("fake-issuing", "fake-root"))]), NO)
bad("stamp-no-purpose", "revoked since; the timestamp is by a certificate that is not for timestamps", lambda: signed(
    signer="revoked-later", unsigned=[cms.timestamped(tsa="tsa-no-eku")]), NO)
bad("stamp-imprint-revoked", "revoked since; the timestamp is over something else", lambda: signed(
    signer="revoked-later", unsigned=[cms.timestamped(imprint=bytes(32))]), NO)
bad("stamp-after-revocation", "the timestamp is later than the revocation", lambda: signed(
    signer="revoked", unsigned=[cms.timestamped()]), NO)
bad("doc-stamp-changed", "a document timestamp, and the page changed in place", lambda: stamped().data.replace(b"1,000", b"9,000"))
bad("doc-stamp-content-later", "a document timestamp, and the content replaced by a later update", lambda: stamped().append({4: pdf.stream(pdf.content(["Paid in full"]))}))
bad("doc-stamp-stranger", "a document timestamp by a stranger's authority over a signed file", lambda: stamped(signed(), tsa="tsa-fake", chain=("fake-issuing", "fake-root")), [*NO, "remarked"])
bad("doc-stamp-imprint", "a document timestamp over another document", lambda: stamped(signed(), imprint=bytes(32)))


def stamped(doc=None, **more):
    return (doc or PLAIN.copy()).sign("Stamp", kind="DocTimeStamp", sub_filter="ETSI.RFC3161", m=None, make=lambda d: cms.token(d, **more))
