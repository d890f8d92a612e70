"""What callers may rely on."""

from pydantic import Field

from facts.strict import Strict


class Objectives(Strict):
    """Service level objectives, over a window."""

    availability: float = Field(ge=0.9, lt=1, description="The fraction of requests that succeed: 0.995.")
    latency_p95_ms: int = Field(ge=1, description="Milliseconds to the whole answer, or to the first token.")
    window_days: int = Field(default=28, ge=1, le=90)
