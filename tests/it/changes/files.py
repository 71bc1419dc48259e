"""Signed files and what becomes of them, made with pyHanko: signatures, timestamps and validation data by its own functions,
everything else by its incremental writer. Writes NAME.pdf into the current folder."""
import datetime
import logging
import os
import re
import subprocess
from io import BytesIO

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers, timestamps
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigFieldSpec
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

logging.disable(logging.CRITICAL)

# --- Keys

BEGIN, END = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days) for days in (-30, 3650))


def certificate(subject, key, issuer_key, authority=False, timestamps=False):
    name = lambda text: x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])
    builder = x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name('root')).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(BEGIN).not_valid_after(END)
    builder = builder.add_extension(x509.BasicConstraints(authority, None), True)
    usage = [not authority, not authority and not timestamps, False, False, False, authority, authority, False, False]
    builder = builder.add_extension(x509.KeyUsage(*usage), True)
    if timestamps:
        builder = builder.add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING]), True)
    pem = builder.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    return next(iter(load_certs_from_pemder_data(pem)))


def private(key):
    encoding = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return load_private_key_from_pemder_data(key.private_bytes(*encoding), None)


root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
stamping_key = rsa.generate_private_key(65537, 2048)
root = certificate('root', root_key, root_key, authority=True)
store = SimpleCertificateStore()
store.register_multiple([root])
signer = signers.SimpleSigner(certificate('signer', key, root_key), private(key), store)
stamper = timestamps.DummyTimeStamper(certificate('stamper', stamping_key, root_key, timestamps=True), private(stamping_key), store)
context = ValidationContext(trust_roots=[root], allow_fetching=False, revocation_mode='soft-fail')

# --- The page before the first signature: text, a font, an image, a layer, a form

CONTENT = b'BT /F1 24 Tf 72 700 Td (Permit No. 4711) Tj ET q 100 0 0 100 72 500 cm /I1 Do Q /OC /L1 BDC 72 400 9 9 re f EMC'

XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>'


def stream(data, entries=b''):
    return b'<< %s /Length %d >>\nstream\n%s\nendstream' % (entries, len(data), data)


def base(contents=b'7 0 R', more=b'', extra=()):
    objects = [
        b'<< /Type /Catalog /Pages 2 0 R /AcroForm 3 0 R /Metadata 14 0 R /OCProperties << /OCGs [11 0 R] /D << /ON [11 0 R] >> >> >>',
        b'<< /Type /Pages /Count 2 /Kids [5 0 R 6 0 R] /MediaBox [0 0 595 842] >>',
        b'<< /Fields [12 0 R 15 0 R 16 0 R %s] /DR << /Font << /Helv 8 0 R >> >> /DA (/Helv 12 Tf 0 g) >>' % more,
        b'<< /Title (Permit) /Producer (hand) >>',
        b'<< /Type /Page /Parent 2 0 R /Contents %s /Annots [12 0 R 15 0 R 16 0 R %s] /Resources 10 0 R >>' % (contents, more),
        b'<< /Type /Page /Parent 2 0 R /Contents 18 0 R /Annots 19 0 R /Resources 10 0 R >>',
        stream(CONTENT),
        b'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
        stream(bytes(3), b'/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceRGB'),
        b'<< /Font << /F1 8 0 R >> /XObject << /I1 9 0 R >> /Properties << /L1 11 0 R >> >>',
        b'<< /Type /OCG /Name (Layer) >>',
        b'<< /Type /Annot /Subtype /Widget /FT /Tx /T <FEFF59D3540D> /V (A) /Rect [72 600 272 620] /P 5 0 R /AP << /N 13 0 R >> >>',
        stream(b'/Tx BMC EMC', b'/Type /XObject /Subtype /Form /BBox [0 0 200 20]'),
        stream(XMP, b'/Type /Metadata /Subtype /XML'),
        b'<< /Type /Annot /Subtype /Widget /FT /Tx /T (note) /Rect [300 570 500 590] /P 5 0 R >>',
        b'<< /Type /Annot /Subtype /Widget /FT /Sig /T (prepared) /Rect [400 72 500 122] /P 5 0 R >>',
        b'<< /Type /Annot /Subtype /Text /Rect [500 800 520 820] /Contents (seen) >>',
        stream(b'BT /F1 24 Tf 72 700 Td (Page two) Tj ET'),
        b'[17 0 R]',
        *extra,
    ]
    out = BytesIO(b'%PDF-1.7\n%\x80\x80\x80\x80\n')
    out.seek(0, 2)
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b'%d 0 obj\n%s\nendobj\n' % (number, body))
    start = out.tell()
    out.write(b'xref\n0 %d\n0000000000 65535 f \n' % (len(objects) + 1))
    for offset in offsets:
        out.write(b'%010d 00000 n \n' % offset)
    ids = b'<0011> <0011>'
    out.write(b'trailer << /Size %d /Root 1 0 R /Info 4 0 R /ID [%s] >>\nstartxref\n%d\n%%%%EOF\n' % (len(objects) + 1, ids, start))
    return out.getvalue()


