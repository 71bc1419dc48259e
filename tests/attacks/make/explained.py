"""Attacks on the rules that explain what came later, and honest revisions that such rules are quick to refuse.

A verifier that allows validation data, timestamps, filled forms and notes has to know them from what only looks like them: objects
that play a second part on the page, fields prepared to be drawn on, marks that hide what they mark, and bytes in which a program
that gives up on the cross-reference finds other objects (many do when `startxref` is not within the last 1024 bytes).
"""

import io

import pikepdf
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields

import cms
import pdf
import pki
from changes import FORGED
from corpus import add
from good import ADOBE, FORM, PLAIN, annotate, good, lt
from pdf import PAGE, Doc, appearance, contract, form, stream
from peers import pyhanko
from structure import NO, bad

CERTIFICATE = pki.der("issuing")
OBJECT = b"\n4 0 obj\n" + FORGED + b"\nendobj\n"
FORGED_LINE = "0 g BT /F1 14 Tf 72 760 Td (The buyer pays the seller 9,000 yuan) Tj ET"
FULL = appearance("1 g 0 0 595 842 re f " + FORGED_LINE, (595, 842))


def final(permission=1):
    return PLAIN.copy().sign(permission=permission)


def evidence(doc, more=None, root=None, data=None):
    """Validation data appended: a certificate, and whatever else comes along."""
    number = max([doc.next(), *[n + 1 for n in more or {}]])
    store = b"/DSS << /Type /DSS /Certs [%d 0 R] >> >>" % number
    return doc.append({1: (root or doc.objects[1])[:-2] + store, number: stream(data or CERTIFICATE), **(more or {})})


def blank(data, before_end=5000, before_number=0):
    """Blanks in what closes the file."""
    end = data.rindex(b"%%EOF")
    data = data[:end] + b"\n" * before_end + data[end:]
    number = data.rindex(b"startxref") + 9
    return data[:number] + b"\n" * before_number + data[number:]


# Bytes for programs that rebuild the file
def packed_along():
    """An object stream with a second object, a page, that no cross-reference lists."""
    doc = final()
    store, content, holder = doc.next(), doc.next() + 1, doc.next() + 2
    entry = b"<< /Type /DSS /Certs [%d 0 R] >> " % content
    page = doc.objects[3].replace(b"4 0 R", b"%d 0 R" % content)
    index = b"%d 0 3 %d " % (store, len(entry))
    plain = {1: doc.objects[1][:-2] + b"/DSS %d 0 R >>" % store, content: stream(FORGED_LINE.encode()),
             holder: stream(index + entry + page, b" /Type /ObjStm /N 2 /First %d" % len(index), deflate=True)}
    prev = doc.startxref
    entries = {number: (1, where, 0) for number, where in doc._write(plain).items()}
    entries[store] = (2, holder, 0)
    xref, at = holder + 1, len(doc.data)
    entries[xref] = (1, at, 0)
    numbers = sorted(entries)
    rows = b"".join(bytes([entries[n][0]]) + entries[n][1].to_bytes(4, "big") + entries[n][2].to_bytes(2, "big") for n in numbers)
    doc._write({xref: stream(rows, b" /Type /XRef /W [1 4 2] /Index [%s] /Size %d /Root 1 0 R /Prev %d" % (
        b" ".join(b"%d 1" % n for n in numbers), xref + 1, prev), deflate=True)})
    return doc.data + b"startxref\n%d\n%%%%EOF\n" % at


def copy_inside():
    """The signed revision itself holds a copy of the content that nothing lists."""
    doc = Doc(contract())
    at = doc.data.index(b"xref\n0")
    tail = doc.data[at:].replace(b"startxref\n%d" % at, b"startxref\n%d" % (at + len(OBJECT) - 1))
    doc.data = doc.data[:at] + OBJECT[1:] + tail
    return doc.sign(permission=1)


def genuine_forged():
    """Nothing was prepared: a signature with validation data by pyHanko, to whose store a certificate with an object behind it
    is added."""
    data = lt()
    doc, file = Doc({}, raw=data), pikepdf.open(io.BytesIO(data))
    doc.root, number, content = file.Root.objgen[0], int(file.trailer.Size), file.pages[0].Contents
    store, certificates = file.Root.DSS, file.Root.DSS.Certs
    hidden = b"\n%d 0 obj\n%s\nendobj\n" % (content.objgen[0], stream(content.read_bytes().replace(b"1,000", b"9,000")))
    longer = certificates.unparse(resolved=True)[:-1] + b" %d 0 R ]" % number
    changes = {number: stream(CERTIFICATE + hidden)}
    if certificates.is_indirect:
        changes[certificates.objgen[0]] = longer
    else:
        changes[store.objgen[0]] = store.unparse(resolved=True).replace(certificates.unparse(), longer)
    doc.objects = {number: b""}
    first = file.trailer.ID[0].unparse()
    doc.append(changes, trailer=b" /ID [%s %s]" % (first, first))
    return blank(doc.data, 5000, 1500)


