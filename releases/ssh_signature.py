"""A signature made by ``ssh-keygen -Y sign``: read, and checked against the bytes that it is about.

The format is OpenSSH's PROTOCOL.sshsig (read 2026-11-29). Keys are ed25519 alone. ``ssh-keygen -Y verify`` says the
same by hand (docs/approvals.md).
"""

import base64
import binascii
import hashlib
from typing import Final

NAMESPACE: Final = "slipway-event"
"""What a signature is for: one that was made for something else does not count."""
OF_COMMITS: Final = "git"
"""What git's own signatures are for."""
KEY_TYPE: Final = "ssh-ed25519"
_BEGIN: Final = "-----BEGIN SSH SIGNATURE-----"
_END: Final = "-----END SSH SIGNATURE-----"
_MAGIC: Final = b"SSHSIG"
_DIGESTS: Final = {"sha256": hashlib.sha256, "sha512": hashlib.sha512}
_KEY_BYTES: Final = 32
_SIGNATURE_BYTES: Final = 64


class SshSignatureError(ValueError):
    """A signature that does not count; the message says why."""


def key_of(line: str) -> bytes:
    """The blob of a public key as ``ssh-keygen`` writes it: type, base64, and a comment that nobody reads.

    Raises:
        SshSignatureError: it is no ed25519 key.
    """
    parts = line.split()
    if len(parts) < 2 or parts[0] != KEY_TYPE:  # noqa: PLR2004 type and key
        raise SshSignatureError(f"should be an {KEY_TYPE} key: {KEY_TYPE} AAAA...")
    try:
        blob = base64.b64decode(parts[1], validate=True)
    except binascii.Error:
        raise SshSignatureError(f"should be an {KEY_TYPE} key: its base64 is damaged") from None
    _raw_key(blob)
    return blob


def signer(text: str, content: bytes, purpose: str = NAMESPACE) -> bytes:
    """The blob of the key that signed these bytes for a purpose.

    Raises:
        SshSignatureError: the signature is damaged, for another purpose, or about other bytes.
    """
    read = _Reader(_unarmoured(text))
    if read.take(len(_MAGIC)) != _MAGIC or int.from_bytes(read.take(4), "big") != 1:
        raise SshSignatureError("is no SSH signature of version 1")
    blob, namespace, reserved, digest = (read.string() for _ in range(4))
    if namespace.decode("utf-8", "replace") != purpose:
        raise SshSignatureError(f"is for {namespace.decode('utf-8', 'replace')!r}, not for {purpose!r}")
    hashed = _DIGESTS.get(digest.decode("ascii", "replace"))
    inner = _Reader(read.string())
    kind, value = inner.string(), inner.string()
    if hashed is None or kind != KEY_TYPE.encode() or len(value) != _SIGNATURE_BYTES:
        raise SshSignatureError(f"should be by an {KEY_TYPE} key")
    signed = b"".join(_string(part) for part in (namespace, reserved, digest, hashed(content).digest()))
    _check(_raw_key(blob), value, _MAGIC + signed)
    return blob


def _check(key: bytes, value: bytes, signed: bytes) -> None:
    # Most commands read no signature and need not load it.
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 as above
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 as above

    try:
        Ed25519PublicKey.from_public_bytes(key).verify(value, signed)
    except (InvalidSignature, ValueError):
        raise SshSignatureError(
            "is not about what the file says now: it was changed after it was signed"
        ) from None


def _unarmoured(text: str) -> bytes:
    lines = [line.strip() for line in text.strip().splitlines()]
    if len(lines) < 3 or (lines[0], lines[-1]) != (_BEGIN, _END):  # noqa: PLR2004 head, body and foot
        raise SshSignatureError("is no SSH signature (ssh-keygen -Y sign makes one)")
    try:
        return base64.b64decode("".join(lines[1:-1]), validate=True)
    except binascii.Error:
        raise SshSignatureError("its base64 is damaged") from None


def _raw_key(blob: bytes) -> bytes:
    read = _Reader(blob)
    kind, key = read.string(), read.string()
    if kind != KEY_TYPE.encode() or len(key) != _KEY_BYTES or read.rest:
        raise SshSignatureError(f"should be an {KEY_TYPE} key")
    return key


def _string(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value


class _Reader:
    """Fields of the wire format, one after the other."""

    def __init__(self, data: bytes) -> None:
        self.rest = data

    def take(self, count: int) -> bytes:
        found, self.rest = self.rest[:count], self.rest[count:]
        if len(found) < count:
            raise SshSignatureError("is cut off")
        return found

    def string(self) -> bytes:
        return self.take(int.from_bytes(self.take(4), "big"))