# --- Signing

def sign(data, field, box=None, page=0, lock=None, level=None, **meta):
    writer = IncrementalPdfFileWriter(BytesIO(data))
    spec = SigFieldSpec(field, box=box, on_page=page, field_mdp_spec=lock, doc_mdp_update_value=level)
    spec = None if field == 'prepared' else spec
    meta = signers.PdfSignatureMetadata(field_name=field, md_algorithm='sha256', **meta)
    out = BytesIO()
    signers.PdfSigner(meta, signer=signer, new_field_spec=spec).sign_pdf(writer, output=out)
    return out.getvalue()


def certify(data, level):
    return sign(data, 'S1', certify=True, docmdp_permissions=level)


def timestamp(data):
    out = BytesIO()
    signers.PdfTimeStamper(stamper).timestamp_pdf(IncrementalPdfFileWriter(BytesIO(data)), 'sha256', context, output=out)
    return out.getvalue()


def long_term(data):
    """B-LTA: signature, validation data, document timestamp, validation data."""
    meta = signers.PdfSignatureMetadata(
        field_name='S1', md_algorithm='sha256', subfilter=fields.SigSeedSubFilter.PADES, embed_validation_info=True,
        use_pades_lta=True, validation_context=context,
    )
    out = BytesIO()
    signers.PdfSigner(meta, signer=signer, timestamper=stamper).sign_pdf(IncrementalPdfFileWriter(BytesIO(data)), output=out)
    return out.getvalue()


# --- Other revisions

def change(data, *edits):
    for edit in edits:
        writer = IncrementalPdfFileWriter(BytesIO(data))
        edit(writer)
        out = BytesIO()
        writer.write(out)
        data = out.getvalue()
    return data


def obj(writer, number):
    found = writer.get_object(generic.Reference(number, 0, writer.prev))
    writer.mark_update(generic.Reference(number, 0, writer))
    return found


def dictionary(**entries):
    return generic.DictionaryObject({pdf_name('/' + key): value for key, value in entries.items()})


def numbers(*values):
    return generic.ArrayObject([generic.NumberObject(value) for value in values])


def drawing(writer, data=b'1 g 0 0 200 200 re f', box=(0, 0, 200, 20), **resources):
    entries = dictionary(Type=pdf_name('/XObject'), Subtype=pdf_name('/Form'), BBox=numbers(*box), **resources)
    return writer.add_object(generic.StreamObject(entries, stream_data=data))


def set_data(number, data):
    def edit(writer):
        found = obj(writer, number)
        found._data, found._encoded_data = data, None
    return edit


SHOWN = b'/Tx BMC BT /Helv 12 Tf 0 g 2 5 Td (B) Tj ET EMC'


