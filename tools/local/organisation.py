"""The records that the loop works with here: minilm v1 as it is committed but for what is watched, and a v2."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from releases.load import LoadedRelease, load_releases, record_digest
from runtime.loops.contract import Histogram
from runtime.loops.references import digest_of, text_of
from tools.local import signals
from tools.local.layout import CANDIDATE, MODEL, ON_CALL, ROOT, STABLE, Layout
from tools.local.load import SENTENCES

COMMITTED: Final = ROOT / "releases" / "models" / MODEL / STABLE
# Minutes are seconds here (tools/local/scale.py).
ROLLOUT: Final[dict[str, Any]] = {
    "strategy": "canary",
    "steps": [10, 25, 50, 100],
    "hold_minutes": 15,
    # Fewer are needed than in a stack: a step of fifteen seconds holds some twenty requests.
    "minimum_requests": 6,
    "abort": [{"metric": "error-rate", "above": 0.5}, {"metric": "latency-p95-ms", "above": 2500}],
    "rollback_window_hours": 1,
    "driver": "controller",
}
REFERENCE: Final = Histogram(edges=signals.EDGES, counts=signals.counts(SENTENCES["usual"], times=200))
"""Of the traffic that v1 was approved on: what callers send here as long as nothing drifts."""
DRIFT: Final[dict[str, Any]] = {
    "signals": [{"name": signals.NAME, "reference": digest_of(REFERENCE), "minimum_samples": 100}],
    "window_minutes": 30,
    "then": "less-traffic",
}


def make(layout: Layout, today: date) -> dict[str, LoadedRelease]:
    """Records, events and references stand in the run's folder, none of an earlier run; what was loaded, by version."""
    for folder in (layout.organisation, layout.references):
        shutil.rmtree(folder, ignore_errors=True)
    layout.references.mkdir(parents=True)
    reference = layout.references / f"{digest_of(REFERENCE).removeprefix('sha256:')}.json"
    reference.write_text(text_of(REFERENCE), encoding="utf-8")
    committed = yaml.safe_load((COMMITTED / "release.yaml").read_text(encoding="utf-8"))
    _release(layout.models, stable(committed), today)
    _release(layout.models, candidate(committed), today)
    return dict(load_releases(layout.models)[MODEL])


def stable(committed: dict[str, Any]) -> dict[str, Any]:
    """The committed record, with a signal that is watched for drift."""
    return {**committed, "drift": DRIFT}


def candidate(committed: dict[str, Any]) -> dict[str, Any]:
    """The record of the same weights as another version, whose shares a controller writes."""
    uri = committed["artifact"]["uri"].replace(f"-{STABLE}/", f"-{CANDIDATE}/")
    return {
        **committed,
        "version": CANDIDATE,
        "artifact": {**committed["artifact"], "uri": uri},
        "rollout": ROLLOUT,
    }


def make_agent(layout: Layout, record: dict[str, Any], today: date) -> None:
    """The triage agent stands beside the models, with the model it thinks with; who is at this terminal may approve it.

    The model's record is the committed one; a script answers in its place.
    """
    thinks_with = record["model"]["name"]
    for folder in (layout.models / thinks_with, layout.models.parent / "agents"):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "releases" / "models" / thinks_with, layout.models / thinks_with)
    agents = layout.models.parent / "agents"
    folder = agents / record["agent"] / record["version"]
    (folder / "events").mkdir(parents=True)
    (agents / "approvers.yaml").write_text(yaml.safe_dump({"on-call": [ON_CALL]}), encoding="utf-8")
    (folder / "agent.yaml").write_text(yaml.safe_dump(record, sort_keys=False), encoding="utf-8")
    event = _approval(today, record_digest(record))
    (folder / "events" / f"{today}-approval.yaml").write_text(
        yaml.safe_dump(event, sort_keys=False), encoding="utf-8"
    )


def _approval(today: date, record: str) -> dict[str, Any]:
    return {
        "kind": "approval",
        "date": today,
        "record": record,
        "who": "model-risk@example.com",
        "decision": "approved",
        "evidence": ["made by slipway local, for this machine only"],
    }


def _release(models: Path, record: dict[str, Any], today: date) -> None:
    folder = models / MODEL / record["version"]
    shutil.copytree(COMMITTED, folder, ignore=shutil.ignore_patterns("events", "release.yaml"))
    (folder / "release.yaml").write_text(yaml.safe_dump(record, sort_keys=False), encoding="utf-8")
    (folder / "events").mkdir()
    for event in _events(record, today):
        path = folder / "events" / f"{event['date']}-{event['kind']}.yaml"
        path.write_text(yaml.safe_dump(event, sort_keys=False), encoding="utf-8")


def _events(record: dict[str, Any], today: date) -> Iterator[dict[str, Any]]:
    """What lets a run give it a share: a licence that was read, an approval, and a figure of the very same files."""
    said = {"date": today, "record": record_digest(record)}
    yield {
        "kind": "evaluation",
        **said,
        "who": "evaluation@example.com",
        "evaluation": {**record["evaluations"][0], "by": "evaluation@example.com"},
        "evidence": [
            "the committed v1's figure, whose artifact has the same digest; make evaluate-releases measures it again"
        ],
    }
    yield {
        "kind": "licence-review",
        **said,
        "who": "licences@example.com",
        "licence": record["licence"]["name"],
        "decision": "accepted",
        "evidence": ["the files are those of the committed v1, and so is their licence"],
    }
    yield _approval(today, record_digest(record))
