"""Files that are what they say: a verifier that refuses one of them is wrong."""

import io
import re
from functools import partial

import pikepdf
import pypdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers import pdf_signer
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigFieldSpec
from pyhanko.stamp import StaticStampStyle, TextStampStyle

import cms
import pdf
import peers
import pki
from corpus import add
from pdf import Doc, contract, form
from peers import pyhanko

PLAIN = Doc(contract())
FORM = Doc(form())
ADOBE = fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED


def good(name, about, data, **more):
    add(f"good/{name}", about, "valid", data, **more)


# Algorithms
for by in ["rsa2048", "rsa3072", "p256", "p384", "p521", "ed25519"]:
    md = {"p384": "sha384", "p521": "sha512", "ed25519": "sha512"}.get(by, "sha256")
    good(f"bb-{by}", f"PAdES B-B, {by}, {md}, by pyHanko", partial(pyhanko, PLAIN.data, by, md=md))
good("bb-brainpool", "PAdES B-B, brainpoolP256r1", lambda: PLAIN.copy().sign(signer="brainpool"))
good("bb-pss", "PAdES B-B, RSA-PSS, by pyHanko", partial(pyhanko, PLAIN.data, "rsa2048", pss=True))
good("bb-pss-sha512", "RSA-PSS with SHA-512", lambda: PLAIN.copy().sign(signer="rsa2048", pss=True, md="sha512"))
good("bb-rsa-sha384", "RSA with SHA-384", lambda: PLAIN.copy().sign(signer="rsa2048", md="sha384"))
good("bb-p256-sha512", "P-256 with SHA-512", lambda: PLAIN.copy().sign(md="sha512"))
good("bb-p256-sha3", "P-256 with SHA3-256", lambda: PLAIN.copy().sign(md="sha3_256"))

# Kinds of CMS
good("pkcs7-detached", "adbe.pkcs7.detached by pyHanko", partial(pyhanko, PLAIN.data, "rsa2048", subfilter=ADOBE))
openssl = lambda **more: PLAIN.copy().sign(make=peers.openssl_cms, sub_filter="adbe.pkcs7.detached", **more)
good("pkcs7-openssl", "adbe.pkcs7.detached by openssl: SMIMECapabilities, signingTime, no ESS attribute", openssl)
good("pkcs7-indefinite", "the outer levels of the CMS in BER's indefinite form", lambda: PLAIN.copy().sign(indefinite=True, sub_filter="adbe.pkcs7.detached", cades=False))
good("pkcs7-key-identifier", "the signer named by its key identifier",
     lambda: PLAIN.copy().sign(sub_filter="adbe.pkcs7.detached", use_sid=cms.by_key_identifier(pki.der("p256")), version=3))
good("pkcs7-revocation-info", "adbe.pkcs7.detached with Adobe's revocation information, by pyHanko",
     lambda: pyhanko(PLAIN.data, "rsa2048", subfilter=ADOBE, embed_validation_info=True, validation_context=peers.context()))
good("pkcs7-crl-inside", "a revocation list in the CMS itself", lambda: PLAIN.copy().sign(crls=[(pki.KEYS / "early-issuing.crl").read_bytes()]))
good("chain-deep", "three levels of authorities", lambda: PLAIN.copy().sign(signer="deep", chain=("deep2", "deep1")))
good("chain-shuffled", "certificates in no order, the anchor and a stranger's among them",
     lambda: PLAIN.copy().sign(certs=[pki.der("root"), pki.der("stranger"), pki.der("issuing"), pki.der("p256")]))
good("chain-constrained", "name constraints that are kept", lambda: PLAIN.copy().sign(signer="within", chain=("constrained-ca",)))
good("certificate-no-usage", "a certificate without key usage", lambda: PLAIN.copy().sign(signer="no-usage"))
good("certificate-email", "extended key usage for mail", lambda: PLAIN.copy().sign(signer="email"))
good("algorithm-protection", "CMSAlgorithmProtection that fits (RFC 6211)",
     lambda: PLAIN.copy().sign(extra=[cms.protection("sha256", cms.signature_algorithm(pki.key("p256"), "sha256"))]))
good("signing-time-inside", "the time in the CMS, none in the dictionary", lambda: PLAIN.copy().sign(sub_filter="adbe.pkcs7.detached", cades=False, m=None, signing_time=pki.SIGNED_AT))

