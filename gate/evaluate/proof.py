"""By what one knows that a decision is its maker's, in a line of an audit."""

import base64
import hashlib

from releases.load import LoadedRelease
from releases.ssh_signature import key_of
from releases.state import Decision
from releases.trust import why_unsigned


def proof_of(loaded: LoadedRelease, decision: Decision) -> str:
    """A signature beside it, the signature of its commit, or why there is neither. This may ask git."""
    listed = loaded.people.of(decision.who) if loaded.people is not None else None
    if decision.name in loaded.signed:
        keys = map(_fingerprint, listed.keys if listed is not None else ())
        return f"signed, by a key of theirs ({', '.join(keys)})"
    why = why_unsigned(loaded, decision.name)
    return f"typed text alone: {why}" if why else "its commit is signed, by a key of theirs"


def _fingerprint(line: str) -> str:
    digest = base64.b64encode(hashlib.sha256(key_of(line)).digest()).decode().rstrip("=")
    return f"SHA256:{digest}"
