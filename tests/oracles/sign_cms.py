"""Signs a file as PAdES does, with pyHanko: sign_cms.py CERT KEY HASH CONTENT OUT [TSA_CERT TSA_KEY]. Writes a detached DER ContentInfo; with a TSA, with a signature timestamp."""

import asyncio
import hashlib
import sys
from pathlib import Path

from pyhanko.sign import signers
from pyhanko.sign.general import load_cert_from_pemder, load_private_key_from_pemder
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

certificate, key, algorithm, content, out, *authority = sys.argv[1:]
signer = signers.SimpleSigner(
    signing_cert=load_cert_from_pemder(certificate),
    signing_key=load_private_key_from_pemder(key, None),
    cert_registry=SimpleCertificateStore(),
)
timestamper = None
if authority:
    timestamper = DummyTimeStamper(
        tsa_cert=load_cert_from_pemder(authority[0]),
        tsa_key=load_private_key_from_pemder(authority[1], None),
    )
digest = hashlib.new(algorithm, Path(content).read_bytes()).digest()
signed = asyncio.run(
    signer.async_sign(digest, digest_algorithm=algorithm, use_pades=True, timestamper=timestamper)
)
Path(out).write_bytes(signed.dump())
