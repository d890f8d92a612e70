"""A person's answer as it travels to a run: signed where their token was verified, and bound to one question."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_public_key,
)

from releases.event_signature import key_digest
from runtime.loops.contract import Statement
from runtime.loops.events.signing import Signer


def _message(statement: Statement) -> bytes:
    said = {
        "run": statement.run,
        "question": statement.question,
        "decision": statement.decision,
        "who": statement.who,
        "at": statement.at,
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def attested(statement: Statement, door: Signer) -> Statement:
    """The statement with the front door's signature. It says: whoever said this showed a token that is theirs."""
    return replace(statement, signature=base64.b64encode(door.sign(_message(statement))).decode())


@dataclass(frozen=True)
class KnownKeys:
    """Public keys (DER) by whose they are: a person's address, who speaks for nobody else, or the name of a door."""

    keys: Mapping[str, bytes]

    def verify(self, statement: Statement) -> str:
        """Who said it.

        Raises:
            PermissionError: neither they nor a door signed it.
        """
        try:
            signature = base64.b64decode(statement.signature, validate=True)
        except binascii.Error:
            raise PermissionError("the signature is no base64") from None
        for owner, der in self.keys.items():
            if "@" in owner and owner != statement.who:
                continue
            key = load_der_public_key(der)
            if isinstance(key, Ed25519PublicKey) and _signed(key, signature, _message(statement)):
                return statement.who
        raise PermissionError(f"nobody who is known here signed what {statement.who} is said to have said")

    def owner(self, key: str) -> str:
        """Whose a key is, by its digest.

        Raises:
            PermissionError: nobody's who is known here.
        """
        for owner, der in self.keys.items():
            if key_digest(der) == key:
                return owner
        raise PermissionError("this key belongs to nobody who is known here")


def known_keys(folder: Path) -> KnownKeys:
    """The keys of a folder, ``ana@example.com.pub`` or ``door.pub``.

    Raises:
        ValueError: a file is no public key, or there is none.
    """
    found = {}
    for path in sorted(folder.glob("*.pub")):
        try:
            key = load_pem_public_key(path.read_bytes())
        except ValueError:
            raise ValueError(f"{path}: should be a public key in PEM") from None
        found[path.stem] = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if not found:
        raise ValueError(f"{folder}: holds no key (*.pub): nobody could answer a run")
    return KnownKeys(found)


def _signed(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True
