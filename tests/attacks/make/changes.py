"""Attacks by later revisions: incremental saving, cross-reference tricks, object streams, forms, actions, validation data.

After Mladenov et al. (2019), Rohlmann, Mladenov, Mainka, Schwenk, "Breaking the Specification: PDF Certification" (2021), and
ISO 32000-1, 7.5.6 and 12.8.2.
"""

import re

import cms
import pdf
import peers
import pki
from corpus import add
from good import FORM, PLAIN, annotate, certified_form, field_mdp, fill, hybrid, locked, lt, pages, sealed, tsa, with_hidden
from pdf import Doc, contract, form, stream
from structure import NO, added_field, bad, signed

FORGED = stream(pdf.content([line.replace("1,000", "9,000") for line in pdf.TEXT]))
IMAGE = lambda grey: stream(bytes([grey]) * 16, b" /Type /XObject /Subtype /Image /Width 4 /Height 4 /BitsPerComponent 8 /ColorSpace /DeviceGray")

# Incremental saving
bad("isa-content", "the page's content replaced", lambda: signed().append({4: FORGED}))


def raw(tail, doc=None):
    return (doc or signed()).data + tail


OBJECT = b"4 0 obj\n" + FORGED + b"\nendobj\n"
bad("isa-no-xref", "a body appended, no cross-reference: repairing readers show it", lambda: raw(OBJECT))
bad("isa-no-xref-eof", "a body and %%EOF", lambda: raw(OBJECT + b"%%EOF\n"))
bad("isa-trailer-only", "a body and a trailer without table", lambda: raw(OBJECT + b"trailer\n<< /Size 8 /Root 1 0 R >>\n%%EOF\n"))
bad("isa-startxref-old", "a body, and the old startxref once more", lambda: raw(OBJECT + b"startxref\n%d\n%%%%EOF\n" % signed().startxref))
bad("isa-copied-signature", "a body, no cross-reference, the signature's object copied behind it", lambda: raw(
    OBJECT + re.search(rb"6 0 obj\n.*?endobj\n", signed().data, re.S)[0]))
bad("isa-page-added", "a page added", lambda: page_added())
bad("isa-page-removed", "a page removed", lambda: (d := pages(3).sign(page=10)).append({2: d.objects[2].replace(b" 14 0 R", b"").replace(b"/Count 3", b"/Count 2")}))
bad("isa-pages-swapped", "two pages change places", lambda: (d := pages(3).sign(page=10)).append({2: d.objects[2].replace(b"12 0 R 14 0 R", b"14 0 R 12 0 R")}))
bad("isa-root-replaced", "the trailer names another catalog", lambda: signed().append(
    {50: b"<< /Type /Catalog /Pages 51 0 R /AcroForm << /Fields [7 0 R] /SigFlags 3 >> >>", 51: b"<< /Type /Pages /Kids [52 0 R] /Count 1 >>",
     52: pdf.PAGE.replace(b"2 0 R", b"51 0 R").replace(b"4 0 R", b"53 0 R"), 53: FORGED}, root=50))
bad("isa-pages-replaced", "the catalog names another page tree", lambda: (d := signed()).append(
    {1: d.objects[1].replace(b"/Pages 2 0 R", b"/Pages 51 0 R"), 51: b"<< /Type /Pages /Kids [52 0 R] /Count 1 >>",
     52: d.objects[3].replace(b"2 0 R", b"51 0 R").replace(b"4 0 R", b"53 0 R"), 53: FORGED}))
bad("isa-contents-array", "a second content stream over the first", lambda: (d := signed()).append(
    {3: d.objects[3].replace(b"/Contents 4 0 R", b"/Contents [4 0 R 50 0 R]"), 50: stream(b"1 g 60 700 400 90 re f " + pdf.content(["Paid in full"]))}))