# The signature dictionary
good("padding-large", "20,000 zero bytes of padding", lambda: PLAIN.copy().sign(pad=20000))
good("hex-upper", "digits of the contents in upper case", lambda: PLAIN.copy().sign(upper=True))
good("dictionary-direct", "the signature dictionary inside the field", lambda: PLAIN.copy().sign(direct=True))
good("no-type", "a signature dictionary without /Type, which is optional", lambda: PLAIN.copy().sign(type_entry=False))
good("details", "reason, place, name, build properties", lambda: PLAIN.copy().sign(
    entries=" /Name (Signer) /Reason (\\376\\377\\000O\\000K) /Location (Jilin) /ContactInfo (none) /Prop_Build << /App << /Name /Corpus >> >>"))

# Several signatures
two = lambda: pyhanko(pyhanko(PLAIN.data, "rsa2048"), "p256", "Signature2")
good("two-signers", "two signers, each with a new field, by pyHanko", two)
good("three-signers", "three signers", lambda: PLAIN.copy().sign("A").sign("B", signer="second").sign("C", signer="third"))
good("three-signers-streams", "three signers, cross-reference streams", lambda: PLAIN.copy().sign("A", stream=True).sign("B", signer="second", stream=True).sign("C", signer="third", stream=True))


def prepared(count=2, permission=None):
    """Empty fields, then one signature after another in them."""
    doc, changes = PLAIN.copy(), {}
    for i in range(count):
        doc.with_field(changes, f"Sign{i}", 10 + i, 3, f"{60 + 150 * i} 500 {180 + 150 * i} 560", None, None, "")
        doc.objects.update(changes)
    doc.append(changes)
    for i, who in enumerate(["p256", "second", "third"][:count]):
        doc.sign(existing=10 + i, signer=who, permission=permission if i == 0 else None)
    return doc


good("prepared-fields", "two prepared fields signed one after the other", prepared)
good("prepared-certified", "the first certifies with P=2, the other two sign", lambda: prepared(3, 2))

# Certification
for p in (1, 2, 3):
    good(f"certified-p{p}", f"certified with P={p}, by pyHanko",
         lambda p=p: pyhanko(PLAIN.data, "rsa2048", certify=True, docmdp_permissions=MDPPerm(p)))


def fill(doc, value="2,000", packed=False, ap=True):
    changes = {6: doc.objects[6].replace(b"(1,000)", f"({value})".encode())}
    if ap:
        changes[7] = pdf.appearance(f"/Tx BMC q BT /F1 12 Tf 2 5 Td ({value}) Tj ET Q EMC")
    return doc.append_stream(changes, packed=[6]) if packed else doc.append(changes)


certified_form = lambda p=2, **more: FORM.copy().sign(permission=p, **more)
good("form-filled-p2", "a form filled in after certification with P=2", lambda: fill(certified_form()))
good("form-filled-p2-stream", "the same, the field in an object stream", lambda: fill(certified_form(), packed=True))
good("form-filled-p3", "a form filled in after certification with P=3", lambda: fill(certified_form(3)))


def pike_fill():
    """pikepdf writes no increments: the field is filled by pyHanko's writer instead."""
    writer = IncrementalPdfFileWriter(io.BytesIO(certified_form().data))
    field = writer.root["/AcroForm"]["/Fields"][1]
    field["/V"] = generic.pdf_string("2,000")
    writer.update_container(field)
    shown = field["/AP"]["/N"]
    shown._data = b"/Tx BMC q BT /F1 12 Tf 2 5 Td (2,000) Tj ET Q EMC"
    shown._encoded_data = None
    writer.mark_update(field["/AP"].raw_get("/N"))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


good("form-filled-p2-pyhanko", "filled in with pyHanko's writer", pike_fill)
good("form-filled-signed", "certified, filled in, signed", lambda: fill(certified_form()).sign("Approval", signer="second"))


def annotate(doc, text="Seen", kind="Text", rect="500 700 520 720", extra="", page=3, number=None, ap=None):
    number = number or doc.next()
    changes = {number: (f"<< /Type /Annot /Subtype /{kind} /Rect [{rect}] /Contents ({text}) /F 4 /P {page} 0 R {extra} "
                        f"{f'/AP << /N {number + 1} 0 R >>' if ap else ''} >>").encode()}
    if ap:
        changes[number + 1] = ap
    body, entry = doc.objects[page], b"%d 0 R" % number
    changes[page] = (body.replace(b"/Annots [", b"/Annots [" + entry + b" ", 1) if b"/Annots [" in body
                     else body.replace(b"/Contents", b"/Annots [" + entry + b"] /Contents", 1))
    return doc.append(changes)


