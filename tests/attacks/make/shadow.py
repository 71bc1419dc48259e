"""Shadow attacks: content prepared before signing, brought to light after it.

After Mainka, Mladenov, Rohlmann, "Shadow Attacks: Hiding and Replacing Content in Signed PDFs" (2021): Hide, Replace,
Hide-and-Replace. `shadow/` holds what was only prepared: nothing was changed after signing, so the signature is good, but a
verifier has to say what lies hidden (`remarked`: valid with a remark) or withhold its word. `bad/shadow-…` has been brought to light.
"""

import pdf
from changes import COVER, FORGED, IMAGE, layered, table, toggle
from corpus import add
from good import PLAIN
from pdf import Doc, contract, form, stream
from structure import bad

EVIL = [line.replace("1,000", "9,000") for line in pdf.TEXT]


def prepared(name, about, data):
    add(f"shadow/{name}", about, ("indeterminate", "remarked"), data)


def over(kind):
    """A picture that covers text; the page's true content lies beneath."""
    objects = contract()
    objects[3] = objects[3].replace(b"/Font <<", b"/XObject << /Over 20 0 R >> /Font <<")
    place = b" q 400 0 0 30 70 725 cm /Over Do Q" if kind == "image" else b" q 1 0 0 1 70 725 cm /Over Do Q"
    objects[4] = stream(pdf.content(EVIL) + place)
    objects[20] = IMAGE(255) if kind == "image" else COVER.replace(b"9,000", b"1,000")
    return Doc(objects).sign()


empty = pdf.appearance("")
for kind in ("image", "form"):
    prepared(f"overlay-{kind}", f"hide: a {kind} covers a line of the text", lambda k=kind: over(k))
    bad(f"shadow-overlay-{kind}-freed", f"hide: the covering {kind} set free", lambda k=kind: over(k).append({}, free={20: None}))
    bad(f"shadow-overlay-{kind}-emptied", f"hide: the covering {kind} replaced by nothing", lambda k=kind: over(k).append({20: empty}))


def annotated(hidden=False):
    """An annotation covers text: of a kind that later revisions may remove at P=3."""
    objects = contract(EVIL)
    objects[3] = objects[3].replace(b"/Contents", b"/Annots [20 0 R] /Contents")
    objects[20] = b"<< /Type /Annot /Subtype /Stamp /Rect [70 730 470 760] /F %d /P 3 0 R /AP << /N 21 0 R >> >>" % (2 if hidden else 4)
    objects[21] = COVER.replace(b"9,000", b"1,000") if not hidden else COVER
    return Doc(objects).sign(permission=3)


prepared("overlay-annotation", "hide: a stamp covers a line of the text, certified with P=3", annotated)
bad("shadow-annotation-hidden", "hide: the covering stamp made hidden, P=3", lambda: (d := annotated()).append({20: d.objects[20].replace(b"/F 4", b"/F 2")}), ("invalid", "indeterminate"))
bad("shadow-annotation-removed", "hide: the covering stamp removed, P=3", lambda: (d := annotated()).append({3: d.objects[3].replace(b" 20 0 R", b"")}), ("invalid", "indeterminate"))
prepared("hidden-annotation", "a hidden stamp waits to be shown", lambda: annotated(True))
bad("shadow-annotation-shown", "replace: the hidden stamp shown, P=3", lambda: (d := annotated(True)).append({20: d.objects[20].replace(b"/F 2", b"/F 4")}), ("invalid", "indeterminate"))


def field(shown, value, flags=""):
    return Doc(form(flags, value, shown)).sign(permission=2)


prepared("field-value-differs", "replace: a field shows 1,000, its value is 9,000", lambda: field("1,000", "9,000"))
bad("shadow-field-redrawn", "replace: the appearance removed, so that readers draw the value", lambda: (d := field("1,000", "9,000")).append(
    {6: d.objects[6].replace(b"/AP << /N 7 0 R >>", b""), 1: d.objects[1].replace(b"/AcroForm <<", b"/AcroForm << /NeedAppearances true")}), ("invalid", "indeterminate"))
bad("shadow-field-appearance", "replace: the appearance brought to the value that was there all along", lambda: field("1,000", "9,000").append(
    {7: pdf.appearance("/Tx BMC q BT /F1 12 Tf 2 5 Td (9,000) Tj ET Q EMC")}), ("invalid", "indeterminate"))

FONT_9 = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Type /Encoding /Differences [49 /nine] >> >>"


def with_spare(number, body):
    return Doc({**contract(), number: body}).sign()


