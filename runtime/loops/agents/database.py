"""The one database of an agent's acts: journal, budgets, rates and breakers, written together or not at all."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_TABLES: Final = """
create table if not exists journal (
  run text not null, seq integer not null, kind text not null, key text not null, at real not null,
  body text not null, previous text not null, digest text not null, signer text not null, signature text not null,
  primary key (run, seq));
create index if not exists journal_by_key on journal (run, kind, key);
create table if not exists charges (
  run text not null, key text not null, tool text not null, cents integer not null, primary key (run, key));
create table if not exists calls (tool text not null, at real not null);
create index if not exists calls_by_tool on calls (tool, at);
create table if not exists breakers (
  tool text primary key, failures integer not null, opened real not null, probing real not null);
create table if not exists runs (
  run text primary key, agent text not null, until real not null, ended integer not null);
"""
_BUSY_SECONDS: Final = 30.0


@dataclass(frozen=True)
class Database:
    """A file that all workers of an agent share. A process that is killed leaves a whole transaction, or none of it."""

    path: Path
    _local: threading.local = field(default_factory=threading.local, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.connection.executescript(_TABLES)

    @property
    def connection(self) -> sqlite3.Connection:
        """Of this thread."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
            found.execute("pragma journal_mode = wal")
            # A decision must be on disk before its effect is in the world.
            found.execute("pragma synchronous = full")
            self._local.connection = found
        return found

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing, and nobody else writes meanwhile."""
        connection = self.connection
        connection.execute("begin immediate")
        try:
            yield connection
        except BaseException:
            connection.execute("rollback")
            raise
        connection.execute("commit")
