"""Attacks by what programs read in two ways: filters, object streams, tables, places that are still to come, a hole that is a
picture as well. What is signed is honest to one program, and something else to the next.

After ISO 32000-1, 7.3.8, 7.4, 7.5.4, 7.5.7 and 7.5.8; the readings are those of poppler, PDFBox, MuPDF and qpdf.
"""

import zlib

import cms
import pdf
import pki
from changes import FORGED
from corpus import add
from pdf import Doc, contract, stream
from structure import NO, bad, signed

CERTIFICATE = pki.der("issuing")

# Object streams: the catalog of a validation-data update to one program, a catalog with other pages to the next.


def packed(pack, holder_entries=b""):
    """`pack` makes the index, the objects and their places in the index of two lists of (number, body)."""
    doc = signed()
    content = doc.next()
    certs, crls, holder, section = range(content + 1, content + 5)
    root = doc.objects[1][:-2] + b"/DSS << /Certs %d 0 R /CRLs %d 0 R >> >>" % (certs, crls)
    plain = [(1, root), (certs, b"[%d 0 R]" % content), (crls, b"[%d 0 R]" % content)]
    forged = [(1, root.replace(b"/Pages 2 0 R", b"/Pages %d 0 R" % certs)),
              (certs, b"<< /Type /Pages /Count 1 /Kids [%d 0 R] >>" % crls),
              (crls, pdf.PAGE.replace(b"/Parent 2 0 R /", b"/Parent %d 0 R /" % certs).replace(b"/Contents 4", b"/Contents %d" % content))]
    first, data, count, places = pack(plain, forged)
    prev = doc.startxref
    entries = {number: (2, holder, place) for number, place in places.items()}
    objects = {content: FORGED, holder: stream(data, b" /Type /ObjStm /N %d /First %d%s" % (count, first, holder_entries), deflate=True)}
    for number, where in doc._write(objects).items():
        entries[number] = (1, where, 0)
    at = len(doc.data)
    entries[section] = (1, at, 0)
    index = b" ".join(b"%d 1" % number for number in sorted(entries))
    rows = b"".join(bytes([kind]) + second.to_bytes(4, "big") + third.to_bytes(2, "big") for _, (kind, second, third) in sorted(entries.items()))
    doc._write({section: stream(rows, b" /Type /XRef /W [1 4 2] /Index [%s] /Size %d /Root 1 0 R /Prev %d" % (index, section + 1, prev))})
    doc.data += b"startxref\n%d\n%%%%EOF\n" % at
    return doc


def twice(plain, forged, first):
    """Both lists under the same numbers; the cross-reference names the places of the plain one."""
    base = 0 if first else len(forged)
    index, data = [], b""
    for number, body in plain + forged if first else forged + plain:
        index.append(b"%d %d" % (number, len(data)))
        data += body + b" "
    head = b" ".join(index) + b" "
    return len(head), head + data, 6, {number: base + place for place, (number, _) in enumerate(plain)}


def rows(plain, forged, columns=4000):
    """Two rows of a predictor. Undone, the second says what is forged; taken as it is, what is plain."""
    row, other, offsets, at = bytearray(b" " * columns), bytearray(b" " * columns), [], 200
    for (_, a), (_, b) in zip(plain, forged):
        offsets.append(at - 200)
        row[at:at + len(a)] = a
        # The tags before the two rows make place n of the one place n + 2 of the other.
        other[at + 2:at + 2 + len(b)] = b
        at += max(len(a), len(b)) + 4
    index = b" ".join(b"%d %d" % (number, offset) for (number, _), offset in zip(plain, offsets)) + b" "
    above = bytearray((x - y) % 256 for x, y in zip(other, row))
    above[:len(index)] = index
    return columns + 2 + 200, b"\0" + bytes(above) + b"\2" + bytes(row), 3, {number: place for place, (number, _) in enumerate(plain)}


