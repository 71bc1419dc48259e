"""Forms filled in with one value that show another: what a second reading of filled.py's rules came to, and honest ones."""

import zlib

import pdf
from filled import BOTH, BOX, FORMAT, ODD, TEXT, VALUES, blank, box, by_pdfbox, by_pypdf, flagged, look, of_many
from good import certified_form, good
from pdf import Doc, appearance, stream
from structure import NO, bad


def odd(name, about, data):
    bad(f"form-{name}", f"a field filled in: {about}, P=2", data, NO, codes=ODD)


# Frames
for name, about, value, operators in (
    ("corner-minus", "a sign in the corner of the frame", "2,000", "0.5 0.5 199 19 re 0.8 w 1.5 3.4 m 4.6 3.4 l S BT /F1 8 Tf 0 g 5.5 0.9 Td (2,000) Tj ET"),
    ("corner-nine", "a digit in the corner of the frame", "2,000", "0.5 0.5 199 19 re 0.55 w 3.9 2.4 m 1.4 2.4 l 1.4 4.7 l 3.9 4.7 l 3.9 0.4 l 1.4 0.4 l S BT /F1 6.2 Tf 0 g 5.2 0.4 Td (2,000) Tj ET"),
    ("edge-bar", "a bar that is part of the frame", "2,000", "1.3 w 0 19.3 m 200 19.3 l 3.8 5 m 3.8 15 l S BT /F1 14 Tf 0 g 5.5 5 Td (2,000) Tj ET"),
    ("dash-point", "a point left of a dashed line", "2000", "BT /F1 8 Tf 0 g 6 2.2 Td [(20) -300 (00)] TJ ET 0.9 w [0 15.8 0.9 1000] 0 d 0 2.4 m 200 2.4 l S"),
    ("wide-line", "a white line, wide by a matrix, hides its first digit", "12,000", "BT /F1 12 Tf 0 g 2 5 Td (12,000) Tj ET 1 G 100 0 0 1 0 0 cm 0.17 w 0 0 m 0 20 l S"),
    ("order-lines", "two words on lines that are none", "not approved", "BT /F1 9 Tf 0 g 100 9 Td (not ) Tj -90 -4.6 Td (approved) Tj ET"),
    ("order-steps", "two digits on steps", "12", "BT /F1 12 Tf 0 g 16 8.2 Td (1) Tj -14 -6.1 Td (2) Tj ET"),
    ("blank-joined", "two numbers shown as one", "1 2,000", TEXT("12,000")),
):
    odd(name, about, lambda o=operators, v=value: look(o, v))
odd("comb-narrow", "a bar in a comb whose cells are narrow", lambda: flagged("/Ff 16777216 /MaxLen 40", "BT /F1 12 Tf 0 g 60 5.3 Td (2,000) Tj ET 1.1 w 57.5 5 m 57.5 15 l 0.5 0.5 199 19 re S"))

# Scripts that write numbers
for name, value, shown in (("no", "Yes", "No"), ("million", "5", "5 million"), ("point", "1.234", "1,234")):
    odd(f"format-{name}", f"{value}, which a script of the form may write, as {shown}", lambda v=value, s=shown: flagged(FORMAT, TEXT(s), v))

# Fonts
GLYPHS = (b"/FontBBox [0 0 600 700] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 50 /LastChar 50 /Widths [600] "
          b"/Encoding << /Differences [50 /two] >> /CharProcs << /two 91 0 R >> ")
NINE = stream(b"600 0 d0 80 w 400 400 m 100 400 l 100 650 l 400 650 l 400 50 l 100 50 l S")
FIRST = "BT /F9 12 Tf 0 g 2 5 Td (2) Tj /F1 12 Tf (,000) Tj ET"
simple = lambda more: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica " + more + b" >>"
odd("font-subtype", "a font whose kind is an object of its own draws a 9", lambda: look(FIRST, "2,000", BOTH, {
    90: b"<< /Type /Font /Subtype 95 0 R /BaseFont /Helvetica " + GLYPHS + b">>", 91: NINE, 95: b"/Type3"}))
odd("font-kind", "a font of no known kind draws a 9", lambda: look(FIRST, "2,000", BOTH, {
    90: b"<< /Type /Font /Subtype /TypeX /BaseFont /Helvetica " + GLYPHS + b">>", 91: NINE}))
odd("font-decoy", "a font with shapes and a descendant without", lambda: look(FIRST, "2,000", BOTH, {
    90: b"<< /Type /Font /Subtype /TrueType /BaseFont /Helvetica /Encoding /WinAnsiEncoding /DescendantFonts [<< >>] /FontDescriptor 92 0 R >>",
    92: b"<< /Type /FontDescriptor /FontName /Helvetica /Flags 32 /FontFile2 93 0 R >>", 93: stream(b"not looked at")}))