bad("rebuild-genuine", "an object behind a certificate added to genuine validation data, blanks so that readers rebuild the file", genuine_forged)
bad("rebuild-object", "an object behind a certificate in the validation data", lambda: evidence(final(), data=CERTIFICATE + OBJECT))
bad("rebuild-object-blanks", "the same with blanks before the end, so that readers rebuild the file", lambda: blank(evidence(final(), data=CERTIFICATE + OBJECT).data))
bad("rebuild-text-blanks", "a certificate that is nothing but an object, and blanks", lambda: blank(evidence(final(), data=OBJECT).data))
bad("rebuild-startxref-blanks", "blanks between startxref and its number", lambda: blank(evidence(final()).data, 0, 1500))
bad("rebuild-copy-blanks", "a copy of the content prepared before signing, brought to light by blanks", lambda: blank(evidence(copy_inside()).data))
bad("objstm-unlisted", "an added object stream holds a page that no cross-reference lists", packed_along)
bad("objstm-unlisted-blanks", "the same with blanks, so that readers rebuild the file", lambda: blank(packed_along()))


# Objects that play two parts
def information_is_content():
    """The trailer names the page's content as document information."""
    doc = Doc(contract())
    doc.data = doc.data.replace(b"/Root 1 0 R", b"/Root 1 0 R /Info 4 0 R")
    append = doc.append
    doc.append = lambda changes, **more: append(changes, trailer=b" /Info 4 0 R", **more)
    return doc.sign(permission=1)


def resources_are_defaults():
    """The form's default resources are the page's own, which ask for a drawing that is not there."""
    objects = form()
    objects[1] = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R] /DR 9 0 R /DA (/F1 12 Tf 0 g) >> >>"
    objects[3] = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots [6 0 R] /Contents 4 0 R /Resources 9 0 R >>"
    objects[4] = stream(pdf.content() + b" q /Im0 Do Q BT /F9 14 Tf 72 650 Td (1,000) Tj ET")
    objects[9] = b"<< /Font 11 0 R /XObject 10 0 R >>"
    objects[10], objects[11] = b"<< >>", b"<< /F1 5 0 R >>"
    return Doc(objects).sign(permission=1)


def colour_space_is_entry():
    """The page's colour spaces are the store's entries by signature."""
    key, objects = b"A" * 40, contract()
    objects[1] = b"<< /Type /Catalog /Pages 2 0 R /DSS << /Type /DSS /VRI 8 0 R >> >>"
    objects[3] = PAGE.replace(b"/Font <<", b"/ColorSpace 8 0 R /Font <<")
    objects[4] = stream(b"BT /F1 14 Tf 72 760 Td (The buyer pays the seller 1,000 yuan) Tj 0 -24 Td /%s cs 0 0 0 sc (This offer is not binding.) Tj ET" % key)
    objects[8], objects[9] = b"<< /%s 9 0 R >>" % key, b"[ /DeviceRGB ]"
    return Doc(objects).sign(permission=1)


NINE = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Type /Encoding /Differences [49 /nine] >> >>"
bad("isa-information-is-content", "the document information is the page's content, which is replaced", lambda: evidence(information_is_content(), {4: FORGED}))
bad("form-resources-shared", "the form's resources are the page's, and gain the drawing that it asks for", lambda: evidence(
    resources_are_defaults(), {10: b"<< /Im0 50 0 R >>", 50: FULL}))
bad("form-font-shared", "the same with a font", lambda: evidence(
    resources_are_defaults(), {11: b"<< /F1 5 0 R /F9 50 0 R >>", 50: NINE}))
bad("dss-color-space", "an entry of the validation data is a colour space of the page", lambda: colour_space_is_entry().append({9: b"[ /DeviceCMYK ]"}))


