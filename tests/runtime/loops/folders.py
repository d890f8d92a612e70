"""A checkout in small, in files: two approved and measured versions, keys of people, and settings."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from facts.strict_yaml import load
from releases.load import record_digest
from runtime.loops.events.signing import make_key

ROOT = Path(__file__).parents[3]
RECORD = ROOT / "tests" / "releases" / "valid" / "embedding-on-cpu.yaml"
TODAY = date.today()  # noqa: DTZ011 runs on a real server have the server's clock
ROLLOUT = {
    "steps": [5, 25, 50, 100],
    "hold_minutes": 20,
    "abort": [{"metric": "error-rate", "above": 0.02}, {"metric": "latency-p95-ms", "above": 500}],
    "rollback_window_hours": 1,
    "driver": "controller",
}
FIGURE = {
    "suite": "pairs",
    "suite_version": "1",
    "dataset_digest": f"sha256:{'8' * 64}",
    "metric": "spearman",
    "value": 0.8,
    "floor": 0.7,
    "by": "quality@example.com",
    "date": TODAY,
}
QUERIES = {
    "requests": "requests {model} {version} {window}",
    "errors": "errors {model} {version} {window}",
    "latency": "latency {model} {version} {window} {quantile}",
}


def record(version: str, **changes: Any) -> dict[str, Any]:
    data = load(RECORD.read_text(), RECORD.name)
    data["artifact"]["uri"] = data["artifact"]["uri"].replace("v1", version)
    return {**data, "version": version, "rollout": ROLLOUT, **changes}


def write_version(models: Path, version: str, *, measured: bool = True, **changes: Any) -> str:
    """A version that is approved; the digest of its record."""
    data = record(version, **changes)
    folder = models / "minilm" / version
    (folder / "events").mkdir(parents=True, exist_ok=True)
    (folder / "release.yaml").write_text(yaml.safe_dump(data, sort_keys=False))
    said: list[dict[str, Any]] = [
        {"kind": "licence-review", "licence": "Apache-2.0", "decision": "accepted"},
        {"kind": "approval", "decision": "approved"},
    ]
    if measured:
        said.append({"kind": "evaluation", "evaluation": FIGURE})
    for event in said:
        common = {
            "date": TODAY,
            "who": "risk@example.com",
            "record": record_digest(data),
            "evidence": ["ticket 7"],
        }
        path = folder / "events" / f"{TODAY}-{event['kind']}.yaml"
        path.write_text(yaml.safe_dump({**common, **event}, sort_keys=False))
    return record_digest(data)


def routes(path: Path, **shares: int) -> None:
    clusters = [{"name": f"minilm/{version}", "weight": share} for version, share in shares.items()]
    route = {"route": {"weighted_clusters": {"clusters": clusters}}}
    document = {
        "version_info": "1",
        "resources": [{"name": "minilm", "virtual_hosts": [{"routes": [route]}]}],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))


def make(
    root: Path, *, temporal: str = "127.0.0.1:1", prometheus: str = "http://127.0.0.1:1", **changes: Any
) -> Path:
    """Everything that settings name; the settings' file."""
    models = root / "releases" / "models"
    for version in ("v1", "v2"):
        write_version(models, version)
    make_key(root / "bot.pem", root / "releases" / "keys" / "bot.pub")
    for person in ("ana", "ben"):
        make_key(root / f"{person}.pem", root / "people" / f"{person}@example.com.pub")
    routes(root / "edge" / "routes.json", v1=100, v2=0)
    settings = {
        "environment": "dev",
        "temporal": {"address": temporal},
        "prometheus": {"url": prometheus, "queries": QUERIES},
        "releases": str(models),
        "policies": str(ROOT / "policies" / "actions"),
        "shares": {"kind": "envoy-file", "path": str(root / "edge" / "routes.json")},
        "events": {"key": str(root / "bot.pem")},
        "people": {"keys": str(root / "people")},
        "proposals": str(root / "proposals"),
        "minute_seconds": 0.1,
        "answer_minutes": 600,
        **changes,
    }
    path = root / "loops.yaml"
    path.write_text(yaml.safe_dump(settings, sort_keys=False))
    return path


def long_ago(days: int) -> date:
    return TODAY - timedelta(days=days)
