"""What is drawn over the page, or taken away from it, by what a signature allows: signatures, timestamps, marks and notes."""

import zlib

import cms
import pdf
from corpus import add
from explained import LINE, QUADS, annotate, evidence, final
from good import good
from pdf import PAGE, Doc, appearance, contract, stream
from peers import pyhanko
from structure import NO, bad

EVIL = [line.replace("1,000", "9,000") for line in pdf.TEXT]
COVERING = "1 g 0 0 480 30 re f 0 g BT /F1 14 Tf 12 11 Td (The buyer pays the seller 1,000 yuan) Tj ET"
DOUBT = ["signature-may-cover-content"]

# An empty field that draws something over the page, and no longer does when it is signed


def waiting(permission, look=COVERING, lines=EVIL):
    """A field for a signature or timestamp (40), whose drawing (41) says something else than the page."""
    objects = contract(lines)
    objects[1] = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [40 0 R] /SigFlags 3 >> >>"
    objects[3] = PAGE.replace(b"/Contents", b"/Annots [40 0 R] /Contents")
    objects[40] = b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Stamp) /F 4 /P 3 0 R /Rect [60 725 540 755] /AP << /N 41 0 R >> >>"
    objects[41] = appearance(look, (480, 30))
    return Doc(objects).sign("First", permission=permission)


def used(doc, look="", **options):
    """The field signed, with another look."""
    number = doc.next() + 7
    doc.objects[40] = doc.objects[40].replace(b"/N 41 0 R", b"/N %d 0 R" % number)
    return doc.sign(existing=40, changes={number: appearance(look, (480, 30))}, **options)


def stamped(doc, **options):
    return used(doc, make=lambda data: cms.token(data, **options), sub_filter="ETSI.RFC3161", kind="DocTimeStamp", m=None)


add("shadow/field-covers", "an empty signature field draws another sum over the page's, P=1", "indeterminate", lambda: waiting(1), codes=["annotation-over-text"])
for permission in (1, 2, None):
    bad(f"perms-reveal-stamp-{permission or 'none'}", f"a timestamp in a field that covered a line, with an empty look; P={permission}",
        lambda p=permission: stamped(waiting(p)), codes=["signature-covers-content"])
bad("perms-reveal-stamp-stranger", "the same by a stranger's authority, P=1",
    lambda: stamped(waiting(1), tsa="tsa-fake", chain=("fake-issuing",)), codes=["signature-covers-content"])
for permission in (2, None):
    bad(f"ssa-reveal-{permission or 'none'}", f"a second signature in a field that covered a line, with an empty look; P={permission}",
        lambda p=permission: used(waiting(p), signer="second"), NO, codes=DOUBT)
bad("ssa-reveal-words", "a second signature takes away words that its empty field alone said",
    lambda: used(waiting(2, "BT /F1 14 Tf 12 11 Td (The buyer pays the seller 1,000 yuan) Tj ET", [""]), signer="second"), NO, codes=DOUBT)
good("signature-placeholder", "a second signature in a prepared field that had a frame", lambda: used(
    waiting(2, "1 0 0 RG 1 1 478 28 re S", [""]), "BT /F1 12 Tf 2 5 Td (Signed by second) Tj ET", signer="second"))

# A second signer who hides what the first one signed


def accomplice(look, prepared=False, permission=None):
    doc, rect = Doc(contract()), "237 732 307 748"
    if prepared:
        changes = {}
        doc.with_field(changes, "Approval", 30, 3, rect, None, None, "")
        doc.append(changes)
    doc.sign("First", permission=permission)
    number = doc.next() + 5
    drawn = {number: appearance(look, (70, 16))}
    return doc.sign(existing=30, signer="second", changes=drawn, ap=number) if prepared else \
        doc.sign("Approval", signer="second", changes=drawn, ap=number, rect=rect)


AMOUNT = "1 g 0 0 70 16 re f 0 g BT /F1 14 Tf 0 4 Td (9,000 yuan) Tj ET"
for name, about, data in [
        ("new", "a second signature in a new field is a white box with another sum over the sum", lambda: accomplice(AMOUNT)),
        ("prepared", "the same in a prepared field", lambda: accomplice(AMOUNT, True)),
        ("prepared-p2", "the same in a prepared field, P=2", lambda: accomplice(AMOUNT, True, 2)),
        ("polygon", "the same, of five corners", lambda: accomplice(AMOUNT.replace("0 0 70 16 re", "0 0 m 70 0 l 70 16 l 35 15.9 l 0 16 l"), True)),
        ("line", "the same, a white line as wide as the text is high", lambda: accomplice(
            AMOUNT.replace("1 g 0 0 70 16 re f", "1 G 16 w 0 8 m 70 8 l S"), True))]:
    bad(f"ssa-accomplice-{name}", about, data, NO, codes=DOUBT if name != "p2" else ())
