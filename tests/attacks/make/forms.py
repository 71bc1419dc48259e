"""Fields filled in with looks that hide, overwrite or uncover what is around them, and fields that lie on what is there to be
written on: leaders, boxes, frames, a scan.
"""

import pdf
from corpus import add  # noqa: F401
from good import good
from pdf import PAGE, Doc, appearance, contract, stream
from structure import NO, bad

TALL = "BT /F1 14 Tf 12 56 Td (The buyer pays the seller 9,000 yuan) Tj ET"
PICTURE = stream(bytes(range(48)), b" /Type /XObject /Subtype /Image /Width 4 /Height 4 /ColorSpace /DeviceRGB /BitsPerComponent 8")


def over(rect, objects=None, was="/Tx BMC EMC", resources=b"/Font << /F1 5 0 R >>", fonts=b"/F1 5 0 R"):
    """The contract with a text field (6) there, certified with P=2, and the size of the field."""
    objects = dict(objects or contract())
    size = (rect[2] - rect[0], rect[3] - rect[1])
    objects[1] = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R] /DR << /Font << %s >> >> /DA (/F1 12 Tf 0 g) >> >>" % fonts
    objects[3] = objects[3].replace(b"/Contents", b"/Annots [6 0 R] /Contents")
    objects[6] = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (remark) /F 4 /P 3 0 R /Rect [%d %d %d %d] /DA (/F1 12 Tf 0 g) /AP << /N 7 0 R >> >>" % rect
    objects[7] = appearance(was, size, resources)
    return Doc(objects).sign(permission=2), size


def filled(doc, size, value, look, resources=b"/Font << /F1 5 0 R >>", more=None):
    is_covering = "{cover}" in look
    look = look.replace("{cover}", "1 g 0 0 %d %d re f 0 g" % size) if is_covering else look
    return doc.append({6: doc.objects[6].replace(b"/FT /Tx", b"/FT /Tx /V (%s)" % value.encode()),
                       7: appearance(look, size, resources), **(more or {})})


def simple(rect, value, look, objects=None, **more):
    return filled(*over(rect, objects, **more), value, look)


def with_content(more, resources=b""):
    objects = contract()
    objects[3] = PAGE.replace(b"/Resources <<", b"/Resources << " + resources)
    objects[4] = stream(pdf.content() + more)
    return objects


# The sum is the end of a line that is one string: the field lies over a part of it.
END = (238, 732, 300, 748)
bad("form-end-of-line", "a field filled in hides the end of a line, P=2", lambda: simple(
    END, "9,000 yuan", "{cover} BT /F1 14 Tf 0 4 Td (9,000 yuan) Tj ET"), NO)
bad("form-digit-overwritten", "a digit is written over another one, nothing is hidden, P=2", lambda: simple(
    (236, 732, 246, 748), "8", "BT /F1 14 Tf 0 4 Td (8) Tj ET"), NO)


def halves():
    objects = contract()
    objects[1] = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R 8 0 R] /DR << /Font << /F1 5 0 R >> >> /DA (/F1 12 Tf 0 g) >> >>"
    objects[3] = PAGE.replace(b"/Contents", b"/Annots [6 0 R 8 0 R] /Contents")
    changes = {}
    for number, left, said in ((6, 0, "I owe 900,000 yuan"), (8, 297, "to Wang Wu")):
        objects[number] = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (f%d) /F 4 /P 3 0 R /Rect [%d 0 %d 842] /DA (/F1 12 Tf 0 g) /AP << /N %d 0 R >> >>" % (
            number, left, left + 297, number + 1)
        objects[number + 1] = appearance("/Tx BMC EMC", (297, 842))
        changes[number] = objects[number].replace(b"/FT /Tx", b"/FT /Tx /V (%s)" % said.encode())
        changes[number + 1] = appearance(f"1 g 0 0 297 842 re f 0 g BT /F1 18 Tf 20 700 Td ({said}) Tj ET", (297, 842))
    return Doc(objects).sign(permission=2).append(changes)


bad("form-two-halves", "two fields of half a page each, so that every line is cut, P=2", halves, NO)


def ticked():
    objects = contract()
    objects[1] = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [20 0 R] >> >>"
    objects[3] = PAGE.replace(b"/Contents", b"/Annots [20 0 R] /Contents")
    objects[20] = (b"<< /Type /Annot /Subtype /Widget /FT /Btn /T (seen) /F 4 /P 3 0 R /Rect [238 732 300 748] /V /Off /AS /Off "
                   b"/AP << /N << /Yes 21 0 R /Off 22 0 R >> >> >>")
    objects[21] = appearance("1 g 0 0 62 16 re f 0 g BT /F1 14 Tf 0 4 Td (9,000 yuan) Tj ET", (62, 16))
    objects[22] = appearance("", (62, 16))
    doc = Doc(objects).sign(permission=2)
    return doc.append({20: doc.objects[20].replace(b"/V /Off /AS /Off", b"/V /Yes /AS /Yes")})


bad("form-box-over-sum", "a box whose prepared tick is another sum, P=2", ticked, NO)

SCAN = b" q 420 0 0 60 60 600 cm /Im0 Do Q"
SCANNED = b"/XObject << /Im0 30 0 R >> "
bad("form-over-scan", "a field filled in hides a part of a scan, P=2", lambda: simple(
    (100, 610, 300, 650), "9,000", "{cover} BT /F1 14 Tf 0 4 Td (9,000) Tj ET", {**with_content(SCAN, SCANNED), 30: PICTURE}), NO)