good("annotated-p3", "a note added after certification with P=3", lambda: annotate(PLAIN.copy().sign(permission=3)))

lock = '/Lock << /Type /SigFieldLock /Action /{} /Fields [(amount)] >>'
field_mdp = ("<< /Type /SigRef /TransformMethod /FieldMDP /Data 1 0 R /TransformParams << /Type /TransformParams /V /1.2 /Action /{} /Fields [({})] >> >>")


def two_text_fields():
    objects = form()
    objects[1] = objects[1].replace(b"/Fields [6 0 R]", b"/Fields [6 0 R 8 0 R]")
    objects[3] = objects[3].replace(b"/Annots [6 0 R]", b"/Annots [6 0 R 8 0 R]")
    objects[8] = objects[6].replace(b"(amount)", b"(remark)").replace(b"(1,000)", b"(none)").replace(b"7 0 R", b"9 0 R").replace(b"600 272 620", b"560 272 580")
    objects[9] = pdf.appearance("/Tx BMC q BT /F1 12 Tf 2 5 Td (none) Tj ET Q EMC")
    return objects


def locked(action="Include", name="amount", **more):
    return Doc(two_text_fields()).sign(field_entries=lock.format(action).replace("amount", name), reference=field_mdp.format(action, name), **more)


def fill_remark(doc):
    return doc.append({8: doc.objects[8].replace(b"(none)", b"(urgent)"), 9: pdf.appearance("/Tx BMC q BT /F1 12 Tf 2 5 Td (urgent) Tj ET Q EMC")})


good("lock-other-field", "one field locked, another filled in, certified with P=2", lambda: fill_remark(locked(permission=2)))
good("lock-exclude", "all but one locked, that one filled in", lambda: fill_remark(locked("Exclude", "remark", permission=2)))
good("lock-pyhanko", "a lock written by pyHanko, nothing changed after it", lambda: pyhanko(
    FORM.data, "p256", new=SigFieldSpec("Signature1", field_mdp_spec=FieldMDPSpec(FieldMDPAction.INCLUDE, ["amount"]))))

# Timestamps and validation data
tsa = peers.Tsa
good("bt", "PAdES B-T: a signature timestamp, by pyHanko", lambda: pyhanko(PLAIN.data, tsa=tsa()))
good("bt-hand", "a signature timestamp, written by hand", lambda: PLAIN.copy().sign(unsigned=[cms.timestamped()]))
lt = lambda data=PLAIN.data, **more: pyhanko(data, tsa=tsa(), embed_validation_info=True, validation_context=peers.context(), **more)
good("blt", "PAdES B-LT: validation data in the file, by pyHanko", lt)
good("blt-no-vri", "PAdES B-LT without VRI", lambda: lt(dss_settings=pdf_signer.DSSContentSettings(include_vri=False)))


def with_ocsp(answer, signer="p256", doc=None):
    """Validation data that hold an OCSP answer, added after signing."""
    doc = doc or PLAIN.copy().sign(signer=signer, unsigned=[cms.timestamped()])
    root = doc.objects[1][:-2] + b"/DSS << /Type /DSS /Certs [50 0 R] /OCSPs [51 0 R] >> >>"
    return doc.append({1: root, 50: pdf.stream(pki.der("issuing")), 51: pdf.stream((pki.KEYS / f"{answer}.ocsp").read_bytes())})


good("blt-ocsp", "PAdES B-LT with an OCSP answer by the authority", lambda: with_ocsp("good"))
good("blt-ocsp-delegated", "PAdES B-LT with an OCSP answer by a delegated responder", lambda: with_ocsp("delegated"))
good("blta", "PAdES B-LTA: a document timestamp over all of it, by pyHanko", lambda: lt(use_pades_lta=True, timestamp_field_name="Stamp1"))


