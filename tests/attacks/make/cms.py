"""CMS signatures and timestamp tokens written field by field, so that each field can be written wrong."""

import hashlib

from asn1crypto import algos, cms, core, tsp, x509 as ax509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

import pki

HASHES = {"sha1": hashes.SHA1, "sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512,
          "sha3_256": hashes.SHA3_256, "sha3_512": hashes.SHA3_512, "md5": hashes.MD5, "sha224": hashes.SHA224}
OIDS = {"sha3_256": "2.16.840.1.101.3.4.2.8", "sha3_512": "2.16.840.1.101.3.4.2.10"}
ECDSA = {"sha1": "1.2.840.10045.4.1", "sha224": "1.2.840.10045.4.3.1", "sha256": "1.2.840.10045.4.3.2",
         "sha384": "1.2.840.10045.4.3.3", "sha512": "1.2.840.10045.4.3.4",
         "sha3_256": "2.16.840.1.101.3.4.3.10", "sha3_512": "2.16.840.1.101.3.4.3.12"}
RSA = {"md5": "1.2.840.113549.1.1.4", "sha1": "1.2.840.113549.1.1.5", "sha256": "1.2.840.113549.1.1.11",
       "sha384": "1.2.840.113549.1.1.12", "sha512": "1.2.840.113549.1.1.13",
       "sha3_256": "2.16.840.1.101.3.4.3.14", "sha3_512": "2.16.840.1.101.3.4.3.16"}