def helvetica():
    return dictionary(Font=dictionary(Helv=dictionary(Type=pdf_name('/Font'), Subtype=pdf_name('/Type1'), BaseFont=pdf_name('/Helvetica'))))


def redraw(writer, _):
    set_data(13, SHOWN)(writer)
    set_entry(13, '/Resources', helvetica())(writer)


def fill(number, value, redraw=lambda writer, field: field.__setitem__('/AP', dictionary(N=drawing(writer, SHOWN, Resources=helvetica())))):
    def edit(writer):
        field = obj(writer, number)
        field['/V'] = pdf_string(value)
        redraw(writer, field)
    return edit


def set_entry(number, key, value):
    def edit(writer):
        obj(writer, number)[key] = value(writer) if callable(value) else value
    return edit


def annotate(subtype, page=6, rect=(100, 600, 300, 640), draw=None, **entries):
    def edit(writer):
        made = dictionary(Type=pdf_name('/Annot'), Subtype=pdf_name('/' + subtype), Rect=numbers(*rect), **entries)
        if draw is not None:
            made['/AP'] = dictionary(N=draw(writer))
        obj(writer, 19 if page == 6 else page).append(writer.add_object(made))
    return edit


def multiplied(writer):
    state = dictionary(R0=dictionary(BM=pdf_name('/Multiply')))
    return drawing(writer, b'/R0 gs 1 1 0 rg 0 0 200 20 re f', Resources=dictionary(ExtGState=state))


def script(writer):
    return writer.add_object(dictionary(S=pdf_name('/JavaScript'), JS=pdf_string('app.alert(1)')))


def add_page(writer):
    page = dictionary(Type=pdf_name('/Page'), Parent=generic.IndirectObject(2, 0, writer), Contents=generic.IndirectObject(7, 0, writer))
    pages = obj(writer, 2)
    pages['/Kids'].append(writer.add_object(page))
    pages['/Count'] = generic.NumberObject(3)


def add_field(kind, **entries):
    """A field of any kind on the first page, as a signature field would be added."""
    def edit(writer):
        made = dictionary(
            Type=pdf_name('/Annot'), Subtype=pdf_name('/Widget'), FT=pdf_name('/' + kind), T=pdf_string('new'),
            Rect=numbers(72, 200, 272, 220), P=generic.IndirectObject(5, 0, writer),
            **{key: value(writer) if callable(value) else value for key, value in entries.items()})
        made = writer.add_object(made)
        obj(writer, 3)['/Fields'].append(made)
        obj(writer, 5)['/Annots'].append(made)
    return edit


def swap_font(writer):
    obj(writer, 8)['/BaseFont'] = pdf_name('/Symbol')


def hide_layer(writer):
    catalog = obj(writer, 1)
    catalog['/OCProperties']['/D'] = dictionary(OFF=generic.ArrayObject([generic.IndirectObject(11, 0, writer)]))


def stamped(writer):
    """What looks like the dictionary of a timestamp."""
    return writer.add_object(dictionary(
        Type=pdf_name('/DocTimeStamp'), Filter=pdf_name('/Adobe.PPKLite'), SubFilter=pdf_name('/ETSI.RFC3161'),
        ByteRange=numbers(0, 1, 2, 3), Contents=generic.ByteStringObject(b'0')))


def body(data, number):
    """The latest form of an object, as written."""
    return re.findall(rb'(?<=\n)%d 0 obj\s(.*?)\sendobj' % number, data, re.S)[-1]


