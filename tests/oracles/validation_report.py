"""Holds an XML validation report against ETSI TS 119 102-2 V1.2.1: names, order, what must be there, references, and the file's digest.

    validation_report.py REPORT.xml FILE

Written from the standard's clauses 4.2 to 4.5, with the parser of Python's standard library. Prints the main indications, one a line.
"""

import base64
import hashlib
import re
import sys
import xml.etree.ElementTree as tree

ETSI = "{http://uri.etsi.org/19102/v1.2.1#}"
DSIG = "{http://www.w3.org/2000/09/xmldsig#}"
XADES = "{http://uri.etsi.org/01903/v1.3.2#}"
LISTS = "{http://uri.etsi.org/02231/v2#}"

# Children in their order: "?" may be left out, "*" any number, "+" at least one. Those in no list hold text or nothing.
CHILDREN = {
    "ValidationReport": "SignatureValidationReport+ SignatureValidationObjects? SignatureValidator? ds:Signature?",
    "SignatureValidationReport": "SignatureIdentifier? ValidationConstraintsEvaluationReport? ValidationTimeInfo? SignersDocument? "
    "SignatureAttributes? SignerInformation? SignatureQuality? SignatureValidationProcess? SignatureValidationStatus",
    "SignatureIdentifier": "DigestAlgAndValue? ds:SignatureValue? HashOnly DocHashOnly DAIdentifier?",
    "ValidationConstraintsEvaluationReport": "SignatureValidationPolicy? ValidationConstraint*",
    "SignatureValidationPolicy": "SignaturePolicyIdentifier PolicyName? FormalPolicyURI? ReadablePolicyURI? FormalPolicyObject?",
    "SignaturePolicyIdentifier": "xades:SignaturePolicyImplied",
    "ValidationTimeInfo": "ValidationTime BestSignatureTime",
    "BestSignatureTime": "POETime TypeOfProof POEObject?",
    "SignersDocument": "DigestAlgAndValue SignersDocumentRepresentation? SignersDocumentRef?",
    "DigestAlgAndValue": "ds:DigestMethod ds:DigestValue",
    "SignatureAttributes": "SigningTime* SigningCertificate* Reason* Name*",
    "SigningTime": "AttributeObject* Time",
    "Name": "AttributeObject* NameElement",
    "SignerInformation": "SignerCertificate Signer?",
    "SignatureValidationProcess": "SignatureValidationProcessID? SignatureValidationServicePolicy? SignatureValidationPracticeStatement?",
    "SignatureValidationStatus": "MainIndication SubIndication* AssociatedValidationReportData*",
    "AssociatedValidationReportData": "TrustAnchor? CertificateChain? RelatedValidationObject* RevocationStatusInformation? "
    "CryptoInformation? AdditionalValidationReportData?",
    "AdditionalValidationReportData": "ReportData+",
    "ReportData": "Type Value",
    "SignatureValidationObjects": "ValidationObject+",
    "ValidationObject": "ObjectType ValidationObjectRepresentation POE? POEProvisioning?",
    "ValidationObjectRepresentation": "DigestAlgAndValue",
    "SignatureValidator": "DigitalId+ TSPInformation?",
    "DigitalId": "tsl:Other",
}
LEAVES = (
    "HashOnly DocHashOnly DAIdentifier PolicyName xades:SignaturePolicyImplied ValidationTime POETime TypeOfProof ds:DigestMethod "
    "ds:DigestValue Time NameElement SignerCertificate Signer SignatureValidationProcessID MainIndication SubIndication Type Value "
    "ObjectType tsl:Other"
).split()
MAIN = {f"urn:etsi:019102:mainindication:{word}" for word in ("total-passed", "total-failed", "indeterminate")}
SUB = {
    f"urn:etsi:019102:subindication:{word}"
    for word in (
        "FORMAT_FAILURE HASH_FAILURE SIG_CRYPTO_FAILURE REVOKED EXPIRED NOT_YET_VALID SIG_CONSTRAINTS_FAILURE CHAIN_CONSTRAINTS_FAILURE "
        "CERTIFICATE_CHAIN_GENERAL_FAILURE CRYPTO_CONSTRAINTS_FAILURE POLICY_PROCESSING_ERROR SIGNATURE_POLICY_NOT_AVAILABLE "
        "TIMESTAMP_ORDER_FAILURE NO_SIGNING_CERTIFICATE_FOUND NO_CERTIFICATE_CHAIN_FOUND REVOKED_NO_POE REVOKED_CA_NO_POE "
        "OUT_OF_BOUNDS_NO_POE OUT_OF_BOUNDS_NOT_REVOKED CRYPTO_CONSTRAINTS_FAILURE_NO_POE NO_POE TRY_LATER SIGNED_DATA_NOT_FOUND GENERIC"
    ).split()
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def name(element):
    for prefix, space in (("", ETSI), ("ds:", DSIG), ("xades:", XADES), ("tsl:", LISTS)):
        if element.tag.startswith(space):
            return prefix + element.tag[len(space) :]
    raise SystemExit(f"a foreign element: {element.tag}")


def hold(element):
    own = name(element)
    if own not in CHILDREN:
        assert own in LEAVES and len(element) == 0, f"{own} is not of the schema, or holds elements"
        return
    pattern = "".join(f"(?:{part.rstrip('?*+')} ){part[len(part.rstrip('?*+')) :]}" for part in CHILDREN[own].split())
    children = "".join(name(child) + " " for child in element)
    assert re.fullmatch(pattern, children), f"{own}: {children}"
    assert not (element.text or "").strip(), f"{own} holds text"
    for child in element:
        hold(child)


def main(report, file):
    root = tree.parse(report).getroot()
    assert name(root) == "ValidationReport"
    hold(root)
    identifiers = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(identifiers) == len(set(identifiers)), "an identifier is given twice"
    for element in root.iter():
        for target in (element.get("VOReference") or "").split():
            assert target in identifiers, f"a reference to nothing: {target}"
        if name(element) in ("ValidationTime", "POETime", "Time"):
            assert TIME.fullmatch(element.text), element.text
        if name(element) in ("Type", "PolicyName"):
            assert element.text.startswith("urn:"), element.text
    with open(file, "rb") as opened:
        digest = base64.b64encode(hashlib.sha256(opened.read()).digest()).decode()
    for document in root.iter(f"{ETSI}SignersDocument"):
        assert document.findtext(f".//{DSIG}DigestValue") == digest, "not the digest of the file"
    for status in root.iter(f"{ETSI}SignatureValidationStatus"):
        indication = status.findtext(f"{ETSI}MainIndication")
        assert indication in MAIN, indication
        subs = [sub.text for sub in status.iter(f"{ETSI}SubIndication")]
        assert set(subs) <= SUB, subs
        assert bool(subs) <= (not indication.endswith("total-passed")), "a signature that passed has a sub-indication"
        print(indication.rsplit(":", 1)[1])


main(*sys.argv[1:])