def tlv(tag, *parts, indefinite=False):
    body = b"".join(parts)
    if indefinite:
        return bytes([tag, 0x80]) + body + b"\0\0"
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    size = (len(body).bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + len(body).to_bytes(size, "big") + body


def oid(dotted):
    return core.ObjectIdentifier(dotted).dump()


NULL = b"\x05\x00"
SIGNED_DATA, DATA, TST = oid("1.2.840.113549.1.7.2"), oid("1.2.840.113549.1.7.1"), oid("1.2.840.113549.1.9.16.1.4")


def digest_oid(md):
    return oid(OIDS.get(md) or algos.DigestAlgorithmId(md).dotted)


def digest_algorithm(md):
    return tlv(0x30, digest_oid(md))


def pss_parameters(md):
    hashed = tlv(0x30, digest_oid(md), NULL)
    mgf = tlv(0x30, oid("1.2.840.113549.1.1.8"), hashed)
    salt = core.Integer(HASHES[md]().digest_size).dump()
    return tlv(0x30, oid("1.2.840.113549.1.1.10"),
               tlv(0x30, tlv(0xA0, hashed), tlv(0xA1, mgf), tlv(0xA2, salt)))


def signature_algorithm(key, md, pss=False):
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return tlv(0x30, oid("1.3.101.112"))
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return tlv(0x30, oid(ECDSA[md]))
    return pss_parameters(md) if pss else tlv(0x30, oid(RSA[md]), NULL)


def raw_sign(key, md, data, pss=False):
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(data)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(data, ec.ECDSA(HASHES[md](), deterministic_signing=not md.startswith("sha3")))
    scheme = padding.PSS(padding.MGF1(HASHES[md]()), HASHES[md]().digest_size) if pss else padding.PKCS1v15()
    return key.sign(data, scheme, HASHES[md]())


def attribute(kind, *values):
    return tlv(0x30, oid(kind), tlv(0x31, *values))


CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.5"
ESS_V2, ESS_V1, PROTECTION = "1.2.840.113549.1.9.16.2.47", "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.52"
TIMESTAMP = "1.2.840.113549.1.9.16.2.14"


def ess_v2(cert_der, md="sha256"):
    issuer_serial = b""
    algorithm = b"" if md == "sha256" else digest_algorithm(md)
    digest = tlv(0x04, hashlib.new(md, cert_der).digest())
    return attribute(ESS_V2, tlv(0x30, tlv(0x30, tlv(0x30, algorithm, digest, issuer_serial))))


def ess_v1(cert_der):
    return attribute(ESS_V1, tlv(0x30, tlv(0x30, tlv(0x30, tlv(0x04, hashlib.sha1(cert_der).digest())))))


def protection(md, sig_alg):
    return attribute(PROTECTION, tlv(0x30, digest_algorithm(md), b"\xa1" + sig_alg[1:]))


def sid(cert_der):
    cert = ax509.Certificate.load(cert_der)
    return tlv(0x30, cert.issuer.dump(), core.Integer(cert.serial_number).dump())


def by_key_identifier(cert_der):
    return b"\x80" + core.OctetString(ax509.Certificate.load(cert_der).key_identifier).dump()[1:]


def sign(document, signer="p256", *, md="sha256", chain=("issuing",), key=None, cert=None, pss=False, cades=True,
         content_type=DATA, digest=None, attributes=None, extra=(), signing_time=None, use_sid=None, no_attributes=False,
         order=sorted, sig_alg=None, stated_md=None, unsigned=(), econtent=None, signature=None, certs=None, tail=b"",
         indefinite=False, signer_infos=1, set_digests=None, crls=(), version=1, sign_as=None):
    """A ContentInfo over `document` (the bytes of the ByteRange). Every argument is a way to do otherwise."""
    key = key or pki.key(signer)
    cert = cert if cert is not None else pki.der(signer)
    algorithm = sig_alg or signature_algorithm(key, md, pss)
    digest = digest if digest is not None else hashlib.new(md, document).digest()
    if attributes is None:
        attributes = [attribute(CONTENT_TYPE, content_type), attribute(MESSAGE_DIGEST, tlv(0x04, digest))]
        if cades:
            attributes.append(ess_v2(cert))
        if signing_time:
            attributes.append(attribute(SIGNING_TIME, core.UTCTime(signing_time).dump()))
    attributes = order([*attributes, *extra])
    if signature is None:
        to_sign = sign_as if sign_as is not None else (document if no_attributes else tlv(0x31, *attributes))
        signature = raw_sign(key, md, to_sign, pss)
    info = tlv(0x30, core.Integer(version).dump(), use_sid or sid(cert), digest_algorithm(stated_md or md),
               b"" if no_attributes else tlv(0xA0, *attributes), algorithm, tlv(0x04, signature),
               tlv(0xA1, *[u(signature) if callable(u) else u for u in unsigned]) if unsigned else b"")
    certs = certs if certs is not None else [cert, *[pki.der(one) for one in chain]]
    i = indefinite
    content = tlv(0xA0, tlv(0x04, econtent)) if econtent is not None else b""
    signed = tlv(0x30, core.Integer(3 if content_type == TST else 1).dump(),
                 tlv(0x31, *(set_digests or [digest_algorithm(stated_md or md)])),
                 tlv(0x30, content_type, content, indefinite=i),
                 tlv(0xA0, *certs, indefinite=i) if certs else b"",
                 tlv(0xA1, *crls) if crls else b"",
                 tlv(0x31, *[info] * signer_infos, indefinite=i), indefinite=i)
    return tlv(0x30, SIGNED_DATA, tlv(0xA0, signed, indefinite=i), indefinite=i) + tail


def token(data, *, tsa="tsa", at=None, md="sha256", imprint=None, chain=("issuing",), gen=b"", **more):
    """An RFC 3161 TimeStampToken over `data`."""
    import datetime
    at = at or pki.STAMPED_AT
    info = tsp.TSTInfo({
        "version": "v1", "policy": "1.3.6.1.4.1.55555.2", "serial_number": 1, "gen_time": at,
        "message_imprint": {"hash_algorithm": {"algorithm": md}, "hashed_message": imprint or hashlib.new(md, data).digest()},
    }).dump()
    return sign(info, tsa, md="sha256", chain=chain, content_type=TST, econtent=info, signing_time=at, **more)


def timestamped(**more):
    """The unsigned attribute that timestamps a signature."""
    return lambda signature: attribute(TIMESTAMP, token(signature, **more))
