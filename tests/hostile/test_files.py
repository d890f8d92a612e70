"""Paths that must be refused: links, pipes, sizes; and that nothing is left out in silence."""

import os
from pathlib import Path

import pytest

from gate.core.errors import GateError
from gate.ingest import bounds
from gate.ingest.adapters import read_paths
from tests.hostile.reading import HEAD, POD

NEITHER = "is neither a state export, nor a preview, nor a Kubernetes object"


def problems(*paths):
    with pytest.raises(GateError) as error:
        read_paths([Path(p) for p in paths])
    return error.value.problems


def test_the_problems_of_all_files_are_listed(tmp_path):
    (tmp_path / "a.yaml").write_text("x")
    (tmp_path / "b.json").write_text("{")
    (tmp_path / "good.yaml").write_text(POD)
    (tmp_path / "empty").mkdir()
    assert problems(tmp_path, tmp_path / "empty", tmp_path / "missing.yaml") == (
        f"{tmp_path}/a.yaml: {NEITHER} (expected a mapping, got str)",
        f"{tmp_path}/b.json: line 1: is not JSON: Expecting property name enclosed in double quotes",
        f"{tmp_path}/empty: holds no .json, .yaml, .yml file",
        f"{tmp_path}/missing.yaml: there is no such file or folder",
    )


def test_a_link_within_the_folder_adds_nothing(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "real.yaml").write_text(POD)
    (tmp_path / "link.yaml").symlink_to("sub/real.yaml")
    (tmp_path / "again").symlink_to("sub")
    assert [r.source for r in read_paths([tmp_path])] == [f"{tmp_path}/sub/real.yaml#Pod/default/x"]
    assert [r.name for r in read_paths([tmp_path / "link.yaml"])] == ["x"]


def test_a_link_that_leads_elsewhere_is_said_and_not_followed(tmp_path):
    folder = tmp_path / "judged"
    folder.mkdir()
    (folder / "good.yaml").write_text(POD)
    (tmp_path / "bad.yaml").write_text(POD)
    (folder / "bad.yaml").symlink_to("../bad.yaml")
    (folder / "text").write_text(POD)
    (folder / "as.yaml").symlink_to("text")
    (folder / "loop.yaml").symlink_to("loop.yaml")
    (folder / "notes.txt").symlink_to("../bad.yaml")
    (folder / "self").symlink_to(folder)
    (folder / "up").symlink_to("..")
    (folder / "elsewhere").symlink_to("/usr")
    assert sorted(problems(folder)) == [
        f"{folder}/as.yaml: is a link to a file that is not judged here; name what it leads to",
        f"{folder}/bad.yaml: is a link that leads out of judged; name what it leads to",
        f"{folder}/elsewhere: is a link that leads out of judged; name what it leads to",
        f"{folder}/loop.yaml: is a link that leads nowhere, or in a circle",
        f"{folder}/self: is a link that leads back to where it stands",
        f"{folder}/up: is a link that leads back to where it stands",
    ]
    assert problems(folder / "loop.yaml") == (
        f"{folder}/loop.yaml: is a link that leads nowhere, or in a circle",
    )


def test_a_pipe_and_a_device_are_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "good.yaml").write_text(POD)
    said = f"{tmp_path}/pipe.yaml: is no regular file"
    assert problems(tmp_path / "pipe.yaml") == (said,)
    assert problems(tmp_path) == (said,)
    assert [p.partition(": ")[2] for p in problems("/dev/zero", "/dev/null")] == ["is no regular file"] * 2


def test_a_file_that_is_not_at_rest_is_not_read_to_its_end():
    (said,) = problems("/proc/self/status")
    assert said == "/proc/self/status: has 0 bytes, but reading it gives others; it is no file at rest"


def test_a_huge_file_is_not_read(tmp_path):
    with (tmp_path / "huge.yaml").open("wb") as file:
        file.truncate(2 * 1024**3)
    assert problems(tmp_path / "huge.yaml") == (
        f"{tmp_path}/huge.yaml: has 2147483648 bytes; more than 67108864 are not read",
    )


@pytest.mark.parametrize(
    ("bound", "value", "said"),
    [
        ("bytes_left", 200, "the files hold more than 134217728 bytes together; judge them in parts"),
        ("values_left", 55, "the files hold more than 2,000,000 values; judge them in parts"),
    ],
)
def test_bounds_hold_for_all_files_together(tmp_path, monkeypatch, bound, value, said):
    for name in ("a.yaml", "b.yaml", "c.yaml", "d.yaml", "e.yaml"):
        (tmp_path / name).write_text(POD)
    left = bounds.Bounds(**{bound: value})
    monkeypatch.setattr("gate.ingest.adapters.Bounds", lambda: left)
    assert problems(tmp_path) == (f"{tmp_path}/c.yaml: {said}",), "and no further file is read"


def test_a_file_and_a_folder_that_may_not_be_read_are_problems(tmp_path, monkeypatch):
    (tmp_path / "good.yaml").write_text(POD)
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed" / "bad.yaml").write_text(POD)
    scan = os.scandir

    def refusing(path):  # root, as whom tests may run, may read everything
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert problems(tmp_path) == (f"{tmp_path}/closed: cannot be read: Permission denied",)


def test_a_name_that_no_file_can_have_is_a_problem():
    (long,) = problems("x" * 5000)
    assert long == f"{'x' * 200!r}: cannot be read: File name too long"


def test_thousands_of_the_same_name_cost_no_more_than_others(tmp_path):
    path = tmp_path / "same.yaml"
    path.write_text(f"{HEAD}{{}}\n---\n" * 3000)
    assert [r.urn.rpartition("#")[2] for r in read_paths([path])][-1] == "ConfigMap/default/x~3000"
