"""Public keys of OpenPGP and detached signatures by them, as ``gpg --armor`` writes both: read, and checked.

Packets are those of version 4 (RFC 4880, which RFC 9580 keeps), keys RSA and ed25519. No gpg is asked: whether it calls
a key expired depends on the day, and which keys it has on the machine. What ends a key here is the list it stands in.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

_KEY, _SUBKEY, _SIGNATURE = 6, 14, 2
_REVOKES_KEY, _REVOKES_SUBKEY, _OF_BYTES = 0x20, 0x28, 0x00
_RSA, _EDDSA, _ED25519 = (1, 3), 22, 27
_CURVE: Final = bytes.fromhex("092b06010401da470f01")
"""ed25519 as keys of algorithm 22 name it: its length and object identifier."""
_DIGESTS: Final = {8: hashlib.sha256, 9: hashlib.sha384, 10: hashlib.sha512}
_LEAST_BITS: Final = 2048
_IS_PACKET, _IS_NEW, _NO_LENGTH = 0x80, 0x40, 3
_TWO_BYTES, _IN_PIECES, _FIVE_BYTES = 192, 224, 255


class OpenPgpError(ValueError):
    """A key or a signature that does not count; the message says why."""


@dataclass(frozen=True)
class PgpKey:
    """A key that signs; ``parts`` are the modulus and exponent of RSA, or the one number of ed25519."""

    fingerprint: str
    is_rsa: bool
    parts: tuple[bytes, ...]


def keys_of(block: str) -> tuple[PgpKey, ...]:
    """The keys of an exported block that can sign, subkeys too; one whose owner revoked it is none.

    When a key expires is not read, nor who certified it: whoever reviews the list the block stands in says whose it is.

    Raises:
        OpenPgpError: it is no such block, revokes its main key, or holds no key that could count.
    """
    found: dict[str, PgpKey] = {}
    last = ""
    for kind, body in _packets(_unarmoured(block, "PUBLIC KEY BLOCK")):
        if kind in {_KEY, _SUBKEY}:
            last = hashlib.sha1(b"\x99" + _counted(body, 2), usedforsecurity=False).hexdigest()
            key = _key(last, body)
            found |= {last: key} if key is not None else {}
        elif kind == _SIGNATURE and body[1:2] == bytes([_REVOKES_KEY]):
            raise OpenPgpError("its owner revoked it; take it out")
        elif kind == _SIGNATURE and body[1:2] == bytes([_REVOKES_SUBKEY]):
            found.pop(last, None)
    if not found:
        raise OpenPgpError(f"holds no key that signs (ed25519, or RSA of {_LEAST_BITS} bits or more)")
    return tuple(found.values())


def signer(text: str, content: bytes, keys: Iterable[PgpKey]) -> PgpKey | None:
    """Which of some keys signed these bytes; None where it was another one, or about other bytes.

    Raises:
        OpenPgpError: it is no signature that any of them could have made.
    """
    packets = list(_packets(_unarmoured(text, "SIGNATURE")))
    if [kind for kind, _ in packets] != [_SIGNATURE]:
        raise OpenPgpError("should be one signature")
    read = _Reader(packets[0][1])
    version, kind, algorithm, digest = read.take(4)
    hashed = read.counted(2)
    read.counted(2)  # what is not signed says nothing
    read.take(2)
    if version != 4 or kind != _OF_BYTES or digest not in _DIGESTS:  # noqa: PLR2004 the format's
        raise OpenPgpError("should be a signature of version 4 over bytes, with SHA-256, SHA-384 or SHA-512")
    signed = bytes([version, kind, algorithm, digest]) + _counted(hashed, 2)
    end = b"\x04\xff" + len(signed).to_bytes(4, "big")
    hashes = _DIGESTS[digest](content + signed + end)
    if algorithm in _RSA:
        values = [read.number()]
    elif algorithm == _EDDSA:
        values = [read.number().rjust(32, b"\0"), read.number().rjust(32, b"\0")]
    elif algorithm == _ED25519:
        values = [read.take(64)]
    else:
        raise OpenPgpError("should be by an ed25519 or RSA key")
    fitting = [key for key in keys if key.is_rsa == (algorithm in _RSA)]
    return next((key for key in fitting if _holds(key, b"".join(values), hashes)), None)


def _holds(key: PgpKey, value: bytes, hashes: Any) -> bool:
    # Most commands read no signature and need not load it.
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 as above
    from cryptography.hazmat.primitives import hashes as kinds  # noqa: PLC0415 as above
    from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils  # noqa: PLC0415 as above
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 as above

    try:
        if not key.is_rsa:
            Ed25519PublicKey.from_public_bytes(key.parts[0]).verify(value, hashes.digest())
            return True
        modulus, exponent = (int.from_bytes(part, "big") for part in key.parts)
        known: tuple[kinds.HashAlgorithm, ...] = (kinds.SHA256(), kinds.SHA384(), kinds.SHA512())
        kind = next(one for one in known if one.name == hashes.name)
        public = rsa.RSAPublicNumbers(exponent, modulus).public_key()
        padded = value.rjust(len(key.parts[0]), b"\0")
        public.verify(padded, hashes.digest(), padding.PKCS1v15(), utils.Prehashed(kind))
    except (InvalidSignature, ValueError):
        return False
    return True


def _key(fingerprint: str, body: bytes) -> PgpKey | None:
    """The key of a packet; None for one of another kind, such as the subkey that messages are encrypted to."""
    read = _Reader(body)
    version, _, algorithm = read.take(1), read.take(4), read.take(1)[0]
    if version != b"\x04":
        return None
    if algorithm in _RSA:
        modulus, exponent = read.number(), read.number()
        is_long = int.from_bytes(modulus, "big").bit_length() >= _LEAST_BITS
        return PgpKey(fingerprint, is_rsa=True, parts=(modulus, exponent)) if is_long else None
    if algorithm == _EDDSA and read.take(len(_CURVE)) == _CURVE:
        point = read.number()
        return PgpKey(fingerprint, is_rsa=False, parts=(point[1:],)) if point[:1] == b"\x40" else None
    if algorithm == _ED25519:
        return PgpKey(fingerprint, is_rsa=False, parts=(read.take(32),))
    return None


def _packets(data: bytes) -> Iterator[tuple[int, bytes]]:
    read = _Reader(data)
    while read.rest:
        head = read.take(1)[0]
        if not head & _IS_PACKET or (not head & _IS_NEW and head & 3 == _NO_LENGTH):
            raise OpenPgpError("is damaged")
        if head & _IS_NEW:
            kind, size = head & 0x3F, _length(read)
        else:
            kind, size = (head >> 2) & 0x0F, int.from_bytes(read.take(1 << (head & 3)), "big")
        yield kind, read.take(size)


def _length(read: "_Reader") -> int:
    """As packets of the new format say it: in one byte, two or five."""
    first = read.take(1)[0]
    if first < _TWO_BYTES:
        return first
    if first < _IN_PIECES:
        return ((first - _TWO_BYTES) << 8) + read.take(1)[0] + _TWO_BYTES
    if first < _FIVE_BYTES:
        raise OpenPgpError("comes in pieces")
    return int.from_bytes(read.take(4), "big")


def _unarmoured(text: str, what: str) -> bytes:
    """The bytes between head and foot. A checksum is passed over: who damages one can make one."""
    lines: Sequence[str] = [line.strip() for line in text.strip().splitlines()]
    ends = (f"-----BEGIN PGP {what}-----", f"-----END PGP {what}-----")
    if len(lines) < 3 or (lines[0], lines[-1]) != ends:  # noqa: PLR2004 head, body and foot
        raise OpenPgpError(f"is no PGP {what.lower()}")
    body = lines[1:-1]
    if "" in body:
        body = body[body.index("") + 1 :]
    try:
        return base64.b64decode("".join(line for line in body if not line.startswith("=")), validate=True)
    except binascii.Error:
        raise OpenPgpError("its base64 is damaged") from None


def _counted(value: bytes, size: int) -> bytes:
    return len(value).to_bytes(size, "big") + value


class _Reader:
    """Fields of the format, one after the other."""

    def __init__(self, data: bytes) -> None:
        self.rest = data

    def take(self, count: int) -> bytes:
        found, self.rest = self.rest[:count], self.rest[count:]
        if len(found) < count:
            raise OpenPgpError("is cut off")
        return found

    def counted(self, size: int) -> bytes:
        return self.take(int.from_bytes(self.take(size), "big"))

    def number(self) -> bytes:
        """Behind the number of its bits."""
        return self.take((int.from_bytes(self.take(2), "big") + 7) // 8)
