"""What must hold for versions of clusters, node images and functions: AWS still mends them."""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Final

from facts.service_versions import service_versions
from policies.analysis.machines.types import CLUSTER, NODE_GROUP
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import UndecidedError, at, text

FUNCTION: Final = "aws:lambda/function:Function"
_VERSION: Final = re.compile(r"(\d{1,3})\.(\d{1,4})")


def _ended(resource: Resource, _graph: Graph) -> Iterable[Offence]:
    if resource.type == FUNCTION:
        runtime = text(at(resource.inputs, "runtime"), "runtime")
        if any(fnmatchcase(runtime, pattern) for pattern in service_versions().lambda_runtimes):
            yield Offence(path="runtime", problem=f"{runtime} is no longer mended", value=runtime)
        return
    image = text(at(resource.inputs, "amiType"), "amiType")
    if image in service_versions().node_images:
        yield Offence(path="amiType", problem=f"{image} is no longer mended", value=image)
    version = text(at(resource.inputs, "version"), "version")
    if version and _parsed(version) < service_versions().kubernetes.oldest:
        yield Offence(path="version", problem=f"Kubernetes {version} is no longer mended", value=version)


def _parsed(version: str) -> list[int]:
    match = _VERSION.match(version.removeprefix("v"))
    if match is None:
        raise UndecidedError(f"version: {version[:40]!r} is no version of Kubernetes")
    return [int(match[1]), int(match[2])]


RULES: tuple[Rule, ...] = (
    Rule(
        id="versions-are-supported",
        severity="medium",
        aliases=("versions-are-still-mended",),
        applies_to=(CLUSTER, NODE_GROUP, FUNCTION),
        why="A hole found after a version's end stays open.",
        fix="Move to a version that AWS still supports.",
        check=_ended,
    ),
)
