"""Forms filled in after certification: by programs that people use, and by those who draw another value than they enter."""

import io
import json
import tempfile
from pathlib import Path

from pypdf import PdfWriter

import pdf
import peers
from corpus import add
from good import certified_form, good
from pdf import PAGE, Doc, appearance, contract, stream
from structure import NO, bad

ODD = ["form-filled-shows-other"]

# A form of many fields, its looks empty but for boxes to tick
FIELDS = {
    20: "/FT /Tx /T (name) /Rect [72 600 272 620] /MK << /BC [0 0 0] /BG [0.9 0.95 1] >>",
    21: "/FT /Tx /T (sum) /Rect [72 570 172 590] /MK << /BC [0.5 0 0] /BG [1 1 0.8] >> /BS << /S /B /W 2 >> /Q 2",
    22: "/FT /Tx /T (number) /Ff 16777216 /MaxLen 8 /Rect [72 540 232 560] /MK << /BC [0 0 0] >>",
    23: "/FT /Tx /T (remarks) /Ff 4096 /Rect [72 450 272 530] /MK << /BC [0 0 0] >> /BS << /S /I /W 1 >>",
    24: "/FT /Ch /T (kind) /Ff 131072 /Opt [(Shop) (Workshop) (Office)] /Rect [72 420 222 440] /MK << /BC [0 0 0] >>",
    25: "/FT /Ch /T (place) /Opt [(North) (South) (West)] /Rect [72 350 172 410] /MK << /BC [0 0 0] >>",
    26: "/FT /Btn /T (agree) /Rect [72 320 86 334] /AS /Off /AP << /N << /Yes 30 0 R /Off 31 0 R >> >> /MK << /CA (4) /BC [0 0 0] >>",
    27: "/FT /Tx /T (under) /Rect [72 290 272 310] /MK << /BC [0 0 1] >> /BS << /S /U /W 1 >>",
    28: "/FT /Tx /T (dashed) /Rect [72 260 272 280] /MK << /BC [0 0 1] >> /BS << /S /D /W 1 /D [3 2] >>",
    29: "/FT /Tx /T (dark) /Rect [72 230 272 250] /DA (/F1 12 Tf 1 g) /MK << /BG [0 0 0.4] >>",
}
TICK = "q 1 w 0.5 0.5 13 13 re S Q q BT /Z 12 Tf 0 g 2 3 Td (4) Tj ET Q"
BOX = "q 1 w 0.5 0.5 13 13 re S Q"


def blank(permission=2, tick=TICK):
    objects = contract()
    kids = b" ".join(b"%d 0 R" % number for number in FIELDS)
    objects[1] = (b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [%s] /DR << /Font << /F1 5 0 R /Helv 5 0 R /Z 32 0 R >> >> "
                  b"/DA (/F1 12 Tf 0 g) >> >>") % kids
    objects[3] = PAGE.replace(b"/Contents", b"/Annots [%s] /Contents" % kids)
    for number, body in FIELDS.items():
        own = "" if "/DA" in body else " /DA (/F1 12 Tf 0 g)"
        objects[number] = f"<< /Type /Annot /Subtype /Widget /F 4 /P 3 0 R {body}{own} >>".encode()
    objects[30], objects[31] = appearance(tick, (14, 14), b"/Font << /Z 32 0 R >>"), appearance(BOX, (14, 14))
    objects[32] = b"<< /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >>"
    return Doc(objects).sign(permission=permission)


VALUES = {"name": "Li Ming", "sum": "2,000.00", "number": "20260117", "remarks": "First line of a remark that is longer than the field is wide, and goes on.",
          "kind": "Workshop", "place": "South", "agree": "Yes", "under": "Underlined", "dashed": "-12.5", "dark": "White on blue"}


def by_pdfbox(values):
    jars = ":".join(f"/usr/share/java/{jar}.jar" for jar in ("pdfbox2", "fontbox2", "commons-logging"))
    source = Path(__file__).with_name("PdfBoxFill.java")
    return peers.through(blank().data, lambda a, b: ["java", "-cp", jars, source, a, b, *(f"{k}={v}" for k, v in values.items())])


def by_pypdf(values):
    writer = PdfWriter(io.BytesIO(blank().data), incremental=True)
    writer.update_page_form_field_values(writer.pages[0], {**values, "agree": "/Yes"} if "agree" in values else values, auto_regenerate=False)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