good("seal-over-text", "a second signature whose look, a red ring and letters, lies over text", lambda: accomplice(
    "1 0 0 RG 1 0 0 rg 2 w 1 1 68 14 re S BT /F1 10 Tf 4 4 Td (SEAL) Tj ET", True))

# Marks that hide


def mark(operators):
    return annotate(final(3), kind="Highlight", rect=LINE, extra=QUADS + " /C [1 1 0]",
                    ap=appearance(operators, (248, 22), b"/ExtGState << /R0 << /Type /ExtGState /BM /Multiply >> >>"))


for name, about, operators in [
        ("word", "behind names", "1 1 1 rg /a[]q /R0 gs 1 1 1 rg /b[]Q 0 0 248 22 re f"),
        ("nul", "behind names that a NUL ends", "1 1 1 rg /a\0q /R0 gs 1 1 1 rg /b\0Q 0 0 248 22 re f")]:
    bad(f"eaa-highlight-hidden-{name}", f"a highlight that a state, kept and restored {about}, makes a white box; P=3", lambda o=operators: mark(o), NO)
bad("eaa-highlight-no-state", "a white highlight under a graphics state that is not there, P=3", lambda: mark("/R1 gs 1 1 1 rg 0 0 248 22 re f"), NO)

# Notes on the ends of lines


def noted(objects, rect, look):
    return annotate(Doc(objects).sign(permission=3), kind="Text", rect=rect, ap=look)


def chinese():
    objects = contract()
    text = "买方应于三十日内向卖方支付人民币共计壹仟元整合计1000元".encode("utf-16-be").hex()
    objects[4] = stream(b"BT /F1 14 Tf 72 736 Td <%s> Tj ET" % text.encode())
    objects[5] = b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [50 0 R] >>"
    objects[50] = (b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) "
                   b"/Supplement 2 >> /DW 1000 /FontDescriptor 51 0 R >>")
    objects[51] = (b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 "
                   b"/StemV 93 /FontBBox [-25 -254 1000 880] >>")
    objects[60] = pdf.HELVETICA
    return noted(objects, "408 732 422 750", appearance("1 g 0 0 14 18 re f 0 g BT /F1 14 Tf 2 4 Td (9) Tj ET", (14, 18), b"/Font << /F1 60 0 R >>"))


bad("eaa-note-chinese", "a note whose icon lies over a digit at the end of a line of Chinese, P=3", chinese, NO)
bad("eaa-note-capitals", "a note whose icon lies over the last digit of a line of capitals, P=3", lambda: noted(
    contract(["THE BUYER MAY PAY THE WHOLE AMOUNT WITHIN MMXX DAYS: 1000"]), "526 758 535 769",
    appearance("1 g 0 0 9 11 re f 0 g BT /F1 14 Tf 0.5 0 Td (9) Tj ET", (9, 11))), NO)
bad("eaa-note-point", "a note whose white icon lies over the decimal point of large figures, P=3", lambda: noted(
    {**contract(), 4: stream(b"BT /F1 90 Tf 72 600 Td (10.00) Tj ET")}, "172 598 197 613", appearance("1 g 0 0 25 15 re f", (25, 15))), NO)

# Scripts that look harmless, and a file that shows another


def opened(entries, **more):
    objects = contract()
    objects[1] = b"<< /Type /Catalog /Pages 2 0 R " + entries + b" >>"
    return Doc({**objects, **{int(number[1:]): body for number, body in more.items()}}).sign()


def script(text):
    escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return b"/OpenAction << /S /JavaScript /JS (%s) >>" % escaped.encode()


ALERT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
for name, about, text in [
        ("zoom", "sets the zoom to what it computes", "zoom=eval('this.getField(\"x\").value=9')"),
        ("print", "prints with what it adds", "this.print({nStart: this.addAnnot({type:'Square'})})"),
        ("layout", "sets the layout, and a field behind a comma", "layout='x',this.getField('a').value='9,000'"),
        ("remark", "prints, and more behind a remark", "print/**/,app.alert(1)")]:
    add(f"shadow/script-{name}", f"a script that {about}", "indeterminate", lambda t=text: opened(script(t)), codes=["automatic-script"])
