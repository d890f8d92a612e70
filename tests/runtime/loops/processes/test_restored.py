"""What keeps runs is lost and comes back from a copy: the engine's database, and the journal of an agent."""

import shutil
import sqlite3

import pytest

from runtime.loops.agents.database import Database
from runtime.loops.agents.journal import Journal
from tests.runtime.loops.processes.stack import Server, Stack, until
from tests.runtime.loops.processes.test_killed import WALK, begin


@pytest.mark.timeout(300)
def test_a_rollout_goes_on_from_a_copy_of_the_engines_database(tmp_path):
    kept, lost, restored = (tmp_path / name for name in ("kept", "lost", "restored"))
    for folder in (kept, lost, restored):
        folder.mkdir()
    server = Server(lost)
    stack = Stack(tmp_path / "checkout", server)
    try:
        worker = stack.start("rollout")
        begin(stack)
        until(lambda: stack.share() == 5, "the first step")
        # The engine stands still while it is copied, as a snapshot of Aurora is of one moment.
        stack.kill(worker)
        server.end()
        for file in lost.glob("runs.db*"):
            shutil.copy2(file, kept)
            file.unlink()

        # Lost: an engine that begins anew knows nothing of the run.
        empty = Server(lost, server.port)
        assert "rollout-minilm" in stack.command("runs", "rollout-minilm", ok=2)
        empty.end()

        for file in kept.glob("runs.db*"):
            shutil.copy2(file, restored)
        server = Server(restored, server.port)
        stack.start("rollout")
        until(lambda: stack.status("rollout-minilm")["state"] == "promoted", "the end", 200)
        assert stack.told() == WALK
        assert [e["after"]["v2"] for e in stack.events()] == [5, 25, 50, 100]
    finally:
        stack.end()
        server.end()


class _Signer:
    key = "of-a-test"

    def sign(self, text):
        return text[::-1]


def test_the_journal_of_an_agent_is_the_same_after_a_restore(tmp_path):
    database = Database(tmp_path / "journal.db")
    journal = Journal(database, _Signer())
    for number in range(3):
        with database.transaction() as connection:
            journal.append(connection, ("run-1", "decision", f"step-{number}"), {"said": number}, 1.0)
    copy = tmp_path / "copy.db"
    with sqlite3.connect(copy) as target:
        # While it is written to: the log beside the file goes with it.
        database.connection.backup(target)
    with database.transaction() as connection:
        journal.append(connection, ("run-1", "decision", "step-3"), {"said": 3}, 2.0)

    restored = Database(copy)
    rows = "select * from journal order by seq"
    before = database.connection.execute(rows).fetchall()
    assert restored.connection.execute(rows).fetchall() == before[:3]
    # What goes on hangs on to the last entry that was kept.
    with restored.transaction() as connection:
        Journal(restored, _Signer()).append(connection, ("run-1", "decision", "again"), {}, 3.0)
    chain = restored.connection.execute("select previous, digest from journal order by seq").fetchall()
    assert [previous for previous, _ in chain[1:]] == [digest for _, digest in chain[:-1]]
