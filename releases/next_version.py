"""The record of a next version, written over the one before: its answers and comments, and what the new files say."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from facts.yaml_edit import Location, changed, removed
from releases.draft import changeme

_OF_FILES: Final = ("format", "digest", "size_bytes", "parameters", "precision", "adapter_of")
_OF_MAKING: Final = {
    "revision": "the exact upstream revision",
    "source": "where the files were taken from",
    "base_revision": "the revision it was trained from",
    "commit": "the commit of the code that trained it",
    "seed": "the seed of its training",
    "config_digest": "the digest of its training's configuration",
    "notes": "what could not be established",
}
"""What is true of one set of files; where the version before says nothing of it, nothing is asked."""
_STUBS: Final = {
    "evaluations": "\n#   - suite: NAME\n#     suite_version: '1'\n#     dataset_digest: sha256:64-DIGITS\n"
    "#     metric: accuracy\n#     value: 0.9\n#     floor: 0.8\n#     by: you@example.com\n#     date: 2026-11-29",
    "slo": "\n#   objectives:\n#     - {indicator: availability, target: 0.995}\n"
    "#     - {indicator: latency, target: 0.95, value_ms: 2500}",
    "rollout": "\n#   steps: [1, 10, 50, 100]\n#   hold_minutes: 60\n"
    "#   abort:\n#     - {metric: error-rate, above: 0.02}",
    "fail_soft": "\n#   - {kind: polite-refusal, message: The model is away for a moment., retry_after_seconds: 30}",
}


def next_record(
    text: str, before: Mapping[str, Any], drafted: Mapping[str, Any], who: str, today: date
) -> str:
    """The text of a new record; what nobody can know yet holds ``CHANGEME`` and what the version before says.

    Args:
        text: the record before, as it is written.
        before: its data.
        drafted: what the new files say (:func:`releases.draft.draft`).
        who: the address of whoever drafts it, who measures its figures.
        today: the day of the draft.

    Raises:
        YamlEditError: the record before is written in a way that only a person can change.
    """
    for path, value in _changes(before, drafted, who, today):
        text = removed(text, path) if value is None else changed(text, path, value)
    return text


def has_same_files(before: Mapping[str, Any], drafted: Mapping[str, Any]) -> bool:
    """Whether the new version is the same files, so that all that was said of them holds."""
    return bool(before["artifact"]["digest"] == drafted["artifact"]["digest"])


def stubs(text: str, data: Mapping[str, Any]) -> str:
    """The sections that a record does not have, as comments to take the sign from; empty where it has them all."""
    absent = {name: stub for name, stub in _STUBS.items() if name not in data and f"# {name}:" not in text}
    if not absent:
        return ""
    head = (
        "\n# Sections that are left out; docs/release-record.md says what holds then and lists every field.\n"
    )
    return head + "".join(f"# {name}:{stub}\n" for name, stub in absent.items())


def _changes(
    before: Mapping[str, Any], drafted: Mapping[str, Any], who: str, today: date
) -> Iterator[tuple[Location, Any]]:
    """Paths and their new values; None takes a key out."""
    yield ("version",), drafted["version"]
    yield ("artifact", "uri"), drafted["artifact"]["uri"]
    if has_same_files(before, drafted):
        return
    yield from _artifact(before["artifact"], drafted["artifact"], before["version"])
    yield from _origin(before["origin"], drafted["origin"], before["version"])
    yield ("origin", "read"), today
    yield from _licence(before["licence"], drafted["licence"])
    for index, figure in enumerate(before.get("evaluations") or ()):
        at = ("evaluations", index)
        yield (
            (*at, "value"),
            changeme(f"as measured on these files ({before['version']}: {figure['value']:g})"),
        )
        yield (*at, "by"), who or changeme("the address of whoever measured it")
        yield (*at, "date"), today
    yield from _needs(before["needs"], drafted["needs"], before["version"])


def _artifact(
    before: Mapping[str, Any], drafted: Mapping[str, Any], version: str
) -> Iterator[tuple[Location, Any]]:
    for field in _OF_FILES:
        new, old = drafted.get(field), before.get(field)
        if _is_open(new) and old is not None:
            yield ("artifact", field), changeme(f"of these files ({version}: {old})")
        elif new != old:
            yield ("artifact", field), new
    for field in ("signature", "image"):  # of the files before
        if field in before:
            yield ("artifact", field), None


def _origin(
    before: Mapping[str, Any], drafted: Mapping[str, Any], version: str
) -> Iterator[tuple[Location, Any]]:
    for field, what in _OF_MAKING.items():
        if field in before:
            yield ("origin", field), changeme(f"{what} ({version}: {_short(before[field])})")
    for field in ("base_model", "training_data"):
        if field in drafted and drafted[field] != before.get(field):
            yield ("origin", field), drafted[field]
    if bool(drafted.get("needs_remote_code")) != bool(before.get("needs_remote_code")):
        yield ("origin", "needs_remote_code"), drafted.get("needs_remote_code")


def _licence(before: Mapping[str, Any], drafted: Mapping[str, Any]) -> Iterator[tuple[Location, Any]]:
    yield ("licence", "read"), drafted["read"]
    if _is_open(drafted["name"]):
        yield (
            ("licence", "source"),
            changeme(f"where the licence of these files was found; {_short(before['source'])}"),
        )
    elif drafted["name"] != before["name"]:
        for field in ("name", "source", "obligations", "permitted_uses"):
            yield ("licence", field), drafted[field]


def _needs(
    before: Mapping[str, Any], drafted: Mapping[str, Any], version: str
) -> Iterator[tuple[Location, Any]]:
    """What was chosen stays, unless the files say that it cannot hold."""
    if not _is_open(drafted["task"]) and drafted["task"] != before["task"]:
        yield ("needs", "task"), drafted["task"]
        yield ("needs", "engine"), drafted["engine"]
    context = drafted["max_context"]
    if isinstance(context, int) and context < before["max_context"]:
        yield ("needs", "max_context"), context
    if drafted["memory_gib"] > before["memory_gib"]:
        yield ("needs", "memory_gib"), drafted["memory_gib"]
    heads = drafted.get("architecture")
    if isinstance(heads, Mapping) and "architecture" in before and not _says(before["architecture"], heads):
        yield ("needs", "architecture"), dict(heads)
    if "gpu_memory_gib" in before:
        yield (
            ("needs", "gpu_memory_gib"),
            changeme(f"as measured with these files ({version}: {before['gpu_memory_gib']:g})"),
        )


def _says(before: Mapping[str, Any], heads: Mapping[str, Any]) -> bool:
    """Whether the dimensions are the same; a precision that was left out is the usual one."""
    return all(before.get(name, value) == value for name, value in heads.items())


def _is_open(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("CHANGEME")


def _short(value: Any) -> str:
    words = " ".join(str(value).split())
    most = 60
    return words if len(words) <= most else f"{words[:most]}..."
