"""Which versions of models there are, with digest and share: the same for what is declared and for what runs. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Object = Mapping[str, Any]
MODEL: Final = "slipway.dev/model"
VERSION: Final = "slipway.dev/version"
DIGEST: Final = "slipway.dev/artifact-digest"
SERVICES: Final = ("LLMInferenceService", "InferenceService")
ROUTES: Final = ("AIGatewayRoute", "HTTPRoute")
_PREDICTOR: Final = "-predictor"


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version of a model; ``share`` is a fraction, None where no route names it. ``digest`` is its artifact's."""

    model: str
    version: str
    digest: str
    share: float | None = None

    @property
    def name(self) -> str:
        return f"{self.model}/{self.version}"


def versions(objects: Iterable[Object]) -> list[Version]:
    """By model and version, from the objects that serve and route."""
    every = list(objects)
    shares = dict(_shares(every))
    found = {
        (model, version): digest
        for one in every
        if one.get("kind") in SERVICES
        for model, version, digest in _served(one)
    }
    return [
        Version(model=model, version=version, digest=digest, share=shares.get(f"{model}-{version}"))
        for (model, version), digest in sorted(found.items())
    ]


def _served(one: Object) -> Iterator[tuple[str, str, str]]:
    """A language model is an object a version; a predictive one is an object with parts."""
    metadata, spec = one.get("metadata") or {}, one.get("spec") or {}
    if one["kind"] == "LLMInferenceService":
        parts: list[Object] = [metadata]
    else:
        parts = [spec.get("predictor") or {}, *(c.get("predictor") or {} for c in spec.get("canary") or ())]
    for part in parts:
        labels, annotations = part.get("labels") or {}, part.get("annotations") or {}
        if MODEL in labels and VERSION in labels:
            yield labels[MODEL], labels[VERSION], annotations.get(DIGEST, "")


def _shares(every: Iterable[Object]) -> Iterator[tuple[str, float]]:
    """Each backend's part of its route, under MODEL-VERSION; two places of one backend count together."""
    for route in (one for one in every if one.get("kind") in ROUTES):
        for rule in (route.get("spec") or {}).get("rules") or ():
            weights: Counter[str] = Counter()
            for backend in rule.get("backendRefs") or ():
                weights[str(backend["name"]).removesuffix(_PREDICTOR)] += backend.get("weight", 1)
            total = sum(weights.values())
            yield from ((name, weight / total if total else 0.0) for name, weight in weights.items())
