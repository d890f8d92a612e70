"""The shares that a stack file gave its versions, read from a file as it once was."""

from collections.abc import Iterator
from typing import Any

from facts.strict_yaml import YamlProblem, load
from stacks.load import PROJECT


def shares_in(content: bytes, file: str) -> Iterator[tuple[str, str, int]]:
    """Model, version and share of a stack file as it was; what it was not yet is not read."""
    try:
        data: Any = load(content.decode("utf-8"), file)
        models = data["config"][f"{PROJECT}:settings"].get("models") or {}
        for model, said in sorted(models.items()):
            traffic = said["traffic"]
            percent = int(traffic.get("percent") or 0)
            for version in said["versions"]:
                share = {traffic.get("candidate"): percent, traffic["stable"]: 100 - percent}.get(version, 0)
                yield model, version, share
    except (YamlProblem, UnicodeDecodeError, KeyError, TypeError, AttributeError, ValueError):
        return
