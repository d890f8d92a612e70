"""The index as files: SQLite for questions, JSON for everything else; the same records give the same bytes."""

import json
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from gate.core.errors import GateError
from gate.registry.content import COLUMNS, Content, kind_of
from gate.render.json_text import as_json

DATABASE: Final = "registry.sqlite"
DATA: Final = "registry.json"
_TYPES: Final = {"string": "TEXT", "number": "NUMERIC", "boolean": "INTEGER"}
_READ_ONLY: Final = 0o444


def write(content: Content, folder: Path) -> list[Path]:
    """Write both files, each whole or not at all; an older one is replaced.

    Raises:
        GateError: they cannot be written.
    """
    made = [folder / DATABASE, folder / DATA]
    draft = folder / f".{DATABASE}.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        _database(content, draft)
        draft.chmod(_READ_ONLY)
        draft.replace(made[0])
        text = folder / f".{DATA}.{os.getpid()}"
        text.write_text(as_json(content.as_data()), encoding="utf-8")
        text.chmod(_READ_ONLY)
        text.replace(made[1])
    except (OSError, sqlite3.Error) as error:
        raise GateError(f"{folder} cannot be written:", [str(error)]) from None
    finally:
        draft.unlink(missing_ok=True)
    return made


def _database(content: Content, path: Path) -> None:
    connection = sqlite3.connect(path)
    try:
        connection.execute("CREATE TABLE about (as_of TEXT NOT NULL)")
        connection.execute("INSERT INTO about VALUES (?)", (content.as_of,))
        for table, columns in COLUMNS.items():
            fields = ", ".join(f'"{column}" {_TYPES[kind_of(column)]}' for column in columns)
            connection.execute(f'CREATE TABLE "{table}" ({fields})')
            marks = ", ".join("?" * len(columns))
            connection.executemany(
                f'INSERT INTO "{table}" VALUES ({marks})',  # noqa: S608 names of our own table of columns
                [[_cell(row[column]) for column in columns] for row in content.tables[table]],
            )
        connection.commit()
    finally:
        connection.close()


def _cell(value: Any) -> Any:
    return json.dumps(value, sort_keys=True, ensure_ascii=False) if isinstance(value, dict) else value


class Index:
    """A built index, opened to be read and for nothing else."""

    def __init__(self, folder: Path) -> None:
        """Open it.

        Raises:
            GateError: there is none, or it is not one of this version.
        """
        self.path = folder / DATABASE
        if not self.path.is_file():
            raise GateError(f"{self.path}: there is no index; slipway registry build makes it")
        try:
            self.as_of = str(self._all("SELECT as_of FROM about", ())[0]["as_of"])
            for table, columns in COLUMNS.items():
                said = [row["name"] for row in self._all(f'PRAGMA table_info("{table}")', ())]
                if said != list(columns):
                    raise GateError(
                        f"{self.path}: {table} has other columns; slipway registry build makes it again"
                    )
        except (sqlite3.Error, LookupError) as error:
            raise GateError(
                f"{self.path} cannot be read: {error}; slipway registry build makes it again"
            ) from None

    def rows(self, table: str, **wanted: str) -> list[dict[str, Any]]:
        """The rows of a table whose columns have these values, in order."""
        where = " AND ".join(f'"{column}" = ?' for column in wanted) or "1"
        said = f'SELECT * FROM "{table}" WHERE {where} ORDER BY rowid'  # noqa: S608 names of our own table of columns
        return [_row(row) for row in self._all(said, tuple(wanted.values()))]

    def _all(self, said: str, values: Sequence[Any]) -> list[sqlite3.Row]:
        # A connection a question: threads of a server share none, and nothing is held open.
        connection = sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            connection.row_factory = sqlite3.Row
            return connection.execute(said, values).fetchall()
        finally:
            connection.close()


def _row(row: sqlite3.Row) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column in row.keys():  # noqa: SIM118 a Row is no mapping
        value = row[column]
        if kind_of(column) == "boolean":
            value = bool(value)
        found[column] = json.loads(value) if column == "content" else value
    return found
