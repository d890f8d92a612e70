"""Signed decisions for releases that a tool makes, in folders that end with it.

The keys follow from the address alone: anybody can make them, and no list of people that counts names one.
"""

import base64
import hashlib
from pathlib import Path

import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from releases.people import FILE, SIGNED
from releases.ssh_signature import NAMESPACE

_VERSION = (1).to_bytes(4, "big")


def enlist(releases: Path) -> None:
    """Everybody who may decide in a folder of releases has the key that :func:`sign` signs with, besides their own."""
    path = releases / FILE
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    for who, said in data["people"].items():
        line = _public(_key(who)).decode()
        said["keys"] = [*(one for one in said.get("keys", ()) if one != line), line]
    path.write_text(yaml.safe_dump(data), encoding="utf-8")


def sign(event: Path) -> None:
    """The event, as its file is now, has the signature of whoever says it beside it."""
    content = event.read_bytes()
    key = _key(yaml.safe_load(content)["who"])
    kind, blob = _public(key).split()
    about = [NAMESPACE.encode(), b"", b"sha512"]
    value = key.sign(b"SSHSIG" + _strings(*about, hashlib.sha512(content).digest()))
    made = b"SSHSIG" + _VERSION + _strings(base64.b64decode(blob), *about, _strings(kind, value))
    text = base64.b64encode(made).decode()
    lines = [text[at : at + 70] for at in range(0, len(text), 70)]
    whole = "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""])
    event.with_name(event.name + SIGNED).write_text(whole, encoding="ascii")


def _key(who: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"of no worth: {who}".encode()).digest())


def _public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)


def _strings(*parts: bytes) -> bytes:
    """As the wire format of SSH has them: each behind its length."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
