"""An organisation with as many models as wanted, made of the committed ones: what previews cost as it grows."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from gate.core.checkout import ROOT
from releases.load import record_digest
from releases.people import FILE, SIGNED
from releases.signature import BUNDLE, PUBLIC_KEY
from tools.signed_events import enlist, sign


@contextmanager
def organisation(stack: str, count: int) -> Iterator[Path]:
    """A folder whose one stack is ``stack`` with ``count`` models, taken in turn from those it runs."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "stacks").mkdir()
        (root / "releases").mkdir()
        (root / "releases" / FILE).write_bytes((ROOT / "releases" / FILE).read_bytes())
        enlist(root / "releases")
        file = f"stacks/Pulumi.{stack}.yaml"
        data = yaml.safe_load((ROOT / file).read_text(encoding="utf-8"))
        settings = data["config"]["slipway:settings"]
        committed = sorted(settings["models"].items())
        _make_room(settings, count)
        settings["models"] = {}
        # Agents think with models that have gone.
        settings.pop("agents", None)
        settings.get("loops", {}).pop("triage", None)
        for number in range(count):
            like, chosen = committed[number % len(committed)]
            name = f"{like}-n{number:03}"
            settings["models"][name] = chosen
            for version in (ROOT / "releases" / "models" / like).iterdir():
                _copy(version, root / "releases" / "models" / name / version.name, like, name)
        (root / file).write_text(yaml.safe_dump(data), encoding="utf-8")
        yield root


def _make_room(settings: dict[str, Any], models: int) -> None:
    """Pools and quota of a size that holds as many models: the gate sums what they ask for."""
    for pool in settings.get("gpu_pools", {}).values():
        pool["max_gpus"] = max(pool["max_gpus"], 4 * models)
    for pool in settings.get("cpu_pools", {}).values():
        pool["max_vcpus"] = max(pool["max_vcpus"], 32 * models)
    settings["workload_namespace"] = {
        **settings["workload_namespace"],
        "max_cpu": 64 * models, "max_memory_gib": 256 * models, "max_gpus": 4 * models, "max_pods": 20 * models,
    }  # fmt: skip


def _copy(source: Path, target: Path, like: str, name: str) -> None:
    """A release under another model's name, with its events: they name its digest, and are signed again."""
    (target / "events").mkdir(parents=True)
    record = _renamed(yaml.safe_load((source / "release.yaml").read_text(encoding="utf-8")), like, name)
    (target / "release.yaml").write_text(yaml.safe_dump(record), encoding="utf-8")
    for beside in (BUNDLE, PUBLIC_KEY):
        if (source / beside).exists():
            (target / beside).write_bytes((source / beside).read_bytes())
    for path in (source / "events").glob("*.yaml"):
        event = yaml.safe_load(path.read_text(encoding="utf-8")) | {"record": record_digest(record)}
        copied = target / "events" / path.name
        copied.write_text(yaml.safe_dump(event), encoding="utf-8")
        if path.with_name(path.name + SIGNED).exists():
            sign(copied)


def _renamed(value: Any, like: str, name: str) -> Any:
    if isinstance(value, str):
        return name if value == like else value.replace(f"/{like}-", f"/{name}-")
    if isinstance(value, dict):
        return {key: _renamed(item, like, name) for key, item in value.items()}
    return [_renamed(item, like, name) for item in value] if isinstance(value, list) else value