bad("isa-rotated", "the page turned upside down", lambda: (d := signed()).append({3: d.objects[3].replace(b"/MediaBox", b"/Rotate 180 /MediaBox")}))
bad("isa-cropped", "a crop box that hides a line", lambda: (d := signed()).append({3: d.objects[3].replace(b"/MediaBox", b"/CropBox [0 750 595 842] /MediaBox")}))
bad("isa-object-freed", "the content set free", lambda: signed().append({}, free={4: None}))
bad("isa-undone", "changed by one update and changed back by the next", lambda: signed().append({4: FORGED}).append({4: contract()[4]}), NO)
bad("isa-between-signatures", "changed between two signatures, so that the second covers the change", lambda: signed().append({4: FORGED}).sign("Second", signer="second"))
bad("isa-with-signature", "changed by the very update that adds the second signature", lambda: signed().sign("Second", signer="second", changes={4: FORGED}))
bad("isa-trailing", "bytes behind the end", lambda: raw(b"<script>alert(1)</script>\n"))
bad("isa-trailing-pdf", "another whole PDF behind the end", lambda: raw(Doc(contract(["Paid in full"])).data))
bad("isa-prefix-pdf", "another whole PDF in front", lambda: Doc(contract(["Paid in full"])).data + signed().data)
bad("isa-note", "a note added after a signature that says nothing of notes", lambda: annotate(signed()), NO)
bad("isa-info", "the title of the document added", lambda: signed().append({50: b"<< /Title (Receipt) >>"}, trailer=b" /Info 50 0 R"), NO)
bad("isa-font-metrics", "widths of the font changed, so that the text moves", lambda: signed().append(
    {5: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /FirstChar 48 /LastChar 57 /Widths [0 0 0 0 0 0 0 0 0 0] >>"}))


def page_added():
    doc = signed()
    return doc.append({2: b"<< /Type /Pages /Kids [3 0 R 50 0 R] /Count 2 >>", 50: pdf.PAGE.replace(b"4 0 R", b"51 0 R"), 51: stream(pdf.content(["Annex: the sum is 9,000 yuan"]))})


# Fonts and images swapped
def with_image():
    objects = contract()
    objects[3] = objects[3].replace(b"/Font <<", b"/XObject << /Im0 10 0 R >> /Font <<")
    objects[4] = stream(pdf.content() + b" q 100 0 0 100 72 500 cm /Im0 Do Q")
    objects[10] = IMAGE(0)
    return Doc(objects)


bad("swap-image", "an image replaced", lambda: with_image().sign().append({10: IMAGE(255)}))
bad("swap-image-resource", "the resource dictionary names another image", lambda: (d := with_image().sign()).append(
    {3: d.objects[3].replace(b"/Im0 10 0 R", b"/Im0 60 0 R"), 60: IMAGE(255)}))
bad("swap-font", "a font replaced by one whose encoding turns 1 into 9", lambda: signed().append(
    {5: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Type /Encoding /Differences [49 /nine] >> >>"}))
bad("swap-font-stream", "an embedded font's program replaced", lambda: (d := embedded()).append({12: stream(b"other font program")}))
bad("swap-form-xobject", "a form XObject replaced", lambda: (d := overlaid()).append({20: pdf.appearance("BT /F1 14 Tf 0 5 Td (nine thousand) Tj ET")}))


def embedded():
    objects = contract()
    objects[5] = b"<< /Type /Font /Subtype /TrueType /BaseFont /Own /FirstChar 32 /LastChar 33 /Widths [500 500] /FontDescriptor 11 0 R >>"
    objects[11] = b"<< /Type /FontDescriptor /FontName /Own /Flags 4 /FontBBox [0 0 1 1] /ItalicAngle 0 /Ascent 1 /Descent 0 /CapHeight 1 /StemV 1 /FontFile2 12 0 R >>"
    objects[12] = stream(b"font program")
    return Doc(objects).sign()


def overlaid():
    objects = contract()
    objects[3] = objects[3].replace(b"/Font <<", b"/XObject << /Fm0 20 0 R >> /Font <<")
    objects[4] = stream(pdf.content() + b" q 1 0 0 1 72 500 cm /Fm0 Do Q")
    objects[20] = pdf.appearance("BT /F1 14 Tf 0 5 Td (one thousand) Tj ET")
    return Doc(objects).sign()


# Cross-references
def table(entries, doc=None, trailer=None, prev=True):
    doc = doc or signed()
    at, old = len(doc.data), doc.startxref
    lines = b"".join(b"%d 1\n%010d %05d %c \n" % (n, where, gen, kind) for n, where, gen, kind in entries)
    trailer = trailer or (b"<< /Size %d /Root 1 0 R%s >>" % (doc.size, b" /Prev %d" % old if prev else b""))
    return doc.data + b"xref\n" + lines + b"trailer\n" + trailer + b"\nstartxref\n%d\n%%%%EOF\n" % at


def hiding(number=4, inner=FORGED):
    """A signed file in whose streams a second object 4 lies."""
    objects = contract()
    objects[40] = stream(b"%d 0 obj\n%s\nendobj\n" % (number, inner))
    doc = Doc(objects).sign()
    return doc, doc.data.index(b"%d 0 obj" % number, doc.data.index(b"40 0 obj") + 8)


bad("xref-into-stream", "an update that is only a table: object 4 now lies inside a stream of the signed revision", lambda: (lambda d, at: table([(4, at, 0, ord("n"))], d))(*hiding()))
bad("xref-old-revision", "an update that is only a table: object 4 as it was in an earlier revision", lambda: old_revision())
bad("xref-other-object", "the table lets object 4 be where object 40 is", lambda: (lambda d, at: table([(4, d.data.index(b"40 0 obj"), 0, ord("n"))], d))(*hiding()))
bad("xref-free", "an update that is only a table: the field of the signature free", lambda: table([(7, 0, 1, ord("f"))]), NO)
bad("xref-prev-skips", "the chain leaves out the signed revision", lambda: skips_signed(), NO)
bad("xref-no-prev", "a whole new table without /Prev", lambda: whole_table())
bad("xref-prev-loop", "the chain is a ring", lambda: table([(4, 15, 0, ord("n"))], trailer=b"<< /Size 8 /Root 1 0 R /Prev %d >>" % len(signed().data)), NO)
bad("xref-twice", "one number twice in one table", lambda: (d := signed()) and table([(4, d.data.index(b"4 0 obj"), 0, ord("n")), (4, 15, 0, ord("n"))], d), NO)
bad("xref-hidden-startxref", "two startxref at the end, the first to a forged table", lambda: (d := signed().append({4: FORGED})).data + b"startxref\n%d\n%%%%EOF\n" % signed().startxref)
bad("xref-comment-startxref", "a startxref in a comment behind the end", lambda: raw(b"%%startxref 9\n%%EOF\n"))


def old_revision():
    doc = Doc(contract(["Draft: 9,000 yuan"]))
    at = doc.data.index(b"4 0 obj")
    doc.append({4: contract()[4]}).sign()
    return table([(4, at, 0, ord("n"))], doc)


def skips_signed():
    doc = signed()
    first = int(re.findall(rb"startxref\s+(\d+)", doc.data)[0])
    return doc.append({4: FORGED}, prev=first)


def whole_table():
    doc = signed()
    entries = {n: doc.data.rindex(b"\n%d 0 obj" % n) + 1 for n in (1, 2, 3, 5, 6, 7)}
    entries[4] = len(doc.data)
    doc.data += OBJECT
    doc._close(entries, 8, None, {0: None})
    return doc


# Generations
bad("generation-raised", "object 4 with generation 1, and the page names that one", lambda: (d := signed()).append(
    {4: FORGED, 3: d.objects[3].replace(b"4 0 R", b"4 1 R")}, generations={4: 1}))
bad("generation-unnamed", "object 4 with generation 1, which nothing names: readers differ", lambda: signed().append({4: FORGED}, generations={4: 1}))
bad("generation-header", "the table says generation 0, the object's header 1", lambda: (d := signed().append({4: FORGED})).data.replace(
    b"4 0 obj\n" + FORGED, b"4 1 obj\n" + FORGED))
bad("number-reused", "a freed number used again by a page's content", lambda: reused())


def reused():
    objects = contract()
    objects[3] = objects[3].replace(b"4 0 R", b"[4 0 R 30 0 R]")
    doc = Doc(objects)  # object 30 is not there: null
    return doc.sign().append({30: stream(b"1 g 60 700 400 90 re f " + pdf.content(["Paid in full"]))})


# Object streams
bad("objstm-page", "the page replaced inside an object stream", lambda: (d := signed()).append_stream(
    {3: d.objects[3].replace(b"4 0 R", b"50 0 R"), 50: FORGED}, packed=[3]))
bad("objstm-catalog", "the catalog replaced inside an object stream", lambda: (d := signed()).append_stream(
    {1: d.objects[1].replace(b"/Pages 2 0 R", b"/Pages 51 0 R"), 51: b"<< /Type /Pages /Kids [52 0 R] /Count 1 >>",
     52: d.objects[3].replace(b"2 0 R", b"51 0 R").replace(b"4 0 R", b"53 0 R"), 53: FORGED}, packed=[1, 51]))
bad("objstm-font", "the font replaced inside an object stream", lambda: signed(stream=True).append_stream(
    {5: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Differences [49 /nine] >> >>"}, packed=[5]))
bad("objstm-stream-only", "the signed revision's own object stream replaced by number", lambda: container_replaced())


def container_replaced():
    doc = PLAIN.copy().sign(stream=True, packed=[1, 3])
    holder = int(re.search(rb"(\d+) 0 obj\n<< /Length \d+ /Type /ObjStm", doc.data)[1])
    page = doc.objects[3].replace(b"4 0 R", b"60 0 R")
    index = b"1 0 3 %d " % (len(doc.objects[1]) + 1)
    return doc.append_stream({holder: stream(index + doc.objects[1] + b" " + page, b" /Type /ObjStm /N 2 /First %d" % len(index)), 60: FORGED})


# Hybrid files
def hybrid_differs(later=True):
    """Readers of tables see object 4, readers of streams another one."""
    base = Doc({**contract(), 4: contract()[4]})
    packed_page = pdf.PAGE.replace(b"4 0 R", b"30 0 R")
    if later:
        doc = signed().append({30: FORGED})
        return with_hidden(doc, {3: packed_page.replace(b"/Contents", b"/Annots [7 0 R] /Contents")}, free=())
    base.append({30: FORGED})
    return with_hidden(base, {3: packed_page}, free=()).sign()


bad("hybrid-page-later", "an update with a table and a hidden stream in which the page has other content", hybrid_differs)
bad("hybrid-page-signed", "a signed hybrid file in which old and new readers see different pages", lambda: hybrid_signed(), (*NO, "remarked"))


def hybrid_signed():
    """The table says that page 3 is where it was, the hidden stream that it is another."""
    doc = Doc(contract()).append({30: FORGED})
    page_at = doc.data.index(b"3 0 obj")
    with_hidden(doc, {3: pdf.PAGE.replace(b"4 0 R", b"30 0 R")}, free=())
    # The signature leaves the page alone: no annotation on it.
    return doc.sign(annotate=False)


# Certification
OVER = "/DA (/F1 14 Tf 0 g) /C [1 1 1] /IC [1 1 1]"
COVER = pdf.appearance("1 g 0 0 400 30 re f 0 g BT /F1 14 Tf 2 8 Td (The buyer pays the seller 9,000 yuan) Tj ET", (400, 30))


def certified(p, **more):
    return PLAIN.copy().sign(permission=p, **more)


for p in (1, 2):
    bad(f"eaa-note-p{p}", f"evil annotation: a note after certification with P={p}", lambda p=p: annotate(certified(p)))
for p in (1, 2, 3):
    bad(f"eaa-freetext-p{p}", f"evil annotation: free text over the sum, P={p}",
        lambda p=p: annotate(certified(p), kind="FreeText", rect="70 730 470 760", extra=OVER, ap=COVER), NO if p == 3 else "invalid")
bad("eaa-stamp-p3", "evil annotation: a stamp that covers the text, P=3", lambda: annotate(certified(3), kind="Stamp", rect="70 730 470 760", ap=COVER), NO)
bad("eaa-redact-p3", "evil annotation: a redaction over the text, P=3", lambda: annotate(certified(3), kind="Redact", rect="70 730 470 760", extra="/IC [0 0 0]", ap=COVER), NO)
bad("eaa-link-p2", "an invisible link to another place", lambda: annotate(certified(2), kind="Link", rect="0 0 595 842", extra="/Border [0 0 0] /A << /S /URI /URI (http://pay.example) >>"))
bad("eaa-popup-hidden-p3", "a hidden annotation with an action, P=3", lambda: annotate(certified(3), kind="Screen", extra="/AA << /PO << /S /JavaScript /JS (app.alert(1)) >> >>"), NO)
bad("eaa-permission-raised", "the transform parameters changed from P=1 to P=3", lambda: annotate(raised()))
bad("ssa-unsigned-field", "sneaky signature: an empty signature field whose picture covers the sum, P=2",
    lambda: added_field("/FT /Sig /T (New) /Rect [70 730 470 760] /AP << /N 41 0 R >>", certified(2), more={41: COVER}))
for p in (1, 2, 3):
    bad(f"ssa-stranger-p{p}", f"sneaky signature: a stranger signs over the sum, P={p}", lambda p=p: certified(p).sign(
        "New", signer="stranger", chain=(), changes={60: COVER}, ap=60, rect="70 730 470 760"), "invalid" if p == 1 else NO)
bad("ssa-trusted-p1", "a signature of a trusted signer after certification with P=1", lambda: certified(1).sign("New", signer="second"))
bad("ssa-trusted-covers", "a trusted signer's own picture covers the sum, P=2", lambda: certified(2).sign(
    "New", signer="second", changes={60: COVER}, ap=60, rect="70 730 470 760"), NO)
bad("ssa-appearance-later", "the picture of a signature replaced after signing", lambda: (d := sealed()).append({11: COVER}))
bad("ssa-widget-moved", "the seal moved over the sum", lambda: (d := sealed()) and moved(d))
bad("perms-removed", "the certification taken out of the catalog, then a note", lambda: annotate((d := certified(1)).append({1: d.objects[1].replace(b"/Perms << /DocMDP 6 0 R >>", b"")})))
bad("certified-second", "a second certification after the first signature", lambda: signed().sign("Cert", signer="second", permission=2), NO)


def raised():
    doc = certified(1)
    text = re.search(rb"6 0 obj\n(.*?)\nendobj", doc.data, re.S)[1]
    return doc.append({6: text.replace(b"/P 1", b"/P 3")})


def moved(doc):
    field = max(n for n, body in doc.objects.items() if b"/FT /Sig" in body)
    return doc.append({field: doc.objects[field].replace(b"300 480 400 580", b"70 730 470 760")})


# Forms
bad("form-after-p1", "a form filled in after certification with P=1", lambda: fill(certified_form(1)))
bad("form-locked", "a locked field filled in", lambda: fill(locked(permission=2)), codes=[])
bad("form-locked-all", "a field filled in after a signature that locks all", lambda: fill(Doc(form()).sign(
    permission=2, field_entries="/Lock << /Type /SigFieldLock /Action /All >>",
    reference="<< /Type /SigRef /TransformMethod /FieldMDP /Data 1 0 R /TransformParams << /Type /TransformParams /V /1.2 /Action /All >> >>")))
bad("form-appearance-differs", "value and appearance of a filled-in field differ, P=2", lambda: differs(), NO)
bad("form-appearance-alone", "the appearance changed and not the value, P=2", lambda: certified_form().append(
    {7: pdf.appearance("/Tx BMC q BT /F1 12 Tf 2 5 Td (9,000) Tj ET Q EMC")}), NO)
bad("form-drawn-differs", "the appearance of a filled-in field draws 9,000 as lines, its value is 2,000, P=2", lambda: drawn(b"(2,000)"), NO)
bad("form-drawn-alone", "the appearance draws 9,000 as lines, the value is the signed one, P=2", lambda: drawn(b"(1,000)"), NO)
bad("form-drawn-white", "the appearance of a filled-in field is a white box, P=2", lambda: drawn(b"(2,000)", "1 g 0 0 200 20 re f"), NO)
bad("form-appearance-covers", "the appearance of a filled-in field grows over the page's text, P=2", lambda: (d := certified_form()).append(
    {6: d.objects[6].replace(b"72 600 272 620", b"70 730 470 760"), 7: COVER}))
bad("form-field-added", "a text field added, P=2", lambda: added_field("/FT /Tx /T (extra) /V (9,000) /Rect [70 730 470 760] /AP << /N 41 0 R >>", certified(2), more={41: COVER}))
bad("form-field-removed", "a text field removed, P=2", lambda: (d := certified_form()).append(
    {1: d.objects[1].replace(b" 6 0 R]", b"]"), 3: d.objects[3].replace(b" 6 0 R]", b"]")}))
bad("form-flags", "a field made hidden, P=2", lambda: (d := certified_form()).append({6: d.objects[6].replace(b"/F 4", b"/F 2")}))
bad("form-need-appearances", "NeedAppearances switched on: readers draw anew what they like, P=2", lambda: (d := certified_form()).append(
    {1: d.objects[1].replace(b"/AcroForm <<", b"/AcroForm << /NeedAppearances true")}), NO)
bad("form-xfa-added", "an XFA form added, P=2", lambda: (d := certified_form()).append(
    {1: d.objects[1].replace(b"/AcroForm <<", b"/AcroForm << /XFA 50 0 R"), 50: stream(b"<xdp/>")}))
bad("form-default-resources", "the form's font replaced by another encoding, P=2", lambda: certified_form().append(
    {5: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Differences [49 /nine] >> >>"}))


def differs():
    doc = certified_form()
    return doc.append({6: doc.objects[6].replace(b"(1,000)", b"(2,000)"), 7: pdf.appearance("/Tx BMC q BT /F1 12 Tf 2 5 Td (9,000) Tj ET Q EMC")})


# 9,000: a nine, a comma, three noughts.
LINES = "1 w 8 8 m 3 8 l 3 14 l 8 14 l 8 3 l 3 3 l S 11 4 m 10 1 l S 14 3 5 11 re S 22 3 5 11 re S 30 3 5 11 re S"


def drawn(value, look=LINES):
    doc = certified_form()
    return doc.append({6: doc.objects[6].replace(b"(1,000)", value), 7: pdf.appearance(f"/Tx BMC q {look} Q EMC")})


# Optional content
LAYERS = b"/OCProperties << /OCGs [20 0 R 21 0 R] /D << /ON [20 0 R] /OFF [21 0 R] /Order [] >> >>"


def layered():
    objects = contract()
    objects[1] = b"<< /Type /Catalog /Pages 2 0 R %s >>" % LAYERS
    objects[3] = objects[3].replace(b"/Font <<", b"/Properties << /A 20 0 R /B 21 0 R >> /Font <<")
    objects[4] = stream(b"/OC /A BDC " + pdf.content() + b" EMC /OC /B BDC " + pdf.content([line.replace("1,000", "9,000") for line in pdf.TEXT]) + b" EMC")
    objects[20], objects[21] = b"<< /Type /OCG /Name (a) >>", b"<< /Type /OCG /Name (b) >>"
    return Doc(objects)


toggle = lambda d: d.append({1: d.objects[1].replace(b"/ON [20 0 R] /OFF [21 0 R]", b"/ON [21 0 R] /OFF [20 0 R]")})
bad("ocg-toggled", "optional content switched", lambda: toggle(layered().sign()))
bad("ocg-toggled-p3", "optional content switched after certification with P=3", lambda: toggle(layered().sign(permission=3)))
bad("ocg-added", "optional content introduced later that hides the page's text", lambda: (d := layered().sign()).append(
    {21: b"<< /Type /OCG /Name (b) /Usage << /View << /ViewState /ON >> >> >>", 1: d.objects[1].replace(b"/OFF [21 0 R]", b"/OFF [20 0 R] /BaseState /ON")}))

# Actions
JS = b"<< /S /JavaScript /JS (this.getField\\('amount'\\).value = '9,000';) >>"
bad("js-open-action", "a script that runs on opening, P=3", lambda: (d := certified(3)).append({1: d.objects[1][:-2] + b"/OpenAction " + JS + b" >>"}))
bad("js-names", "a document script in the name tree, P=2", lambda: (d := certified(2)).append({1: d.objects[1][:-2] + b"/Names << /JavaScript << /Names [(a) 50 0 R] >> >> >>", 50: JS}))
bad("js-field", "a script in a field that is filled in, P=2", lambda: (d := certified_form()).append({6: d.objects[6][:-2] + b"/AA << /F " + JS + b" >> >>"}))
bad("js-page", "a script that runs when the page opens, P=2", lambda: (d := certified(2)).append({3: d.objects[3][:-2] + b"/AA << /O " + JS + b" >> >>"}))
bad("action-launch", "an action that starts a program", lambda: (d := signed()).append({1: d.objects[1][:-2] + b"/OpenAction << /S /Launch /F (cmd.exe) >> >>"}))
bad("attachment-added", "a file attached, P=2", lambda: (d := certified(2)).append(
    {1: d.objects[1][:-2] + b"/Names << /EmbeddedFiles << /Names [(a) 50 0 R] >> >> >>", 50: b"<< /Type /Filespec /F (a.exe) /EF << /F 51 0 R >> >>", 51: stream(b"MZ")}))

# Validation data abused
def dss(extra=b"", more=None, doc=None):
    doc = doc or signed()
    return doc.append({1: doc.objects[1][:-2] + b"/DSS << /Type /DSS /Certs [50 0 R] %s >> >>" % extra, 50: stream(pki.der("issuing")), **(more or {})})


bad("dss-with-content", "validation data added, and the content replaced in the same update", lambda: dss(more={4: FORGED}))
bad("dss-replaces-stream", "the content's own object listed as a certificate", lambda: (d := signed()).append(
    {1: d.objects[1][:-2] + b"/DSS << /Type /DSS /Certs [4 0 R] >> >>", 4: FORGED}))
bad("dss-page-inside", "the validation data hold a page tree that the catalog then names", lambda: (d := dss(
    b"/X 51 0 R", {51: b"<< /Type /Pages /Kids [52 0 R] /Count 1 >>", 52: pdf.PAGE.replace(b"2 0 R", b"51 0 R").replace(b"4 0 R", b"53 0 R"), 53: FORGED})).append(
    {1: d.objects[1].replace(b"/Pages 2 0 R", b"/Pages 51 0 R")}))
bad("dss-font-alias", "the font replaced by a stream that is listed in the validation data too", lambda: dss(b"/CRLs [5 0 R]", {5: stream(b"0")}))
bad("dss-catalog-more", "validation data, and a changed page mode and layout", lambda: (d := signed()).append(
    {1: d.objects[1][:-2] + b"/DSS << /Type /DSS /Certs [50 0 R] >> /PageLabels << /Nums [0 << /P (Annex ) >>] >> >>", 50: stream(pki.der("issuing"))}))
bad("dss-overridden-later", "a document timestamp's update that carries the content along", lambda: stamped_with_content())


def stamped_with_content():
    doc = dss()
    return doc.sign("Stamp", kind="DocTimeStamp", sub_filter="ETSI.RFC3161", m=None, changes={4: FORGED}, make=lambda data: cms.token(data))


# Encryption
bad("encrypted-password", "encrypted with a user password: nobody can look inside", lambda: peers.through(
    signed().data, lambda a, b: ["qpdf", "--static-id", "--encrypt", "secret", "owner", "256", "--", a, b]), NO)
bad("encrypt-added", "an update that declares the signed file encrypted", lambda: (d := signed()).append(
    {50: b"<< /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <%s> /U <%s> >>" % (b"41" * 32, b"42" * 32)}, trailer=b" /Encrypt 50 0 R /ID [<31> <31>]"), NO)
bad("encrypt-unknown", "encrypted by a handler nobody knows", lambda: (d := Doc(contract())).append(
    {50: b"<< /Filter /Corpus.Handler /V 4 >>"}, trailer=b" /Encrypt 50 0 R /ID [<31> <31>]").sign(), NO)

# Revisions without signature
bad("cut-before-signature", "only the first revision, the signature cut off", lambda: signed().data[:signed().data.index(b"%%EOF") + 6], "indeterminate", codes=["unsigned"])
bad("cut-in-signature", "cut off in the middle of the signature", lambda: signed().data[:3000])
bad("cut-last-bytes", "the last twenty bytes missing", lambda: signed().data[:-20])
bad("never-filled", "a prepared signature whose place was never filled", lambda: signed(contents=lambda digits: "00" * 40), NO)
bad("not-a-pdf", "a picture", lambda: bytes.fromhex("89504e470d0a1a0a") + bytes(64))
