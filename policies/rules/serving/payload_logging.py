"""What must hold where requests and answers of a model are kept: where they go, of whom, and how many."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.analysis.kserve.objects import INFERENCE_SERVICE, components
from policies.analysis.kubernetes.metadata import namespace_of
from policies.analysis.network.cluster_address import is_inside, parsed
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, known, mapping, sequence, text

_PERSONAL_DATA: Final = "slipway.dev/personal-data"
_DATA_CLASS: Final = "slipway.dev/data-class"
_CLOSED: Final = frozenset({"confidential", "restricted"})
_CREDENTIALS: Final = frozenset({"authorization", "cookie", "proxy-authorization", "x-api-key"})


def _loggers(service: Resource) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """The path of each component of a service, its logger, and the component."""
    for part, component in components(service):
        if at(component, "logger") is not None:
            yield f"spec.{part}", mapping(at(component, "logger"), "logger"), component


def _elsewhere(service: Resource, _graph: Graph) -> Iterable[Offence]:
    for part, logger, _ in _loggers(service):
        said = text(at(logger, "url"), "logger.url")
        problem = _elsewhere_problem(said, namespace_of(service))
        if problem:
            yield Offence(path=f"{part}.logger.url", problem=problem, value=said or None)


def _elsewhere_problem(said: str, namespace: str) -> str:
    url = parsed(said)
    host = url.hostname or ""
    if not host:
        return "payloads go to whatever KServe's config names"
    if url.scheme == "s3":
        return "" if "payload" in host else f"payloads go to the bucket {host}, which is none for payloads"
    if url.scheme in {"http", "https"}:
        return "" if is_inside(host, namespace) else f"payloads leave the cluster for {host}"
    return f"payloads leave AWS ({url.scheme}://)"


def _stored_without(service: Resource, _graph: Graph, *, field: str, lost: str) -> Iterable[Offence]:
    """Loggers that store in a bucket, and do not say what storing needs."""
    for part, logger, _ in _loggers(service):
        is_bucket = text(at(logger, "url"), "logger.url").startswith("s3://")
        if is_bucket and not text(at(logger, field), f"logger.{field}"):
            yield Offence(path=f"{part}.logger.{field}", problem=lost)


def _of_whom(service: Resource, _graph: Graph) -> Iterable[Offence]:
    for part, _, component in _loggers(service):
        said = _note(service, component, "annotations", _PERSONAL_DATA)
        data_class = _note(service, component, "labels", _DATA_CLASS)
        if said == "redacted":
            yield Offence(
                path=f"{part}.logger",
                problem="personal data was to be taken out, and nothing does so before payloads are kept",
            )
        if said == "allowed" and data_class not in _CLOSED:
            yield Offence(
                path=f"{part}.labels[{_DATA_CLASS}]",
                problem=f"payloads hold personal data, and their class is {data_class or 'not said'}",
                value=data_class or None,
                expected=" or ".join(sorted(_CLOSED)),
            )


def _note(service: Resource, component: Mapping[str, Any], kind: str, key: str) -> str:
    """A label or annotation of a component's pods, which wins over the service's."""
    for notes in (at(component, kind), at(service.inputs, f"metadata.{kind}")):
        value = known(mapping(notes, kind).get(key), key)
        if value is not None:
            return text(value, key)
    return ""


def _unsaid(service: Resource, _graph: Graph) -> Iterable[Offence]:
    for part, _, component in _loggers(service):
        if not _note(service, component, "annotations", _PERSONAL_DATA):
            yield Offence(
                path=f"{part}.annotations[{_PERSONAL_DATA}]",
                problem="payloads are kept, and nothing says whether they hold personal data",
            )


def _credentials(service: Resource, _graph: Graph) -> Iterable[Offence]:
    for part, logger, _ in _loggers(service):
        for index, header in enumerate(sequence(at(logger, "metadataHeaders"), "metadataHeaders")):
            if text(header, "metadataHeaders").lower() in _CREDENTIALS:
                yield Offence(
                    path=f"{part}.logger.metadataHeaders[{index}]",
                    problem=f"the header {header} is kept with every request",
                    value=header,
                )


RULES: tuple[Rule, ...] = (
    Rule(
        id="payloads-are-kept-where-they-can-be-erased",
        severity="high",
        applies_to=INFERENCE_SERVICE,
        why="A copy of what people asked, in a place that nobody erases, outlives every promise made to them.",
        fix="Name the payload bucket in logger.url, or a sink inside the cluster.",
        check=_elsewhere,
    ),
    Rule(
        id="payload-logs-are-stored",
        severity="high",
        applies_to=INFERENCE_SERVICE,
        why="A log that is not there is found missing on the day it is needed.",
        fix="Set logger.storage.path.",
        check=partial(
            _stored_without,
            field="storage.path",
            lost="is not set: the agent records, stores nothing and says nothing",
        ),
    ),
    Rule(
        id="payload-logs-respect-personal-data",
        severity="high",
        applies_to=INFERENCE_SERVICE,
        why="What the release promised about personal data holds for copies of it too.",
        fix="Take the logger out, or have the release say that personal data is allowed, in a closed class.",
        check=_of_whom,
    ),
    Rule(
        id="payload-logs-hold-no-credentials",
        severity="high",
        applies_to=INFERENCE_SERVICE,
        why="Whoever reads the log could call in the caller's name.",
        fix="Take the header out of logger.metadataHeaders.",
        check=_credentials,
    ),
    Rule(
        id="payload-logs-are-sampled",
        severity="low",
        applies_to=INFERENCE_SERVICE,
        why="Drift is seen in a sample; the rest is personal data and a bill.",
        fix="Let logger.marshallerUrl draw (payload_logging.percent does), or say in a waiver why all are needed.",
        check=partial(
            _stored_without,
            field="marshallerUrl",
            lost="every payload is stored: the agent draws no sample by itself",
        ),
        level="advisory",
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="kept-payloads-say-of-whom",
        severity="medium",
        applies_to=INFERENCE_SERVICE,
        why="What is kept of people has a purpose, an end and somebody who may ask for it.",
        fix="Deploy the model from its release record, whose data policy says how personal data is handled.",
        check=_unsaid,
    ),
)