MUTOOL = """
var doc = new PDFDocument(scriptArgs[0]), values = JSON.parse(scriptArgs[2]);
var fields = doc.loadPage(0).getWidgets().filter(function (widget) { return widget.getFieldType() !== "signature"; });
fields.forEach(function (widget, at) {
    var value = values[at];
    if (value === null) return;
    if (widget.getFieldType() === "checkbox") widget.toggle();
    else if (widget.getFieldType() === "text") widget.setTextValue(value);
    else widget.setChoiceValue(value);
    widget.update();
});
doc.save(scriptArgs[1], "incremental");
"""


def by_mutool(values):
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "fill.js"
        script.write_text(MUTOOL)
        return peers.through(blank().data, lambda a, b: ["mutool", "run", script, a, b, json.dumps(list(values.values()))])


# pypdf draws lists in a way of its own.
good("form-of-many-pdfbox", "a form of many fields filled in by PDFBox, P=2", lambda: by_pdfbox(VALUES))
good("form-of-many-pypdf", "the same by pypdf", lambda: by_pypdf({key: value for key, value in VALUES.items() if key != "place"}))
good("form-of-many-mupdf", "the same by MuPDF", lambda: by_mutool(VALUES))


# One field of 200 by 20 points
def look(operators, value="2,000", resources=b"/Font << /F1 5 0 R >>", more=None, key=b"(1,000)"):
    doc = certified_form()
    return doc.append({6: doc.objects[6].replace(key, f"({value})".encode()), 7: appearance(f"/Tx BMC q {operators} Q EMC", resources=resources), **(more or {})})