bad("form-over-layer", "a field filled in hides text that is in a layer, P=2", lambda: simple(
    (60, 600, 480, 660), "9,000", "{cover} " + TALL.replace("56", "20"), {
        **with_content(b" /OC /L1 BDC BT /F1 14 Tf 72 620 Td (Clause 9 is void) Tj ET EMC", b"/Properties << /L1 31 0 R >> "),
        31: b"<< /Type /OCG /Name (Clauses) >>"}), NO)
bad("form-over-stray", "a field filled in hides text on a page whose content ends oddly, P=2", lambda: simple(
    (60, 680, 540, 780), "9,000", "{cover} " + TALL, with_content(b" ) ")), NO)
bad("form-uncovers", "a field that covered a sum is cleared, P=2", lambda: simple(
    END, "", "", was="1 g 0 0 62 16 re f 0 g BT /F1 14 Tf 0 4 Td (1,000 yuan) Tj ET"), NO)
bad("form-shape-hidden", "a field filled in hides letters that are drawn as outlines, P=2", lambda: simple(
    (60, 600, 300, 640), "9,000", "{cover} BT /F1 14 Tf 0 4 Td (9,000) Tj ET", with_content(
        b" 0 g 80 610 m " + b" ".join(b"%d 612 %d 628 %d 610 c" % (82 + 4 * n, 83 + 4 * n, 84 + 4 * n) for n in range(20)) + b" f")), NO)


def dingbats():
    resources = b"/Font << /F1 5 0 R /ZaDb 8 0 R >>"
    doc, size = over((60, 680, 540, 780), {**contract(), 8: b"<< /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >>"},
                     fonts=b"/F1 5 0 R /ZaDb 8 0 R")
    return filled(doc, size, "The buyer pays the seller 9,000 yuan", f"q BT 1 g /ZaDb 400 Tf -40 -40 Td (nn) Tj ET Q {TALL}", resources)


def drawn_letters():
    doc, size = over((60, 680, 540, 780))
    new = doc.next()
    font = (b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 65 /LastChar 65 /Widths [1000] "
            b"/Encoding << /Differences [65 /A] >> /CharProcs << /A %d 0 R >> /Resources << /Font << /F1 5 0 R >> >> >>" % (new + 1))
    shape = stream(b"1000 0 d0 1 g -5000 -5000 20000 20000 re f 0 g BT /F1 140 Tf 120 560 Td (The buyer pays the seller 9,000 yuan) Tj ET")
    return filled(doc, size, "A", "BT /T3 100 Tf 0 0 Td (A) Tj ET", b"/Font << /T3 %d 0 R >>" % new, {new: font, new + 1: shape})


bad("form-white-signs", "a field filled in with large white signs under its words, P=2", dingbats, NO)
bad("form-drawn-letters", "a field filled in with a letter that is a drawing, P=2", drawn_letters, NO)
bad("form-outlined-letters", "a field filled in with letters in a thick white outline, P=2", lambda: simple(
    (60, 680, 540, 780), "lllllllll", f"q BT 1 G 300 w 1 Tr /F1 14 Tf 100 50 Td (lllllllll) Tj ET Q {TALL}"), NO)

# What is there to be written on
WRITTEN = "/Tx BMC q BT 0 g /F1 12 Tf 2 4 Td (Zhang San) Tj ET Q EMC"
LEADER = b" BT /F1 12 Tf 72 604 Td (Name: ................................) Tj ET BT /F1 12 Tf 72 564 Td (Street: ______________________________) Tj ET"
good("form-on-leader", "filled in on a line of dots that begins with its label, P=2", lambda: simple(
    (112, 600, 250, 616), "Zhang San", WRITTEN, with_content(LEADER)))
good("form-on-underscores", "the same on underscores, the look has a white background, P=2", lambda: simple(
    (120, 560, 250, 576), "Zhang San", "1 g 0 0 130 16 re f 0 g " + WRITTEN, with_content(LEADER)))
good("form-in-frame", "filled in within a frame with round corners on a coloured ground, P=2", lambda: simple(
    (120, 600, 250, 616), "Zhang San", "0.9 g 0 0 130 16 re f 0 g 0.5 w 0.5 0.5 129 15 re S " + WRITTEN, with_content(
        b" q 0.95 1 0.95 rg 0.5 w 100 590 m 260 590 l 270 590 270 600 270 600 c 270 620 l 270 630 260 630 260 630 c 100 630 l "
        b"90 630 90 620 90 620 c 90 600 l 90 590 100 590 100 590 c b Q")))
good("form-on-scan", "a scanned form filled in, nothing but dark letters, P=2", lambda: simple(
    (100, 610, 300, 650), "Zhang San", WRITTEN, {**with_content(SCAN, SCANNED), 30: PICTURE}))
good("form-background-before", "a field over a scan had its background before it was filled in, P=2", lambda: simple(
    (100, 610, 300, 630), "Zhang San", "0.9 1 1 rg 0 0 200 20 re f " + WRITTEN, {**with_content(SCAN, SCANNED), 30: PICTURE},
    was="0.9 1 1 rg 0 0 200 20 re f"))
