"""Several files are written as one, or not at all."""

import os
import signal
from pathlib import Path

import pytest

from gate.core.errors import GateError
from gate.core.whole import put


def tree(folder):
    return {str(p.relative_to(folder)): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture
def there(tmp_path):
    (tmp_path / "a").write_text("old a")
    (tmp_path / "gone").write_text("old")
    return tmp_path


def test_files_are_written_taken_away_and_nothing_else_is_left(there):
    put(there, {"a": "new a", "deep/er/b": b"b", "gone": None})
    assert tree(there) == {"a": "new a", "deep/er/b": "b"}
    assert sorted(path.name for path in there.iterdir()) == ["a", "deep"]


def test_a_folder_goes_with_its_last_file(there):
    put(there, {"deep/er/b": "b", "deep/c": "c"})
    put(there, {"deep/er/b": None})
    assert sorted(path.name for path in (there / "deep").iterdir()) == ["c"]
    put(there, {"deep/c": None})
    assert not (there / "deep").exists()


def test_a_disk_that_fills_up_before_changes_nothing(there, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(GateError, match="No space left"):
        put(there, {"a": "new"})
    monkeypatch.undo()
    assert tree(there) == {"a": "old a", "gone": "old"}


def test_a_file_that_cannot_be_moved_takes_the_others_back(there):
    (there / "deep").mkdir()
    with pytest.raises(GateError, match="nothing was written:"):
        put(there, {"a": "new a", "gone": None, "new/c": "c", "deep": "a folder is in the way"})
    assert tree(there) == {"a": "old a", "gone": "old"}
    assert not (there / "new").exists()


def test_an_interruption_while_moving_is_heard_afterwards(there, monkeypatch):
    real = Path.replace

    def interrupted(path, target):
        os.kill(os.getpid(), signal.SIGINT)
        return real(path, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        put(there, {"a": "new a", "b": "b"})
    assert tree(there) == {"a": "new a", "b": "b", "gone": "old"}


def test_an_interruption_before_changes_nothing(there, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_text", interrupted)
    with pytest.raises(KeyboardInterrupt):
        put(there, {"a": "new a"})
    monkeypatch.undo()
    assert tree(there) == {"a": "old a", "gone": "old"}
