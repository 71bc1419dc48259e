"""Forms filled in after certification: by programs that people use, and by those who draw another value than they enter."""

import io
import json
import tempfile
from pathlib import Path

from pypdf import PdfWriter

import peers
from good import certified_form, good
from pdf import PAGE, Doc, appearance, contract, stream
from structure import NO, bad

ODD = ["form-filled-shows-more"]
DIFFERS = ["field-value-differs"]

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


def blank(permission=2):
    objects = contract()
    kids = b" ".join(b"%d 0 R" % number for number in FIELDS)
    objects[1] = (b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [%s] /DR << /Font << /F1 5 0 R /Helv 5 0 R /Z 32 0 R >> >> "
                  b"/DA (/F1 12 Tf 0 g) >> >>") % kids
    objects[3] = PAGE.replace(b"/Contents", b"/Annots [%s] /Contents" % kids)
    for number, body in FIELDS.items():
        own = "" if "/DA" in body else " /DA (/F1 12 Tf 0 g)"
        objects[number] = f"<< /Type /Annot /Subtype /Widget /F 4 /P 3 0 R {body}{own} >>".encode()
    objects[30], objects[31] = appearance(TICK, (14, 14), b"/Font << /Z 32 0 R >>"), appearance(BOX, (14, 14))
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
good("form-filled-lines", "a value of two lines, P=2", lambda: look("BT /F1 8 Tf 0 g 2 12 Td (Second floor,) Tj 0 -9 Td (North gate) Tj ET", "Second floor, North gate"))
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
    bad(f"form-{name}", f"a field filled in with {value} shows {shown}, P=2", lambda v=value, s=shown: look(TEXT(s), v), NO, codes=DIFFERS)

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
good("form-box-crossed", "a box ticked by a program that draws a cross, P=2", lambda: box(b"Yes", CROSS))
bad("form-box-off-crossed", "a box that is not ticked looks as if it were, P=2", lambda: box(b"Off", off=CROSS), NO, codes=ODD)
bad("form-box-on-empty", "a box that is ticked looks as if it were not, P=2", lambda: box(b"Yes", BOX), NO, codes=ODD)
bad("form-box-on-white", "a box is ticked in white, P=2", lambda: box(b"Yes", BOX + " 1 g 3 3 8 8 re f"), NO, codes=ODD)
bad("form-box-state", "a box is ticked and shown in its other state, P=2", lambda: (d := blank()).append({26: d.objects[26].replace(b"/AS", b"/V /Yes /AS")}), NO, codes=["field-state-differs"])
