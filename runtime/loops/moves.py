"""The arithmetic of shares: pure, and the only place that makes new ones."""

from runtime.loops.contract import Shares

WHOLE = 100
SERVED = ("approved", "deprecated")
"""States in which a version may be given more traffic by a remedy."""


def problem(shares: Shares) -> str:
    """Why these are no shares; empty where they are."""
    if any(share < 0 or share > WHOLE for share in shares.values()):
        return f"a share should be between 0 and {WHOLE} (got {shares})"
    if sum(shares.values()) != WHOLE:
        return f"shares should add up to {WHOLE} (got {shares})"
    return ""


def step(stable: str, candidate: str, share: int) -> Shares:
    """The candidate has its step, the stable the rest. A version at 0 stays named: it is there to return to."""
    return {stable: WHOLE - share, candidate: share}


def next_step(steps: tuple[int, ...], now: int) -> int | None:
    """The next share a candidate may have; nothing where it has all."""
    return next((share for share in steps if share > now), None)


def is_next(steps: tuple[int, ...], now: int, share: int) -> bool:
    """Whether a share is the next step: none is left out, none is made up."""
    return share == next_step(steps, now)


def without(shares: Shares, version: str) -> Shares | None:
    """The version's share goes to the others as they stood to each other; to the one that is warm where all have none.

    Nothing where no other version is there to answer.
    """
    others = {name: share for name, share in shares.items() if name != version}
    if not others:
        return None
    whole = sum(others.values())
    if whole == 0:
        newest = max(others, key=_number)
        return {**others, version: 0, newest: WHOLE}
    given = {name: share * WHOLE // whole for name, share in others.items()}
    # What is lost to rounding goes to the largest, so that the sum is whole and the order stays.
    largest = max(given, key=lambda name: (others[name], _number(name)))
    given[largest] += WHOLE - sum(given.values())
    return {**given, version: 0}


def over(shares: Shares, version: str, target: str) -> Shares:
    """The version's whole share goes to one other."""
    return {**shares, version: 0, target: shares.get(target, 0) + shares.get(version, 0)}


def is_stable(shares: Shares, version: str) -> bool:
    """Whether it answers more than half: most callers depend on it."""
    return shares.get(version, 0) * 2 > WHOLE


def same(one: Shares, other: Shares) -> bool:
    """Whether two say the same; a version at 0 may be left out."""
    return {k: v for k, v in one.items() if v} == {k: v for k, v in other.items() if v}


def _number(version: str) -> int:
    return int(version.removeprefix("v")) if version.removeprefix("v").isdigit() else 0