odd("font-itself", "its look is its font", lambda: certified_form().append({
    6: certified_form().objects[6].replace(b"(1,000)", b"(2,000)"), 91: NINE,
    7: stream(f"/Tx BMC q {FIRST} Q EMC".encode(), b" /Type /XObject /Subtype /Form /BBox [0 0 200 20] /Resources << /Font << /F1 5 0 R /F9 7 0 R >> >> /BaseFont /Helvetica " + GLYPHS)}))
odd("font-encoding", "letters of an encoding that is not ASCII", lambda: look("BT /F9 12 Tf 0 g 2 5 Td (H) Tj /F1 12 Tf (2,000) Tj ET", "H2,000", BOTH, {
    90: simple(b"/Encoding << /BaseEncoding /MacExpertEncoding >>")}))
odd("font-base-apart", "the same, named by an object of its own", lambda: look("BT /F9 12 Tf 0 g 2 5 Td (H) Tj /F1 12 Tf (2,000) Tj ET", "H2,000", BOTH, {
    90: simple(b"/Encoding << /BaseEncoding 95 0 R >>"), 95: b"/MacExpertEncoding"}))
odd("font-back", "a blank that goes back makes 91 of 19", lambda: look("BT /F1 12 Tf 0 g 20 5 Td (1) Tj /F9 12 Tf ( ) Tj /F1 12 Tf (9) Tj ET", "19", BOTH, {
    90: simple(b"/FirstChar 32 /LastChar 32 /Widths [95 0 R]"), 95: b"-1300"}))
odd("font-far", "a blank that is wide moves half of it out of sight", lambda: look("BT /F1 12 Tf 0 g 2 5 Td (1,000) Tj /F9 12 Tf ( ) Tj /F1 12 Tf (,000) Tj ET", "1,000,000", BOTH, {
    90: simple(b"/FirstChar 95 0 R /LastChar 32 /Widths [500 30000]"), 95: b"31"}))
odd("font-soft-hyphen", "a soft hyphen that is drawn", lambda: look("BT /F9 12 Tf 0 g 2 5 Td (\\255500) Tj ET", "\\376\\377\\000\\255\\0005\\0000\\0000", BOTH, {
    90: simple(b"/Encoding /WinAnsiEncoding")}))


