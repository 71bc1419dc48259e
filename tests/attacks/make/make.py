#!/usr/bin/env python3
"""Makes the corpus of signed PDFs: `python make.py [part of a path]`.

Files that are there are kept, unless their path contains the argument: signatures hold random numbers, and the files are to
stay what they are. Needs the packages of requirements.txt, and qpdf, mutool, openssl and java.
"""

import sys

import pki

pki.make()

import corpus  # noqa: E402  (the keys come first)
import good  # noqa: E402, F401
import changes  # noqa: E402, F401
import evidence  # noqa: E402, F401
import explained  # noqa: E402, F401
import filled  # noqa: E402, F401
import forms  # noqa: E402, F401
import hall  # noqa: E402, F401
import looks  # noqa: E402, F401
import readings  # noqa: E402, F401
import seen  # noqa: E402, F401
import shadow  # noqa: E402, F401
import signatures  # noqa: E402, F401
import structure  # noqa: E402, F401
import switches  # noqa: E402, F401
import weak  # noqa: E402, F401

print(corpus.write(sys.argv[1] if len(sys.argv) > 1 else ""), "files made of", len(corpus.FILES))
