"""Events to test with, one of each kind."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from pydantic import TypeAdapter

from releases.events import KINDS, AnyEvent, Appended, file_name

RECORD = "sha256:" + "a" * 64
DIGEST = "sha256:" + "8" * 64
FIGURE = {
    "suite": "pairs",
    "suite_version": "1",
    "dataset_digest": DIGEST,
    "metric": "spearman",
    "value": 0.8,
    "floor": 0.7,
    "by": "quality@example.com",
    "date": date(2026, 11, 1),
}
SIGNATURE = {"key": DIGEST, "value": "A" * 86 + "=="}
RUN = {
    "who": "slipway-rollout@dev",
    "run": "rollout-minilm/1",
    "step": 0,
    "decided_by": ["a-good-step-leads-to-the-next"],
    "policy_set": DIGEST,
    "signature": SIGNATURE,
}
SAYS: dict[str, dict[str, Any]] = {
    "licence-review": {"licence": "MIT", "decision": "accepted"},
    "evaluation": {"evaluation": FIGURE},
    "approval": {"decision": "approved"},
    "incident": {"name": "leak", "severity": "high", "status": "open", "summary": "It repeated a prompt."},
    "deprecation": {"reason": "a better one exists", "successor": "v2"},
    "revocation": {"reason": "the weights were poisoned"},
    "sunset": {"ends": date(2027, 1, 31), "reason": "the licence ends", "successor": "v2"},
    "rollout": {
        **RUN,
        "action": "step",
        "before": {"v1": 100, "v2": 0},
        "after": {"v1": 95, "v2": 5},
        "verdict": "first",
    },
    "drift": {
        **RUN,
        "who": "slipway-drift@dev",
        "signal": "input-tokens",
        "statistic": "psi",
        "value": 0.4,
        "threshold": 0.1,
        "samples": 1000,
        "window_seconds": 3600.0,
        "reference": DIGEST,
        "remedy": "alert",
    },
    "decision": {
        **RUN,
        "who": "ana@example.com",
        "question": "take-away",
        "decision": "refused",
        "waited_seconds": 3.0,
    },
}


def event(kind: str, day: int = 1, **changes: Any) -> AnyEvent:
    common = {
        "kind": kind,
        "date": date(2026, 11, day),
        "who": "somebody@example.com",
        "record": RECORD,
        "evidence": ["ticket 7"],
    }
    adapter: TypeAdapter[AnyEvent] = TypeAdapter(KINDS[kind])
    return adapter.validate_python({**common, **SAYS[kind], **changes})


def appended(events: Iterable[AnyEvent]) -> tuple[Appended, ...]:
    """Each in the file that its date and kind ask for."""
    return tuple(Appended(event, file_name(event)) for event in events)
