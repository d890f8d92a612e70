"""Requests that tests begin with."""

from runtime.loops.contract import Abort, Bounds, RemedyRequest, RolloutRequest, VersionRef
from runtime.loops.requests import Agreed, DriftRequest, EndOfLifeRequest, EvaluationRequest, Signal

DIGEST = f"sha256:{'a' * 64}"
V1 = VersionRef(model="minilm", version="v1", record=DIGEST)
V2 = VersionRef(model="minilm", version="v2", record=f"sha256:{'b' * 64}")
BOUNDS = Bounds(
    steps=(5, 25, 50, 100),
    hold_seconds=3600.0,
    minimum_requests=100,
    aborts=(Abort(metric="error-rate", above=0.02), Abort(metric="latency-p95-ms", above=500.0)),
    rollback_seconds=86400.0,
    verify_seconds=60.0,
)


def rollout(**changes):
    return RolloutRequest(
        **{
            "stable": V1,
            "candidate": V2,
            "bounds": BOUNDS,
            "environment": "dev",
            "begun_by": "ana@example.org",
            **changes,
        }
    )


def remedy(**changes):
    return RemedyRequest(
        **{
            "release": V2,
            "environment": "dev",
            "alert": "ErrorBudgetBurnFast",
            "severity": "critical",
            "bounds": BOUNDS,
            **changes,
        }
    )


EVALUATION = EvaluationRequest(
    release=V2,
    environment="dev",
    artifact=DIGEST,
    agreed=Agreed(
        suite="pairs",
        suite_version="1",
        metric="spearman",
        kind="benchmark",
        floor=0.7,
        direction="higher",
        held_out=f"sha256:{'8' * 64}",
    ),
    makers=("trainer@example.com",),
    stable_value=0.86,
)
DRIFT = DriftRequest(
    release=V1,
    environment="dev",
    signals=(
        Signal(
            name="input_tokens", statistic="psi", reference=DIGEST, false_alarms=0.01, minimum_samples=500
        ),
    ),
    window_seconds=3600.0,
    then="alert",
    bounds=BOUNDS,
)
END_OF_LIFE = EndOfLifeRequest(
    release=V1,
    environment="dev",
    reason="sunset",
    begun_by="ana@example.org",
    bounds=BOUNDS,
    successor=V2,
)
