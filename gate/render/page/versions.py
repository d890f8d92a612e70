"""What runs in which version, and whether a digest holds it."""

from dataclasses import dataclass

from gate.report.not_evaluated import images
from gate.report.report import Report
from policies.analysis.gateway.objects import DEFINITION
from policies.analysis.kubernetes.charts import RELEASE
from policies.analysis.machines.types import CLUSTERS


@dataclass(frozen=True, kw_only=True, order=True)
class Version:
    """One thing with a version; ``pinned`` if its content is named by a digest, not by a name only."""

    kind: str
    name: str
    version: str
    pinned: bool = False


def versions(report: Report) -> list[Version]:
    """Charts, images, the cluster and its add-ons, sorted; what has no version is not listed."""
    found: set[Version] = set()
    for resource in report.resources:
        given = resource.inputs
        if resource.type == RELEASE:
            found.add(Version(kind="chart", name=_text(given, "chart"), version=_text(given, "version")))
        elif resource.type in CLUSTERS:
            found.add(Version(kind="Kubernetes", name=resource.name, version=_text(given, "version")))
        elif resource.type == "aws:eks/addon:Addon":
            name, version = _text(given, "addonName"), _text(given, "addonVersion")
            found.add(Version(kind="add-on", name=name, version=version))
        elif resource.object is not None and resource.type != DEFINITION:  # a schema runs nothing
            found.update(_image(image) for image in images(resource.object))
    return sorted(found)


def _text(given: object, key: str) -> str:
    value = given.get(key) if hasattr(given, "get") else None
    return value if isinstance(value, str) else "not known"


def _image(image: str) -> Version:
    name, _, digest = image.partition("@")
    if ":" in name.rpartition("/")[2]:
        name, _, tag = name.rpartition(":")
    else:
        tag = "" if digest else "not known"
    return Version(
        kind="image",
        name=name,
        version=" ".join(v for v in (tag, digest) if v),
        pinned=digest.startswith("sha256:"),
    )