# Defaults of forms
def defaults(form_before, old, new, objects=None, more=None):
    """Validation data after P=1, and in the form `new` in place of `old`."""
    objects = objects or form()
    objects[1] = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << %s /Fields [6 0 R] /DR << /Font << /F1 5 0 R >> >> >> >>" % form_before
    doc = Doc(objects).sign(permission=1)
    assert old in doc.objects[1]
    return evidence(doc, more, doc.objects[1].replace(old, new))


def field(old, new):
    objects = form()
    objects[6] = objects[6].replace(b"/AP << /N 7 0 R >>", b"").replace(old, new)
    return objects


def unresourced():
    """A look without resources of its own."""
    objects = form()
    objects[7] = stream(b"/Tx BMC q BT /F1 12 Tf 2 5 Td (1,000) Tj ET Q EMC /Im0 Do", b" /Type /XObject /Subtype /Form /BBox [0 0 200 20]")
    return objects


DA, ANEW = b"/DA (/F1 12 Tf 0 g)", b"/NeedAppearances true"
DRAWN = appearance("1 g 0 0 200 20 re f 0 g BT /F1 12 Tf 2 5 Td (9,000) Tj ET")
bad("form-redrawing-dropped", "viewers are no longer asked to draw the form: the prepared look comes to light, P=1", lambda: defaults(
    ANEW + DA, ANEW, b"", {**form(), 7: appearance("10 4 m 10 16 l 16 16 l 16 4 l S")}))
bad("form-style-gained", "a field without style that viewers draw gets a white one, P=1", lambda: defaults(
    ANEW, ANEW, ANEW + b" /DA (/F1 12 Tf 1 g) /Q 2", field(DA, b"")))
bad("form-font-gained", "a field that viewers draw in a font that was not there gets one in which 1 is 9, P=1", lambda: defaults(
    ANEW, b"/F1 5 0 R", b"/F1 5 0 R /F9 90 0 R", field(b"/F1 12", b"/F9 12"), {90: NINE}))
bad("form-drawing-gained", "a look without resources of its own gets the drawing that it asks for, P=1", lambda: defaults(
    DA, b"/Font << /F1 5 0 R >>", b"/Font << /F1 5 0 R >> /XObject << /Im0 90 0 R >>", unresourced(), {90: DRAWN}))


# Fields filled in with looks that cover the page
def strips(count=6, cover="1 g 0 0 595 {0:.0f} re f 0 g"):
    objects, numbers, height = contract(), range(20, 26), 842 / count
    kids = b" ".join(b"%d 0 R" % number for number in numbers)
    objects[1] = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [%s] /DA (/F1 12 Tf 0 g) /DR << /Font << /F1 5 0 R >> >> >> >>" % kids
    objects[3] = PAGE.replace(b"/Contents", b"/Annots [%s] /Contents" % kids)
    for place, number in enumerate(numbers):
        objects[number] = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (f%d) /F 4 /P 3 0 R /Rect [0 %d 595 %d] /DA (/F1 12 Tf 0 g) >>" % (
            place, 842 - height * (place + 1), 842 - height * place)
    doc, changes = Doc(objects).sign(permission=2), {}
    new = doc.next()
    for place, number in enumerate(numbers):
        said = "The buyer pays the seller 9,000 yuan" if place == 0 else "x"
        changes[new + place] = appearance(f"{cover.format(height)} BT /F1 14 Tf 72 {height - 110:.0f} Td ({said}) Tj ET", (595, height))
        changes[number] = doc.objects[number][:-2] + b"/V (%s) /AP << /N %d 0 R >> >>" % (said.encode(), new + place)
    return doc.append(changes)


def box(look="1 g 0 0 420 55 re f 0 g BT /F1 14 Tf 12 11 Td (The buyer pays the seller 9,000 yuan) Tj ET"):
    objects = contract()
    objects[1] = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [20 0 R] >> >>"
    objects[3] = PAGE.replace(b"/Contents", b"/Annots [20 0 R] /Contents")
    objects[20] = (b"<< /Type /Annot /Subtype /Widget /FT /Btn /T (seen) /F 4 /P 3 0 R /Rect [60 725 480 780] /V /Off /AS /Off "
                   b"/AP << /N << /Yes 21 0 R /Off 22 0 R >> >> >>")
    objects[21], objects[22] = appearance(look, (420, 55)), appearance("", (420, 55))
    doc = Doc(objects).sign(permission=2)
    return doc.append({20: doc.objects[20].replace(b"/V /Off /AS /Off", b"/V /Yes /AS /Yes")})


bad("form-strips", "six fields filled in that cover the page together, P=2", strips, NO)
bad("form-strips-stroked", "the same, the paper of each a thick white line, P=2", lambda: strips(
    cover="{0:.0f} w 1 G 0 70 m 595 70 l S 0 g"), NO)
