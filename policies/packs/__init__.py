"""Which rules a run applies: what is true of anybody's stack, this platform's conventions, or both."""

from collections.abc import Mapping
from typing import Final, Literal

from policies.engine.rule import Rule
from policies.packs import platform, portable

Pack = Literal["portable", "platform", "all"]
PACKS: Final[Mapping[Pack, tuple[Rule, ...]]] = {
    "portable": portable.RULES,
    "platform": platform.RULES,
    "all": (*portable.WITHOUT_VARIANT, *platform.RULES),
}
"""Rules by the name of their pack. No id stands in one twice: in ``all``, the platform's variant of a portable rule
stands in its place.
"""
ALL: Final = PACKS["all"]
