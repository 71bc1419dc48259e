"""A certificate sealed by the hall itself (`yinxin demo --once`), and attacks on it.

../hall is the trust folder of one demonstration, keys/hall-a.pdf its certificate; keys/hall-b.pdf is another hall's.
Rules: docs/LEDGER.md and docs/SEALING.md.
"""

import re

from asn1crypto import cms as acms, core

import cms
import pdf
import pki
from corpus import add
from structure import NO

A, B = pki.KEYS / "hall-a.pdf", pki.KEYS / "hall-b.pdf"
AT = "2026-11-27T00:00:00Z"


def hall(name, about, expect, data, **more):
    add(name, about, expect, data, trust=more.pop("trust", "hall"), at=AT, **more)


def contents(data):
    found = re.findall(rb"/Contents ?<([0-9a-f]+)>", data)[-1]
    der = bytes.fromhex(found.decode())
    return found, acms.ContentInfo.load(der)


def unsigned(info):
    return info["content"]["signer_infos"][0]["unsigned_attrs"]


def rewritten(change):
    """The certificate with its CMS rewritten, as anybody can do with what is not signed."""
    data = A.read_bytes()
    old, info = contents(data)
    new = change(info)
    new = (new if isinstance(new, bytes) else info.dump(force=True)).hex().encode()
    assert len(new) <= len(old), "the hole is too small"
    return data.replace(old, new.ljust(len(old), b"0"))


def with_proof(change):
    """The proof's text changed."""
    def on(info):
        attribute = unsigned(info)[0]
        text = attribute["values"][0].contents if hasattr(attribute["values"][0], "contents") else attribute["values"][0].native
        new = change(bytes(text))
        raw = info.dump()
        return replace_tlv(raw, bytes(text), new)
    return rewritten(on)


def replace_tlv(raw, old, new):
    """Replaces the contents of a primitive, and mends the lengths of all that encloses it."""
    def walk(data):
        out, at = b"", 0
        while at < len(data):
            tag, size, head = data[at], data[at + 1], 2
            if size & 0x80:
                head += size & 0x7F
                size = int.from_bytes(data[at + 2:at + head], "big")
            body = data[at + head:at + head + size]
            if body == old:
                body = new
            elif tag & 0x20 and old in body:
                body = walk(body)
            out += cms.tlv(tag, body)
            at += head + size
        return out
    return walk(raw)


def proof_of(path):
    _, info = contents(path.read_bytes())
    return bytes(unsigned(info)[0]["values"][0].contents)


def drop_unsigned(info):
    raw = info["content"]["signer_infos"][0]
    signer = raw.dump()
    bare = acms.SignerInfo.load(signer)
    fields = {name: bare[name] for name in ("version", "sid", "digest_algorithm", "signed_attrs", "signature_algorithm", "signature")}
    return replace_element(info.dump(), signer, acms.SignerInfo(fields).dump())


def replace_element(raw, old, new):
    def walk(data):
        out, at = b"", 0
        while at < len(data):
            tag, size, head = data[at], data[at + 1], 2
            if size & 0x80:
                head += size & 0x7F
                size = int.from_bytes(data[at + 2:at + head], "big")
            whole = data[at:at + head + size]
            if whole == old:
                out += new
            elif tag & 0x20 and old in whole:
                out += cms.tlv(tag, walk(whole[head:]))
            else:
                out += whole
            at += head + size
        return out
    return walk(raw)


def more_certificates(info):
    raw = info.dump()
    issuing = info["content"]["certificates"][-1].dump()
    return replace_element(raw, issuing, issuing + pki.der("stranger"))


def appended():
    data = A.read_bytes()
    root = int(re.findall(rb"/Root (\d+) 0 R", data)[-1])
    doc = pdf.Doc({}, raw=data)
    doc.root = root
    doc.objects = {root: b""}
    page = int(re.findall(rb"(\d+) 0 obj\s*<<(?:(?!endobj).)*?/Type ?/Page\b", data, re.S)[0])
    body = re.findall(rb"\n%d 0 obj\s*(<<.*?)\s*endobj" % page, data, re.S)[-1]
    doc.objects = {root: b"", page: b"", 5000: b""}
    return doc.append({page: re.sub(rb"/Contents ?\S+ \d+ R", b"/Contents 5001 0 R", body), 5001: pdf.stream(b"1 g 0 0 595 842 re f")})


hall("good/hall-certificate", "a certificate sealed by the hall, its ledger proof inside", "valid", A.read_bytes)
hall("bad/seal-other-hall", "another hall's certificate", "indeterminate", B.read_bytes, codes=["no-chain"])
hall("bad/seal-unknown-log", "the hall is trusted, its ledger is not known", "indeterminate", A.read_bytes, trust="hall-without-log", codes=["log-unknown"])
hall("bad/seal-no-proof", "the ledger proof taken out", "invalid", lambda: rewritten(drop_unsigned), codes=["proof-missing"])
hall("bad/seal-other-proof", "the proof exchanged for that of another hall's certificate", "invalid", lambda: with_proof(lambda _: proof_of(B)))
hall("bad/seal-proof-index", "the proof's index raised by one", "invalid", lambda: with_proof(lambda t: re.sub(rb"index (\d+)", lambda m: b"index %d" % (int(m[1]) + 1), t)))
hall("bad/seal-proof-line", "a signature line added to the checkpoint", NO, lambda: with_proof(lambda t: t + "— other.example/log AAAAAAAA\n".encode()))
hall("bad/seal-proof-blank", "a blank line behind the proof", "invalid", lambda: with_proof(lambda t: t + b"\n"))
hall("bad/seal-proof-cut", "the proof cut in half", "invalid", lambda: with_proof(lambda t: t[:len(t) // 2]))
hall("bad/seal-more-certificates", "a stranger's certificate carried along", "invalid", lambda: rewritten(more_certificates), codes=["not-canonical"])
hall("bad/seal-upper-case", "the digits of the signature in upper case", "invalid", lambda: (lambda d, old: d.replace(old, old.upper()))(A.read_bytes(), contents(A.read_bytes())[0]), codes=["not-canonical"])
hall("bad/seal-trailing", "a line end behind the end", "invalid", lambda: A.read_bytes() + b"\n")
hall("bad/seal-page-covered", "the page's content replaced by a later update", "invalid", appended)
hall("bad/seal-byte-changed", "a byte of the page's content changed", "invalid", lambda: changed(), codes=["digest-mismatch"])
hall("bad/seal-unsealed", "the certificate before it was sealed", NO, lambda: (lambda d: d[:d.index(b"%%EOF") + 6])(A.read_bytes()))
hall("bad/seal-picture-only", "the seal's picture, its signature emptied", "invalid", lambda: (lambda d, old: d.replace(old, b"0" * len(old)))(A.read_bytes(), contents(A.read_bytes())[0]))


def changed():
    data = A.read_bytes()
    at = data.index(b"stream", data.index(b"/Length")) + 60
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