def append(data, objects, remark=b''):
    """A revision by hand: objects by number; `None` frees one. Some programs write a remark before `startxref`."""
    size = max(*objects, int(re.findall(rb'/Size (\d+)', data)[-1]) - 1) + 1
    previous = re.findall(rb'startxref\s+(\d+)', data)[-1]
    first_id = re.findall(rb'/ID \[ *(<\w+>)', data)[-1]
    out, table = data if data.endswith(b'\n') else data + b'\n', b''
    for number, made in sorted(objects.items()):
        table += b'%d 1\n' % number + (b'%010d 00000 n \n' % len(out) if made else b'0000000000 00001 f \n')
        out += b'%d 0 obj\n%s\nendobj\n' % (number, made) if made else b''
    trailer = b'<< /Size %d /Root 1 0 R /Info 4 0 R /ID [%s %s] /Prev %s >>' % (size, first_id, first_id, previous)
    return out + b'xref\n%strailer %s\n%sstartxref\n%d\n%%%%EOF\n' % (table, trailer, remark, len(out))


def save(name, data):
    with open(name + '.pdf', 'wb') as out:
        out.write(data)


PLAIN = base()
signed = {
    'approved': sign(PLAIN, 'S1'),
    'final': certify(PLAIN, MDPPerm.NO_CHANGES),
    'forms': certify(PLAIN, MDPPerm.FILL_FORMS),
    'annotations': certify(PLAIN, MDPPerm.ANNOTATE),
    'visible': sign(PLAIN, 'S1', box=(300, 300, 400, 350)),
    'locks-name': sign(PLAIN, 'S1', lock=FieldMDPSpec(FieldMDPAction.INCLUDE, fields=['姓名'])),
    'locks-others': sign(PLAIN, 'S1', lock=FieldMDPSpec(FieldMDPAction.EXCLUDE, fields=['姓名'])),
    'locks-all': sign(PLAIN, 'S1', lock=FieldMDPSpec(FieldMDPAction.ALL)),
    'locks-last': sign(PLAIN, 'S1', lock=FieldMDPSpec(FieldMDPAction.ALL), level=MDPPerm.NO_CHANGES),
}
REF = lambda number: lambda writer: generic.IndirectObject(number, 0, writer)
TITLE = set_entry(4, '/Title', pdf_string('Other'))
# What is done to each of the signed files.
done = {
    'sign-again': lambda data: sign(data, 'S2'),
    'sign-twice-more': lambda data: sign(sign(data, 'S2', box=(50, 50, 150, 100)), 'S3', page=1),
    'sign-visibly': lambda data: sign(data, 'S2', box=(50, 50, 150, 100)),
    'sign-prepared': lambda data: sign(data, 'prepared'),
    'sign-large': lambda data: sign(data, 'S2', box=(0, 300, 595, 842)),
    'sign-over': lambda data: sign(data, 'S2', box=(310, 310, 390, 340)),
    'timestamp': timestamp,
    'fill': lambda data: change(data, fill(12, 'B')),
    'fill-redrawn': lambda data: change(data, fill(12, 'B', redraw)),
    'fill-drawn': lambda data: change(data, fill(12, 'B', lambda writer, field: field.__setitem__('/AP', dictionary(N=drawing(writer))))),
    'fill-note': lambda data: change(data, fill(15, 'B')),
    'note': lambda data: change(data, annotate('Text', rect=(500, 700, 520, 720), Contents=pdf_string('x'))),
    'highlight': lambda data: change(data, annotate('Highlight', draw=multiplied)),
    'white-highlight': lambda data: change(data, annotate('Highlight', draw=drawing)),
    'free-text': lambda data: change(data, annotate('FreeText', Contents=pdf_string('x'), draw=drawing)),
    'stamp': lambda data: change(data, annotate('Stamp', draw=drawing)),
    'redact': lambda data: change(data, annotate('Redact')),
    'note-edited': lambda data: change(data, set_entry(17, '/Contents', pdf_string('other'))),
    'note-grown': lambda data: change(data, set_entry(17, '/Rect', numbers(0, 0, 595, 842))),
    'note-removed': lambda data: change(data, lambda writer: obj(writer, 19).pop()),
    'content': lambda data: change(data, set_data(7, CONTENT.replace(b'4711', b'4712'))),
    'content-undone': lambda data: change(data, set_data(7, b''), set_data(7, CONTENT)),
    'content-then-signed': lambda data: sign(change(data, set_data(7, CONTENT.replace(b'4711', b'4712'))), 'S2'),
    'content-replaced': lambda data: change(data, set_entry(5, '/Contents', REF(18))),
    'font': lambda data: change(data, swap_font),
    'image': lambda data: change(data, set_data(9, b'\xff\xff\xff')),
    'layer': lambda data: change(data, hide_layer),
    'page': lambda data: change(data, add_page),
    'rotated': lambda data: change(data, set_entry(6, '/Rotate', generic.NumberObject(180))),
    'action': lambda data: change(data, set_entry(1, '/OpenAction', script)),
    'page-action': lambda data: change(data, set_entry(5, '/AA', lambda writer: dictionary(O=script(writer)))),
    'field-action': lambda data: change(data, add_field('Sig', AA=dictionary())),
    'note-action': lambda data: change(data, annotate('Text', A=dictionary(S=pdf_name('/URI'), URI=pdf_string('x')))),
    'text-field': lambda data: change(data, add_field('Tx')),
    'empty-field': lambda data: change(data, add_field('Sig')),
    'moved': lambda data: change(data, set_entry(12, '/Rect', numbers(72, 700, 272, 720))),
    'hidden': lambda data: change(data, set_entry(12, '/F', generic.NumberObject(2))),
    'title': lambda data: change(data, TITLE),
    'names': lambda data: change(data, set_entry(1, '/Names', dictionary())),
    'fonts-for-forms': lambda data: change(data, lambda writer: obj(writer, 3)['/DR']['/Font'].__setitem__(
        '/Song', writer.add_object(dictionary(Type=pdf_name('/Font'))))),
    'font-of-forms': lambda data: change(data, lambda writer: obj(writer, 3)['/DR']['/Font'].__setitem__(
        '/Helv', writer.add_object(dictionary(Type=pdf_name('/Font'))))),
}
for state, data in signed.items():
    for name, act in done.items():
        # pyHanko itself signs nothing after a certification that forbids it.
        if state in ('final', 'locks-last') and name.startswith('sign'):
            continue
        if state in ('approved', 'annotations') or name.split('-')[0] in ('sign', 'fill', 'timestamp') \
                or state in ('forms', 'final') and name in ('note', 'stamp', 'content', 'title', 'empty-field'):
            save(f'{state}.{name}', act(data))
