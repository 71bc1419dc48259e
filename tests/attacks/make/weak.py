"""Genuine, but by means that are no longer enough: neither valid nor false."""

import hashlib

import cms
import pdf
import peers
import pki
from corpus import add
from good import PLAIN


def weak(name, about, data, **more):
    add(f"weak/{name}", about, "indeterminate", data, **more)


add("weak/pkcs7-no-attributes", "adbe.pkcs7.detached without signed attributes (RFC 5652, 5.4): nothing tells the document from another's attributes",
    ("indeterminate", "valid"), lambda: PLAIN.copy().sign(sub_filter="adbe.pkcs7.detached", no_attributes=True))


def by_mutool():
    doc, changes = PLAIN.copy(), {}
    doc.with_field(changes, "Signature1", 10, 3, "300 480 400 520", None, None, "")
    return peers.mutool(doc.append(changes).data, "10")


weak("mutool-sha1", "signed by mutool, which hashes with SHA-1", by_mutool)
weak("rsa-sha1", "RSA with SHA-1", lambda: PLAIN.copy().sign(signer="rsa2048", md="sha1", sub_filter="adbe.pkcs7.detached", cades=False))
weak("rsa-1024", "an RSA key of 1024 bits", lambda: PLAIN.copy().sign(signer="rsa1024"))
weak("pkcs7-sha1", "adbe.pkcs7.sha1: the CMS encloses the SHA-1 of the document",
     lambda: PLAIN.copy().sign(sub_filter="adbe.pkcs7.sha1", make=lambda data: enclosed(data)))


def enclosed(data):
    digest = hashlib.sha1(data).digest()
    return cms.sign(digest, econtent=digest, cades=False)


def x509_rsa_sha1(data):
    """A bare PKCS#1 signature as an OCTET STRING; the certificate stands in /Cert (ISO 32000-1, 12.8.3.2)."""
    return cms.tlv(0x04, cms.raw_sign(pki.key("rsa2048"), "sha1", data))


weak("x509-rsa-sha1", "adbe.x509.rsa_sha1", lambda: PLAIN.copy().sign(
    sub_filter="adbe.x509.rsa_sha1", make=x509_rsa_sha1, entries=f" /Cert <{pki.der('rsa2048').hex()}>"))
