"""What must hold for servers of models: whoever asks whether they live waits until they have loaded."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from policies.analysis.kserve.objects import INFERENCE_SERVICE, LLM_CONFIG, RUNTIMES
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, number, sequence, text

_LEAST_SECONDS: Final = 60
"""What reading a small model and importing its server takes at least, and any default of Kubernetes' is below."""
_DEFAULT_FAILURES: Final = 3
_DEFAULT_PERIOD: Final = 10
_PLACES: Final = ("spec.containers", "spec.template.containers", "spec.prefill.template.containers")


def _impatient(resource: Resource, _graph: Graph) -> Iterable[Offence]:
    for path, container in _containers(resource):
        alive = at(container, "livenessProbe")
        if alive is None or (number(at(alive, "initialDelaySeconds"), path) or 0) >= _LEAST_SECONDS:
            continue
        starts = at(container, "startupProbe")
        if starts is None:
            yield Offence(
                path=f"{path}.startupProbe",
                problem="is not set: the livenessProbe counts while the model loads",
            )
        elif (seconds := _seconds(starts)) < _LEAST_SECONDS:
            yield Offence(
                path=f"{path}.startupProbe.failureThreshold",
                problem=f"a server that loads has {seconds} s and is then killed",
                value=at(starts, "failureThreshold"),
                expected=f"{_LEAST_SECONDS} s at least",
            )


def _containers(resource: Resource) -> Iterator[tuple[str, Any]]:
    for place in _PLACES:
        for index, container in enumerate(sequence(at(resource.inputs, place), place)):
            yield f"{place}[{index}]", container


def _seconds(probe: Any) -> int:
    def said(key: str, default: int) -> int:
        value = number(at(probe, key), key)
        return default if value is None else int(value)

    return said("initialDelaySeconds", 0) + said("failureThreshold", _DEFAULT_FAILURES) * said(
        "periodSeconds", _DEFAULT_PERIOD
    )


def _has_no_files(service: Resource, _graph: Graph) -> Iterable[Offence]:
    model = at(service.inputs, "spec.predictor.model")
    if model is None:
        return
    told = [text(word, "args") for word in sequence(at(model, "args"), "args") if isinstance(word, str)]
    if (
        at(model, "storageUri") is None
        and at(model, "storage") is None
        and at(model, "storageUris") is None
        and not any(word.startswith(("--model_id", "--model-id")) for word in told)
    ):
        yield Offence(
            path="spec.predictor.model.storageUri",
            problem="is not set, and no argument names a model: none is served",
        )


PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="servers-have-time-to-load",
        severity="high",
        applies_to=(*RUNTIMES, *LLM_CONFIG),
        why="A probe that counts while a model is read kills its server, which begins again, for ever.",
        fix="Set a startupProbe that waits for the largest model this runtime is for.",
        check=_impatient,
    ),
    Rule(
        id="models-name-their-files",
        severity="high",
        applies_to=INFERENCE_SERVICE,
        why="A server without a model starts, finds an empty folder and ends.",
        fix="Set storageUri to where the release record says the files are.",
        check=_has_no_files,
    ),
)
