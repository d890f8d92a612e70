"""What runs have used, and what all of them share: budgets, rates and circuit breakers a tool."""

import sqlite3
from dataclasses import dataclass
from typing import Final

from runtime.loops.agents.database import Database

FAILURES: Final = 5
"""In a row: then nobody calls the tool for a while."""
OPEN_SECONDS: Final = 30.0
_MINUTE: Final = 60.0


class TooManyRunsError(Exception):
    """As many runs of this agent as its record allows are going on; another one waits."""


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What a run has used of its budgets."""

    steps: int
    cents: int


@dataclass(frozen=True)
class Ledger:
    """Figures in the database. What is asked and what is written stand in the caller's transaction."""

    database: Database

    def open_run(self, run: str, agent: str, most: int, now: float, until: float) -> None:
        """Count a run in, once however often it is tried.

        Raises:
            TooManyRunsError: there are as many as may be.
        """
        with self.database.transaction() as connection:
            if connection.execute("select 1 from runs where run = ?", (run,)).fetchone():
                return
            # A run that was ended from outside never says so: its time does.
            going = connection.execute(
                "select count(*) from runs where agent = ? and ended = 0 and until > ?", (agent, now)
            ).fetchone()[0]
            if going >= most:
                raise TooManyRunsError(f"{agent}: {going} runs go on, and {most} may")
            connection.execute("insert into runs values (?, ?, ?, 0)", (run, agent, until))

    @staticmethod
    def end_run(connection: sqlite3.Connection, run: str) -> None:
        connection.execute("update runs set ended = 1 where run = ?", (run,))

    def spent(self, run: str, but: str = "") -> Spent:
        """What a run's steps used, but for one of them."""
        steps, cents = self.database.connection.execute(
            "select count(*), coalesce(sum(cents), 0) from charges where run = ? and key != ?", (run, but)
        ).fetchone()
        return Spent(steps=steps, cents=cents)

    def calls_of(self, run: str, tool: str, but: str) -> int:
        """How often a run called a tool, but for one step."""
        return int(
            self.database.connection.execute(
                "select count(*) from charges where run = ? and tool = ? and key != ?", (run, tool, but)
            ).fetchone()[0]
        )

    @staticmethod
    def charge(connection: sqlite3.Connection, run: str, key: str, tool: str, cents: int) -> None:
        """Count a step, once however often it is tried."""
        connection.execute("insert or ignore into charges values (?, ?, ?, ?)", (run, key, tool, cents))

    @staticmethod
    def wait_for_rate(connection: sqlite3.Connection, tool: str, most: int, now: float) -> float:
        """Count a call of a tool by anybody, or say how many seconds to wait; 0 counts it."""
        connection.execute("delete from calls where tool = ? and at <= ?", (tool, now - _MINUTE))
        rows = connection.execute("select at from calls where tool = ? order by at", (tool,)).fetchall()
        if len(rows) >= most:
            return float(rows[len(rows) - most][0]) + _MINUTE - now
        connection.execute("insert into calls values (?, ?)", (tool, now))
        return 0.0

    @staticmethod
    def wait_for_breaker(connection: sqlite3.Connection, tool: str, now: float) -> float:
        """How many seconds nobody calls this tool; 0 lets the caller try, and after a while one alone."""
        row = connection.execute(
            "select failures, opened, probing from breakers where tool = ?", (tool,)
        ).fetchone()
        if row is None or row[0] < FAILURES:
            return 0.0
        _, opened, probing = row
        free = max(opened, probing) + OPEN_SECONDS
        if now < free:
            return float(free - now)
        connection.execute("update breakers set probing = ? where tool = ?", (now, tool))
        return 0.0

    def failed(self, tool: str, now: float) -> None:
        """The tool did not answer."""
        with self.database.transaction() as connection:
            connection.execute(
                "insert into breakers values (?, 1, ?, 0) on conflict (tool) do update set "
                "failures = failures + 1, opened = ?",
                (tool, now, now),
            )

    @staticmethod
    def answered(connection: sqlite3.Connection, tool: str) -> None:
        connection.execute("delete from breakers where tool = ?", (tool,))
