#!/usr/bin/env python3
"""Asks pdfsig and pyHanko about every file of the corpus: `ask_others.py` -> one JSON object {path: {tool: verdict}}.

pdfsig gets an NSS database that trusts the corpus's root (certutil, libnss3-tools), pyHanko the same root, the revocation lists
and the moment of judging. A tool is taken at its best. pyHanko says *valid* if every signature's status is `bottom_line`;
pdfsig, which does not look at later changes, if every signature is valid and trusted and one covers the whole file. Where none
covers it, the answer is *part*: it counts neither as a bad file called valid nor as a good one refused.
"""

import json
import logging
import re
import subprocess
import sys
import tempfile
import tomllib
from datetime import datetime
from pathlib import Path

from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

HERE = Path(__file__).resolve().parent
MOMENT = "2026-11-25T00:00:00Z"


def anchors(trust):
    # One authority may stand there for several purposes.
    for content, path in sorted({path.read_bytes(): path for path in trust.rglob("*.pem")}.items()):
        _, _, der = pem.unarmor(content)
        yield path, x509.Certificate.load(der)


def pyhanko(path, trust, moment):
    lists = [one.read_bytes() for one in sorted(trust.glob("*.crl"))]
    lists = [pem.unarmor(one)[2] if one.startswith(b"-----") else one for one in lists]
    context = lambda: ValidationContext(trust_roots=[c for _, c in anchors(trust)], crls=lists, allow_fetching=False,
                                        moment=datetime.fromisoformat(moment), revocation_mode="require")
    try:
        with path.open("rb") as file:
            reader = PdfFileReader(file)
            if reader.encrypted:
                reader.decrypt("")
            found = list(reader.embedded_signatures)
            if not found:
                return "unsigned"
            states = []
            for one in found:
                if one.sig_object.get("/Type") == "/DocTimeStamp":
                    state = validate_pdf_timestamp(one, context())
                    states.append(state.valid and state.intact and state.trusted and not isinstance(state.diff_result, Exception))
                else:
                    states.append(validate_pdf_signature(one, context()).bottom_line)
            return "valid" if all(states) else "invalid"
    except Exception:  # whatever it is, pyHanko gives no verdict of "valid"
        return "error"


def pdfsig(path, database):
    done = subprocess.run(["pdfsig", "-nssdir", f"sql:{database}", path], capture_output=True, text=True, errors="replace", timeout=60)
    said = done.stdout
    signatures, certificates = re.findall(r"Signature Validation: (.*)", said), re.findall(r"Certificate Validation: (.*)", said)
    if not signatures:
        return "unsigned" if "does not contain any signatures" in said + done.stderr else "error"
    if not all(one == "Signature is Valid." for one in signatures):
        return "invalid"
    if len(certificates) < len(signatures) or not all(one == "Certificate is Trusted." for one in certificates):
        return "untrusted"
    return "valid" if "Total document signed" in said.replace("Not total document signed", "") else "part"


def main():
    logging.disable(logging.CRITICAL)
    cases = tomllib.loads((HERE / "expected.toml").read_text())["file"]
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    answers = {}
    with tempfile.TemporaryDirectory() as folder:
        databases = {}
        for case in (one for one in cases if only in one["path"]):
            trust = HERE / case.get("trust", "trust")
            if trust not in databases:
                databases[trust] = Path(folder) / str(len(databases))
                databases[trust].mkdir()
                run = lambda *a: subprocess.run(["certutil", *a, "-d", f"sql:{databases[trust]}"], check=True, capture_output=True)
                run("-N", "--empty-password")
                for path, _ in anchors(trust):
                    run("-A", "-n", str(path), "-t", "CT,C,C", "-a", "-i", str(path))
            path = HERE / case["path"]
            answers[case["path"]] = {"pdfsig": pdfsig(path, databases[trust]), "pyhanko": pyhanko(path, trust, case.get("at", MOMENT))}
    json.dump(answers, sys.stdout, indent=0)


if __name__ == "__main__":
    main()