add("shadow/script-late-node", "a script in the first of forty nodes of the name tree", "indeterminate", lambda: opened(
    b"/Names << /JavaScript << /Kids [%s] >> >>" % b" ".join(b"%d 0 R" % n for n in range(40, 80)), o31=ALERT,
    **{f"o{n}": b"<< /Names [] >>" if n > 40 else b"<< /Names [(a) 31 0 R] >>" for n in range(40, 80)}), codes=["automatic-script"])
add("shadow/script-late-name", "a script behind seventy that do nothing", "indeterminate", lambda: opened(
    b"/Names << /JavaScript << /Names [%s (z) 31 0 R] >> >>" % b" ".join(b"(a%02d) 32 0 R" % n for n in range(70)), o31=ALERT,
    o32=b"<< /S /JavaScript /JS () >>"), codes=["automatic-script"])
add("shadow/script-late-action", "a script after forty actions", "indeterminate", lambda: opened(b"/OpenAction 40 0 R", o80=ALERT, **{
    f"o{n}": b"<< /S /GoTo /D [3 0 R /Fit] /Next %d 0 R >>" % (n + 1) for n in range(40, 80)}), codes=["automatic-script"])
add("good/script-prints", "a script that prints and sets the zoom", "valid", lambda: opened(script("this.print({bUI: true, bSilent: false}); zoom = 100;")))
add("shadow/portfolio", "a portfolio, whose attachment some programs show in place of the page", "indeterminate", lambda: opened(
    b"/Collection << /Type /Collection /View /D /D (a.pdf) >> /Names << /EmbeddedFiles << /Names [(a.pdf) 30 0 R] >> >>",
    o30=b"<< /Type /Filespec /F (a.pdf) /UF (a.pdf) /EF << /F 31 0 R >> >>",
    o31=stream(Doc(contract(EVIL)).data, b" /Type /EmbeddedFile /Subtype /application#2Fpdf", deflate=True)), codes=["portfolio"])

# Honest: what programs leave out, round off or cannot name

LINK = b"<< /Type /Annot /Subtype /Link /Rect [10 10 90 20] /Border [0 0 0] /A << /S /URI /URI (https://example.org/) >> >>"


def linked():
    return Doc({**contract(), 3: PAGE.replace(b"/Contents", b"/Annots [" + LINK + b" null] /Contents")})


good("annots-direct", "a link written into the page's own list, signed twice", lambda: pyhanko(pyhanko(linked().data), "second", "Second"))
good("annots-direct-p3", "a link written into the page's own list, a note beside it, P=3", lambda: annotate(linked().sign(permission=3)))


def informed():
    doc = Doc({**contract(), 9: b"<< /Title (Receipt) /Producer (an office) >>"})
    doc.data = doc.data.replace(b"/Root 1 0 R", b"/Root 1 0 R /Info 9 0 R")
    close = doc._close
    doc._close = lambda *given, **more: close(*given, **{**more, "trailer": b" /Info 9 0 R"})
    doc.sign(permission=3)
    doc._close = close
    return doc


good("info-left-out", "a note, P=3, by a program that leaves out the document information", lambda: annotate(informed()))

def resized(was, now):
    """A note by a program that writes the page's width in other words."""
    doc = Doc({**contract(), 3: PAGE.replace(b"595 ", was)}).sign(permission=3)
    doc.objects[3] = doc.objects[3].replace(was, now)
    return annotate(doc)


good("box-rounded", "a note, P=3, by a program that writes the page's size with fewer digits", lambda: resized(b"595.27559055118 ", b"595.2756 "))
bad("isa-page-narrower", "a note, P=3, and the page made narrower", lambda: resized(b"595 ", b"590 "), codes=["page-changed"])

# Files that programs take apart in different ways


def drawn_over(entries, data, **more):
    """A second content that shows another sum, if the filters are undone."""
    objects = contract()
    objects[3] = objects[3].replace(b"/Contents 4 0 R", b"/Contents [4 0 R 20 0 R]")
    objects[20] = stream(data, entries)
    return Doc({**objects, **{int(number[1:]): body for number, body in more.items()}}).sign()