def chinese(encoding, widths=b"/DW 1000"):
    return {90: b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /%s /DescendantFonts [91 0 R] >>" % encoding,
            91: b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> "
                b"/FontDescriptor 92 0 R %s >>" % widths,
            92: b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /StemV 93 >>"}


odd("font-upright", "digits below each other", lambda: look("BT /F9 12 Tf 0 g 6 5 Td <0032003000300030> Tj ET", "2000", BOTH, chinese(b"UniGB-UCS2-V")))
odd("font-chinese-back", "a Chinese blank that goes back makes 91 of 19", lambda: look(
    "BT /F1 12 Tf 0 g 30 5 Td (1) Tj /F9 12 Tf <0020> Tj /F1 12 Tf (9) Tj ET", "19", BOTH, chinese(b"UniGB-UCS2-H", b"/DW -1300 /W [1 [-1300]]")))


def twice():
    """A font that comes with a Chinese value, and draws 9 for 2, is there when 2,000 is filled in."""
    both = stream(b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange 2 beginbfchar <32> <0032> <33> <5F20> endbfchar endcmap")
    glyphs = GLYPHS.replace(b"/LastChar 50 /Widths [600]", b"/LastChar 51 /Widths [600 600]").replace(b"50 /two]", b"50 /two /three]").replace(b"/two 91 0 R", b"/two 91 0 R /three 93 0 R")
    doc, name = certified_form(), b"(\\376\\377\\137\\040)"
    doc.append({6: doc.objects[6].replace(b"(1,000)", name), 7: appearance("/Tx BMC q BT /F9 12 Tf 0 g 2 5 Td (3) Tj ET Q EMC", resources=BOTH),
                90: b"<< /Type /Font /Subtype /Type3 " + glyphs + b" /ToUnicode 92 0 R >>", 91: NINE, 92: both, 93: NINE})
    return doc.append({6: doc.objects[6].replace(name, b"(2,000)"), 7: appearance(f"/Tx BMC q {FIRST} Q EMC", resources=BOTH)})


odd("font-twice", "a font that came with a filling-in before draws a 9", twice)


def damaged():
    """What some programs read of a deflated stream ends where what others read goes on."""
    said = b"/Tx BMC q BT /F1 12 Tf 0 g 2 5 Td (2,000) Tj ET Q EMC".ljust(512)
    raw = zlib.compress(said + b"1 g 0 0 200 20 re f 0 g BT /F1 12 Tf 2 5 Td (9,000) Tj ET", 9)[:-4] + b"\0\0\0\0"
    doc = certified_form()
    return doc.append({6: doc.objects[6].replace(b"(1,000)", b"(2,000)"),
                       7: b"<< /Type /XObject /Subtype /Form /BBox [0 0 200 20] /Resources << /Font << /F1 5 0 R >> >> /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(raw), raw)})


odd("checksum", "a deflated look with a wrong checksum says more than it seems", damaged)

# Boxes and lists
CIRCLE = "14 7 m 14 10.87 10.87 14 7 14 c 3.13 14 0 10.87 0 7 c 0 3.13 3.13 0 7 0 c 10.87 0 14 3.13 14 7 c f"
odd("box-off-black", "a box that is not ticked is black", lambda: box(b"Off", off="0 g 0 0 14 14 re f"))
odd("box-off-disc", "a box that is not ticked is a black disc", lambda: box(b"Off", off="0 g " + CIRCLE))
for name, about, value in (("unknown", "of a value that is none of its states", b"/Agreed"), ("string", "of a value that is a string", b"(Yes)")):
    odd(f"box-{name}", f"a box {about}", lambda v=value: (d := blank()).append({26: d.objects[26].replace(b"/AS", b"/V %s /AS" % v)}))
odd("list-inverted", "a list marks all but the choice that is taken", lambda: of_many(
    25, b"South", "0.6 0.75 0.95 rg 0 0 100 60 re f 1 g 0 0 100 41 re f BT /F1 12 Tf 0 g 2 44 Td (North) Tj 0 -15 Td (South) Tj ET", (100, 60)))

# Honest
good("form-filled-lines", "a value of two lines, P=2", lambda: flagged("/Ff 4096", "BT /F1 8 Tf 0 g 2 12 Td (Second floor,) Tj 0 -9 Td (North gate) Tj ET", "Second floor,\\nNorth gate"))


def radio():
    """Two buttons without a look for Off; the second is chosen in place of the first."""
    objects = pdf.contract()
    objects[1] = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [8 0 R] /DA (/F1 12 Tf 0 g) >> >>"
    objects[3] = pdf.PAGE.replace(b"/Contents", b"/Annots [6 0 R 7 0 R] /Contents")
    button = "<< /Type /Annot /Subtype /Widget /Parent 8 0 R /F 4 /P 3 0 R /Rect [{} 320 {} 334] /AS /{} /AP << /N << /{} 9 0 R >> >> >>".format
    objects[6], objects[7] = button(72, 86, "A", "A").encode(), button(92, 106, "Off", "B").encode()
    objects[8] = b"<< /FT /Btn /Ff 32768 /T (kind) /V /A /Kids [6 0 R 7 0 R] >>"
    objects[9] = appearance(BOX + " 4 4 6 6 re f", (14, 14))
    doc = Doc(objects).sign(permission=2)
    return doc.append({6: button(72, 86, "Off", "A").encode(), 7: button(92, 106, "B", "B").encode(), 8: objects[8].replace(b"/V /A", b"/V /B")})


good("form-radio", "another of two buttons chosen, P=2", radio)
LINES = {"remarks": "First line\nsecond line", "name": "O'Brien"}
good("form-lines-pdfbox", "a value with a line end and one with an apostrophe, by PDFBox, P=2", lambda: by_pdfbox(LINES))
good("form-lines-pypdf", "the same by pypdf", lambda: by_pypdf(LINES))
DOCUMENT = b"<< /Type /Encoding /Differences [39 /quotesingle 96 /grave 176 /degree 233 /eacute] >>"


def in_helv(value, shown):
    objects = pdf.form(value="", shown="")
    objects[5] = b"<< /Type /Font /Subtype /Type1 /Name /Helv /BaseFont /Helvetica /Encoding 33 0 R >>"
    objects[33] = DOCUMENT
    doc = Doc(objects).sign(permission=2)
    return doc.append({6: doc.objects[6].replace(b"/V ()", b"/V (%s)" % value), 7: appearance(f"/Tx BMC q 1 1 198 18 re W n BT /F1 12 Tf 0 g 2 6.548 Td ({shown}) Tj ET Q EMC")})


good("form-filled-latin", "a value of Latin letters in the font of a form, P=2", lambda: in_helv(b"Jos\xe9 O'Brien 20\xb0", "Jos\\351 O'Brien 20\\260"))
BEVEL = ("0.75293 g 0 0 200 20 re f 1 g 2 2 m 2 18 l 198 18 l 196 16 l 4 16 l 4 4 l 2 2 l f 0.5 g 198 18 m 198 2 l 2 2 l 4 4 l 196 4 l 196 16 l 198 18 l f "
         "2 w 1 1 198 18 re s BT /F1 9 Tf 0 g 6 6.5 Td (2,000) Tj ET")
good("form-filled-raised", "a value in a frame that looks raised, P=2", lambda: look(BEVEL))
