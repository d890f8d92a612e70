"""Charts as registries hand them out: packed from the pinned modules, and stand-ins for those no module carries."""

import gzip
import io
import json
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from facts.pins import Chart, chart_sources, charts
from tools.charts.sources import source_of

STAND_IN: Final = "slipway.dev/stand-in"
KSERVE_DEFINITIONS: Final = ("kserve-crd", "kserve-llmisvc-crd")
"""Charts that the platform does without: both hold ClusterStorageContainer."""
_DEFINED: Final[Mapping[str, tuple[str, ...]]] = {"keda": ("keda.sh", "eventing.keda.sh")}
"""Groups whose definitions a chart that is not to be had brings, and that nothing else here defines."""


@dataclass(frozen=True)
class Packed:
    """A chart under its pin, and the archive that its registry hands out."""

    pin: Chart
    archive: bytes


def packed(folder: Path, definitions: Sequence[Mapping[str, Any]]) -> list[Packed]:
    """Every pinned chart, and KServe's of definitions; those that ``stand_ins`` names are no more than that.

    Raises:
        SourceError: a module cannot be had.
    """
    folder.mkdir(parents=True)
    kserve = charts()["kserve"]
    unused = [kserve.model_copy(update={"chart": name}) for name in KSERVE_DEFINITIONS]
    return [Packed(pin, _packed(pin, folder, definitions)) for pin in (*charts().values(), *unused)]


def _packed(pin: Chart, folder: Path, definitions: Sequence[Mapping[str, Any]]) -> bytes:
    target = folder / f"{pin.chart}-{pin.version}.tgz"
    source = source_of(pin.chart, pin.version, None)
    if source is None:
        groups = _DEFINED.get(pin.chart, ())
        return stand_in(pin, [d for d in definitions if d["spec"]["group"] in groups])
    with tarfile.open(target, "w:gz") as archive:
        archive.add(source.path, arcname=pin.chart)
    return target.read_bytes()


def stand_ins() -> list[str]:
    """Charts that cannot be had from a module: pins whose release installs a marker and nothing else."""
    return sorted(name for name, pin in charts().items() if pin.chart not in chart_sources())


def stand_in(pin: Chart, definitions: Iterable[Mapping[str, Any]]) -> bytes:
    """A chart of that name and version with one ConfigMap that says what it is, and these definitions."""
    marker = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "{{ .Release.Name }}-stand-in", "labels": {STAND_IN: pin.chart}},
        "data": {"chart": pin.chart, "version": pin.version, "holds": "nothing of the chart"},
    }
    files = {
        "Chart.yaml": json.dumps({"apiVersion": "v2", "name": pin.chart, "version": pin.version}),
        "templates/stand-in.json": json.dumps(marker),
        **{
            f"templates/{one['metadata']['name']}.json": json.dumps(one).replace("{{", '{{ "{{" }}')
            for one in definitions
        },
    }
    packed = io.BytesIO()
    # Without the time of packing: an image's digest is that of its bytes.
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w") as archive,
    ):
        for name, text in files.items():
            entry = tarfile.TarInfo(f"{pin.chart}/{name}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return packed.getvalue()