def blta_twice():
    data = lt(use_pades_lta=True, timestamp_field_name="Stamp1")
    stamper = signers.PdfTimeStamper(tsa(), "Stamp2")
    return stamper.timestamp_pdf(IncrementalPdfFileWriter(io.BytesIO(data)), "sha256", validation_context=peers.context()).getvalue()


good("blta-twice", "a second document timestamp", blta_twice)
good("blta-p1", "certified with P=1, then validation data and a document timestamp (ISO 32000-2, 12.8.2.2)",
     lambda: lt(use_pades_lta=True, timestamp_field_name="Stamp1", certify=True, docmdp_permissions=MDPPerm.NO_CHANGES))
add("good/stamp-only", "a document timestamp and no signature: nothing more can be said than that it existed", ("valid", "indeterminate"), lambda: signers.PdfTimeStamper(tsa(), "Stamp1").timestamp_pdf(
    IncrementalPdfFileWriter(io.BytesIO(PLAIN.data)), "sha256").getvalue())
good("lt-then-sign", "signed, validation data added, signed again", lambda: pyhanko(lt(), "second", "Signature2"))
good("revoked-after-timestamp", "the signer revoked after a timestamp had proved the signature",
     lambda: PLAIN.copy().sign(signer="revoked-later", unsigned=[cms.timestamped()]))

# The file
packed = lambda: peers.qpdf(PLAIN.data, "--object-streams=generate")
good("streams", "cross-reference and object streams made by qpdf, signed by pyHanko", lambda: pyhanko(packed()))
good("streams-signed-in-stream", "page, catalog and field of the signature in an object stream",
     lambda: PLAIN.copy().sign(stream=True, packed=[1, 3]))
good("streams-pikepdf", "written by pikepdf, signed by pyHanko", lambda: pyhanko(rewrite(), "p384", md="sha384"))
good("linearized", "linearized by qpdf, then signed", lambda: pyhanko(peers.qpdf(PLAIN.data, "--linearize")))
good("linearized-streams", "linearized with object streams, then signed", lambda: pyhanko(peers.qpdf(PLAIN.data, "--linearize", "--object-streams=generate")))


def rewrite():
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(PLAIN.data)) as one:
        one.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=True, deterministic_id=True)
    return out.getvalue()


def by_pypdf():
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(PLAIN.data))
    writer.add_metadata({"/Title": "Contract"})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


good("pypdf", "rewritten by pypdf, signed by pyHanko", lambda: pyhanko(by_pypdf()))


def hybrid(second=None):
    """A table with a cross-reference stream behind it that names the objects packed into an object stream (7.5.8.4)."""
    doc = Doc(contract())
    # The first revision again: objects 6 (metadata) free in the table, in the object stream for those who read it.
    doc = Doc({**contract(), 1: b"<< /Type /Catalog /Pages 2 0 R /Hidden 6 0 R >>"})
    return with_hidden(doc, {6: b"<< /Note (seen by those who read streams) >>", **(second or {})})


def with_hidden(doc, packed, free=(6,)):
    """An update whose table leaves `packed` free, and whose /XRefStm finds them."""
    bodies, index = b"", []
    for number, body in packed.items():
        index.append(b"%d %d" % (number, len(bodies)))
        bodies += body + b" "
    first = b" ".join(index) + b" "
    holder = doc.next() + 1
    holder_at = len(doc.data)
    prev = doc.startxref
    doc._write({holder: pdf.stream(first + bodies, b" /Type /ObjStm /N %d /First %d" % (len(packed), len(first)), deflate=True)})
    at = len(doc.data)
    rows = b"".join(bytes([2]) + holder.to_bytes(4, "big") + place.to_bytes(2, "big") for place in range(len(packed)))
    rows += bytes([1]) + holder_at.to_bytes(4, "big") + b"\0\0"
    names = b" ".join(b"%d 1" % n for n in [*packed, holder])
    doc._write({holder + 1: pdf.stream(rows, b" /Type /XRef /W [1 4 2] /Index [%s] /Size %d /Root 1 0 R" % (names, holder + 2), deflate=True)})
    doc._close({}, holder + 2, prev, {n: None for n in free}, trailer=b" /XRefStm %d" % at)
    return doc


good("hybrid", "a hybrid file whose hidden objects replace nothing", lambda: hybrid().sign())
for version in ("1.3", "1.4", "1.6", "2.0"):
    good(f"version-{version}", f"PDF {version}", lambda v=version: Doc(contract(), version=v).sign(sub_filter="ETSI.CAdES.detached" if v == "2.0" else "adbe.pkcs7.detached"))
