"""Signing what workflows and people say: with a key in a file here, with one that stays in KMS in ``kms``."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from releases.event_signature import FIELD, canonical, key_digest


class Signer(Protocol):
    """Whoever holds the key."""

    @property
    def key(self) -> str:
        """The digest of the public key."""
        ...

    @property
    def public_pem(self) -> bytes:
        """The public half, as it is committed."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The signature of a message, 64 bytes (``releases/event_signature.py``).

        Raises UnavailableError where whoever holds the key does not answer, or refuses.
        """
        ...


@dataclass(frozen=True)
class KeyFile:
    """A private key in memory, read from a PEM file."""

    private: Ed25519PrivateKey

    @classmethod
    def load(cls, path: Path) -> "KeyFile":
        """The key of a file.

        Raises:
            ValueError: it is missing or no ed25519 key; the message names the file and says how to make one.
        """
        way = "python -m runtime.loops key PATH makes one"
        try:
            private = load_pem_private_key(path.read_bytes(), password=None)
        except OSError as error:
            raise ValueError(f"{path}: the key cannot be read: {error.strerror}; {way}") from None
        except (ValueError, TypeError):
            raise ValueError(f"{path}: should be a private key in PEM, without a password; {way}") from None
        if not isinstance(private, Ed25519PrivateKey):
            raise ValueError(f"{path}: should be an ed25519 key; {way}")  # noqa: TRY004 it is a file's content
        return cls(private)

    @property
    def public_pem(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def public_der(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    @property
    def key(self) -> str:
        return key_digest(self.public_der)

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


def make_key(private: Path, public: Path) -> None:
    """A new key pair in two files; the private one is its owner's alone.

    Raises:
        FileExistsError: one of them is there already.
    """
    made = KeyFile(Ed25519PrivateKey.generate())
    pem = made.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for path, content, mode in ((private, pem, 0o600), (public, made.public_pem, 0o644)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=mode, exist_ok=False)
        path.write_bytes(content)


def signed(event: Mapping[str, Any], signer: Signer) -> dict[str, Any]:
    """The event with its signature."""
    value = base64.b64encode(signer.sign(canonical(event))).decode()
    return {**event, FIELD: {"key": signer.key, "value": value}}
