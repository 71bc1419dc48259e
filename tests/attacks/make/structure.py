"""Attacks on what a signature covers: universal forgery, signature wrapping, ByteRange and padding tricks, shared values.

After Mladenov, Mainka, zu Selhausen, Grothe, Schwenk, "1 Trillion Dollar Refund" (2019), and ISO 32000-1, 12.8.1.
"""

import re

import cms
import pdf
import pki
from corpus import add
from good import PLAIN
from pdf import Doc, contract, stream

NO = ("invalid", "indeterminate")
OLD, NEW = b"1,000 yuan", b"9,000 yuan"


def bad(name, about, data, expect="invalid", **more):
    add(f"bad/{name}", about, expect, data, **more)


def signed(**more):
    """Object 6 is the signature, 7 its field."""
    return PLAIN.copy().sign(**more)


def forged(old, new, change=True):
    """The signed contract with another sum and a part of the signature dictionary overwritten in place."""
    data = signed().data
    if change:
        data = data.replace(OLD, NEW)
    found = re.search(old, data)
    assert found and len(new) <= len(found[0]), (old, found)
    return data[:found.start()] + new.ljust(len(found[0])) + data[found.end():]


RANGE, CONTENTS = rb"/ByteRange \[[^\]]*\] *", rb"/Contents <[0-9a-f]+>"
for name, old, new in [
    ("byterange-missing", RANGE, b""),
    ("byterange-null", RANGE, b"/ByteRange null"),
    ("byterange-empty", RANGE, b"/ByteRange []"),
    ("byterange-one-number", RANGE, b"/ByteRange [0]"),
    ("byterange-negative", RANGE, b"/ByteRange [0 -1 -1 -1]"),
    ("byterange-text", RANGE, b"/ByteRange [(a) (b) (c) (d)]"),
    ("byterange-zeros", RANGE, b"/ByteRange [0 0 0 0]"),
    ("byterange-header-only", RANGE, b"/ByteRange [0 8 8 0]"),
    ("contents-missing", CONTENTS, b""),
    ("contents-null", CONTENTS, b"/Contents null"),
    ("contents-empty", CONTENTS, b"/Contents <>"),
    ("contents-zero", CONTENTS, b"/Contents <00>"),
    ("contents-zeros", CONTENTS, b"/Contents <" + b"00" * 1000 + b">"),
    ("contents-number", CONTENTS, b"/Contents 0"),
    ("contents-name", CONTENTS, b"/Contents /ETSI.CAdES.detached"),
    ("subfilter-missing", rb"/SubFilter /ETSI.CAdES.detached", b""),
    ("subfilter-unknown", rb"/SubFilter /ETSI.CAdES.detached", b"/SubFilter /none.such"),
]:
    bad(f"usf-{name}", f"universal forgery: the sum changed, {name.replace('-', ' ')}", lambda o=old, n=new: forged(o, n),
        NO if "subfilter" in name else "invalid")
bad("usf-value-null", "universal forgery: the field's value removed, the seal's picture left", lambda: forged(rb"/V 6 0 R", b"/V null"), NO)
bad("usf-value-missing-object", "universal forgery: the field's value names an object that is not there", lambda: forged(rb"/V 6 0 R", b"/V 9 0 R"), NO)
bad("usf-contents-of-other", "a signature copied from another document", lambda: copied())


def copied():
    other = Doc(contract(["Receipt", "Nothing is owed"])).sign().data
    contents = re.search(CONTENTS, other)[0]
    return forged(CONTENTS, contents[:-1] + b">")


# Signature wrapping: the second signed range is moved on; where the old cross-reference offset points, in between, lies a new one.
def wrapped(variant="after"):
    original = signed()
    data, at = original.data, original.startxref
    a = data.index(b"/Contents <") + len(b"/Contents ")
    b = data.index(b">", a) + 1
    evil = {4: stream(pdf.content([line.replace("1,000", "9,000") for line in pdf.TEXT]))}
    doc = original.copy()
    doc.data = data[:at]
    # At the offset that the last startxref names, a table of the attacker's making, and a signature dictionary with a new ByteRange.
    entries = {n: data.index(b"\n%d 0 obj" % n) + 1 for n in (1, 2, 3, 5, 7)}
    entries[1], entries[3] = data.rindex(b"\n1 0 obj") + 1, data.rindex(b"\n3 0 obj") + 1
    width = 10
    dictionary = (b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M (D:20261120100000+08'00') "
                  b"/ByteRange [0 %d %d %s] /Contents " + data[a:b] + b" >>")
    tail = data[b:]
    table_size = 20 * 8 + 200
    body_at = at + table_size
    objects = b"4 0 obj\n" + evil[4] + b"\nendobj\n"
    signature_at = body_at + len(objects)
    new_signature = dictionary.replace(b"%d %d %s", b"%d %s %s") % (a, b"#" * width, b"%d" % len(tail))
    objects += b"6 0 obj\n" + new_signature + b"\nendobj\n"
    start = body_at + len(objects)
    objects = objects.replace(b"#" * width, (b"%d" % start).ljust(width))
    entries[4], entries[6] = body_at, signature_at
    table = b"xref\n0 8\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % entries[n] for n in range(1, 8))
    table += b"trailer\n<< /Size 8 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % at
    head = data[:at] if variant == "after" else data[:b] + b" >>\nendobj\n".ljust(at - b)
    return head + table.ljust(table_size) + objects + tail