save('approved.long-term', long_term(PLAIN))

# The same in a file with object streams and cross-reference streams.
with open('plain', 'wb') as out:
    out.write(PLAIN)
subprocess.run(['qpdf', '--object-streams=generate', 'plain', 'compressed'], check=True)
with open('compressed', 'rb') as compressed:
    save('approved.compressed', timestamp(sign(sign(compressed.read(), 'S1'), 'S2', box=(50, 50, 150, 100))))
os.remove('plain')
os.remove('compressed')
save('final.timestamps', timestamp(timestamp(signed['final'])))

# --- Objects that play two parts: one is allowed to change, the other is seen

# The content of the page is an array that validation data later extend with a drawing.
def extend_store(writer):
    obj(writer, 20).append(writer.add_object(generic.StreamObject(stream_data=b'0 0 595 842 re f')))
    obj(writer, 1)['/DSS'] = dictionary(Certs=generic.IndirectObject(20, 0, writer))
    writer.update_root()


save('two-parts.store', change(sign(base(b'20 0 R', extra=[b'[7 0 R]']), 'S1'), extend_store))


# The content of the page is, after a while, its metadata; or what a field shows.
xmp = body(PLAIN, 14).replace(XMP, b'0 0 595 842 re f').replace(b'%d' % len(XMP), b'16')
catalog = body(signed['approved'], 1)
save('two-parts.metadata', append(signed['approved'], {1: re.sub(rb'/Metadata \d+', b'/Metadata 7', catalog), 7: xmp}))
save('two-parts.drawing', change(sign(base(b'[7 0 R 13 0 R]'), 'S1'), set_data(13, b'0 0 595 842 re f')))

