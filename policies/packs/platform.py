"""What this platform agreed on: names, tags, what is kept, and its stricter reading of portable rules.

A stack that chose otherwise is not wrong, and is not asked unless somebody says so.
"""

from typing import Final

from policies.engine import catalog

RULES: Final = tuple(
    rule.in_platform_pack()
    for rule in catalog.RULES
    if rule.id in catalog.PLATFORM or rule.on_platform is not None
)
