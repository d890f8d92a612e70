"""What ``slipway status`` shows: versions that answer, their shares and pods, and what happened last."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from gate.live.ask.account import Plan
from gate.live.ask.api_server import ApiServer, in_namespace
from gate.live.ask.cluster import running
from gate.live.ask.versions import MODEL, VERSION, Version

_MOST_EVENTS: Final = 10


def status(api: ApiServer, plan: Plan) -> dict[str, Any]:
    """Plain data: ``versions`` (declared ones and those that run) and ``events``, newest first.

    Raises:
        CannotAskError: a listing was refused; half a picture is none.
    """
    namespace = plan["models_namespace"]
    pods = list(
        api.list(in_namespace("api/v1", namespace, "pods"), labelSelector="slipway.dev/workload=model")
    )
    events = api.list(in_namespace("api/v1", namespace, "events"))
    return {"versions": _versions(running(api, plan), plan["versions"], pods), "events": _last(events)}


def _versions(
    found: Iterable[Version], declared: Iterable[Mapping[str, Any]], pods: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    live = {one.name: one for one in found}
    wanted = {f"{one['model']}/{one['version']}": one for one in declared}
    ready: dict[str, list[bool]] = {}
    for pod in pods:
        labels = pod["metadata"].get("labels") or {}
        name = f"{labels.get(MODEL, '?')}/{labels.get(VERSION, '?')}"
        ready.setdefault(name, []).append(_is_ready(pod))
    return [
        {
            "version": name,
            "declared": name in wanted,
            "runs": name in live,
            "share": live[name].share if name in live else None,
            "declared_share": wanted[name]["share"] if name in wanted else None,
            "pods_ready": sum(ready.get(name, ())),
            "pods": len(ready.get(name, ())),
            "digest_as_recorded": name in live
            and name in wanted
            and live[name].digest == wanted[name]["digest"],
        }
        for name in sorted(live.keys() | wanted.keys() | ready.keys())
    ]


def _is_ready(pod: Mapping[str, Any]) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or ()
    leaving = "deletionTimestamp" in pod["metadata"]
    return not leaving and any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def _last(events: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The newest; what the message says beyond its first line is cut, and it may name a path but no payload."""
    dated = sorted(
        ((_when(event), event) for event in events),
        key=lambda one: (one[0], one[1]["metadata"]["name"]),
        reverse=True,
    )
    return [
        {
            "when": when,
            "type": event.get("type", ""),
            "reason": event.get("reason", ""),
            "object": f"{event['involvedObject'].get('kind', '')}/{event['involvedObject'].get('name', '')}",
            "message": (event.get("message") or "").partition("\n")[0][:200],
            "count": event.get("count") or (event.get("series") or {}).get("count") or 1,
        }
        for when, event in dated[:_MOST_EVENTS]
    ]


def _when(event: Mapping[str, Any]) -> str:
    """Old clients write lastTimestamp, new ones eventTime and a series."""
    said = (
        (event.get("series") or {}).get("lastObservedTime")
        or event.get("lastTimestamp")
        or event.get("eventTime")
        or event["metadata"].get("creationTimestamp")
    )
    return str(said or "")
