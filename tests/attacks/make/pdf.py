"""PDFs written by hand: a document as a table of objects, revisions appended to it, a signature with every part changeable."""

import re
import zlib

import cms
import pki

TEXT = ["Contract No. 2026-0117", "The buyer pays the seller 1,000 yuan", "within thirty days of delivery."]


def content(lines=TEXT, size=14):
    text = "BT /F1 %d Tf 72 760 Td 24 TL " % size + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
    return text.encode()


def stream(data, extra=b"", deflate=False):
    if deflate:
        data, extra = zlib.compress(data, 9), extra + b" /Filter /FlateDecode"
    return b"<< /Length %d%s >>\nstream\n%s\nendstream" % (len(data), extra, data)


HELVETICA = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"


def contract(lines=TEXT):
    """1 catalog, 2 pages, 3 page, 4 its content, 5 its font."""
    return {1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", 3: PAGE,
            4: stream(content(lines)), 5: HELVETICA}


def form(flags="", value="1,000", shown=None):
    """The contract with a text field (6) and its appearance (7) that says the amount."""
    objects = contract()
    objects[1] = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R] /DR << /Font << /F1 5 0 R >> >> /DA (/F1 12 Tf 0 g) >> >>"
    objects[3] = PAGE.replace(b"/Contents", b"/Annots [6 0 R] /Contents")
    objects[6] = (f"<< /Type /Annot /Subtype /Widget /FT /Tx /T (amount) /V ({value}) /F 4 /P 3 0 R "
                  f"/Rect [72 600 272 620] /DA (/F1 12 Tf 0 g) /AP << /N 7 0 R >> {flags} >>").encode()
    objects[7] = appearance(f"/Tx BMC q BT /F1 12 Tf 2 5 Td ({value if shown is None else shown}) Tj ET Q EMC")
    return objects


def appearance(operators, box=(200, 20), resources=b"/Font << /F1 5 0 R >>"):
    return stream(operators.encode(), b" /Type /XObject /Subtype /Form /BBox [0 0 %d %d] /Resources << %s >>" % (*box, resources))


