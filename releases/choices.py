"""Whether what a stack chose for a release lies within the bounds of its record."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from releases.load import LoadedRelease
from releases.problem import Problem


@dataclass(frozen=True)
class Choice:
    """What a stack chose for a release: its replicas and where they run (an accelerator, or cpu)."""

    min_replicas: int
    max_replicas: int
    placement: str


@dataclass(frozen=True)
class ShareChoice:
    """What a stack gives a release as a candidate, in per cent, and each caller: requests, tokens a minute."""

    percent: int | None = None
    callers: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def choice_problems(loaded: LoadedRelease, choice: Choice) -> list[Problem]:
    """Where a stack's choice leaves the bounds of the record; nothing if it does not."""
    return list(_choice_problems(loaded, choice))


def _choice_problems(loaded: LoadedRelease, choice: Choice) -> Iterator[Problem]:
    bounds, path = loaded.release.bounds, f"{loaded.file}: bounds"
    least, most = bounds.replicas.minimum, bounds.replicas.maximum
    for name, got in (("min_replicas", choice.min_replicas), ("max_replicas", choice.max_replicas)):
        if not least <= got <= most:
            yield Problem(
                "replicas", f"{path}.replicas", f"{name} should be from {least} to {most} (got {got})"
            )
    if choice.min_replicas > choice.max_replicas:
        said = f"min_replicas ({choice.min_replicas}) is above max_replicas ({choice.max_replicas})"
        yield Problem("replicas", f"{path}.replicas", said)
    if choice.placement not in bounds.placements:
        allowed = ", ".join(bounds.placements)
        yield Problem(
            "placement",
            f"{path}.placements",
            f"it may run on {allowed} (got {choice.placement}); name a pool of these, or none for cpu",
        )


def share_problems(loaded: LoadedRelease, choice: ShareChoice) -> list[Problem]:
    """Where a share or a caller's limits leave the record's envelope; nothing if they do not."""
    return list(_share_problems(loaded, choice))


def _share_problems(loaded: LoadedRelease, choice: ShareChoice) -> Iterator[Problem]:
    bounds, path = loaded.release.bounds, f"{loaded.file}: bounds"
    if choice.percent is not None and choice.percent not in loaded.release.rollout.shares:
        shares = ", ".join(str(share) for share in loaded.release.rollout.shares)
        strategy = loaded.release.rollout.strategy
        yield Problem(
            "share",
            f"{loaded.file}: rollout",
            f"a candidate ({strategy}) may be given {shares} per cent (got {choice.percent})",
        )
    for caller, granted in sorted(choice.callers.items()):
        for name, got in zip(("requests_per_minute", "tokens_per_minute"), granted, strict=True):
            allowed_rate = getattr(bounds.limits, name)
            if got > allowed_rate:
                yield Problem(
                    "limits",
                    f"{path}.limits.{name}",
                    f"a caller may be granted at most {allowed_rate} (got {got} for {caller})",
                )
