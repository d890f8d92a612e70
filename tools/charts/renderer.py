"""Helm's own library, called for one release at a time (``tools/charts/main.go``)."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tools.charts.sources import ROOT, Source

BINARY = ROOT / ".cache" / "charts" / "render"
HELM = "v3.19.0"
_FOLDER = Path(__file__).parent


class RenderError(RuntimeError):
    """The renderer cannot be built or does not answer; or, of one chart, Helm's own words."""


@dataclass(frozen=True, kw_only=True)
class Release:
    """A release as a program declares it; ``stacks`` pass the same values."""

    chart: str
    version: str
    name: str
    namespace: str
    skips_definitions: bool
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Made:
    """What Helm made of one release."""

    objects: list[dict[str, Any]]
    record_bytes: int


def build() -> None:
    """Build the renderer; Go's cache makes that a second where nothing changed.

    Raises:
        RenderError: Go is not there, or the build failed.
    """
    if shutil.which("go") is None:
        raise RenderError("Go is not installed, which builds the renderer")
    done = subprocess.run(  # noqa: S603 this project's own program
        ["go", "build", "-o", str(BINARY), "."],  # noqa: S607 whichever Go is installed
        check=False,
        capture_output=True,
        text=True,
        cwd=_FOLDER,
    )
    if done.returncode:
        raise RenderError(f"the renderer cannot be built: {done.stderr.strip()}")


def render(release: Release, source: Source, kubernetes: str) -> Made:
    """Render one release.

    Raises:
        RenderError: Helm refused the values or the chart.
    """
    job = {
        "chart": str(source.path),
        "release": release.name,
        "namespace": release.namespace,
        "values": release.values,
        "skip_crds": release.skips_definitions,
        "kubernetes": kubernetes,
        "apis": list(apis()),
    }
    done = subprocess.run(  # noqa: S603 the program just built
        [str(BINARY)], check=False, capture_output=True, text=True, input=json.dumps([job])
    )
    if done.returncode:
        raise RenderError(f"the renderer ended with {done.returncode}: {done.stderr.strip()}")
    answer = json.loads(done.stdout)[0]
    if "error" in answer:
        raise RenderError(answer["error"])
    objects = [*answer["objects"], *(_kept(definition) for definition in answer["definitions"])]
    return Made(objects=objects, record_bytes=answer["record_bytes"])


def _kept(definition: dict[str, Any]) -> dict[str, Any]:
    """Helm never deletes what stands in ``crds/``: said by the annotation with which other objects say the same."""
    definition["metadata"].setdefault("annotations", {})["helm.sh/resource-policy"] = "keep"
    return definition


def apis() -> tuple[str, ...]:
    """APIs that charts may ask for: those whose definitions the platform installs, at the pinned versions."""
    return tuple(
        sorted({name.partition(" ")[0] for name in index()} | {name.replace(" ", "/") for name in index()})
    )


@cache
def index() -> Mapping[str, Mapping[str, Any]]:
    """``group/version Kind`` of every custom kind the platform knows, and its scope."""
    known: dict[str, dict[str, Any]] = json.loads(
        (ROOT / "gate/schema/definitions/index.json").read_text(encoding="utf-8")
    )
    return known
