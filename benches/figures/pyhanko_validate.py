"""How many times a second pyHanko validates FILE under the trust anchor ROOT: the median of five rounds of ten."""
import io, statistics, sys, time
from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

data = open(sys.argv[1], "rb").read()
_, _, der = pem.unarmor(open(sys.argv[2], "rb").read())
root = x509.Certificate.load(der)
rounds = []
for _ in range(5):
    begun = time.perf_counter()
    for _ in range(10):
        context = ValidationContext(trust_roots=[root], allow_fetching=False)
        status = validate_pdf_signature(PdfFileReader(io.BytesIO(data)).embedded_signatures[0], context)
        assert status.intact and status.valid and status.trusted, status.pretty_print_details()
    rounds.append(10 / (time.perf_counter() - begun))
print(statistics.median(rounds))