prepared("spare-font", "an unused font whose encoding turns 1 into 9", lambda: with_spare(20, FONT_9))
bad("shadow-font-used", "replace: the page's resources name the spare font", lambda: (d := with_spare(20, FONT_9)).append({3: d.objects[3].replace(b"/F1 5 0 R", b"/F1 20 0 R")}))
prepared("spare-content", "an unused content stream with another sum", lambda: with_spare(20, FORGED))
bad("shadow-content-used", "the page names the spare content", lambda: (d := with_spare(20, FORGED)).append({3: d.objects[3].replace(b"/Contents 4 0 R", b"/Contents 20 0 R")}))


def spare_page():
    return Doc({**contract(), 20: pdf.PAGE.replace(b"4 0 R", b"21 0 R"), 21: FORGED}).sign()


prepared("spare-page", "an unused page with another sum", spare_page)
bad("shadow-page-used", "hide: the page tree names the spare page", lambda: spare_page().append({2: b"<< /Type /Pages /Kids [20 0 R] /Count 1 >>"}))


def spare_catalog():
    return Doc({**contract(), 20: b"<< /Type /Catalog /Pages 21 0 R >>", 21: b"<< /Type /Pages /Kids [22 0 R] /Count 1 >>",
                22: pdf.PAGE.replace(b"2 0 R", b"21 0 R").replace(b"4 0 R", b"23 0 R"), 23: FORGED}).sign()


prepared("spare-catalog", "an unused catalog with pages of its own", spare_catalog)
bad("shadow-catalog-used", "hide and replace: a trailer alone names the spare catalog", lambda: (d := spare_catalog()) and table(
    [(0, 0, 65535, ord("f"))], d, b"<< /Size %d /Root 20 0 R /Prev %d >>" % (d.size, d.startxref)), ("invalid", "indeterminate"))


def doubled():
    """The body holds object 4 twice; the table names the honest one."""
    doc = Doc(contract())
    evil = b"4 0 obj\n" + FORGED + b"\nendobj\n"
    at = doc.data.index(b"5 0 obj")
    rest = doc.data[at:]
    shifted = doc.data[:at] + evil + rest
    old5, oldx = at, doc.startxref
    shifted = shifted.replace(b"%010d" % old5, b"%010d" % (old5 + len(evil))).replace(b"startxref\n%d" % oldx, b"startxref\n%d" % (oldx + len(evil)))
    doc.data = shifted
    return doc.sign(), at


prepared("doubled-object", "hide and replace: the body holds object 4 twice", lambda: doubled()[0])
bad("shadow-doubled-used", "hide and replace: a table alone names the other object 4", lambda: (lambda d, at: table([(4, at, 0, ord("n"))], d))(*doubled()))
prepared("layer-off", "an optional content group, switched off, with another sum", lambda: layered().sign())
bad("shadow-layer-on", "hide: the group switched on after a certification with P=2", lambda: toggle(layered().sign(permission=2)))


def white():
    objects = contract()
    objects[4] = stream(pdf.content() + b" 1 g " + pdf.content(["The buyer pays the seller 9,000 yuan"]).replace(b"760 Td", b"500 Td"))
    return Doc(objects).sign()


prepared("white-text", "white text on white paper", white)


def alternate():
    objects = contract()
    objects[3] = objects[3].replace(b"/Font <<", b"/XObject << /Im 20 0 R >> /Font <<")
    objects[4] = stream(pdf.content() + b" q 100 0 0 100 72 500 cm /Im Do Q")
    objects[20] = IMAGE(0).replace(b"/Width", b"/Alternates [<< /Image 21 0 R /DefaultForPrinting true >>] /Width")
    objects[21] = IMAGE(255)
    return Doc(objects).sign()


prepared("alternate-image", "an image with another one for printing", alternate)
prepared("print-only", "an annotation that is printed and not shown", lambda: print_only())


def print_only():
    objects = contract()
    objects[3] = objects[3].replace(b"/Contents", b"/Annots [20 0 R] /Contents")
    objects[20] = b"<< /Type /Annot /Subtype /Stamp /Rect [70 730 470 760] /F 36 /P 3 0 R /AP << /N 21 0 R >> >>"
    objects[21] = COVER
    return Doc(objects).sign()


prepared("script-inside", "a script in the signed file that may change what is shown", lambda: scripted())


def scripted():
    objects = form()
    objects[1] = objects[1][:-2] + b"/OpenAction << /S /JavaScript /JS (this.getField\\('amount'\\).value = '9,000';) >> >>"
    return Doc(objects).sign(permission=2)