bad("form-box-covers", "a box that is ticked and then covers the sum, P=2", box, NO)


# Signatures and timestamps that draw
def timestamp(doc, name="Stamp", tsa="tsa", **more):
    return doc.sign(name, kind="DocTimeStamp", sub_filter="ETSI.RFC3161", m=None,
                    make=lambda data: cms.token(data, tsa=tsa, chain=("issuing",) if tsa == "tsa" else ()), **more)


def prepared(kids, permission):
    """An empty signature field the size of the page; without `kids` it is its own widget."""
    objects = contract()
    objects[1] = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [20 0 R] /SigFlags 1 >> >>"
    objects[3] = PAGE.replace(b"/Contents", b"/Annots [%d 0 R] /Contents" % (21 if kids else 20))
    widget = b"<< /Type /Annot /Subtype /Widget /F 132 /P 3 0 R /Rect [0 0 595 842] %s>>"
    if kids:
        objects[20] = b"<< /FT /Sig /T (Second) /Kids [%s] >>" % b" ".join(b"%d 0 R" % (21 + kid) for kid in range(kids))
        objects[21] = widget % b"/Parent 20 0 R "
        objects.update({21 + kid: b"<< /Type /Annot /Subtype /Widget /Parent 20 0 R /F 132 /Rect [0 0 0 0] >>" for kid in range(1, kids)})
    else:
        objects[20] = widget % b"/FT /Sig /T (Second) "
    return Doc(objects).sign(permission=permission)


def drawn_on(kids, permission, sign):
    doc = prepared(kids, permission)
    look = doc.next() + 5
    changes, more = {look: FULL}, {"ap": look}
    if kids:
        changes[21], more = doc.objects[21][:-2] + b"/AP << /N %d 0 R >> >>" % look, {}
    return sign(doc, existing=20, changes=changes, **more)


by_second = lambda doc, **more: doc.sign(signer="second", **more)
for kids in (1, 2):
    bad(f"ssa-prepared-stamp-{kids}", f"a timestamp in a prepared field, one of its widgets ({kids}) drawn over the page, P=1", lambda k=kids: drawn_on(k, 1, timestamp))
for kids in (0, 1, 2):
    bad(f"ssa-prepared-{kids}", f"a second signature in a prepared field, drawn over the page ({kids} widgets apart), P=2", lambda k=kids: drawn_on(k, 2, by_second))


