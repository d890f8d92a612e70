"""What of a model's traffic is compared with the traffic it was approved on, and what follows where it differs."""

from typing import Literal, Self

from pydantic import Field, model_validator

from facts.strict import Slug, Strict
from releases.text import Digest


class DriftSignal(Strict):
    """One distribution, and the reference it is compared with."""

    name: Slug = Field(description="As its exporter calls it: input-tokens, language, confidence, a column.")
    statistic: Literal["psi", "ks"] = Field(
        default="psi", description="psi for classes and bins, ks for what has an order."
    )
    reference: Digest = Field(description="Of the reference histogram (JSON: edges and counts).")
    false_alarms: float = Field(
        default=0.001,
        gt=0,
        le=0.05,
        description="How often one window of unchanged traffic may be called a drift.",
    )
    minimum_samples: int = Field(default=500, ge=50, description="Fewer in a window are not judged.")


class Drift(Strict):
    """Signals, how often they are looked at, and the remedy that is asked for."""

    signals: list[DriftSignal] = Field(min_length=1, max_length=20)
    window_minutes: int = Field(default=60, ge=5, le=10080)
    then: Literal["alert", "less-traffic", "fallback", "retraining-ticket", "incident"] = Field(
        default="alert", description="What a drift asks for; policies decide who answers."
    )

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [signal.name for signal in self.signals]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"signals: {', '.join(twice)} stands twice; one of them would hide the other")
        return self
