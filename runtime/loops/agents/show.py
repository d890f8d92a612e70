"""A run's journal as people read it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from runtime.loops.agents.journal import Entry, Journal
from runtime.loops.agents.store import StorePort
from runtime.loops.agents.traces import trace_of


def told(
    journal: Journal, store: StorePort, run: str, keys: Mapping[str, bytes]
) -> tuple[list[str], list[str]]:
    """A line an entry, and what of them is not as it was signed."""
    entries = list(journal.entries(run))
    faults = list(journal.faults(run, keys))
    if not entries:
        return [f"{run}: no entry"], faults
    lines = [f"{run}: trace {trace_of(run)}", *(_line(entry, store) for entry in entries)]
    return [*lines, *(f"  NOT AS SIGNED: {fault}" for fault in faults)], faults


def _line(entry: Entry, store: StorePort) -> str:
    at = datetime.fromtimestamp(entry.at, UTC).isoformat(timespec="seconds")
    return f"  {at} {entry.kind:8} {entry.key:10} {_words(entry, store)}".rstrip()


def _words(entry: Entry, store: StorePort) -> str:
    body = entry.body
    said = ""
    match entry.kind:
        case "plan":
            steps = ", ".join(f"{step['tool']} ({step['effect']})" for step in body["steps"])
            said = f"{body['plan'][:19]}: {steps}"
        case "question":
            said = f"until {body['until']}: {_kept(store, body['words'])}"
        case "decision":
            why = ", ".join([*body["policies"], *body["problems"]]) or "no policy permits it"
            said = f"{body['tool']}: {body['answer']} ({why})"
        case "effect":
            found = f"; looks like an instruction: {', '.join(body['findings'])}" if body["findings"] else ""
            said = f"{body['tool']}: done{found}"
        case "failure":
            said = f"{body['tool']}: {body['result']} ({body['reason']})"
        case "outcome":
            why = f" ({body['reason']})" if body["reason"] else ""
            handed = f"; handed over to {body['hand_over_to']}" if body["hand_over_to"] else ""
            answer = f"; {_kept(store, body['answer'])}" if body["answer"] else ""
            said = f"{body['result']}{why}{handed}{answer}"
    return said


def _kept(store: StorePort, digest: str) -> Any:
    """What the store holds, or that its days are over."""
    try:
        return store.get(digest)
    except LookupError:
        return f"{digest[:19]}, which is no longer kept"
