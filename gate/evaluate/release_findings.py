"""What a day makes of the releases a stack runs, as findings on what serves them."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from policies.engine.evaluate import Finding
from policies.engine.graph import Graph, Resource
from releases.dated import notices
from releases.load import LoadedRelease

_SERVICES: Final = (
    "kubernetes:serving.kserve.io/v1beta1:InferenceService",
    "kubernetes:serving.kserve.io/v1alpha2:LLMInferenceService",
)
_MODEL: Final = "slipway.dev/model"


def release_findings(graph: Graph, releases: Iterable[LoadedRelease], today: date) -> list[Finding]:
    """One finding for each notice; it names the model's service, and the file that says so."""
    return [
        Finding(
            rule=notice.rule,
            level=notice.level,
            urn=_service_of(graph, loaded),
            message=f"{notice.file}: {notice.message}",
            file=notice.file.partition(": ")[0],
            fix=notice.fix,
        )
        for loaded in releases
        for notice in notices(loaded, today)
    ]


def _service_of(graph: Graph, loaded: LoadedRelease) -> str:
    """The URN of what serves a release, or nothing where it cannot be told: the finding stands all the same."""
    named = [s for s in graph.of_type(*_SERVICES) if _labels(s).get(_MODEL) == loaded.release.model]
    versions = [s for s in named if s.inputs["metadata"]["name"] == loaded.release.identity]
    return next((service.urn for service in (*versions, *named)), "")


def _labels(service: Resource) -> dict[str, str]:
    found = service.inputs.get("metadata", {}).get("labels", {})
    return found if isinstance(found, dict) else {}
