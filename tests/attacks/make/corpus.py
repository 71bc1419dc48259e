"""The list of the corpus: every file with its class, what it shows and what a verifier ought to say."""

import pki

FILES = []


def add(path, about, expect, data, codes=(), trust="trust", at=None):
    """`path`: class/name. `expect`: one verdict or several, the first preferred. `data`: bytes, a `Doc`, or what makes them."""
    FILES.append((path, about, [expect] if isinstance(expect, str) else list(expect), data, list(codes), trust, at))


def write(only=""):
    """Writes the files that are missing (all whose path contains `only`, if that is given) and expected.toml."""
    made = 0
    for path, _, _, data, *_ in FILES:
        target = pki.HERE / f"{path}.pdf"
        if target.exists() and not (only and only in path):
            continue
        data = data() if callable(data) else data
        data = data if isinstance(data, bytes) else data.data
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(data)
        made += 1
    known = {f"{path}.pdf" for path, *_ in FILES}
    for stale in pki.HERE.glob("*/*.pdf"):
        if str(stale.relative_to(pki.HERE)) not in known:
            stale.unlink()
    lines = ["# What a verifier ought to say of each file, from the descriptions of the attacks and the standards, not from what any",
             "# program says. Written by make/make.py. The first verdict is the one preferred; `codes`: one of these reasons is given.", ""]
    for path, about, expect, _, codes, trust, at in FILES:
        quote = lambda items: "[" + ", ".join(f'"{item}"' for item in items) + "]"
        lines += ["[[file]]", f'path = "{path}.pdf"', f'about = "{about}"', f"expect = {quote(expect)}"]
        lines += [f"codes = {quote(codes)}"] if codes else []
        lines += [f'trust = "{trust}"'] if trust != "trust" else []
        lines += [f'at = "{at}"'] if at else []
        lines += [""]
    (pki.HERE / "expected.toml").write_text("\n".join(lines))
    return made
