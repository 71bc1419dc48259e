#!/usr/bin/env bash
# Pictures of the verifier's answers by a real browser, to be looked at by whoever changes them:
#   NODE_PATH=…/node_modules tools/screenshots.sh FOLDER
# Needs target/debug/yinxin (`make demo` builds it), the Python of `make tools`, chromium, node and puppeteer-core.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(realpath "$1")
work=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill "$server" || true; fi; rm -rf "$work"' EXIT

YINXIN_LOG=error target/debug/yinxin demo --data "$work/demo" >"$work/said" &
server=$!
until grep -q '^serving ' "$work/said"; do sleep 0.2; done
url=$(sed -n 's/^serving //p' "$work/said")
sealed=$(sed -n 's/^sealed //p' "$work/said")
cp "$sealed" "$work/食品经营许可证.pdf"
cp tests/data/pdf/typst-a2b.pdf "$work/扫描件.pdf"

openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key.pem" -out "$work/cert.pem" -days 30 -subj "/CN=Somebody Else" 2>/dev/null
.venv/bin/python - "$work" <<'PYTHON'
import sys
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner, fields

work = sys.argv[1]
with open(f"{work}/食品经营许可证.pdf", "rb") as file:
    writer = IncrementalPdfFileWriter(file)
    content = b" q 1 1 1 rg 330 300 90 18 re f 0 0 0 rg 335 303 60 9 re f 500 420 40 10 re f Q"
    writer.add_stream_to_page(0, writer.add_object(generic.StreamObject(stream_data=content)))
    with open(f"{work}/改过的.pdf", "wb") as out:
        writer.write(out)
with open(f"{work}/扫描件.pdf", "rb") as file, open(f"{work}/外来的.pdf", "wb") as out:
    writer = IncrementalPdfFileWriter(file)
    field = fields.SigFieldSpec("Signature1", on_page=0, box=(300, 100, 480, 160))
    signer = SimpleSigner.load(f"{work}/key.pem", f"{work}/cert.pem")
    PdfSigner(PdfSignatureMetadata(field_name="Signature1", name="某公司"), signer, new_field_spec=field).sign_pdf(writer, output=out)
PYTHON

node tools/screenshots.cjs "$url" "$out" ask "valid=$work/食品经营许可证.pdf" "invalid=$work/改过的.pdf" "unsure=$work/外来的.pdf" \
  "unsigned=$work/扫描件.pdf"
# As if a decision had withdrawn it since.
.venv/bin/python -c "
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as base:
    base.execute(\"UPDATE certificate SET state = 'withdrawn'\")
" "$work/demo/yinxin.sqlite"
node tools/screenshots.cjs "$url" "$out" "lapsed=$work/食品经营许可证.pdf"
