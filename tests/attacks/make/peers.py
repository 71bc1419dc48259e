"""Signing with programs of others' making: pyHanko, PDFBox, mutool, openssl; rewriting with qpdf, pikepdf, pypdf."""

import datetime as dt
import io
import subprocess
import tempfile
from pathlib import Path

from asn1crypto import cms as acms, keys, pem, tsp, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers, timestamps
from pyhanko.sign.fields import FieldMDPSpec, MDPPerm, SigFieldSpec
from pyhanko.sign.signers import pdf_cms, pdf_signer
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

import cms
import pki


class Fixed(dt.datetime):
    """The clock of the corpus."""

    @classmethod
    def now(cls, tz=None):
        return pki.SIGNED_AT.astimezone(tz or dt.timezone.utc)


pdf_signer.datetime = Fixed
pdf_cms.datetime = Fixed


def certificate(name):
    return x509.Certificate.load(pki.der(name))


def store(*names):
    store = SimpleCertificateStore()
    store.register_multiple([certificate(name) for name in names])
    return store


def signer(name="p256", chain=("issuing",), pss=False):
    _, _, der = pem.unarmor((pki.KEYS / f"{name}.key").read_bytes())
    return signers.SimpleSigner(certificate(name), keys.PrivateKeyInfo.load(der), store(*chain), prefer_pss=pss, embed_roots=False)


class Tsa(timestamps.TimeStamper):
    """Our timestamp authority, asked in the same process."""

    def __init__(self, at=pki.STAMPED_AT, **more):
        super().__init__()
        self.at, self.more = at, more

    async def async_request_tsa_response(self, req):
        imprint = req["message_imprint"]
        md = imprint["hash_algorithm"]["algorithm"].native
        nonce = req["nonce"]
        data = token(imprint["hashed_message"].native, md, nonce, self.at, **self.more)
        return tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": acms.ContentInfo.load(data)})


def token(digest, md, nonce, at, tsa="tsa", chain=("issuing",)):
    info = tsp.TSTInfo({
        "version": "v1", "policy": "1.3.6.1.4.1.55555.2", "serial_number": 1, "gen_time": at, "nonce": nonce,
        "message_imprint": {"hash_algorithm": {"algorithm": md}, "hashed_message": digest},
    }).dump()
    return cms.sign(info, tsa, chain=chain, content_type=cms.TST, econtent=info, signing_time=at)


def context(moment=pki.SIGNED_AT):
    lists = [(pki.KEYS / f"{name}.crl").read_bytes() for name in ("early-root", "early-issuing")]
    return ValidationContext(trust_roots=[certificate("root")], other_certs=[certificate("issuing")], crls=lists,
                             allow_fetching=False, moment=moment, revocation_mode="soft-fail")


def pyhanko(data, by="p256", field="Signature1", *, new=None, tsa=None, prepare=None, style=None, reserve=None, password=None,
            md="sha256", chain=("issuing",), pss=False, strict=True, **meta):
    writer = IncrementalPdfFileWriter(io.BytesIO(data), strict=strict)
    if password is not None:
        writer.encrypt(password)
    if prepare:
        prepare(writer)
    about = signers.PdfSignatureMetadata(field_name=field, md_algorithm=md, subfilter=meta.pop("subfilter", fields.SigSeedSubFilter.PADES), **meta)
    one = signers.PdfSigner(about, signer(by, chain, pss), timestamper=tsa, new_field_spec=new, stamp_style=style)
    return one.sign_pdf(writer, bytes_reserved=reserve).getvalue()


def run(*command, stdin=None):
    done = subprocess.run([str(c) for c in command], input=stdin, capture_output=True)
    assert done.returncode in (0, 3), (command, done.stdout, done.stderr)
    return done.stdout


def through(data, command, suffix=".pdf"):
    """Runs a command that reads file `in` and writes `out`."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / f"in{suffix}", Path(folder) / f"out{suffix}"
        source.write_bytes(data)
        run(*command(source, target))
        return target.read_bytes()


def qpdf(data, *arguments):
    return through(data, lambda a, b: ["qpdf", "--deterministic-id", *arguments, a, b])


def openssl_cms(document, by="rsa2048", *arguments):
    """`openssl cms -sign`: no ESS attribute, but SMIMECapabilities and signingTime."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        (path / "in").write_bytes(document)
        run("openssl", "cms", "-sign", "-binary", "-in", path / "in", "-signer", pki.KEYS / f"{by}.crt", "-inkey", pki.KEYS / f"{by}.key",
            "-certfile", pki.KEYS / "issuing.crt", "-outform", "DER", "-out", path / "out", "-md", "sha256", *arguments)
        return (path / "out").read_bytes()


def keystore(folder, by):
    path = Path(folder) / "key.p12"
    run("openssl", "pkcs12", "-export", "-inkey", pki.KEYS / f"{by}.key", "-in", pki.KEYS / f"{by}.crt", "-certfile", pki.KEYS / "issuing.crt",
        "-out", path, "-passout", "pass:corpus", "-name", "signer")
    return path


def pdfbox(data, by="rsa2048", *arguments):
    jars = ":".join(f"/usr/share/java/{jar}.jar" for jar in ("pdfbox2", "fontbox2", "commons-logging", "bcpkix", "bcprov", "bcutil"))
    source = Path(__file__).with_name("PdfBoxSign.java")
    with tempfile.TemporaryDirectory() as folder:
        p12 = keystore(folder, by)
        return through(data, lambda a, b: ["java", "-cp", jars, source, a, b, p12, *arguments])


def mutool(data, field_object, by="rsa2048"):
    with tempfile.TemporaryDirectory() as folder:
        p12 = keystore(folder, by)
        return through(data, lambda a, b: ["mutool", "sign", "-s", p12, "-P", "corpus", "-o", b, a, field_object])
