"""What there is to know of one model of a stack: the content of its page."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from facts.licences import licence_terms
from facts.model_signals import exported
from gate.report.callers import NOBODY
from gate.report.cost import usd
from gate.report.model_request import request
from gate.report.report import Exposure, Report
from gate.report.served import ServedModel, ServedVersion, served
from releases.fail_soft import CachedAnswer, FailSoft, SmallerModel
from releases.release import Release
from stacks.load import Stack

_MINUTES_A_MONTH: Final = 730 * 60
"""Of the hours that prices a month are counted with (docs/cost.md)."""
_TOKENS: Final = re.compile(r"(\d+) tokens a minute")


@dataclass(frozen=True, kw_only=True)
class VersionCard:
    """One version: what serves it, what was decided of it, what it costs a month."""

    served: ServedVersion
    state: str
    starts: Sequence[str]
    floor: float | None
    ceiling: float | None

    @property
    def release(self) -> Release:
        """The record."""
        return self.served.loaded.release

    @property
    def asks(self) -> Sequence[str]:
        """What its licence asks of whoever serves it: of the record, then what the licence itself says."""
        said = list(self.release.licence.obligations)
        terms = licence_terms()[self.release.licence.name].serving
        return [*said, *(words for words in terms.values() if words not in said)]

    @property
    def month(self) -> str:
        """What its pods' share of machines costs a month."""
        if self.floor is None or self.ceiling is None:
            return "unknown: nothing of it has a price"
        low, high = sorted((self.floor, self.ceiling))
        return f"{usd(low)} a month" if round(low) == round(high) else f"{usd(low)} to {usd(high)} a month"


@dataclass(frozen=True, kw_only=True)
class ModelCard:
    """One model of a stack."""

    model: ServedModel
    versions: Sequence[VersionCard]
    traffic: str
    callers: Sequence[Exposure]
    url: str
    request: str
    issuer: str
    promises: Sequence[str]
    fails: Sequence[str]
    per_million: str
    signals: Mapping[str, str]
    """What is measured beside requests, with its series; empty where nothing exports it."""

    @property
    def promised(self) -> VersionCard:
        """The stable version, whose promises hold."""
        return next(v for v in self.versions if v.served.version == self.model.stable)


def model_cards(stack: Stack, report: Report) -> list[ModelCard]:
    """A card for every model that a stack serves, sorted by name."""
    return [_card(stack, model, report) for model in served(stack)]


def _card(stack: Stack, model: ServedModel, report: Report) -> ModelCard:
    release = model.promised.loaded.release
    versions = [_version(model, one, report) for one in model.versions]
    callers = [
        w for w in report.exposures if w.what == f"model {model.model}" and w.caller not in {"", NOBODY}
    ]
    gateway = stack.settings_of("gateway")
    url, asked = (
        request(gateway.hostname, model.model, release.needs.task) if gateway is not None else ("", "")
    )
    slo = release.slo
    return ModelCard(
        model=model,
        versions=versions,
        traffic=next((t.words for t in report.traffic if t.model == model.model), ""),
        callers=callers,
        url=url,
        request=asked,
        issuer=gateway.authentication.issuer if gateway is not None else "",
        promises=[f"{o.words}, over {slo.window_days} days" for o in slo.objectives] if slo else [],
        fails=[*(_falls_back(step) for step in release.fail_soft), *_otherwise(release.fail_soft)],
        per_million=_stated(model, report) or _per_million(callers, versions),
        signals=exported(release.needs.engine, release.needs.task, on_gpu=release.needs.gpu_count > 0),
    )


def _version(model: ServedModel, one: ServedVersion, report: Report) -> VersionCard:
    shares = (
        [s for s in report.cost.bill.shares if s.whom == f"{model.model}/{one.version}"]
        if report.cost
        else []
    )
    return VersionCard(
        served=one,
        state=_state(one, report.judged_on),
        starts=[s.what for s in report.starts if s.model == f"{model.model}-{one.version}"],
        floor=sum(s.floor for s in shares) if shares else None,
        ceiling=sum(s.ceiling for s in shares) if shares else None,
    )


def _state(one: ServedVersion, today: str) -> str:
    return one.loaded.state.word(date.fromisoformat(today))


def _falls_back(step: FailSoft) -> str:
    if isinstance(step, SmallerModel):
        return f"{step.model} answers in its place while it keeps failing"
    if isinstance(step, CachedAnswer):
        return f"an answer of the last {step.at_most_minutes} minutes to the same question"
    return f"callers read: {step.message} (try again after {step.retry_after_seconds} s)"


def _otherwise(plan: Sequence[FailSoft]) -> Iterator[str]:
    if not any(step.kind == "polite-refusal" for step in plan):
        yield "callers get 503 as JSON with Retry-After: 30"


def _stated(model: ServedModel, report: Report) -> str:
    """From the throughput that the stable version's record states; empty where it states none."""
    whom = f"{model.model}/{model.stable}"
    prices = report.cost.per_million if report.cost else ()
    return next(
        (f"{price.words}, on a machine that is never idle" for price in prices if price.whom == whom), ""
    )


def _per_million(callers: Sequence[Exposure], versions: Sequence[VersionCard]) -> str:
    """USD for a million tokens where the record states no throughput: only what callers may ask is known."""
    asked = sum(int(found[1]) for way in callers for found in _TOKENS.finditer(way.detail))
    floors = [v.floor for v in versions]
    said = "unknown: the record states no throughput"
    if not asked or any(floor is None for floor in floors):
        return said
    month = sum(floor for floor in floors if floor is not None)
    price = month / (asked * _MINUTES_A_MONTH / 1_000_000)
    return f"{said}; if callers used all they may, ${price:,.2f} of machines"


def said_of(card: VersionCard) -> Iterator[tuple[str, str]]:
    """Decisions about a version, in the order in which they are asked for."""
    state = card.served.loaded.state
    review, approval = state.licence_review, state.approval
    if review is not None:
        word = "accepted" if review.granted else "refused"
        until = f", until {review.until}" if review.until else ""
        yield "Licence review", f"{word} by {review.who} on {review.when}{until}"
    else:
        yield "Licence review", "nobody reviewed it"
    if approval is not None:
        word = "approved" if approval.granted else "refused"
        yield "Approval", f"{word} by {approval.who} on {approval.when}"
    else:
        yield "Approval", "nobody approved it"
    for incident in state.open_incidents:
        yield "Open incident", f"{incident.name}: since {incident.date}"
    if state.deprecation is not None:
        yield "Deprecated", f"on {state.deprecation.date}"
    if state.sunset is not None:
        yield "Sunset", f"ends on {state.sunset.ends}"
