"""What a replacement or a removal costs, by resource type."""

from functools import cache
from pathlib import Path

import yaml

from facts.strict import Strict

_FILE = Path(__file__).parent / "replacements.yaml"


class Replacement(Strict):
    """``anew_on``: properties whose change makes the resource anew; ``loses``: what goes with the old one."""

    anew_on: list[str]
    loses: str


@cache
def replacements() -> dict[str, Replacement]:
    """By resource type; types that are not here lose nothing that matters, or it is not known."""
    raw = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {type_: Replacement.model_validate(found) for type_, found in raw.items()}