TEXT = "BT /F1 12 Tf 0 g 2 5 Td ({}) Tj ET".format
SAID = TEXT("2,000")
LONG = "A name that is much longer than there is room for"
good("form-filled-cut", "a value that is longer than its field, cut at its edge, P=2", lambda: look("1 1 198 18 re W n " + TEXT(LONG), LONG))
good("form-filled-grey", "a value in grey on a pale ground, P=2", lambda: look("0.8 0.9 1 rg 0 0 200 20 re f BT /F1 12 Tf 0.4 g 2 5 Td (2,000) Tj ET"))
good("form-filled-pieces", "a value drawn in pieces, P=2", lambda: look("BT /F1 12 Tf 0 g 2 5 Td [(2,) -20 (0)] TJ (00) Tj ET"))
good("form-filled-han", "a value in Chinese, P=2", lambda: look(
    "BT /F9 12 Tf 0 g 2 5 Td <5F204E09> Tj ET", "\\376\\377\\137\\040\\116\\011", b"/Font << /F9 90 0 R >>", {
        90: b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [91 0 R] >>",
        91: b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> "
            b"/FontDescriptor 92 0 R >>",
        92: b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /StemV 93 >>"}))

for name, about, operators in (
    ("clipped", "a clip leaves 2,000 of it to be seen", "9 0 190 20 re W n " + TEXT("12,000")),
    ("tiny", "its first digit is too small to be seen", "BT /F1 0.1 Tf 0 g 2 5 Td (1) Tj /F1 12 Tf (2,000) Tj ET"),
    ("white", "its first digit is white", "BT /F1 12 Tf 1 g 2 5 Td (1) Tj 0 g (2,000) Tj ET"),
    ("pale", "its first digit is all but white, in a space of device colours", "BT /F1 12 Tf /DeviceGray cs 0.95 sc 2 5 Td (1) Tj 0 sc (2,000) Tj ET"),
    ("painted", "its first digit is painted over", TEXT("12,000") + " 1 g 0 0 9 20 re f"),
    ("ground", "its first digit is black on black", "0 0 9 20 re f " + TEXT("12,000")),
    ("sheer", "its first digit is outlined by a line of no colour", "BT /F1 12 Tf 1 G 1 Tr 2 5 Td (1) Tj 0 Tr 0 g (2,000) Tj ET"),
    ("order", "its digits are drawn out of their order", "BT /F1 12 Tf 0 g 9 5 Td (1) Tj -7 0 Td (2,000) Tj ET"),
    ("piled", "its digits lie on each other", "BT /F1 12 Tf -6 Tc 0 g 2 5 Td (12,000) Tj ET"),
    ("squeezed", "its first digit has no width", "BT /F1 12 Tf 0 g 0.1 Tz 2 5 Td (1) Tj 100 Tz (2,000) Tj ET"),
    ("raised", "its first digit stands above the field", "BT /F1 12 Tf 0 g 30 Ts 2 5 Td (1) Tj 0 Ts (2,000) Tj ET"),
):
    bad(f"form-letters-{name}", f"a field filled in with 12,000: {about}, P=2", lambda o=operators: look(o, "12,000"), NO, codes=ODD)
for name, about, value, operators in (
    ("beside", "a digit drawn before it", "2,000", "4 5 m 4 14 l S BT /F1 12 Tf 0 g 6 5 Td (2,000) Tj ET"),
    ("struck", "a line through it", "2,000", SAID + " 0 9 m 40 9 l S"),
    ("crossed", "a line through it from edge to edge", "2,000", SAID + " 0 9 m 200 9 l S"),
    ("point", "a point drawn into it", "2000", TEXT("2000") + " 14.5 5 1.5 1.5 re f"),
    ("minus", "a sign drawn before it", "2,000", "2 9 4 1 re f BT /F1 12 Tf 0 g 8 5 Td (2,000) Tj ET"),
    ("turned", "9 is drawn by turning 6", "6", "BT /F1 12 Tf 0 g -1 0 0 -1 9 14 Tm (6) Tj ET"),
    ("mirrored", "a letter mirrored", "b", "BT /F1 12 Tf 0 g -1 0 0 1 9 5 Tm (b) Tj ET"),
    ("picture", "a picture beside it", "2,000", SAID + " q 5 0 0 10 40 5 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \0 EI Q"),
    ("clip-draws", "a ground painted through a clip that is a digit", "2,000", "30 5 2 10 re 30 5 8 2 re W n 0 0 200 20 re f " + SAID),
    ("frame-and-digit", "a frame with a digit in the same path", "2,000", "0.5 0.5 199 19 re 60 5 m 60 14 l S " + SAID),
):
    bad(f"form-{name}", f"a field filled in: {about}, P=2", lambda o=operators, v=value: look(o, v), NO, codes=ODD)
for name, value, shown in (("decimal", "1000.00", "100000"), ("negative", "-500", "500"), ("percent", "5%", "5"), ("comma", "1,5", "15")):
    bad(f"form-{name}", f"a field filled in with {value} shows {shown}, P=2", lambda v=value, s=shown: look(TEXT(s), v), NO, codes=ODD)


# The value drawn in ways that leave letters unseen, or say what they are not
for name, about, operators in (
    ("light", "its first digit is lighter than white", "BT /F1 12 Tf 5 g 2 5 Td (1) Tj 0 g (2,000) Tj ET"),
    ("dark-ground", "its first digit is black on a ground darker than black", "-0.5 g 0 0 200 20 re f BT /F1 12 Tf 0 g 2 5 Td (1) Tj 1 g (2,000) Tj ET"),
    ("ring", "its first digit is white on a ground that is a ring", "0 g 0 0 200 20 re 0.3 0.3 199.4 19.4 re f* BT /F1 12 Tf 1 g 2 5 Td (1) Tj 0.3 g (2,000) Tj ET"),
    ("text-clip", "a blank clips its first digit away", "q BT /F1 12 Tf 7 Tr 2 5 Td ( ) Tj ET BT 0 Tr 0 g 2 5 Td (1) Tj ET Q BT /F1 12 Tf 9 5 Td (2,000) Tj ET"),
    ("spaced", "a clip takes its first digit, not the space behind it", "q 12 0 188 20 re W n BT /F1 12 Tf 0 g 30 Tc 2 5 Td (1) Tj ET Q BT /F1 12 Tf 0 g 38.7 5 Td (2,000) Tj ET"),
    ("framed", "the frame is drawn over its first digit in white", "BT /F1 6.5 Tf 0 g 0.2 7 Td (12,000) Tj ET 1 G 3.9 w 1.95 0 m 1.95 20 l S"),
    ("narrow", "its first digit is a hairline", "BT /F1 12 Tf 0 g 18.5 Tz 2 5 Td (1) Tj 100 Tz (2,000) Tj ET"),
    ("two-operands", "its first digit is hidden by an operator with two operands", "BT /F1 12 Tf 0 g 2 5 Td 0 3 Tr (1) Tj 0 Tr (2,000) Tj ET"),
    ("three-operands", "its first digit is moved away by an operator with three", "BT /F1 12 Tf 0 g 2 5 Td 900 900 900 Td (1) Tj ET BT /F1 12 Tf 9 5 Td (2,000) Tj ET"),
    ("seven-operands", "the same by seven", "q 1 0 0 1 0 900 900 cm BT /F1 12 Tf 0 g 2 5 Td (1) Tj ET Q BT /F1 12 Tf 9 5 Td (2,000) Tj ET"),
    ("saved", "its first digit is moved away by a state restored within the text", "BT /F1 12 Tf 0 g 2 5 Td q 500 0 Td Q (1) Tj 1 0 0 1 9 5 Tm (2,000) Tj ET"),
):
    bad(f"form-letters-{name}", f"a field filled in with 12,000: {about}, P=2", lambda o=operators: look(o, "12,000"), NO, codes=ODD)
for name, about, resources, operators, more in (
    ("lab", "white in another space of colours", b"/ColorSpace << /L [/Lab << /WhitePoint [0.95 1 1.09] >>] >>", "BT /F1 12 Tf /L cs 100 0 0 sc 2 5 Td (1) Tj 0 g (2,000) Tj ET", {}),
    ("sheer-apart", "transparent by a number that is an object", b"/ExtGState << /G << /ca 90 0 R >> >>", "BT /F1 12 Tf 0 g 2 5 Td q /G gs (1) Tj Q 6.7 0 Td (2,000) Tj ET", {90: b"0"}),
    ("transfer", "white by a transfer function", b"/ExtGState << /G << /TR << /FunctionType 2 /Domain [0 1] /C0 [1] /C1 [1] /N 1 >> >> >>",
     "q /G gs BT /F1 12 Tf 0 g 2 5 Td (1) Tj ET Q BT /F1 12 Tf 0 g 8.7 5 Td (2,000) Tj ET", {}),
):
    bad(f"form-letters-{name}", f"a field filled in with 12,000: its first digit is {about}, P=2", lambda o=operators, r=resources, m=more: look(
        o, "12,000", b"/Font << /F1 5 0 R >> " + r, m), NO, codes=ODD)
for name, about, value, operators in (
    ("half-digit", "a clip leaves half an 8", "8,000", "q 5 0 195 20 re W n BT /F1 12 Tf 0 g 2 5 Td (8,000) Tj ET Q"),
    ("point-under", "its point lies under a digit", "1.2", "BT /F1 12 Tf 0 g 2 5 Td [(1.) 290 (2)] TJ ET"),
    ("small", "too small to be read", "2,000", "BT /F1 2.1 Tf 0 g 1 1 Td (2,000) Tj ET"),
    ("tail-far", "its second word is far out of the field", "5 million", "BT /F1 12 Tf 0 g 2 5 Td [(5) -20000 ( million)] TJ ET"),
    ("tail-below", "its second half is below the field", "500 yuan if approved", "BT /F1 12 Tf 0 g 2 5 Td (500 yuan) Tj 0 -40 Td (if approved) Tj ET"),
    ("another-letter", "9,000 and a letter above ASCII", "2,000", "BT /F1 12 Tf 0 g 2 5 Td (9,000 \\267) Tj ET"),
    ("accent", "9,000, the value has an accent", "\\376\\377\\0002\\000,\\0000\\0000\\0000\\003\\001", TEXT("9,000")),
    ("frame-curves", "a frame and in the same path a digit of curves", "2,000", "0.5 0.5 199 19 re 1 w 4 5 m 4 8 4 11 4 14 c S BT /F1 12 Tf 0 g 6 5 Td (2,000) Tj ET"),
    ("frame-struck", "a frame and in the same path a curve through the value", "2,000", SAID + " 0.5 0.5 199 19 re 1.5 w 0 9 m 14 9 28 9 40 9 c S"),
    ("frame-dashed", "dashed lines along an edge that write NOT", "paid 2,000", "BT /F1 12 Tf 0 g 2 3 Td (paid 2,000) Tj ET 0 G 0.78 w [0.8 2.4 1.6 1.6 300] 0 d 0 19.4 m 200 19.4 l S [1.6 1.6 0.8 300] 0 d 0 18.6 m 200 18.6 l S"),
    ("five-operands", "a bar drawn by an operator with five operands", "2,000", "0 g null 4 5 1.5 9 re f BT /F1 12 Tf 0 g 7 5 Td (2,000) Tj ET"),
    ("reference-operand", "a bar drawn by an operator that has a reference before its operands", "2,000", "0 g 9 0 R 4 5 1.5 9 re f BT /F1 12 Tf 0 g 7 5 Td (2,000) Tj ET"),
):
    bad(f"form-{name}", f"a field filled in: {about}, P=2", lambda o=operators, v=value: look(o, v), NO, codes=ODD)
for name, value, shown in (("minus-behind", "EUR -500", "EUR 500"), ("minus-currency", "-$500", "$500"), ("minus-after", "500-", "500"), ("half", "12", "1/2"),
                           ("range", "10-20", "1020"), ("less", "<100", ">100"), ("thousand", "5", "5.000"), ("time", "1:30", "130")):
    bad(f"form-{name}", f"a field filled in with {value} shows {shown}, P=2", lambda v=value, s=shown: look(TEXT(s), v), NO, codes=ODD)


# Fields of other kinds
def flagged(extra, operators, value="2,000"):
    doc = Doc(pdf.form(extra)).sign(permission=2)
    return doc.append({6: doc.objects[6].replace(b"(1,000)", f"({value})".encode()), 7: appearance(f"/Tx BMC q {operators} Q EMC")})


FORMAT = '/AA << /F << /S /JavaScript /JS (AFNumber_Format\\(0, 0, 0, 0, "", true\\);) >> >>'
good("form-format", "a value shown with separators by a script of the form, P=2", lambda: flagged(FORMAT, TEXT("2,000.00"), "2000"))
bad("form-format-differs", "another amount than the value, where a script of the form writes it, P=2", lambda: flagged(FORMAT, TEXT("9,000"), "2000"), NO, codes=ODD)
for name, flags in (("rich", 1 << 25), ("password", 1 << 13), ("file", 1 << 20)):
    bad(f"form-{name}", f"another value than is shown in a {name} field, P=2", lambda f=flags: flagged(f"/Ff {f}", TEXT("9,000")), NO, codes=ODD)
bad("form-lines-cut", "a field of many lines shows the first digit of its value, P=2", lambda: flagged("/Ff 4096", TEXT("2"), "2,000,000"), NO, codes=ODD)
bad("form-lines-agree", "a field of many lines shows the first words of its value, P=2", lambda: flagged("/Ff 4096", TEXT("I agree"), "I agree to nothing of this"), NO, codes=ODD)


def replaced(old, new, more):
    doc = certified_form()
    return doc.append({6: doc.objects[6].replace(b"(1,000)", b"(2,000)").replace(old, new), **more})


bad("form-value-name", "the value of a field is a name, P=2", lambda: replaced(b"(2,000)", b"/2,000", {7: appearance(TEXT("9,000"))}), NO)
bad("form-value-stream", "the value of a field is a stream, P=2", lambda: replaced(b"(2,000)", b"90 0 R", {90: stream(b"2,000"), 7: appearance(TEXT("9,000"))}), NO)
bad("form-look-stateless", "the look of a text field is one of several states, and none is named, P=2", lambda: replaced(b"/N 7 0 R", b"/N << /Off 90 0 R >>", {90: appearance(TEXT("9,000"))}), NO)
bad("form-look-rollover", "a field shows another value when the pointer is over it, P=2", lambda: replaced(
    b"/N 7 0 R", b"/N 91 0 R /R 90 0 R", {90: appearance(TEXT("9,000")), 91: appearance(SAID)}), NO)


def of_many(number, value, operators, box, resources=b"/Font << /F1 5 0 R >>"):
    doc = blank()
    return doc.append({number: doc.objects[number].replace(b"/FT", b"/AP << /N 60 0 R >> /V (%s) /FT" % value, 1), 60: appearance(operators, box, resources)})


ROWS = "BT /F1 12 Tf 0 g 2 44 Td (North) Tj 0 -15 Td (South) Tj 0 -15 Td (West) Tj ET"
CELLS = "BT /F1 12 Tf 0 g " + " ".join(f"1 0 0 1 {7 + 20 * at} 5 Tm ({digit}) Tj" for at, digit in enumerate("20260117")) + " ET "
good("form-list-bar", "the choice of a list is marked, P=2", lambda: of_many(25, b"South", "0.6 0.75 0.85 rg 0 26 100 15 re f " + ROWS, (100, 60)))
bad("form-list-other-bar", "another choice of a list is marked than is taken, P=2", lambda: of_many(25, b"South", "0.6 0.75 0.85 rg 0 11 100 15 re f " + ROWS, (100, 60)), NO, codes=ODD)
bad("form-list-other", "a list shows another choice alone, P=2", lambda: of_many(25, b"South", "BT /F1 12 Tf 0 g 2 44 Td (West) Tj ET", (100, 60)), NO, codes=ODD)
good("form-comb", "a comb with lines between its cells, P=2", lambda: of_many(22, b"20260117", CELLS + " ".join(f"{20 * at} 0 m {20 * at} 20 l" for at in range(1, 8)) + " S", (160, 20)))
bad("form-comb-white", "white lines over the digits of a comb, P=2", lambda: of_many(22, b"20260117", CELLS + "1 G 3 w " + " ".join(f"{x} 0 m {x} 20 l S" for x in range(1, 160, 2)), (160, 20)), NO, codes=ODD)
bad("form-comb-one", "a line that looks like a 1 before the digits of a comb, P=2", lambda: of_many(22, b"20260117", CELLS + "1.2 w 5 0 m 5 20 l S", (160, 20)), NO, codes=ODD)
bad("form-dingbats", "a field shows signs of a font that was there, P=2", lambda: of_many(20, b"2", "BT /Z 12 Tf 0 g 2 5 Td (\\276\\277) Tj ET", (200, 20), b"/Font << /Z 32 0 R >>"), NO, codes=ODD)


def on_dark(first, value):
    objects = pdf.form()
    objects[4] = stream(pdf.content() + b" 0 0 0.4 rg 60 590 300 40 re f")
    objects[7] = appearance("/Tx BMC q BT /F1 12 Tf 1 g 2 5 Td (1,000) Tj ET Q EMC")
    doc = Doc(objects).sign(permission=2)
    return doc.append({6: doc.objects[6].replace(b"(1,000)", f"({value})".encode()), 7: appearance(f"/Tx BMC q BT /F1 12 Tf 2 5 Td {first} 1 g (2,000) Tj ET Q EMC")})


good("form-on-dark", "a value in white on a dark part of the page, P=2", lambda: on_dark("", "2,000"))
bad("form-letters-on-dark", "its first digit is black on a dark part of the page, P=2", lambda: on_dark("0 g (1) Tj", "12,000"), NO, codes=ODD)


def with_page_resources(operators, value):
    objects = pdf.form()
    objects[3] = objects[3].replace(b"/Resources <<", b"/Resources << /XObject << /X1 40 0 R >> /ExtGState << /G0 << /ca 0 >> >>")
    objects[40] = appearance("1 g 0 0 200 20 re f 0 g BT /F1 12 Tf 2 5 Td (9,000) Tj ET")
    doc = Doc(objects).sign(permission=2)
    return doc.append({6: doc.objects[6].replace(b"(1,000)", f"({value})".encode()), 7: appearance(f"/Tx BMC q {operators} Q EMC")})


bad("form-page-drawing", "a field shows a drawing that only the page names, P=2", lambda: with_page_resources(SAID + " /X1 Do", "2,000"), NO, codes=ODD)
bad("form-page-state", "its first digit is hidden by a state that only the page names, P=2", lambda: with_page_resources(
    "q /G0 gs BT /F1 12 Tf 2 5 Td (1) Tj ET Q BT /F1 12 Tf 9 5 Td (2,000) Tj ET", "12,000"), NO, codes=ODD)

# Fonts
BOTH = b"/Font << /F1 5 0 R /F9 90 0 R >>"
LIES = stream(b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange 2 beginbfchar <39> <0032> <31> <0020> endbfchar "
              b"1 beginbfrange <2c> <30> <002c> endbfrange endcmap end")
HELVETICA = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 92 0 R >>"
bad("form-font-renames", "a font that everybody has says that its 9 is 2, P=2", lambda: look("BT /F9 12 Tf 0 g 2 5 Td (9,000) Tj ET", "2,000", BOTH, {90: HELVETICA, 92: LIES}), NO, codes=ODD)
bad("form-font-blank", "the same, that its 1 is a blank", lambda: look("BT /F9 12 Tf 0 g 2 5 Td (1) Tj /F1 12 Tf (2,000) Tj ET", "2,000", BOTH, {90: HELVETICA, 92: LIES}), NO, codes=ODD)
bad("form-font-differences", "a font whose differences are not written out, P=2", lambda: look("BT /F9 12 Tf 0 g 2 5 Td (2,000) Tj ET", "2,000", BOTH, {
    90: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Differences [91 0 R /nine] >> >>", 91: b"50"}), NO, codes=ODD)

NINES = stream(b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfchar <31> <0032> endbfchar endcmap end")
bad("form-font-says", "a field filled in, in a font that comes with it, draws 9 and says that is 2; P=2", lambda: look(
    "BT /F9 12 Tf 0 g 2 5 Td (1) Tj ET", "2", b"/Font << /F9 90 0 R >>", {
        90: b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 600 700] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 49 /LastChar 49 /Widths [600] "
            b"/Encoding << /Differences [49 /two] >> /CharProcs << /two 91 0 R >> /ToUnicode 92 0 R >>",
        91: stream(b"600 0 d0 80 w 400 400 m 100 400 l 100 650 l 400 650 l 400 50 l 100 50 l S"), 92: NINES}), NO, codes=ODD)


# Boxes to tick
def box(state, on=None, off=None):
    doc = blank()
    changes = {26: doc.objects[26].replace(b"/AS /Off", b"/V /%s /AS /%s" % (state, state))}
    changes |= {30: appearance(on, (14, 14), b"/Font << /Z 32 0 R >>")} if on else {}
    changes |= {31: appearance(off, (14, 14), b"/Font << /Z 32 0 R >>")} if off else {}
    return doc.append(changes)


CROSS = BOX + " 2 2 m 12 12 l 2 12 m 12 2 l S"
good("form-box-ticked", "a box ticked, P=2", lambda: box(b"Yes"))
DISC = BOX + " 0 0 0.6 rg 11 7 m 11 9.2 9.2 11 7 11 c 4.8 11 3 9.2 3 7 c 3 4.8 4.8 3 7 3 c 9.2 3 11 4.8 11 7 c f q 1 1 1 rg /X Do Q"
good("form-box-disc", "a box ticked whose prepared mark is a disc, P=2", lambda: (d := blank(tick=DISC)).append({26: d.objects[26].replace(b"/AS /Off", b"/V /Yes /AS /Yes")}))
good("form-box-crossed", "a box ticked by a program that draws a cross, P=2", lambda: box(b"Yes", CROSS))
bad("form-box-off-crossed", "a box that is not ticked looks as if it were, P=2", lambda: box(b"Off", off=CROSS), NO, codes=ODD)
bad("form-box-on-empty", "a box that is ticked looks as if it were not, P=2", lambda: box(b"Yes", BOX), NO, codes=ODD)
bad("form-box-on-white", "a box is ticked in white, P=2", lambda: box(b"Yes", BOX + " 1 g 3 3 8 8 re f"), NO, codes=ODD)
bad("form-box-state", "a box is ticked and shown in its other state, P=2", lambda: (d := blank()).append({26: d.objects[26].replace(b"/AS", b"/V /Yes /AS")}), NO, codes=ODD)


# A box whose value and look part
def part(changes, more=None):
    doc = blank()
    body = doc.objects[26]
    for old, new in changes.items():
        body = body.replace(old, new)
    return doc.append({26: body, **(more or {})})


STATES = b"/N << /Yes 30 0 R /Off 31 0 R >>"
for name, about, changes in (
    ("valueless", "is ticked and has no value", {b"/AS /Off": b"/AS /Yes"}),
    ("renamed", "is ticked, in a state that is no longer there", {b"/AS": b"/V /Yes /AS", STATES: b"/N << /No 30 0 R /Off 31 0 R >>"}),
    ("one-look", "is ticked and has one look for all states", {b"/AS": b"/V /Yes /AS", STATES: b"/N 31 0 R"}),
    ("swapped", "is not ticked, its looks exchanged", {b"/AS": b"/V /Off /AS", STATES: b"/N << /Yes 31 0 R /Off 30 0 R >>"}),
):
    bad(f"form-box-{name}", f"a box {about}, P=2", lambda c=changes: part(c), NO, codes=ODD)
for name, about, on in (("painted", "painted over", TICK + " 1 g 1 1 12 12 re f"), ("outside", "beside it", BOX + " 99 99 m 109 109 l S"), ("word", "the word NO", BOX + " BT /F1 7 Tf 0 g 2 4 Td (NO) Tj ET")):
    bad(f"form-box-{name}", f"a box is ticked, its mark is {about}, P=2", lambda o=on: box(b"Yes", o), NO, codes=ODD)
bad("form-box-off-curve", "a box that is not ticked has a tick of curves in its frame, P=2", lambda: box(
    b"Off", off=BOX + " 0 0 14 14 re 2 7 m 4 5 5 4 5.5 2 c 8 6 10 9 12 12 c S"), NO, codes=ODD)


# Content that some programs obey and others pass over
def two_ways(name, about, content, resources=b"", more=None):
    objects = contract()
    objects[3] = objects[3].replace(b"/Resources <<", b"/Resources << " + resources)
    objects[4] = stream(content.encode())
    add(f"shadow/{name}", about, "indeterminate", lambda: Doc({**objects, **(more or {})}).sign(), codes=["ambiguous-content"])


PAYS = "BT /F1 14 Tf 72 605 Td (pays 12,000 yuan) Tj ET"
two_ways("operands-two", "a digit hidden by an operator with two operands", "BT /F1 14 Tf 72 605 Td (pays ) Tj 0 3 Tr (1) Tj 0 Tr (2,000 yuan) Tj ET")
two_ways("operands-five", "a digit covered by an operator with five operands", PAYS + " 1 g 0 100 600 10 20 re f")
two_ways("operands-seven", "a digit moved away by an operator with seven operands", "q 1 0 0 1 0 0 900 cm BT /F1 14 Tf 72 605 Td (1) Tj ET Q BT /F1 14 Tf 80 605 Td (2,000) Tj ET")
two_ways("operands-after-image", "a digit hidden by an operator with two operands, behind an image that is part of the content",
         "q 9 0 0 9 400 400 cm BI /W 4 /H 4 /BPC 8 /CS /G ID 0123456789abcdef EI Q BT /F1 14 Tf 72 605 Td (pays ) Tj 0 3 Tr (1) Tj 0 Tr (2,000 yuan) Tj ET")
two_ways("page-names", "a form draws what only the page names", PAYS + " /F Do", b"/XObject << /X1 40 0 R /F 41 0 R >>", {
    40: appearance("1 g 100 600 10 20 re f", (595, 842)), 41: appearance("/X1 Do", (595, 842))})
two_ways("transfer", "a digit made white by a transfer function", "q /G gs BT /F1 14 Tf 72 605 Td (1) Tj ET Q BT /F1 14 Tf 80 605 Td (2,000) Tj ET",
         b"/ExtGState << /G << /TR << /FunctionType 2 /Domain [0 1] /C0 [1] /C1 [1] /N 1 >> >> >>")


def drawn_by_page():
    objects = contract()
    objects[3] = objects[3].replace(b"/Resources <<", b"/Resources << /XObject << /X1 40 0 R >>")
    objects[40] = appearance("1 g 0 0 90 22 re f 0 g BT /F1 14 Tf 6 8 Td (9,000 yuan) Tj ET", (90, 22))
    return Doc(objects).sign().sign("Second", signer="second", rect="230 728 320 750", ap=99, changes={99: appearance("/X1 Do", (90, 22))})


bad("ssa-page-drawing", "a second signature's look is a drawing that only the page names", drawn_by_page, NO, codes=["signature-may-cover-content"])


def pictured():
    """An image that is part of the content, in whose data its end seems to come sooner."""
    objects = contract()
    objects[4] = stream(pdf.content() + b" q 20 0 0 20 400 400 cm BI /W 8 /H 4 /BPC 8 /CS /G ID ab EI cd 1 2 w x0123456789abcdef EI Q")
    return Doc(objects).sign()


good("inline-image", "an image that is part of the content, whose data look like its end", pictured)