def narrow(plain, forged, columns=64):
    """Rows of tags that do nothing. Undone, objects lie where the plain ones are; taken as they are, they lie further on."""
    data = bytearray(b" " * ((columns + 1) * 6000))
    data[::columns + 1] = bytes(6000)

    def lay(at, body, undone):
        """Whole tokens, none across the end of a row."""
        for token in body.replace(b"<<", b" << ").replace(b">>", b" >> ").replace(b"[", b" [ ").replace(b"]", b" ] ").split():
            while True:
                place = [at + i + ((at + i) // columns + 1 if undone else 0) for i in range(len(token) + 1)]
                if len({p // (columns + 1) for p in place}) == 1 and all(p % (columns + 1) for p in place):
                    break
                at += 1
            for p, byte in zip(place, token):
                data[p] = byte
            at += len(token) + 1

    first, places = 128, [128_000, 128_600, 128_900]
    lay(0, b" ".join(b"%d %d" % (number, place - first) for (number, _), place in zip(plain, places)), True)
    for place, (_, a), (_, b) in zip(places, plain, forged):
        lay(place, a, True)
        lay(place, b, False)
    return first, bytes(data), 3, {number: place for place, (number, _) in enumerate(plain)}


bad("objstm-number-twice-first", "validation data; the catalog stands twice in its object stream, the plain one first", lambda: packed(lambda p, f: twice(p, f, True)))
bad("objstm-number-twice-last", "the same, the plain one last", lambda: packed(lambda p, f: twice(p, f, False)))
bad("objstm-filter-abbreviated", "validation data in an object stream with /DP, which some take for /DecodeParms",
    lambda: packed(rows, b" /DP << /Predictor 12 /Columns 4000 >>"), NO)
bad("objstm-filter-mixed", "validation data in an object stream with one filter and an array of parameters, which some leave out",
    lambda: packed(narrow, b" /DecodeParms [<< /Predictor 12 /Columns 64 >>]"), NO)

# Places that are still to come: what was signed says that an object lies where nothing is yet.

LATER = 9000


def store(doc, payload, lead=CERTIFICATE):
    """A validation-data update with a stream that has `payload` at byte `LATER` of the file. Its header is spelled in two lines."""
    number, start = doc.next(), len(doc.data)
    head = lambda fill: b"%d 0\nobj\n<< /Length %d >>\nstream\n" % (number, len(lead) + fill + len(payload))
    fill = next(fill for fill in range(LATER) if start + len(head(fill)) + len(lead) + fill == LATER)
    doc.data += head(fill) + lead + b"\n" * fill + payload + b"\nendstream\nendobj\n"
    assert doc.data[LATER:].startswith(payload)
    root = doc.objects[1][:-2] + b"/DSS << /Certs [%d 0 R] >> >>" % number
    return doc.append({1: root}, extra_offsets={number: start})


def object_later():
    return Doc(contract()).append({5: pdf.HELVETICA}, extra_offsets={4: LATER}).sign()


bad("later-object", "what was signed says that the content lies beyond its end", object_later, NO)
bad("later-object-there", "the same, and validation data put one there", lambda: store(object_later(), b"4 0 obj\n" + FORGED + b"\nendobj\n"), NO)


def length_later():
    """The content ends in a string that nothing shows, up to where it is said to end; there it goes on with other content."""
    payload = b") Tj 0 Tr ET q 1 g 0 0 600 900 re f Q 0 g " + pdf.content([line.replace("1,000", "9,000") for line in pdf.TEXT])
    written = lambda length: {**contract(), 4: b"<< /Length %05d >>\nstream\n%s BT /F1 1 Tf 3 Tr (\nendstream" % (length, pdf.content())}
    start = Doc(written(0)).data.index(b"stream\n") + len(b"stream\n")
    return Doc(written(LATER + len(payload) - start)).sign(), payload + b"\nendstream\nendobj\n"


bad("later-length", "a stream of what was signed is said to end beyond the end of it", lambda: length_later()[0], NO)
bad("later-length-there", "the same, and validation data say what the rest of it is", lambda: store(*length_later(), lead=b""), NO)


def section_later():
    return Doc(contract()).append({5: pdf.HELVETICA}, trailer=b" /XRefStm %d" % LATER).sign()


def hidden_later():
    """A cross-reference stream for the one object that follows it."""
    rows = lambda at: bytes([1]) + at.to_bytes(4, "big") + b"\0\0"
    section = lambda at: b"70 0 obj\n" + stream(rows(at), b" /Type /XRef /W [1 4 2] /Index [4 1] /Size 71") + b"\nendobj\n"
    return store(section_later(), section(LATER + len(section(0))) + b"4 0 obj\n" + FORGED + b"\nendobj\n")


bad("later-section", "what was signed names a hidden cross-reference stream beyond its end", section_later, NO)
bad("later-section-there", "the same, and validation data bring it", hidden_later, NO)


def misplaced():
    """The page's box is said to lie where another object does: programs look for all objects anew."""
    objects = contract()
    objects[3] = objects[3].replace(b"/MediaBox [0 0 595 842]", b"/MediaBox 6 0 R")
    objects[6] = b"[0 0 595 842]"
    doc = Doc(objects)
    return doc.append({2: objects[2]}, extra_offsets={6: doc.data.index(b"5 0 obj")}).sign()


bad("unreadable-object", "an object in use is not where the table says, so that programs rebuild the file", misplaced, NO)
bad("unreadable-object-other", "the same, and a stream of validation data spells the content they find", lambda: store(misplaced(), b"\n4 0 obj\n" + FORGED + b"\nendobj\n"), NO)


def two_a_line():
    """Two entries a line: `1234 0` and `9 1` are heads to who goes by words, the entry of object 1 to who goes by lines."""
    doc = signed()
    number, prev = doc.next(), doc.startxref
    root = doc.objects[1][:-2] + b"/DSS << /Certs [%d 0 R] >> >>" % number
    plain = doc._write({1: root})[1]
    start, lead = len(doc.data), CERTIFICATE + b"\n"
    forged = b"1 0 obj\n" + root.replace(b"/Pages 2 0 R", b"/Pages 90 0 R") + b"\nendobj\n"
    for other, body in {90: b"<< /Type /Pages /Count 1 /Kids [91 0 R] >>", 92: FORGED,
                        91: pdf.PAGE.replace(b"/Parent 2", b"/Parent 90").replace(b"/Contents 4", b"/Contents 92")}.items():
        forged += b"%d 0 obj\n%s\nendobj\n" % (other, body)
    head = b"%d 0 obj\n<< /Length %d >>\nstream\n" % (number, len(lead) + len(forged))
    at = start + len(head) + len(lead)
    doc.data += head + lead + forged + b"\nendstream\nendobj\n"
    table = len(doc.data)
    doc.data += b"xref\n0 2\n0000000000 65535 f %010d 0 n\n%d 0 %d 1 %010d 0 n\n" % (plain, at, number, start)
    doc.data += b"trailer\n<< /Size %d /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (at, prev, table)
    return doc


bad("xref-two-a-line", "a table of validation data with two entries a line, which some read by lines", two_a_line, NO)

# A hole that is a picture as well: its digits are points, dark or light, and an attribute that is not signed says which.

SIDE, GROWN = 64, 8
DIGITS = {"1": [0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110],
          "9": [0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100]}


def picture(digit):
    """Points of a digit, one hexadecimal digit each: f is dark."""
    lines = [f"{line:05b}".replace("0", "0" * GROWN).replace("1", "f" * GROWN).ljust(SIDE, "0") for line in DIGITS[digit]]
    return bytes.fromhex("".join(line * GROWN for line in lines))


def shared_hole(digit, inside):
    """The image begins in the signature's own dictionary, in a remark there, or as an object before it; it ends behind the hole."""
    attribute = lambda data: [cms.attribute("1.3.6.1.4.1.99999.1", cms.tlv(0x04, data))]
    unsigned = attribute(picture("1"))
    digits = cms.sign(b"", signer="rsa2048", unsigned=unsigned).hex()
    # How far into the hole, its bracket counted, the picture begins, so that it begins a row of the image.
    lead = -(digits.index(picture("1").hex()) + 1) % SIDE
    palette = bytes(255 if chr(byte) in "0123456789" else 0 for byte in range(256)).hex()
    image = (f"<< /Type /XObject /Subtype /Image /Width {SIDE} /Height {len(digits) // SIDE + 1} /BitsPerComponent 8 "
             f"/ColorSpace [/Indexed /DeviceGray 255 <{palette}>] /Length %06d >>stream\n")
    objects = contract()
    objects[3] = objects[3].replace(b"/Resources <<", b"/Resources << /XObject << /Im 9 0 R >>")
    objects[4] = stream(pdf.content(["The buyer pays the seller as many thousand yuan:"]) + b" q 100 0 0 300 72 400 cm /Im Do Q")
    objects[9] = b"null"
    tail = " /X (\nendstream\nendobj\n) >>"

    def made(pad, length, at):
        doc = Doc(objects)
        spelled, close = image % length + " " * pad, doc._close
        remark = "%9 0 obj " + spelled if inside else ""
        doc._close = lambda offsets, *more, **options: close({**offsets, **({9: at} if inside else {})}, *more, **options)
        return doc.sign(changes={} if inside else {9: spelled.encode()}, unsigned=unsigned, signer="rsa2048",
                        dictionary=lambda text: text.replace("/Contents <@@> >>", remark + "/Contents <@@>" + tail))

    def places(doc):
        begin = doc.data.rindex(b"stream\n", 0, doc.data.index(b"/Contents <3082")) + len(b"stream\n")
        hole = doc.data.index(b"/Contents <3082") + len(b"/Contents ")
        return begin, hole, doc.data.index(b">", hole) + 1

    begin, hole, _ = places(made(0, 1, 0))
    pad = (lead - (hole - begin)) % SIDE
    begin, hole, end = places(made(pad, 1, 0))
    doc = made(pad, end + len(" /X (") - begin, 0)
    doc = made(pad, end + len(" /X (") - begin, doc.data.index(b"9 0 obj <<") if inside else 0)
    return doc.data.replace(picture("1").hex().encode(), picture(digit).hex().encode())


bad("gap-stream-inside", "an image that begins in the signature's dictionary has the hole for its points", lambda: shared_hole("1", True), codes=["gap-shared"])
bad("gap-stream-inside-changed", "the same, and the attribute that is not signed draws another digit", lambda: shared_hole("9", True), codes=["gap-shared"])
bad("gap-stream-before", "an image before the signature has the hole for its points", lambda: shared_hole("1", False), codes=["gap-shared"])
bad("gap-stream-before-changed", "the same, and the attribute that is not signed draws another digit", lambda: shared_hole("9", False), codes=["gap-shared"])

# One object that nothing uses, nested deeper than anybody reads


def deep():
    objects = contract()
    objects[1] = objects[1][:-2] + b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> >>"
    objects[50] = b"[" * 65 + b"]" * 65
    return Doc(objects).sign()


add("shadow/deep-object", "a script that runs by itself, and an object nested too deep to be read", "indeterminate", deep, codes=["automatic-script"])


def abbreviated():
    """The page's content through a predictor that some programs do not see: what they take for a remark adds 8 to one digit."""
    text = b" \n" + pdf.content()
    above = bytearray(len(text))
    above[0], above[text.index(b"1,000")] = ord("%"), 8
    objects = contract()
    objects[4] = stream(b"\0" + bytes(above) + b"\2" + text, b" /DP << /Predictor 12 /Columns %d >>" % len(text), deflate=True)
    return Doc(objects).sign()


add("shadow/filter-abbreviated", "content with /DP, which some programs take for /DecodeParms: they show another sum", "indeterminate", abbreviated,
    codes=["structure-guessed"])