def quarters():
    """A field with four widgets, each of them a quarter of the page."""
    objects, numbers = contract(), range(21, 25)
    kids = b" ".join(b"%d 0 R" % number for number in numbers)
    objects[1] = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [20 0 R] /SigFlags 1 >> >>"
    objects[3] = PAGE.replace(b"/Contents", b"/Annots [%s] /Contents" % kids)
    objects[20] = b"<< /FT /Sig /T (Second) /Kids [%s] >>" % kids
    for place, number in enumerate(numbers):
        left, bottom = 297 * (place % 2), 421 * (place // 2)
        objects[number] = b"<< /Type /Annot /Subtype /Widget /Parent 20 0 R /F 132 /P 3 0 R /Rect [%d %d %d %d] >>" % (
            left, bottom, left + 297, bottom + 421)
    doc = Doc(objects).sign(permission=2)
    look = doc.next() + 5
    changes = {number: doc.objects[number][:-2] + b"/AP << /N %d 0 R >> >>" % look for number in numbers}
    return by_second(doc, existing=20, changes={**changes, look: FULL})


def prepared_otherwise(change):
    """The field's own widget prepared in another way."""
    doc = prepared(0, None)
    return Doc({**contract(), **{number: doc.objects[number] for number in (1, 3)}, **change(doc.objects[20])}).sign(permission=2)


def brought_to_light():
    """A drawing that was there comes to be printed."""
    doc = prepared_otherwise(lambda widget: {20: widget[:-2].replace(b"/F 132", b"/F 32") + b"/AP << /N 30 0 R >> >>", 30: FULL})
    return by_second(doc, existing=20, changes={20: doc.objects[20].replace(b"/F 32", b"/F 36")})


def placed_apart():
    """The rectangle is an object of its own."""
    doc = prepared_otherwise(lambda widget: {20: widget.replace(b"[0 0 595 842]", b"30 0 R"), 30: b"[0 0 595 842]"})
    look = doc.next() + 5
    return by_second(doc, existing=20, changes={look: FULL}, ap=look)


bad("ssa-prepared-quarters", "a second signature in a prepared field with four widgets, each drawn over a quarter of the page, P=2", quarters)
bad("ssa-prepared-flag", "a second signature in a prepared field, whose drawing comes to be printed by a flag, P=2", brought_to_light)
bad("ssa-prepared-apart", "a second signature in a prepared field, drawn over the page, its rectangle an object of its own, P=2", placed_apart)


def flagged(doc, flags, sign):
    """A drawing over the whole page in a new field with these flags."""
    look, with_field = doc.next() + 5, doc.with_field

    def with_flags(changes, name, number, *rest, **more):
        with_field(changes, name, number, *rest, **more)
        changes[number] = changes[number].replace(b"/F 132", b"/F %d" % flags)

    doc.with_field = with_flags
    return sign(doc, field="New", changes={look: FULL}, ap=look, rect="0 0 595 842")


stamped = lambda doc, field, **more: timestamp(doc, field, **more)
for flags, said in [(36, "on paper only"), (292, "on paper, and on screen under the pointer"), (288, "on screen under the pointer")]:
    bad(f"ssa-stamp-flags-{flags}", f"a timestamp drawn over the page {said}, P=1", lambda f=flags: flagged(final(), f, stamped))
    bad(f"ssa-flags-{flags}", f"a second signature drawn over the page {said}, P=2", lambda f=flags: flagged(final(2), f, by_second))


def stamp_over(tsa, **more):
    """A timestamp that anybody can have, with a picture."""
    doc = PLAIN.copy().sign(**more)
    look = doc.next() + 5
    picture = appearance("1 g 0 0 328 120 re f 0 g BT /F1 14 Tf 2 50 Td (PAID IN FULL - void after 2026-12-01) Tj ET", (328, 120))
    return timestamp(doc, tsa=tsa, changes={look: picture}, ap=look, rect="72 640 400 760")


bad("ssa-stamp-drawn", "a timestamp of a trusted authority with a picture over the text", lambda: stamp_over("tsa"))
bad("ssa-stamp-drawn-stranger", "a stranger's timestamp with a picture over the text", lambda: stamp_over("stranger"))

# Marks and notes that hide
QUADS, LINE = "/QuadPoints [70 760 470 760 70 730 470 730]", "70 730 470 760"
TALL = "/QuadPoints [70 1000 470 1000 70 {} 470 {}]"


def tinted(colour, more=b""):
    multiply = b"/ExtGState << /G << /BM /Multiply >> >>"
    return stream(f"/G gs {colour} rg 0 0 400 30 re f".encode(), b" /Type /XObject /Subtype /Form /BBox [0 0 400 30] /Resources << %s >> %s" % (multiply, more))


def marks(kind, *each, rect=LINE):
    doc = final(3)
    for extra, look in each:
        doc = annotate(doc, kind=kind, rect=rect, extra=extra, ap=look)
    return doc


def notes():
    doc = final(3)
    for place in range(16):
        doc = annotate(doc, rect=f"{70 + 25 * place} 730 {95 + 25 * place} 755", ap=appearance("1 g 0 0 25 25 re f", (25, 25)))
    return doc


bad("eaa-highlight-black", "a black highlight that viewers draw, P=3", lambda: marks("Highlight", (QUADS + " /C [0 0 0]", None)), NO)
bad("eaa-highlight-isolated", "a white highlight that multiplies with nothing but itself, P=3", lambda: marks(
    "Highlight", (QUADS, tinted("1 1 1", b"/Group << /S /Transparency /I true >>"))), NO)
bad("eaa-highlight-thrice", "a red, a green and a blue highlight, one over the other, P=3", lambda: marks(
    "Highlight", *[(QUADS, tinted(colour)) for colour in ("1 0 0", "0 1 0", "0 0 1")]), NO)
bad("eaa-strikeout-white", "a white line through the text, as thick as the text is high, P=3", lambda: marks(
    "StrikeOut", (TALL.format(500, 500) + " /C [1 1 1]", None), rect="70 600 470 1000"), NO)
bad("eaa-underline-white", "a white line under the text, as thick as the text is high, P=3", lambda: marks(
    "Underline", (TALL.format(735, 735) + " /C [1 1 1]", None), rect="70 600 470 1000"), NO)
bad("eaa-note-digit", "a note whose icon is a digit in place of another, P=3", lambda: annotate(
    final(3), rect="233 732 243 746", ap=appearance("1 g 0 0 10 14 re f 0 g BT /F1 14 Tf 1 4 Td (9) Tj ET", (10, 14))), NO)
bad("eaa-notes-line", "sixteen notes whose white icons cover a line, P=3", notes, NO)

# Honest
good("marked-p3", "two highlights in one colour, the second of which overlaps the first, P=3", lambda: marks(
    "Highlight", (QUADS, tinted("1 1 0")), (QUADS + " /C [1 1 0]", None)))
good("note-drawn-p3", "a note with an icon of its own on the margin, P=3", lambda: annotate(
    final(3), rect="520 300 540 320", ap=appearance("1 1 0 rg 0 0 20 20 re f", (20, 20))))


def later_field(data):
    """A further field for a further signer, by pyHanko."""
    writer, out = IncrementalPdfFileWriter(io.BytesIO(data)), io.BytesIO()
    fields.append_signature_field(writer, fields.SigFieldSpec("Later", box=(300, 300, 400, 350)))
    writer.write(out)
    return out.getvalue()


good("field-added", "a place for a further signature added after signing, by pyHanko", lambda: later_field(pyhanko(PLAIN.data)))
good("field-added-signed", "the same, and signed there", lambda: pyhanko(later_field(pyhanko(PLAIN.data)), "second", "Later"))


def look_apart(change):
    """A field whose appearance dictionary is an object, filled in."""
    objects = form()
    objects[6], objects[8] = objects[6].replace(b"/AP << /N 7 0 R >>", b"/AP 8 0 R"), b"<< /N 7 0 R >>"
    doc = Doc(objects).sign(permission=2)
    look = appearance("/Tx BMC q BT /F1 12 Tf 2 5 Td (2,000) Tj ET Q EMC")
    return doc.append({6: doc.objects[6].replace(b"(1,000)", b"(2,000)"), **change(look)})


good("form-look-replaced", "filled in, the field's appearance dictionary, an object of its own, names another drawing", lambda: look_apart(lambda look: {8: b"<< /N 50 0 R >>", 50: look}))
good("form-look-redrawn", "the same, the drawing itself replaced", lambda: look_apart(lambda look: {7: look}))
good("form-look-apart", "filled in, the appearance dictionary a new object", lambda: (lambda doc: doc.append(
    {6: doc.objects[6].replace(b"(1,000)", b"(2,000)").replace(b"/AP << /N 7 0 R >>", b"/AP 50 0 R"), 50: b"<< /N 51 0 R >>",
     51: appearance("/Tx BMC q BT /F1 12 Tf 2 5 Td (2,000) Tj ET Q EMC")}))(FORM.copy().sign(permission=2)))

ADBE, ESIC = b"/ADBE << /BaseVersion /1.7 /ExtensionLevel 3 >>", b"/ESIC << /BaseVersion /1.7 /ExtensionLevel 5 >>"


def extended(more):
    return Doc({**contract(), 1: b"<< /Type /Catalog /Pages 2 0 R /Extensions 9 0 R >>", **more})


apart = {8: ADBE[6:], 9: b"<< /ADBE 8 0 R >>"}
good("extensions-apart", "signed twice by pyHanko, the developer extensions in objects of their own", lambda: pyhanko(
    pyhanko(extended(apart).data, "rsa2048", subfilter=ADOBE), "ed25519", "S2", md="sha512"))
good("extensions-grow", "developer extensions, an object of their own, gain one with the validation data", lambda: evidence(
    extended({9: b"<< %s >>" % ADBE}).sign(), {9: b"<< %s %s >>" % (ADBE, ESIC)}))
good("extensions-new", "developer extensions come with the validation data as an object of their own", lambda: (lambda doc: evidence(
    doc, {60: b"<< %s >>" % ADBE}, doc.objects[1][:-2] + b"/Extensions 60 0 R >>"))(PLAIN.copy().sign()))
good("version-later", "nothing but a later version", lambda: (lambda doc: doc.append({1: doc.objects[1][:-2] + b"/Version /1.7 >>"}))(PLAIN.copy().sign()))
good("line-end-more", "a line end behind the last one", lambda: PLAIN.copy().sign().data + b"\r\n")


def listed_twice():
    return Doc({**form(), 1: form()[1].replace(b"[6 0 R]", b"[6 0 R 6 0 R]")}).sign()


good("field-listed-twice", "a text field that the form lists twice", listed_twice)
good("field-listed-twice-lt", "the same, validation data added", lambda: evidence(listed_twice()))
