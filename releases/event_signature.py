"""The signature inside an event that a workflow wrote, over everything else the event says.

By an ed25519 key in a file, or an ECDSA key (P-256, SHA-256) that stays in KMS; both signatures have 64 bytes. KMS has
ed25519 as well, but takes no digest of a message for it, and no message above 4096 bytes.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field

from facts.strict import Strict
from releases.text import Digest

KEYS: Final = "keys"
"""The folder beside ``models`` that holds the public keys events may be signed with, one ``*.pub`` (PEM) each."""
FIELD: Final = "signature"


class EventSignature(Strict):
    """Which key signed, and what came out."""

    key: Digest = Field(description="Of the public key (DER), which stands in releases/keys.")
    value: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{86}==$")] = Field(
        description="ed25519, or ECDSA of P-256 and SHA-256 (r and s, 32 bytes each), as the key is: of the event's "
        "canonical JSON without this field."
    )


def canonical(event: Mapping[str, Any]) -> bytes:
    """What is signed: comments and layout may change, values may not."""
    said = {key: value for key, value in event.items() if key != FIELD}
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode()


def key_digest(der: bytes) -> str:
    return f"sha256:{hashlib.sha256(der).hexdigest()}"


def load_keys(folder: Path) -> Mapping[str, bytes]:
    """The public keys of a folder as DER, by digest; none where there is no folder.

    Raises:
        ValueError: a file is no public key in PEM; the message names it.
    """
    found: dict[str, bytes] = {}
    for path in sorted(folder.glob("*.pub")) if folder.is_dir() else ():
        lines = path.read_text(encoding="ascii", errors="replace").strip().splitlines()
        if len(lines) < 3 or "PUBLIC KEY" not in lines[0]:  # noqa: PLR2004 head, body and foot of PEM
            raise ValueError(f"{KEYS}/{path.name}: should be a public key in PEM")
        try:
            der = base64.b64decode("".join(lines[1:-1]), validate=True)
        except binascii.Error:
            raise ValueError(f"{KEYS}/{path.name}: should be a public key in PEM") from None
        found[key_digest(der)] = der
    return found


def signature_faults(event: Mapping[str, Any], keys: Mapping[str, bytes]) -> Iterator[str]:
    """Why the signature inside an event does not count; nothing for an event without one."""
    signature = event.get(FIELD)
    if not isinstance(signature, Mapping):
        return
    der = keys.get(str(signature.get("key")))
    if der is None:
        yield (
            f"{FIELD}.key: no key in releases/{KEYS} has this digest (got {signature.get('key')!r}); "
            "commit the worker's public key, or take the event back"
        )
        return
    # Only events of workflows are signed: most commands read none and need not load it.
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 as above

    try:
        fault = _fault(der, base64.b64decode(str(signature.get("value")), validate=True), canonical(event))
        if fault:
            yield fault
    except (InvalidSignature, binascii.Error):
        yield (
            f"{FIELD}: is not the key's over what the event says: it was changed after it was signed; "
            "take the change back"
        )
    except ValueError as error:
        yield f"{FIELD}.key: cannot be read: {error}"


def _fault(der: bytes, signature: bytes, message: bytes) -> str:
    """What is wrong with a key; a signature that is not its own raises InvalidSignature."""
    from cryptography.hazmat.primitives.asymmetric.ec import (  # noqa: PLC0415 as above
        ECDSA,
        SECP256R1,
        EllipticCurvePublicKey,
    )
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 as above
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature  # noqa: PLC0415 as above
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 as above
    from cryptography.hazmat.primitives.serialization import load_der_public_key  # noqa: PLC0415 as above

    key = load_der_public_key(der)
    if isinstance(key, Ed25519PublicKey):
        key.verify(signature, message)
    elif isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        half = len(signature) // 2
        r, s = (int.from_bytes(part) for part in (signature[:half], signature[half:]))
        key.verify(encode_dss_signature(r, s), message, ECDSA(SHA256()))
    else:
        return f"{FIELD}.key: should be an ed25519 key, or an elliptic curve's of P-256"
    return ""
