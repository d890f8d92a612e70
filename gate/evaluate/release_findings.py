"""What a day makes of the releases a stack runs, as findings on what serves them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from gate.report.served import answers_to
from policies.engine.evaluate import Finding
from policies.engine.graph import Graph, Resource
from releases.agent_measured import age_notices
from releases.dated import Notice, notices
from releases.load import LoadedRelease
from releases.measured import GivenShare, measurement_notices
from stacks.load import Stack

_SERVICES: Final = (
    "kubernetes:serving.kserve.io/v1beta1:InferenceService",
    "kubernetes:serving.kserve.io/v1alpha2:LLMInferenceService",
)
_MODEL: Final = "slipway.dev/model"
_VERSION: Final = "slipway.dev/version"
_DIGEST: Final = "slipway.dev/artifact-digest"


Shares = Mapping[tuple[str, str], GivenShare]
"""What a stack gives each version of its models."""


def release_findings(
    graph: Graph, releases: Iterable[LoadedRelease], today: date, shares: Shares | None = None
) -> list[Finding]:
    """One finding for each notice, and for each served digest that is not its record's; it names the service."""
    releases = list(releases)
    return [*_other_digests(graph, releases), *_notices(graph, releases, today, shares or {})]


def agent_findings(stack: Stack, today: date) -> list[Finding]:
    """A finding for each agent whose figures are, or will soon be, too old for what this stack serves it."""
    return [
        _finding(notice, "")
        for chosen in stack.agents.values()
        for notice in age_notices(chosen.loaded, answers_to(stack, chosen.loaded), today)
    ]


def shares_of(stack: Stack) -> dict[tuple[str, str], GivenShare]:
    """What a stack's file gives each version; where a controller gives it, what it may give at most."""
    return {
        (loaded.release.model, version): GivenShare(
            percent=traffic.percent_of(version),
            is_candidate=version == traffic.candidate,
            is_driven=loaded.release.rollout.driver == "controller",
        )
        for loaded in stack.releases
        for traffic, version in [
            (stack.settings.models[loaded.release.model].traffic, loaded.release.version)
        ]
    }


def _other_digests(graph: Graph, releases: Iterable[LoadedRelease]) -> list[Finding]:
    """The download holds files to the digest in the pod's annotation; here that one is held to the record."""
    records = {(r.release.model, r.release.version): r for r in releases}
    return [
        Finding(
            rule="release:served-digest-is-the-records",
            level="mandatory",
            urn=service.urn,
            message=f"{where}[{_DIGEST}]: got {annotations.get(_DIGEST) or 'none'}, "
            f"the record {loaded.release.identity} says {loaded.release.artifact.digest}",
            fix="Take the digest from the release record; the program does (components/models/plan.py).",
        )
        for service in graph.of_type(*_SERVICES)
        for where, labels, annotations in _parts(service)
        if (loaded := records.get((labels.get(_MODEL, ""), labels.get(_VERSION, "")))) is not None
        and annotations.get(_DIGEST) != loaded.release.artifact.digest
    ]


def _notices(graph: Graph, releases: Iterable[LoadedRelease], today: date, shares: Shares) -> list[Finding]:
    return [
        _finding(notice, service_of(graph, loaded))
        for loaded in releases
        for notice in (
            *notices(loaded, today),
            *measurement_notices(
                loaded,
                shares.get((loaded.release.model, loaded.release.version), GivenShare(percent=0)),
                today,
            ),
        )
    ]


def _finding(notice: Notice, urn: str) -> Finding:
    return Finding(
        rule=notice.rule,
        level=notice.level,
        severity="high" if notice.level == "mandatory" else "low",
        urn=urn,
        message=f"{notice.file}: {notice.message}",
        file=notice.file.partition(": ")[0],
        fix=notice.fix,
    )


def service_of(graph: Graph, loaded: LoadedRelease) -> str:
    """The URN of what serves a release, or nothing where it cannot be told: the finding stands all the same."""
    named = [s for s in graph.of_type(*_SERVICES) if _labels(s).get(_MODEL) == loaded.release.model]
    versions = [s for s in named if s.inputs["metadata"]["name"] == loaded.release.identity]
    return next((service.urn for service in (*versions, *named)), "")


def _labels(service: Resource) -> dict[str, str]:
    found = service.inputs.get("metadata", {}).get("labels", {})
    return found if isinstance(found, dict) else {}


def _parts(service: Resource) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Where a service says which version it is: for itself, or for its predictor."""
    spec, meta = service.inputs.get("spec", {}), service.inputs.get("metadata", {})
    predictor = spec.get("predictor") if isinstance(spec, dict) else None
    if isinstance(predictor, dict):
        yield "spec.predictor.annotations", _texts(predictor, "labels"), _texts(predictor, "annotations")
    elif isinstance(meta, dict):
        yield "metadata.annotations", _texts(meta, "labels"), _texts(meta, "annotations")


def _texts(value: dict[str, Any], key: str) -> dict[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}