bad("swa-xref", "signature wrapping: a table at the old offset, the second range moved to the end", wrapped)
bad("swa-xref-blank", "the same, nothing left of the old second range", lambda: wrapped("blank"))


def wide_gap(entry=b"/Reason (none)"):
    """The gap goes on after /Contents: what else it holds is not signed."""
    end = lambda data, b: data.index(b")", b) + 1
    return signed(dictionary=lambda text: text.replace("/Contents <@@>", "/Contents <@@> /Reason (agreed to 1,000)"),
                  byte_range=lambda a, b, c: f"0 {a} {b + len(' /Reason (agreed to 1,000)')} {c - len(' /Reason (agreed to 1,000)')}",
                  cover=lambda data, a, b: data[:a] + data[end(data, b):])


bad("swa-gap-holds-entry", "the gap holds a further entry of the signature dictionary", wide_gap)
bad("swa-gap-entry-changed", "the same, and the entry changed later", lambda: wide_gap().data.replace(b"agreed to 1,000", b"agreed to 9,000"))


def gap_holds_page():
    """An object lies in the gap."""
    doc = PLAIN.copy()
    text = pdf.stream(pdf.content())
    doc.sign(changes={},
             dictionary=lambda t: t.replace("/Contents <@@> >>", "/Contents <@@> >>\nendobj\n%d 0 obj\n%s%%endgap\n<< >>" % (90, text.decode())),
             byte_range=lambda a, b, c: f"0 {a} {b + gap_after(text)} {c - gap_after(text)}",
             cover=lambda data, a, b: data[:a] + data[b + gap_after(text):])
    return doc.data


def gap_after(text):
    return len(b" >>\nendobj\n90 0 obj\n") + len(text)


bad("swa-gap-holds-object", "the gap holds a whole object besides the contents", gap_holds_page)

# ByteRange
bad("range-not-from-zero", "the first range begins behind the header", lambda: signed(
    byte_range=lambda a, b, c: f"9 {a - 9} {b} {c}", cover=lambda data, a, b: data[9:a] + data[b:]), codes=["byte-range-not-from-start"])
bad("range-skips-content", "three ranges around the page's content", lambda: skipping(), codes=["byte-range-not-two"])
bad("range-skips-content-changed", "the same, and the content changed", lambda: skipping().data.replace(OLD, NEW))


def skipping():
    doc = PLAIN.copy()
    start = doc.data.index(b"BT /F1")
    end = doc.data.index(b" ET", start)
    cover = lambda data, a, b: data[:start] + data[end:a] + data[b:]
    # Six numbers need more room than the usual place has.
    return doc.sign(dictionary=lambda t: t.replace("/ByteRange [0 ########## ########## ##########]", "/ByteRange [0 ########## ########## ##########]  "),
                    byte_range=lambda a, b, c: f"0 {start} {end} {a - end} {b} {c}", cover=cover)


bad("range-short-end", "the second range ends before the cross-reference", lambda: signed(
    byte_range=lambda a, b, c: f"0 {a} {b} {c - 60}", cover=lambda data, a, b: data[:a] + data[b:-60]))
bad("range-beyond-end", "the second range goes beyond the file", lambda: signed(byte_range=lambda a, b, c: f"0 {a} {b} {c + 1}"))
bad("range-overlap", "the ranges overlap", lambda: signed(
    byte_range=lambda a, b, c: f"0 {b} {a} {c + b - a}", cover=lambda data, a, b: data[:b] + data[a:]))
bad("range-no-gap", "no gap at all", lambda: forged(RANGE, b"/ByteRange [0 1200 1200 3000]", change=False))
bad("range-wrap-32", "numbers that wrap to the right ones in 32 bits", lambda: signed(byte_range=lambda a, b, c: f"0 {a} {b + 2**32} {c - 2**32}"))
bad("range-wrap-64", "a length that wraps in 64 bits", lambda: signed(byte_range=lambda a, b, c: f"0 {a} {b} {c + 2**64}"))
bad("range-reals", "numbers with decimals", lambda: signed(byte_range=lambda a, b, c: f"0 {a}.0 {b}.0 {c}.0"), NO)
bad("range-hex-only", "the gap leaves out the angle brackets", lambda: signed(
    byte_range=lambda a, b, c: f"0 {a + 1} {b - 1} {c + 1}", cover=lambda data, a, b: data[:a + 1] + data[b - 1:]), NO)
