#!/usr/bin/env python3
"""PDFs that other packages carry, as they are and broken, through the program: `public.py PROGRAM FOLDER… [--mutants N]`.

Looks for *.pdf below the folders (crates' sources, Debian's documentation, unpacked source packages), judges each in a process of
its own and prints sums and the worst. Exit 1 if a process crashed, took five seconds or 512 MiB.
"""

import json
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from measured import measured

TRUST = Path(__file__).resolve().parent.parent / "attacks" / "trust"
NUMBERS = [b"0", b"-1", b"2147483648", b"4294967296", b"9223372036854775807", b"99999999999999999999"]


def mutate(data, rng):
    data = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) or 1)
        match rng.randrange(6):
            case 0: data[at:at + 1] = bytes([rng.randrange(256)])
            case 1: del data[at:at + rng.randint(1, 300)]
            case 2: data[at:at] = data[rng.randrange(len(data) or 1):][:rng.randint(1, 2000)]
            case 3: del data[at:]
            case 4:
                found = re.compile(rb"\d+").search(data, at)
                if found: data[found.start():found.end()] = rng.choice(NUMBERS)
            case 5:
                found = re.compile(rb"(?:/Length|/Prev|/Size|/N|/First|/W|/Index|startxref)\s*\[?\s*(\d+)").search(data, at)
                if found: data[found.start(1):found.end(1)] = rng.choice(NUMBERS)
    return bytes(data)


def main():
    program, arguments = sys.argv[1], sys.argv[2:]
    mutants = int(arguments.pop(arguments.index("--mutants") + 1)) if "--mutants" in arguments else 0
    files = sorted({path for folder in arguments if folder != "--mutants" for path in Path(folder).rglob("*.pdf") if path.is_file()})
    sums, failed, worst_seconds, worst_memory = {}, [], (0, ""), (0, "")
    rng = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        for path in files:
            data = path.read_bytes()
            if len(data) > 64 << 20:
                continue
            for nth in range(1 + mutants):
                bytes_ = mutate(data, rng) if nth else data
                target = Path(folder) / "one.pdf"
                target.write_bytes(bytes_)
                with (Path(folder) / "out").open("w+b") as out:
                    measure = measured(5, [program, "verify", "--json", "--trust", TRUST, target], stdout=out, stderr=subprocess.STDOUT)
                    out.seek(0)
                    said = out.read().decode(errors="replace")
                name = f"{path.name}#{nth}"
                bad = measure["hung"] or measure["signal"] or measure["code"] not in (0, 1, 2) or measure["rss_kib"] > 512 << 10
                if bad:
                    keep = Path(tempfile.gettempdir()) / f"robust-{len(failed)}.pdf"
                    keep.write_bytes(bytes_)
                    failed.append((name, measure, said[-300:], str(keep)))
                    continue
                report = json.loads(said.splitlines()[-1])
                why = report["reasons"][0]["code"] if report["reasons"] else "-"
                key = f"{report['verdict']} {why}"
                sums[key] = sums.get(key, 0) + 1
                worst_seconds = max(worst_seconds, (measure["seconds"], name))
                worst_memory = max(worst_memory, (measure["rss_kib"], name))
    print(f"{len(files)} files, {sum(sums.values()) + len(failed)} runs; slowest {worst_seconds[0]} s ({worst_seconds[1]}), "
          f"most memory {worst_memory[0] // 1024} MiB ({worst_memory[1]})")
    for key, count in sorted(sums.items(), key=lambda item: -item[1]):
        print(f"  {count:6} {key}")
    for one in failed:
        print("FAILED", *one)
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
