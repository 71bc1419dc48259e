"""Transparency logs and the seals entered in them, as docs/LEDGER.md describes both: two halls with a log each, for attacks that need the hall's own keys.

../trust-two-halls is the trust folder: the corpus's root is this hall's, `b-root` the other's.
"""

import base64
import hashlib

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

import cms
import pki

SALT = b"\x06\x14\x69\x82\xee\xa5\xca\xc6\xa3\xb2\xb2\x85\xc3\xb0\xaa\xc1\xe1\xce\xc4\xd2\xa1\x0f"
PROOF = b"\x06\x14\x69\x81\xdb\xe8\x91\x93\xce\xd6\x8a\xad\xe9\xb2\xb8\xf7\xd5\xec\xee\xab\x95\x5f"


def sha256(data):
    return hashlib.sha256(data).digest()


def b64(data):
    return base64.b64encode(data).decode()


def split(count):
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def root(leaves):
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sha256(b"\x01" + root(leaves[:k]) + root(leaves[k:]))


def path(index, leaves):
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return path(index, leaves[:k]) + [root(leaves[k:])]
    return path(index - k, leaves[k:]) + [root(leaves[:k])]


class Log:
    """A log whose key is made of its name."""

    def __init__(self, name):
        self.name, self.entries = name, []
        self.key = ed25519.Ed25519PrivateKey.from_private_bytes(sha256(name.encode()))
        self.public = self.key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.id = sha256(name.encode() + b"\n\x01" + self.public)[:4]

    def vkey(self):
        public = b64(b"\x01" + self.public)
        return f"{self.name}+{self.id.hex()}+{public}"

    def proof_of(self, entry):
        """Enters the use and proves it."""
        self.entries.append(entry)
        leaves, index = [sha256(b"\0" + one) for one in self.entries], len(self.entries) - 1
        text = f"{self.name}\n{len(leaves)}\n{b64(root(leaves))}\n"
        signed = f"{text}\n\u2014 {self.name} {b64(self.id + self.key.sign(text.encode()))}\n"
        hashes = "".join(f"{b64(one)}\n" for one in path(index, leaves))
        return f"c2sp.org/tlog-proof@v1\nextra {b64(entry)}\nindex {index}\n{hashes}\n{signed}".encode()


A, B = Log("a.example/log"), Log("b.example/log")


def use(seal, attributes, day="2026-11-20"):
    spki = pki.load(seal).public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    approvals = "".join(f"approval {one.hex()}\n" for one in sorted([sha256(b"a"), sha256(b"b")]))
    return (f"seal-use/v1\nseal {sha256(spki).hex()}\ntemplate {sha256(b't').hex()}\ndocument {sha256(attributes).hex()}\n"
            f"{approvals}day {day}\n").encode()


def sealed(seal="p256", log=A, chain=("issuing",)):
    """A `make` for `Doc.sign`: the hall's spelling, its use entered in `log`."""
    def make(document):
        cert = pki.der(seal)
        attributes = sorted([
            cms.attribute(cms.CONTENT_TYPE, cms.DATA), cms.attribute(cms.MESSAGE_DIGEST, cms.tlv(4, sha256(document))), cms.ess_v2(cert),
            cms.tlv(0x30, SALT, cms.tlv(0x31, cms.tlv(4, sha256(b"salt" + seal.encode()))))])
        proof = log.proof_of(use(seal, cms.tlv(0x31, *attributes)))
        if not document:
            # Asked for its length alone.
            log.entries.pop()
            proof += b" " * 200
        proof = cms.tlv(0x30, PROOF, cms.tlv(0x31, cms.tlv(4, proof)))
        certs = sorted([cert, *[pki.der(one) for one in chain]])
        return cms.sign(document, seal, attributes=attributes, certs=certs, unsigned=[proof])
    return make


def trust():
    pki.issue("b-root", "Other Hall Root CA", ca=True)
    pki.issue("b-issuing", "Other Hall Issuing CA", "b-root", ca=True, pathlen=0)
    pki.issue("b-seal", "Other Hall Seal", "b-issuing")
    folder = pki.HERE / "trust-two-halls"
    (folder / "halls").mkdir(parents=True, exist_ok=True)
    for target, name in [("root.pem", "root.crt"), ("halls/b.pem", "b-root.crt"), ("root.crl", "root.crl"), ("issuing.crl", "issuing.crl")]:
        (folder / target).write_bytes((pki.KEYS / name).read_bytes())
    (folder / "log.vkey").write_text(A.vkey() + "\n")
    (folder / "halls" / "b.vkey").write_text(B.vkey() + "\n")
    (folder / "policy.txt").write_text(f"log {A.vkey()}\nlog {B.vkey()}\nquorum none\n")
