"""How long what is recorded is kept, on two sides, in words."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

_LOGS: Final = "aws:cloudwatch/logGroup:LogGroup"
_LOCK: Final = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
_LIFECYCLES: Final = (
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
)
_EVER: Final = "for ever"


def kept_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """A sentence for everything of both sides that is kept longer or shorter than before."""
    old, new = dict(_kept(before)), dict(_kept(after))
    return [
        f"{what}: {new[what]} instead of {old[what]}"
        for what in sorted(old.keys() & new.keys())
        if old[what] != new[what]
    ]


def _kept(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for resource in report["resources"]:
        name, inputs = resource["name"], resource["inputs"]
        if resource["type"] == _LOGS:
            days = inputs.get("retentionInDays")
            yield f"log lines of {name} are kept", f"{days} days" if days else _EVER
        elif resource["type"] == _LOCK:
            held = (inputs.get("rule") or {}).get("defaultRetention") or {}
            yield f"objects under {name} cannot be deleted", _period(held)
        elif resource["type"] in _LIFECYCLES:
            for rule in inputs.get("rules") or ():
                days = (rule.get("expiration") or {}).get("days")
                what = f"objects under {name}, rule {rule.get('id', 'without a name')}, are kept"
                yield what, f"{days} days" if days and rule.get("status") == "Enabled" else _EVER


def _period(held: Mapping[str, Any]) -> str:
    length = f"{held['years']} years" if held.get("years") else f"{held.get('days', 0)} days"
    return f"{length} ({held.get('mode', 'no mode')})"