good("cr-line-ends", "lines end with CR", lambda: Doc(contract(), eol=b"\r").sign())
good("crlf-line-ends", "lines end with CR LF", lambda: Doc(contract(), eol=b"\r\n").sign())
good("no-last-line-end", "nothing after %%EOF", lambda: without_last_line_end())
good("head-junk", "bytes before %PDF, offsets counted from the start of the file", lambda: Doc(contract(), head=b"\xef\xbb\xbf").sign())
good("head-junk-shift", "bytes before %PDF, offsets counted from %PDF (as implementations note 13 of PDF 1.7 lets readers do)",
     lambda: Doc(contract(), head=b"\r\n\r\n", shift=4).sign())


def without_last_line_end():
    return PLAIN.copy().sign(finish=lambda doc: setattr(doc, "data", doc.data.rstrip()))


def wrong_startxref():
    def finish(doc):
        at = doc.startxref
        doc.data = doc.data.replace(b"startxref\n%d\n" % at, b"startxref\n%d\n" % (at - 1))
    return PLAIN.copy().sign(finish=finish)


good("startxref-off-by-one", "startxref names the line end before the table", wrong_startxref)
good("edited-before", "an unsigned revision before the signature", lambda: PLAIN.copy().append({4: pdf.stream(pdf.content(["Draft two"]))}).sign())
good("many-pages", "thirty pages, one line on each", lambda: pages(30).sign(page=10))


def pages(count):
    objects = {1: b"<< /Type /Catalog /Pages 2 0 R >>", 5: pdf.HELVETICA}
    numbers = [10 + 2 * i for i in range(count)]
    objects[2] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(b"%d 0 R" % n for n in numbers), count)
    for i, n in enumerate(numbers):
        objects[n] = pdf.PAGE.replace(b"4 0 R", b"%d 0 R" % (n + 1))
        objects[n + 1] = pdf.stream(pdf.content([f"Page {i + 1}"]))
    return Doc(objects)


# Encryption that asks for no password
for label, arguments in {
    "rc4-128": ["--allow-weak-crypto", "--encrypt", "", "owner", "128", "--use-aes=n", "--force-V4", "--"],
    "rc4-40": ["--allow-weak-crypto", "--encrypt", "", "owner", "40", "--"],
    "aes-128": ["--allow-weak-crypto", "--encrypt", "", "owner", "128", "--use-aes=y", "--"],
    "aes-256": ["--encrypt", "", "owner", "256", "--"],
}.items():
    good(f"encrypted-{label}", f"encrypted with {label} and an empty user password, then signed",
         lambda a=arguments: pyhanko(peers.through(PLAIN.data, lambda i, o: ["qpdf", "--static-id", *a, i, o]), password=""))

# What is seen
SEAL = "q 0.85 0.1 0.1 RG 4 w 50 50 m 50 96 l 96 50 l 50 4 l 4 50 l h S Q"


def sealed(doc=None, box="300 480 400 580", **more):
    doc = doc or PLAIN.copy()
    number = doc.next() + 5
    return doc.sign(changes={number: pdf.appearance(SEAL, (100, 100), b"")}, ap=number, rect=box, **more)


good("visible-seal", "a vector seal beside the text", sealed)
good("visible-two", "two visible seals", lambda: sealed(sealed(), field="Seal2", signer="second", box="420 480 520 580"))
good("visible-pyhanko", "pyHanko's text stamp", lambda: pyhanko(
    PLAIN.data, new=SigFieldSpec("Signature1", box=(300, 480, 500, 560)), style=TextStampStyle(stamp_text="Signed by %(signer)s\\n%(ts)s")))

# Others' programs
good("pdfbox", "signed by PDFBox and Bouncy Castle", lambda: peers.pdfbox(PLAIN.data))
good("pdfbox-p256", "signed by PDFBox, ECDSA", lambda: peers.pdfbox(PLAIN.data, "p256"))
good("pdfbox-certified", "certified by PDFBox with P=2", lambda: peers.pdfbox(PLAIN.data, "rsa2048", "certify"))
good("pdfbox-second", "signed by pyHanko, then by PDFBox", lambda: peers.pdfbox(pyhanko(PLAIN.data), "rsa2048"))

