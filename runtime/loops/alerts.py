"""What Alertmanager tells, and which version is meant: alerts of objectives name a model alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from facts.explain import explain
from facts.strict import Slug
from releases.objectives import Objective, Objectives
from releases.text import Version
from runtime.loops import moves
from runtime.loops.contract import Bounds, Figures
from runtime.loops.ports import UnavailableError
from runtime.loops.verdict import judge
from runtime.loops.world import World

MOST_ALERTS: Final = 500
_FAILS: Final = frozenset({"bad", "worse"})
_P95: Final = 0.95
_LONG_AGO: Final = datetime.fromtimestamp(0, UTC)
"""Alertmanager says of every alert when it began; one that does not begins no run of an agent a second time."""


class AlertError(ValueError):
    """The body is not what Alertmanager sends."""


class _Alert(BaseModel):
    """One alert of a webhook of version 4; what else stands in it is not needed."""

    model_config = ConfigDict(extra="ignore", strict=True)

    status: Literal["firing", "resolved"]
    labels: dict[str, str]
    since: AwareDatetime = Field(default=_LONG_AGO, alias="startsAt")


class _Webhook(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    version: Literal["4"]
    alerts: list[_Alert] = Field(max_length=MOST_ALERTS)


@dataclass(frozen=True, order=True)
class Firing:
    """One model in trouble. ``version`` is empty where the alert counts all versions."""

    model: str
    version: str
    alert: str
    severity: str
    since: datetime = _LONG_AGO
    """When it began to fire."""


@dataclass(frozen=True, kw_only=True)
class Outage:
    """What alerts of one model tell together, in names that are names: texts of an alert are not read.

    ``alert`` and ``severity`` are those of the most severe one; ``since`` is when the newest of them began.
    """

    model: str
    version: str
    alert: str
    severity: str
    since: datetime


def firing(body: bytes) -> list[Firing]:
    """What fires, each version's once, the most severe alert first.

    Raises:
        AlertError: the body is something else.
    """
    found: dict[tuple[str, str], Firing] = {}
    for one in _most_severe_first(body):
        found.setdefault((one.model, one.version), one)
    return list(found.values())


def outages(body: bytes) -> list[Outage]:
    """What fires, each model once.

    Raises:
        AlertError: the body is something else, or a label is no name.
    """
    since: dict[str, datetime] = {}
    first: dict[str, Firing] = {}
    for one in _most_severe_first(body):
        since[one.model] = max(one.since, since.get(one.model, one.since))
        first.setdefault(one.model, one)
    return [
        Outage(
            model=_held(_MODEL, "model", one.model),
            version=_held(_VERSION, "version", one.version) if one.version else "",
            alert=_held(_ALERT, "alertname", one.alert),
            severity=_held(_SEVERITY, "severity", one.severity),
            since=since[model],
        )
        for model, one in first.items()
    ]


_MODEL: Final = TypeAdapter(Slug)
_VERSION: Final = TypeAdapter(Version)
_ALERT: Final = TypeAdapter(Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=120)])
_SEVERITY: Final = TypeAdapter(Annotated[str, Field(pattern=r"^[a-z]{1,20}$")])


def _held(names: TypeAdapter[str], label: str, value: str) -> str:
    try:
        return names.validate_python(value)
    except ValidationError as error:
        raise AlertError(f"label {label}: {'; '.join(explain(error))}") from None


def _most_severe_first(body: bytes) -> list[Firing]:
    try:
        said = _Webhook.model_validate_json(body)
    except ValidationError as error:
        raise AlertError("; ".join(explain(error, _Webhook))) from None
    return sorted(_of_models(said.alerts), key=lambda f: (f.severity != "critical", f))


def _of_models(alerts: list[_Alert]) -> Iterator[Firing]:
    for alert in alerts:
        labels = alert.labels
        if alert.status == "firing" and labels.get("model"):
            yield Firing(
                model=labels["model"],
                version=labels.get("version", ""),
                alert=labels.get("alertname", "alert"),
                severity=labels.get("severity", "warning"),
                since=alert.since,
            )


def suspect(
    world: World,
    model: str,
    bounds: Mapping[str, Bounds],
    promises: Mapping[str, Objectives | None],
    window_seconds: float,
) -> str:
    """The version that does the harm; empty where none does, as when an alert outlives its outage.

    It is the one that fails beside all others, those with least traffic first. Where none does, it is the one that
    most callers depend on, if it breaks its promise now: policy has a person asked before that one's traffic moves.

    Args:
        world: where shares and figures are read.
        model: whose alert it is.
        bounds: of each version's record.
        promises: what each version's record promises.
        window_seconds: how far back figures go.

    Raises:
        UnavailableError: figures are too few to tell, and are looked at again.
    """
    shares = world.shares.read(model)
    answering = sorted((v for v, share in shares.items() if share), key=lambda v: (shares[v], v))
    figures = {version: world.figures.read(model, version, window_seconds) for version in answering}
    stable = next((version for version in answering if moves.is_stable(shares, version)), "")
    words = {}
    for version in (v for v in answering if v != stable and v in bounds):
        others = [found for other, found in figures.items() if other != version]
        words[version] = judge(figures[version], _together(others), bounds[version]).word
        if words[version] in _FAILS:
            return version
    if stable and breaks(promises.get(stable), figures[stable]):
        return stable
    if undecided := sorted(version for version, word in words.items() if word != "good"):
        raise UnavailableError(f"{model}: too few requests to tell whether {', '.join(undecided)} fails")
    return ""


def breaks(promise: Objectives | None, figures: Figures) -> bool:
    """Whether a version's figures are worse than what it promises. Nobody is harmed by a version that nobody calls.

    Raises:
        UnavailableError: a time that is promised was not measured in this window.
    """
    if not figures.requests:
        return False
    return promise is None or any(_breaks(one, figures) for one in promise.objectives)


def _breaks(objective: Objective, figures: Figures) -> bool:
    match objective.indicator:
        case "availability":
            return figures.error_rate > 1 - objective.target
        case "latency":
            # The quantile above the promised share of requests says more than the one beneath it.
            value = figures.latency_p95_ms if objective.target <= _P95 else figures.latency_p99_ms
        case "time-to-first-token":
            value = figures.time_to_first_token_p95_ms
        case _:
            return True  # it is alerted on and not among the figures of a version: a person looks
    if value is None:
        raise UnavailableError(f"{objective.name}: not measured in this window")
    return value > (objective.value_ms or 0)


def _together(figures: Sequence[Figures]) -> Figures:
    return Figures(requests=sum(f.requests for f in figures), errors=sum(f.errors for f in figures))
