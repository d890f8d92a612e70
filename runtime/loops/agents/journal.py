"""What a run decided and did, in order: each entry holds the digest of the one before, and is signed."""

import base64
import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from runtime.loops.agents.database import Database
from runtime.loops.agents.store import canonical, digest_of
from runtime.loops.events.signing import Signer

EntryKind = Literal["plan", "question", "decision", "attempt", "effect", "failure", "undone", "outcome"]
_FIRST: Final = "sha256:" + "0" * 64


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that was decided or done."""

    run: str
    seq: int
    kind: EntryKind
    key: str
    at: float
    body: Mapping[str, Any]
    previous: str
    digest: str


@dataclass(frozen=True)
class Journal:
    """The entries of all runs. Nothing is changed or taken out."""

    database: Database
    signer: Signer

    def append(
        self,
        connection: sqlite3.Connection,
        what: tuple[str, EntryKind, str],
        body: Mapping[str, Any],
        at: float,
    ) -> str:
        """Append within a transaction: of which run, of which kind, about which step; the entry's digest."""
        run, kind, key = what
        last = connection.execute(
            "select seq, digest from journal where run = ? order by seq desc limit 1", (run,)
        ).fetchone()
        seq, previous = (last[0] + 1, last[1]) if last else (0, _FIRST)
        said = {
            "run": run,
            "seq": seq,
            "kind": kind,
            "key": key,
            "at": at,
            "body": body,
            "previous": previous,
        }
        digest = digest_of(said)
        signature = base64.b64encode(self.signer.sign(digest.encode())).decode()
        connection.execute(
            "insert into journal values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (run, seq, kind, key, at, canonical(body).decode(), previous, digest, self.signer.key, signature),
        )
        return digest

    def entries(self, run: str) -> Iterator[Entry]:
        """A run's entries in order."""
        rows = self.database.connection.execute(
            "select run, seq, kind, key, at, body, previous, digest from journal where run = ? order by seq",
            (run,),
        )
        for row in rows.fetchall():
            yield _entry(row)

    def find(self, run: str, kind: EntryKind, key: str) -> Entry | None:
        """The last entry of this kind about this step."""
        row = self.database.connection.execute(
            "select run, seq, kind, key, at, body, previous, digest from journal "
            "where run = ? and kind = ? and key = ? order by seq desc limit 1",
            (run, kind, key),
        ).fetchone()
        return _entry(row) if row else None

    def by_digest(self, run: str, digest: str) -> Entry | None:
        row = self.database.connection.execute(
            "select run, seq, kind, key, at, body, previous, digest from journal where run = ? and digest = ?",
            (run, digest),
        ).fetchone()
        return _entry(row) if row else None

    def faults(self, run: str, keys: Mapping[str, bytes]) -> Iterator[str]:
        """Where a run's entries are not what was signed: one changed, left out, or put in."""
        rows = self.database.connection.execute(
            "select run, seq, kind, key, at, body, previous, digest, signer, signature from journal "
            "where run = ? order by seq",
            (run,),
        ).fetchall()
        previous = _FIRST
        for place, (*columns, signer, signature) in enumerate(rows):
            entry = _entry(columns)
            said = {
                name: getattr(entry, name) for name in ("run", "seq", "kind", "key", "at", "body", "previous")
            }
            if entry.seq != place or entry.previous != previous:
                yield f"{run} {entry.seq}: does not follow the entry before it"
            if digest_of(said) != entry.digest:
                yield f"{run} {entry.seq}: says something else than its digest"
            if not _is_signed(keys.get(signer), entry.digest, signature):
                yield f"{run} {entry.seq}: is not signed by a key that is known"
            previous = entry.digest


def _entry(row: Any) -> Entry:
    run, seq, kind, key, at, body, previous, digest = row
    return Entry(
        run=run, seq=seq, kind=kind, key=key, at=at, body=json.loads(body), previous=previous, digest=digest
    )


def _is_signed(der: bytes | None, digest: str, signature: str) -> bool:
    key = load_der_public_key(der) if der is not None else None
    if not isinstance(key, Ed25519PublicKey):
        return False
    try:
        key.verify(base64.b64decode(signature), digest.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