# The list of annotations is the content as well, and what is added to it is both.
both = PLAIN.replace(b'/Contents 18 0 R /Annots 19 0 R', b'/Contents 19 0 R /Annots 19 0 R')
MIXED = stream(b'0 0 595 842 re f', b'/Type /Annot /Subtype /Text /Rect [0 0 9 9]')
save('two-parts.list', append(certify(both, MDPPerm.ANNOTATE), {19: b'[17 0 R 41 0 R]', 41: MIXED}))
save('annotations.note-drawn', append(signed['annotations'], {19: b'[17 0 R 41 0 R]', 41: MIXED}))
# The form moves to where the resources of the pages were.
moved = re.sub(rb'/AcroForm 3 ', b'/AcroForm 10 ', catalog)
save('two-parts.form', append(signed['approved'], {1: moved, 10: body(signed['approved'], 3)}))

# --- Revisions by hand

FILLED = body(PLAIN, 12).replace(b'(A)', b'(B)').replace(b'13 0 R', b'40 0 R')
DRAWN = stream(SHOWN, b'/Type /XObject /Subtype /Form /BBox [0 0 200 20] '
               b'/Resources << /Font << /Helv << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>')
by_hand = {
    # What a field showed may go with what it said; what is still shown may not, nor what nobody knows the use of.
    'fill-freed': {12: FILLED, 13: None, 40: DRAWN},
    'freed': {13: None},
    'note-freed': {17: None},
    'font-freed': {12: FILLED, 8: None, 40: DRAWN},
    'information': {4: b'<< /Title <FEFF005000650072006D00690074> /Producer (other) /ModDate (D:20261122093005Z) >>'},
    'nothing': {41: None},
    'metadata': {14: body(PLAIN, 14).replace(XMP, XMP.replace(b'/>', b' />')).replace(b'%d' % len(XMP), b'%d' % (len(XMP) + 1))},
    'metadata-no-more': {14: body(PLAIN, 14).replace(b'/Metadata', b'/XObject').replace(b'/XML', b'/Form')},
    'unused': {41: b'(unused)'},
}
for name, objects in by_hand.items():
    save('approved.' + name, append(signed['approved'], objects))
save('approved.fill-remarked', append(signed['approved'], {12: FILLED, 40: DRAWN}, b'%Signer-7.2.5\n'))
save('approved.hidden-remark', append(signed['approved'], {12: FILLED, 40: DRAWN}, b'%9 0 obj (hidden) endobj\n'))
save('final.information', append(signed['final'], by_hand['information']))

# --- More than one

DRAWING = lambda writer: dictionary(N=drawing(writer))
third = lambda data, name, bottom: sign(data, name, box=(0, bottom, 595, bottom + 200))
save('approved.sign-large-thrice', third(third(third(signed['approved'], 'S2', 0), 'S3', 210), 'S4', 420))
save('final.seen-timestamp', change(signed['final'], add_field('Sig', V=stamped, AP=DRAWING)))
save('approved.seen-timestamp', change(signed['approved'], add_field('Sig', V=stamped, AP=DRAWING)))
save('approved.seen-empty-field', change(signed['approved'], add_field('Sig', AP=DRAWING)))
save('locks-name.sign-then-fill', change(sign(signed['locks-name'], 'S2'), fill(12, 'B')))
PAGE_OF_A_FIELD = b'<< /Type /Annot /Subtype /Widget /FT /Tx /T (all) /Rect [0 0 595 842] /P 5 0 R >>'
save('approved.fill-a-page', change(sign(base(more=b'20 0 R', extra=[PAGE_OF_A_FIELD]), 'S1'), fill(20, 'B')))
