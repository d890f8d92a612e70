"""checkov's opinion on a stack: findings, faults, and what it could not see."""

from dataclasses import dataclass

from policies.engine.evaluate import Finding


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """A second opinion on one stack."""

    findings: tuple[Finding, ...] = ()
    faults: tuple[str, ...] = ()
    not_seen: tuple[str, ...] = ()


def not_asked(reason: str) -> Opinion:
    """No second opinion was taken; the report says so."""
    return Opinion(not_seen=(reason,))
