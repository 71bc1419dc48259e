#!/usr/bin/env python3
"""Independent check of a whole C2SP tiled log, and of the statements opened beside it.

usage: verify_log.py SOURCE POLICY      SOURCE: a tar file of `yinxin ledger export`, or the address of a served log
                                        POLICY: a C2SP tlog-policy, got by another way than SOURCE

Checks signature, quorum, every tile of every level, every entry, and that each statement's salted digest stands in its entry.
"""
import base64, hashlib, json, sys, tarfile, urllib.request
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def b64(text):
    raw = base64.b64decode(text, validate=True)
    assert base64.b64encode(raw).decode() == text, "base64 that is not canonical"
    return raw


def vkey(text):
    name, hexid, blob = text.split("+", 2)
    blob = b64(blob)
    key_id = sha(name.encode(), b"\n", blob)[:4]
    assert key_id.hex() == hexid and len(blob) == 33, "bad vkey"
    return name, key_id, blob[0], Ed25519PublicKey.from_public_bytes(blob[1:])


def read_policy(text):
    logs, witnesses, groups, quorum = [], {}, {}, None
    for line in text.splitlines():
        match line.split():
            case ["log", key, *_]: logs.append(vkey(key))
            case ["witness", name, key, *_]: witnesses[name] = vkey(key)
            case ["group", name, k, *members]:
                groups[name] = ({"any": 1, "all": len(members)}.get(k) or int(k), members)
            case ["quorum", name]: quorum = name
            case [] | [_] if not line.strip() or line.startswith("#"): pass
            case other: assert line.startswith("#"), f"policy: {line}"
    return logs, witnesses, groups, quorum


def read_checkpoint(note, policy):
    """Size and root of a checkpoint that the policy accepts, and the names of those who cosigned it."""
    logs, witnesses, groups, quorum = policy
    text, signatures = note.decode().split("\n\n")
    text += "\n"
    origin, size, root = text.removesuffix("\n").split("\n")
    assert size == str(int(size)), "size"
    signed, cosigned = False, set()
    for line in signatures.removesuffix("\n").split("\n"):
        dash, name, blob = line.split(" ")
        assert dash == "\u2014"
        blob = b64(blob)
        for who, key_id, kind, key in logs:
            if (who, key_id) == (name, blob[:4]):
                assert kind == 1 and who == origin
                key.verify(blob[4:], text.encode())
                signed = True
        for label, (who, key_id, kind, key) in witnesses.items():
            if (who, key_id) == (name, blob[:4]):
                assert kind == 4
                seconds = int.from_bytes(blob[4:12], "big")
                key.verify(blob[12:], f"cosignature/v1\ntime {seconds}\n{text}".encode())
                cosigned.add(label)
    assert signed, "no log of the policy has signed"

    def present(name):
        if name in groups:
            k, members = groups[name]
            return sum(map(present, members)) >= k
        return name in cosigned

    assert quorum == "none" or present(quorum), f"no quorum: cosigned by {sorted(cosigned)}"
    return origin, int(size), b64(root), sorted(cosigned)


def path_of(n):
    groups = [f"{n % 1000:03}"]
    while n := n // 1000:
        groups.insert(0, f"x{n % 1000:03}")
    return "/".join(groups)


def parts(count):
    """Number and width of the files that hold `count` things, 256 a file."""
    full = [(n, 256) for n in range(count // 256)]
    return full + ([(count // 256, count % 256)] if count % 256 else [])


def name_of(folder, n, width):
    return f"tile/{folder}/{path_of(n)}" + (f".p/{width}" if width < 256 else "")


def tree(hashes):
    """Merkle Tree Hash of RFC 6962, 2.1, from leaf hashes; level by level, an odd one going up as it is."""
    if not hashes:
        return sha(b"")
    while len(hashes) > 1:
        pairs = [sha(b"\1", a, b) for a, b in zip(hashes[::2], hashes[1::2])]
        hashes = pairs + ([hashes[-1]] if len(hashes) % 2 else [])
    return hashes[0]


def entries_of(read, size):
    entries = []
    for n, width in parts(size):
        rest, found = read(name_of("entries", n, width)), []
        while rest:
            length = int.from_bytes(rest[:2], "big")
            assert len(rest) >= 2 + length, "cut entry"
            found.append(rest[2 : 2 + length])
            rest = rest[2 + length :]
        assert len(found) == width, f"bundle {n} has {len(found)} entries"
        entries += found
    return entries


def check_tiles(read, leaves, root):
    assert tree(leaves) == root, "the entries do not give the signed root"
    level, hashes, files = 0, leaves, 0
    while hashes:
        for n, width in parts(len(hashes)):
            assert read(name_of(level, n, width)) == b"".join(hashes[n * 256 : n * 256 + width]), f"tile {level}/{n}"
            files += 1
        hashes = [tree(hashes[n : n + 256]) for n in range(0, len(hashes) // 256 * 256, 256)]
        level += 1
    return files


# Lines of an entry whose digest is of something public; every other digest is salted.
CLEAR = {b"seal", b"template", b"document", b"certificate", b"policy", b"about"}


def salted_digests(entry):
    lines = [line.split(b" ") for line in entry.splitlines()]
    return {line[1].decode() for line in lines if len(line) == 2 and len(line[1]) == 64 and line[0] not in CLEAR}


def check_statements(lines, entries):
    """Every statement is named by its entry; gives how many there are, and how many digests stay closed."""
    salted = [salted_digests(entry) for entry in entries]
    total, opened = sum(map(len, salted)), 0
    for line in lines.splitlines():
        one = json.loads(line)
        said = one["statement"]
        said = bytes.fromhex(said["hex"]) if isinstance(said, dict) else said.encode()
        salt = bytes.fromhex(one["salt"])
        assert len(salt) == 32, "salt"
        digest = sha(salt, said).hex()
        assert digest in salted[one["index"]], f"entry {one['index']} does not name the statement"
        salted[one["index"]].remove(digest)
        opened += 1
    return opened, total - opened


def main(source, policy):
    if source.startswith("http"):
        read = lambda name: urllib.request.urlopen(f"{source.rstrip('/')}/{name}", timeout=30).read()
        names = None
    else:
        archive = tarfile.open(source)
        files = {member.name: archive.extractfile(member).read() for member in archive.getmembers()}
        read, names = files.__getitem__, set(files)
    origin, size, root, cosigned = read_checkpoint(read("checkpoint"), read_policy(open(policy, encoding="utf-8").read()))
    entries = entries_of(read, size)
    tiles = check_tiles(read, [sha(b"\0", entry) for entry in entries], root)
    said = f"OK {origin} {size} entries, {tiles} tiles, cosigned by {', '.join(cosigned) or 'nobody'}"
    if names is not None:
        opened, closed = check_statements(read("statements.jsonl").decode(), entries)
        said += f", {opened} statements opened, {closed} closed"
    print(said)


if __name__ == "__main__":
    main(*sys.argv[1:])