class Doc:
    """A file and what its objects say now."""

    def __init__(self, objects, version="1.7", eol=b"\n", head=b"", comment=b"%\xe2\xe3\xcf\xd3", shift=0, raw=None):
        self.objects = dict(objects)
        self.eol, self.shift, self.root = eol, shift, 1
        self.style = "table"
        if raw is not None:
            self.data = raw
            return
        self.data = head + b"%PDF-" + version.encode() + eol + comment + eol
        offsets = self._write(self.objects)
        size = max(self.objects) + 1
        self._close(offsets, size, None, {0: None})

    def copy(self):
        other = object.__new__(Doc)
        other.__dict__.update(self.__dict__)
        other.objects = dict(self.objects)
        return other

    def _write(self, objects, generations={}):
        offsets = {}
        for number, body in sorted(objects.items()):
            offsets[number] = len(self.data) - self.shift
            line = b"%d %d obj" % (number, generations.get(number, 0))
            self.data += self.eol.join([line, body if self.eol == b"\n" else body.replace(b"\n", self.eol), b"endobj", b""])
        return offsets

    def _close(self, offsets, size, prev, free=None, generations={}, trailer=b"", root=None, startxref=None, marker=True):
        """Writes the cross-reference table, trailer and end."""
        at = len(self.data) - self.shift
        lines, entries = [], {**{number: (where, generations.get(number, 0), b"n") for number, where in offsets.items()}}
        for number in free or {}:
            entries[number] = (0, 65535 if number == 0 else 1, b"f")
        numbers = sorted(entries)
        while numbers:
            run = [numbers.pop(0)]
            while numbers and numbers[0] == run[-1] + 1:
                run.append(numbers.pop(0))
            lines.append(b"%d %d" % (run[0], len(run)))
            pad = b"\r\n" if self.eol != b"\r" else b" \r"
            lines += [b"%010d %05d %s" % entries[number] for number in run]
        table = b"xref" + self.eol
        for line in lines:
            table += line + (self.eol if line.count(b" ") == 1 else (b" " + self.eol if len(self.eol) == 1 else self.eol))
        prev = b"" if prev is None else b" /Prev %d" % prev
        self.data += table + b"trailer" + self.eol + b"<< /Size %d /Root %d 0 R%s%s >>" % (size, root or self.root, prev, trailer)
        self.data += self.eol + b"startxref" + self.eol + b"%d" % (at if startxref is None else startxref) + self.eol + b"%%EOF" + self.eol

    @property
    def startxref(self):
        return int(re.findall(rb"startxref\s+(\d+)", self.data)[-1])

    @property
    def size(self):
        sizes = re.findall(rb"/Size (\d+)", self.data)
        return int(sizes[-1]) if sizes else max(self.objects) + 1

    def append(self, changes, **more):
        """An incremental update that writes these objects."""
        free = more.pop("free", None)
        prev = more.pop("prev", self.startxref)
        generations = more.pop("generations", {})
        extra_offsets = more.pop("extra_offsets", {})
        size = max([self.size, *[n + 1 for n in changes], *[n + 1 for n in extra_offsets]])
        offsets = {**self._write(changes, generations), **extra_offsets}
        self.objects.update(changes)
        self._close(offsets, size, prev, free, generations, **more)
        return self

    def append_stream(self, changes, packed=(), trailer=b"", root=None):
        """The same with a cross-reference stream; objects in `packed` go into an object stream."""
        prev = self.startxref
        plain = {n: body for n, body in changes.items() if n not in packed}
        size = max([self.size, *[n + 1 for n in changes]])
        entries = {}
        if packed:
            holder, size = size, size + 1
            index, bodies = [], b""
            for place, number in enumerate(packed):
                index.append(b"%d %d" % (number, len(bodies)))
                bodies += changes[number] + b" "
                entries[number] = (2, holder, place)
            first = b" ".join(index) + b" "
            plain[holder] = stream(first + bodies, b" /Type /ObjStm /N %d /First %d" % (len(packed), len(first)), deflate=True)
        for number, where in self._write(plain).items():
            entries[number] = (1, where, 0)
        xref, at = size, len(self.data) - self.shift
        entries[xref] = (1, at, 0)
        numbers = sorted(entries)
        index = " ".join(f"{n} 1" for n in numbers).encode()
        rows = b"".join(bytes([entries[n][0]]) + entries[n][1].to_bytes(4, "big") + entries[n][2].to_bytes(2, "big") for n in numbers)
        body = stream(rows, b" /Type /XRef /W [1 4 2] /Index [%s] /Size %d /Root %d 0 R /Prev %d%s" %
                      (index, size + 1, root or self.root, prev, trailer), deflate=True)
        self._write({xref: body})
        self.data += b"startxref\n%d\n%%%%EOF\n" % at
        self.objects.update(changes)
        return self

    def next(self):
        return max(self.size, max(self.objects) + 1)

    def with_field(self, changes, name, number, page, rect, value, ap, extra, register=True, annotate=True):
        """Adds a field to the changes: widget, page's annotations, the catalog's form."""
        widget = (f"<< /Type /Annot /Subtype /Widget /FT /Sig /T ({name}) /F 132 /P {page} 0 R /Rect [{rect}] "
                  f"{f'/V {value}' if value else ''} {f'/AP << /N {ap} 0 R >>' if ap else ''} {extra} >>")
        changes[number] = widget.encode()
        if annotate:
            body = self.objects[page]
            entry = b"%d 0 R" % number
            if b"/Annots [" in body:
                body = body.replace(b"/Annots [", b"/Annots [" + entry + b" ", 1)
            else:
                body = body.replace(b"/Contents", b"/Annots [" + entry + b"] /Contents", 1)
            changes[page] = body
        if register:
            root = changes.get(self.root, self.objects[self.root])
            entry = b"%d 0 R" % number
            if b"/Fields [" in root:
                root = root.replace(b"/Fields [", b"/Fields [" + entry + b" ", 1)
                if b"/SigFlags" not in root:
                    root = root.replace(b"/AcroForm <<", b"/AcroForm << /SigFlags 3", 1)
            else:
                root = root[:-2] + b"/AcroForm << /Fields [" + entry + b"] /SigFlags 3 >> >>"
            changes[self.root] = root

    def sign(self, field="Signature1", *, make=None, sub_filter="ETSI.CAdES.detached", page=3, rect="0 0 0 0", ap=None,
             entries="", field_entries="", hole=None, permission=None, reference="", changes=None, stream=False, byte_range=None,
             contents=None, upper=False, gap_before=b"", kind="Sig", m="D:20261120100000+08'00'", cover=None,
             existing=None, finish=None, dictionary=None, pad=0, register=True, annotate=True, direct=False, packed=(), type_entry=True,
             **options):
        """Signs by an incremental update.

        `make(document_bytes)` gives the CMS; by default `cms.sign` with `options`. `dictionary(text)` may rewrite the signature
        dictionary before offsets are known; `byte_range(a, b, c)` the numbers; `cover` the bytes that are hashed; `contents(hex)`
        what is written in the hole.
        """
        make = make or (lambda data: cms.sign(data, **options))
        hole = hole or len(make(b"")) + 16 + pad
        changes = dict(changes or {})
        signature = self.next()
        signature = max([signature, *[n + 1 for n in changes]])
        number = existing or signature + 1
        if permission:
            root = changes.get(self.root, self.objects[self.root])
            changes[self.root] = root[:-2] + b"/Perms << /DocMDP %d 0 R >> >>" % signature
            reference += f"<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /P {permission} /V /1.2 >> >>"
        if reference:
            entries += f" /Reference [{reference}]"
        text = (f"<< {'/Type /%s' % kind if type_entry else ''} /Filter /Adobe.PPKLite /SubFilter /{sub_filter} "
                f"{f'/M ({m})' if m else ''}{entries} /ByteRange [0 ########## ########## ##########] /Contents <@@> >>")
        if dictionary:
            text = dictionary(text)
        value = f"{signature} 0 R"
        if not direct:
            changes[signature] = text.encode("latin-1").replace(b"@@", b"0" * (hole * 2))
        else:
            value = text.replace("@@", "0" * (hole * 2))
        if existing:
            body = changes.get(existing, self.objects[existing])
            changes[existing] = body[:-2] + f" /V {value} {f'/AP << /N {ap} 0 R >>' if ap else ''} >>".encode()
        elif number:
            self.with_field(changes, field, number, page, rect, value, ap, field_entries, register, annotate)
        before = len(self.data)
        if stream:
            self.append_stream(changes, packed=packed)
        else:
            self.append(changes)
        if finish:
            finish(self)
        return self.fill(before, make, byte_range, contents, upper, cover)

    def fill(self, before=0, make=None, byte_range=None, contents=None, upper=False, cover=None):
        """Fills the last hole in the file."""
        open_, zeros = b"/Contents <", b"0" * 64
        start = self.data.index(open_ + zeros, before) + len(open_) - 1
        end = self.data.index(b">", start) + 1
        a, b, c = start, end, len(self.data) - end
        numbers = byte_range(a, b, c) if byte_range else "0 %d %d %d" % (a, b, c)
        place = self.data.find(b"[0 ########## ########## ##########]", before)
        if place >= 0:
            width = len(b"[0 ########## ########## ##########]")
            written = (b"[" + numbers.encode() + b"]").ljust(width)
            assert len(written) <= width, written
            self.data = self.data[:place] + written + self.data[place + width:]
        covered = cover(self.data, a, b) if cover else self.data[:a] + self.data[b:]
        digits = make(covered).hex()
        digits = digits.upper() if upper else digits
        if contents:
            digits = contents(digits)
        assert len(digits) <= end - start - 2, (len(digits), end - start - 2)
        self.data = self.data[:start + 1] + digits.encode().ljust(end - start - 2, b"0") + self.data[end - 1:]
        return self