bad("range-twice", "two ByteRanges in one dictionary", lambda: signed(dictionary=lambda t: t.replace("/M ", "/ByteRange [0 8 9 9] /M ")))
bad("range-indirect", "the ByteRange is another object, so that it can be replaced", lambda: indirect_range(), NO)


def indirect_range():
    doc = PLAIN.copy()
    return doc.sign(changes={20: b"[0 ########## ########## ##########]"},
                    dictionary=lambda t: t.replace("[0 ########## ########## ##########]", "20 0 R"))


bad("range-indirect-replaced", "the same, replaced later by one that leaves out the page's content", lambda: replaced_range(), codes=[])


def replaced_range():
    doc = indirect_range()
    return doc.append({20: b"[0 300 500 1000]", 4: stream(pdf.content(["Paid in full"]))})


bad("contents-twice", "two /Contents in one dictionary", lambda: signed(dictionary=lambda t: t.replace("/M ", "/Contents <3003020101> /M ")))
bad("contents-indirect", "the contents are another object", lambda: contents_apart(), NO)


def contents_apart():
    doc = PLAIN.copy()
    size = 1500
    signature = doc.next()
    before = len(doc.data)
    changes = {signature: b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /ByteRange [0 ########## ########## ##########] /Contents %d 0 R >>" % (signature + 2),
               signature + 2: b"<" + b"0" * 2 * size + b">"}
    doc.with_field(changes, "Signature1", signature + 1, 3, "0 0 0 0", f"{signature} 0 R", None, "")
    doc.append(changes)
    a = doc.data.index(b"<" + b"0" * 64, before)
    b = doc.data.index(b">", a) + 1
    place = doc.data.index(b"[0 ########## ########## ##########]")
    written = b"[0 %d %d %d]" % (a, b, len(doc.data) - b)
    doc.data = doc.data[:place] + written.ljust(36) + doc.data[place + 36:]
    digits = cms.sign(doc.data[:a] + doc.data[b:]).hex().encode()
    assert len(digits) <= 2 * size
    doc.data = doc.data[:a + 1] + digits.ljust(2 * size, b"0") + doc.data[b - 1:]
    return doc


bad("contents-in-object-stream", "the signature dictionary in an object stream", lambda: in_object_stream(), NO)


def in_object_stream():
    doc = signed()
    data = re.search(rb"<< /Type /Sig .*? >>\nendobj", doc.data, re.S)[0][:-7]
    return doc.append_stream({6: data}, packed=[6])


# Padding
def padded(change):
    return signed(pad=200, contents=lambda digits: change(digits))


bad("padding-not-zero", "bytes hidden in the padding", lambda: padded(lambda d: d + "00" * 8 + b"hidden payload".hex()))
bad("padding-second-cms", "a second CMS behind the first", lambda: signed(pad=1000, contents=lambda d: d + cms.sign(b"other", "stranger", chain=()).hex()[:1800]))
bad("padding-changed-later", "a bit of the padding changed after signing", lambda: signed(pad=200).data.replace(b"0" * 40 + b">", b"0" * 39 + b"1>"))
bad("padding-no-hex", "letters that are no digits in the padding", lambda: signed(pad=200).data.replace(b"0" * 40 + b">", b"0" * 36 + b"%EOF>"))
bad("padding-object", "the string ended early, an object smuggled behind it", lambda: signed(pad=200).data.replace(b"0" * 200 + b">", (b"0" * 100 + b"> /Reason (paid 9,000 yuan) /X <").ljust(200, b"0") + b">"))

# Two fields, one signature


def shared_value():
    doc = signed(changes={20: b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Director) /F 132 /P 3 0 R /Rect [300 100 400 200] /V 21 0 R >>",
                          1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [20 0 R] >> >>"})
    assert b"/V 21 0 R" in doc.data and b"21 0 obj" in doc.data
    return doc


bad("shared-value", "two fields have the same signature as value", shared_value, codes=["shared-signature"])
bad("shared-value-later", "a field added later shows the first one's signature elsewhere",
    lambda: added_field("/FT /Sig /T (Director) /V 6 0 R /Rect [300 100 400 200]"))
bad("shared-value-copy", "a field added later with a copy of the signature dictionary", lambda: added_copy())
bad("shared-name", "two fields of one name, each signed", lambda: signed().sign(signer="second"))


def added_field(entries, doc=None, number=40, more=None):
    doc = doc or signed()
    root = doc.objects[1].replace(b"/Fields [", b"/Fields [%d 0 R " % number)
    page = doc.objects[3].replace(b"/Annots [", b"/Annots [%d 0 R " % number)
    return doc.append({number: f"<< /Type /Annot /Subtype /Widget /F 4 /P 3 0 R {entries} >>".encode(), 1: root, 3: page, **(more or {})})


def added_copy():
    doc = signed()
    copy = re.search(rb"<< /Type /Sig .*? >>\nendobj", doc.data, re.S)[0][:-7]
    return added_field("/FT /Sig /T (Director) /V 41 0 R /Rect [300 100 400 200]", doc, more={41: copy})
