"""What callers may rely on: service level objectives, in the words of OpenSLO (``target``, ``value``, a window)."""

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from facts.series import buckets
from facts.strict import Slug, Strict

Indicator = Literal["availability", "latency", "time-to-first-token", "inter-token-latency", "quality"]
TIMES: Final[frozenset[Indicator]] = frozenset({"latency", "time-to-first-token", "inter-token-latency"})
"""Indicators that compare a time with ``value_ms``."""
OF_TOKENS: Final[frozenset[Indicator]] = frozenset({"time-to-first-token", "inter-token-latency"})
"""Indicators that only an engine which answers in tokens has."""

HISTOGRAM: Final[dict[Indicator, tuple[str, int]]] = {
    "latency": ("envoy_cluster_upstream_rq_time", 1),
    "time-to-first-token": ("gen_ai_server_time_to_first_token_seconds", 1000),
    "inter-token-latency": ("gen_ai_server_time_per_output_token_seconds", 1000),
}
"""What measures a time (``facts/metrics``), and how many milliseconds its unit has."""


def values_ms(indicator: Indicator) -> tuple[int, ...]:
    """The times that can be promised: bounds of the histogram's buckets. Between two bounds nothing is counted."""
    histogram, milliseconds = HISTOGRAM[indicator]
    found = (round(edge * milliseconds, 6) for edge in buckets(histogram))
    return tuple(int(value) for value in found if value >= 1 and value == int(value))


class Objective(Strict):
    """One promise: the fraction of requests that are good, over the window."""

    indicator: Indicator
    target: Annotated[float, Field(ge=0.9, lt=1)] = Field(
        description="The fraction of requests that are good: 0.995. Nothing can promise 1."
    )
    value_ms: Annotated[int, Field(ge=1)] | None = Field(
        default=None,
        description="Milliseconds within which a request is good; of the indicators of time only.",
    )
    signal: Slug | None = Field(
        default=None,
        description="Of quality only: the one of drift.signals that has to stay as it is while traffic is unchanged.",
        examples=["prompt-tokens"],
    )

    @model_validator(mode="after")
    def _times_have_a_value(self) -> Self:
        if (self.indicator in TIMES) != (self.value_ms is not None):
            said = "needs value_ms, such as 500" if self.indicator in TIMES else "has no value_ms"
            raise ValueError(f"indicator {self.indicator} {said} (got {self.value_ms})")
        if (self.indicator == "quality") != (self.signal is not None):
            said = "needs signal, one of drift.signals" if self.signal is None else "has no signal"
            raise ValueError(f"indicator {self.indicator} {said} (got {self.signal})")
        if self.value_ms is not None and self.value_ms not in (allowed := values_ms(self.indicator)):
            below = max((v for v in allowed if v < self.value_ms), default=allowed[0])
            above = min((v for v in allowed if v > self.value_ms), default=allowed[-1])
            near = " or ".join(str(v) for v in sorted({below, above}))
            raise ValueError(
                f"value_ms should be a bound that is counted: {near} (got {self.value_ms}; "
                f"{HISTOGRAM[self.indicator][0]} has a bucket at {', '.join(map(str, allowed))} ms)"
            )
        return self

    @property
    def name(self) -> str:
        """What its series and alerts are keyed by: two promises about one time differ in their value."""
        if self.signal is not None:
            return f"{self.indicator}-{self.signal}"
        return self.indicator if self.value_ms is None else f"{self.indicator}-{self.value_ms}ms"

    @property
    def words(self) -> str:
        """The promise as people say it."""
        what = {
            "availability": "of requests succeed",
            "latency": "of requests are answered",
            "time-to-first-token": "of requests see their first token",
            "inter-token-latency": "of requests see a token",
            "quality": f"of the time {self.signal} is as it was",
        }[self.indicator]
        within = "" if self.value_ms is None else f" within {self.value_ms} ms"
        return f"{100 * self.target:.9g}% {what}{within}"


class Objectives(Strict):
    """What a model promises its callers over a rolling window; alerts and the error budget are made of it."""

    window_days: Literal[7, 14, 28, 30, 90] = Field(
        default=28, description="Days over which the error budget is counted."
    )
    objectives: list[Objective] = Field(min_length=1, max_length=4)

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [objective.name for objective in self.objectives]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"objectives: {', '.join(twice)} stands twice; the stricter one is meant")
        return self

    @property
    def latency_ms(self) -> int | None:
        """The longest time that is promised for a whole answer; nothing where none is."""
        times = [o.value_ms for o in self.objectives if o.indicator == "latency" and o.value_ms is not None]
        return max(times, default=None)
