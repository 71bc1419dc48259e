"""Files whose signed bytes say one thing to some programs and another to others, or whose look waits to be exchanged.

An update that writes an object once more, as this or that program reads it already, is no change to a program that compares the two;
to others it is the moment when another sum is shown. In all of them the sum of 1,000 stands against one of 9,000.
"""

import re

import pdf
import peers
import pki
from corpus import add
from explained import evidence
from pdf import PAGE, Doc, content, contract, stream
from structure import NO, bad

EVIL = [line.replace("1,000", "9,000") for line in pdf.TEXT]
FORGED = stream(content(EVIL))
GUESSED = ["structure-guessed"]

# A number in use in a table and in the hidden stream beside it


def hidden_other():
    doc = Doc(contract())
    previous, at = doc.startxref, len(doc.data)
    doc._write({4: FORGED})
    hidden = len(doc.data)
    rows = bytes([1]) + at.to_bytes(4, "big") + b"\0\0"
    doc._write({61: stream(rows, b" /Type /XRef /W [1 4 2] /Index [4 1] /Size 62 /Root 1 0 R", deflate=True)})
    doc._close({4: doc.data.index(b"4 0 obj")}, 62, previous, {}, trailer=b" /XRefStm %d" % hidden)
    return doc.sign(permission=1)


bad("hybrid-switch-signed", "the hidden stream names another content than its table, and both are in use", hidden_other, NO, codes=GUESSED)
bad("hybrid-switch", "the same, P=1, and the content of the hidden stream written again along with validation data",
    lambda: evidence(hidden_other(), {4: FORGED}), NO, codes=["structure-guessed", "content-changed"])

# A table that must be repaired, and beside the listed content one that is not


def from_one(doc):
    at = doc.data.rindex(b"xref\n0 ")
    doc.data = doc.data[:at] + doc.data[at:].replace(b"xref\n0 ", b"xref\n1 ", 1)


def short_lines(doc):
    at = doc.data.rindex(b"xref\n0 ")
    doc.data = doc.data[:at] + doc.data[at:].replace(b" n \n", b" n\n").replace(b" f \n", b" f\n")


def twice(damage=lambda doc: None, **options):
    """A second content stream of the same number behind the first, which the table does not list."""
    doc = Doc(contract(), **options)
    at = doc.data.index(b"xref\n0 ")
    second = b"4 0 obj\n" + FORGED + b"\nendobj\n"
    start = doc.startxref
    doc.data = doc.data[:at] + second + doc.data[at:].replace(b"startxref\n%d" % start, b"startxref\n%d" % (start + len(second)))
    damage(doc)
    return doc.sign(permission=1)


JUNK = b"\r\n\r\n" * 20
for name, about, make in [
        ("from-one", "a table that begins with one", lambda: twice(from_one)),
        ("lines", "table entries of nineteen bytes", lambda: twice(short_lines)),
        ("junk", "blank lines before the header", lambda: twice(head=JUNK)),
        ("junk-relative", "blank lines before the header, from which offsets count", lambda: twice(head=JUNK, shift=len(JUNK)))]:
    bad(f"relisted-{name}-signed", f"{about}, and a second content that no table lists", make, NO, codes=GUESSED)
    bad(f"relisted-{name}", "the same, P=1, and the listed content written again along with validation data",
        lambda make=make: evidence(make(), {4: contract()[4]}), NO, codes=["structure-guessed", "content-changed"])


def twice_inside():
    doc = Doc({**contract(), 6: stream(b"4 0 obj\n" + FORGED.replace(b"endstream", b"endstrean") + b"\nendobj\n")})
    from_one(doc)
    return doc.sign(permission=1)


bad("relisted-inside", "a table that begins with one, and a second content in the data of a stream", twice_inside, NO, codes=GUESSED)
bad("relisted-plain", "content written again as it was along with validation data, P=1, in a file that needs no repair",
    lambda: evidence(twice(), {4: contract()[4]}), NO, codes=["content-changed"])
add("shadow/unlisted-twice", "a second content of the page's that no table lists, in a file that needs no repair",
    ("remarked", "indeterminate"), twice, codes=["unlisted-object"])

# A linearized file that is, or will be, as long as it says


def linearized(total, later=False):
    """A linearized contract of 9,000 that an update makes one of 1,000; its length is said to be `total`."""
    raw = peers.qpdf(Doc(contract(EVIL)).data, "--linearize")
    said = re.search(rb"/L \d+ ", raw)
    length = b"/L %d " % total
    pad = raw.index(b"endobj", said.end()) + len(b"endobj\n")
    raw = raw[:said.start()] + length + raw[said.end():pad] + raw[pad + len(length) - len(said[0]):] if len(length) >= len(said[0]) else \
        raw[:said.start()] + length + raw[said.end():pad] + b" " * (len(said[0]) - len(length)) + raw[pad:]
    numbers = {key: int(re.search(pattern, raw)[1]) for key, pattern in {
        "page": rb"/O (\d+)", "root": rb"/Root (\d+) 0 R", "content": rb"/Contents (\d+) 0 R", "tree": rb"/Parent (\d+) 0 R",
        "font": rb"/F1 (\d+) 0 R"}.items()}
    doc = Doc({}, raw=raw)
    doc.root = numbers["root"]
    page = PAGE.replace(b"2 0 R", b"%(tree)d 0 R").replace(b"4 0 R", b"%(content)d 0 R").replace(b"5 0 R", b"%(font)d 0 R")
    doc.objects = {numbers["root"]: b"<< /Type /Catalog /Pages %(tree)d 0 R >>", numbers["page"]: page}
    doc.objects = {number: body % {key.encode(): value for key, value in numbers.items()} for number, body in doc.objects.items()}
    sizes = [int(size) for size in re.findall(rb"/Size (\d+)", raw)]
    doc.append({numbers["content"]: stream(content()), max(sizes): b"null"})
    doc.sign(page=numbers["page"], permission=1)
    if not later:
        return doc
    number, certificate = doc.next(), pki.der("issuing")
    root = doc.objects[doc.root][:-2] + b"/DSS << /Type /DSS /Certs [%d 0 R] >> >>" % number
    made = lambda blanks: doc.copy().append({doc.root: root, number: stream(certificate, b" " * blanks)})
    return made(total - len(made(0).data)) if total > len(made(0).data) else made(0)


def as_long(later):
    """The file that is as long as it says."""
    total = len(linearized(10_000, later).data)
    while len((doc := linearized(total, later)).data) != total:
        total += 8
    return doc


bad("linearized-at-signing", "linearized, with an update, as long as the linearization says: not updated, to some", lambda: as_long(False), NO, codes=GUESSED)
bad("linearized-switch", "the same of the length that the file has with validation data, P=1", lambda: as_long(True), NO, codes=GUESSED)
