"""What is true of anybody's stack: a copied disk, an open port, a pod that is root."""

from typing import Final

from policies.engine import catalog

RULES: Final = tuple(rule for rule in catalog.RULES if rule.id not in catalog.PLATFORM)
WITHOUT_VARIANT: Final = tuple(rule for rule in RULES if rule.on_platform is None)
"""Those that the platform pack asks no more of."""
