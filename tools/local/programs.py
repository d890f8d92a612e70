"""Where the programs are: of packages in this environment, of the system, and what to install where one is missing."""

import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from tools.local.errors import LocalError
from tools.local.layout import ROOT

SERVING: Final = ROOT / ".cache" / "serving" / "bin" / "python"
LOOPS: Final = ROOT / ".cache" / "loops" / "bin"
DEBIAN: Final = "apt-get install --no-install-recommends prometheus prometheus-alertmanager"


@dataclass(frozen=True, kw_only=True)
class Programs:
    """The path of each."""

    envoy: str
    temporal: str
    prometheus: str
    promtool: str
    alertmanager: str
    serving: str
    """The interpreter that serves the model."""
    worker: str
    """The interpreter that runs the loops."""


def find() -> Programs:
    """Every program.

    Raises:
        LocalError: some are missing; each is named, with what brings it.
    """
    found = {
        "envoy": _envoy(),
        "temporal": _file(LOOPS / "temporal"),
        "prometheus": shutil.which("prometheus"),
        "promtool": shutil.which("promtool"),
        # Debian's package calls it so; upstream's archive does not.
        "alertmanager": shutil.which("prometheus-alertmanager") or shutil.which("alertmanager"),
        "serving": _file(SERVING),
        "worker": _file(LOOPS / "python"),
    }
    missing = list(_missing({name for name, path in found.items() if path is None}))
    if missing:
        raise LocalError("programs are missing:", missing)
    return Programs(**{name: str(path) for name, path in found.items()})


def _missing(names: set[str]) -> Iterator[str]:
    if metrics := sorted(names & {"prometheus", "promtool", "alertmanager"}):
        yield (
            f"{', '.join(metrics)}: the system's packages bring them (Debian and Ubuntu: {DEBIAN}); "
            "elsewhere upstream's archives do, on PATH"
        )
    if loops := sorted(names & {"envoy", "temporal", "worker"}):
        yield (
            f"{', '.join(loops)}: make local (or make .cache/loops/installed); packages of Envoy and Temporal are "
            f"for Linux and macOS on x86-64 and arm64 (this is {platform.system()} {platform.machine()})"
        )
    if "serving" in names:
        yield "serving: make local (or make .cache/serving/installed)"


def _envoy() -> str | None:
    found = find_spec("envoy")
    if found is None or not found.submodule_search_locations:
        return None
    return _file(Path(found.submodule_search_locations[0]) / "_bin" / "envoy")


def _file(path: Path) -> str | None:
    return str(path) if path.exists() else None