OVER = b"q 1 g 60 720 480 30 re f 0 g BT /F1 14 Tf 72 736 Td (The buyer pays the seller 9,000 yuan) Tj ET Q"
ROWS = zlib.compress(b"".join(b"\0" + OVER[at:at + 5].ljust(5) for at in range(0, len(OVER), 5)))
PARAMETERS = b"<< /Predictor 12 /Columns 5 >>"
for name, about, data in [
        ("parameters", "one filter and, elsewhere, an array of parameters", lambda: drawn_over(
            b" /Filter /FlateDecode /DecodeParms 30 0 R", ROWS, o30=b"[" + PARAMETERS + b"]")),
        ("filters", "an array of filters, elsewhere, and parameters that are none", lambda: drawn_over(
            b" /Filter 30 0 R /DecodeParms " + PARAMETERS, ROWS, o30=b"[/FlateDecode]")),
        ("unknown", "a filter that does not exist", lambda: drawn_over(b" /Filter /Nope", OVER)),
        ("string", "a filter that is a string", lambda: drawn_over(b" /Filter (FlateDecode)", zlib.compress(OVER)))]:
    add(f"shadow/filter-{name}", f"content with {about}", "indeterminate", data, codes=["structure-guessed"])


def tree(node, page=PAGE, second=b"/Type /Page"):
    objects = contract()
    objects[2] = b"<< /Type /Pages %s >>" % node
    objects[3] = page
    objects[20] = PAGE.replace(b"4 0 R", b"21 0 R").replace(b"/Type /Page", second)
    objects[21] = FORGED_PAGE
    return Doc(objects).sign()


FORGED_PAGE = stream(pdf.content(EVIL))
for name, about, data in [
        ("count", "counts fewer pages than it has", lambda: tree(b"/Kids [3 0 R 20 0 R] /Count 1")),
        ("kids", "has a page with pages below it", lambda: tree(b"/Kids [3 0 R] /Count 1", PAGE.replace(b"/Contents", b"/Kids [20 0 R] /Contents"))),
        ("untyped", "has a page that does not call itself one", lambda: tree(b"/Kids [20 0 R 3 0 R] /Count 2", second=b"/Tabs /S")),
        ("template", "has a page that calls itself a template", lambda: tree(b"/Kids [20 0 R 3 0 R] /Count 2", second=b"/Type /Template"))]:
    add(f"shadow/tree-{name}", f"a page tree that {about}", "indeterminate", data, codes=["page-tree"])


def freed():
    """Content that the table calls free, at the place where it is."""
    doc = Doc({**contract(), 3: PAGE.replace(b"/Contents 4 0 R", b"/Contents [4 0 R 20 0 R]"), **{n: b"null" for n in range(6, 20)}, 20: stream(OVER)})
    at = doc.data.rindex(b" n ")
    doc.data = doc.data[:at] + b" f " + doc.data[at + 3:]
    return doc.sign()


add("shadow/free-in-place", "content that the table calls free and that stands where it says", "indeterminate", freed, codes=["unlisted-in-use"])

# The title in the window


def entitled(title, creator=b"office"):
    return stream(b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/'
                  b'1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt>'
                  b'<rdf:li xml:lang="x-default">' + title + b'</rdf:li></rdf:Alt></dc:title><dc:creator>' + creator + b'</dc:creator>'
                  b'</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>', b" /Type /Metadata /Subtype /XML")


def titled(**later):
    catalog = b"<< /Type /Catalog /Pages 2 0 R /Metadata 40 0 R /ViewerPreferences << /DisplayDocTitle true >> >>"
    doc = Doc({**contract(), 1: catalog, 40: entitled(b"Receipt over 1,000 yuan")}).sign(permission=1)
    return evidence(doc, {40: entitled(**later)})


bad("isa-title", "the title that the window shows changed in the metadata, P=1", lambda: titled(title=b"Receipt over 9,000 yuan"), NO)
good("metadata-later", "metadata brought up to date with validation data, P=1, the title as it was", lambda: titled(
    title=b"Receipt over 1,000 yuan", creator=b"another office"))
good("underlined-p3", "a line of text underlined, the line drawn by its program, P=3", lambda: annotate(
    final(3), kind="Underline", rect="70 730 318 752", extra=QUADS + " /C [1 0 0]", ap=appearance("1 0 0 RG 1.125 w 0 4 m 248 4 l S", (248, 22), b"")))
bad("eaa-underline-thick", "an underline drawn as thick as the text is high, P=3", lambda: annotate(
    final(3), kind="Underline", rect="70 730 318 752", extra=QUADS + " /C [1 0 0]", ap=appearance("0 0 1 RG 18 w 0 11 m 248 11 l S", (248, 22), b"")), NO)
bad("eaa-underline-stretched", "a thin underline that is stretched, P=3", lambda: annotate(
    final(3), kind="Underline", rect="70 730 318 752", extra=QUADS + " /C [1 0 0]", ap=appearance("0 0 1 RG 1 w 0 1 m 248 1 l S", (248, 2), b"")), NO)
