"""Whether a release may run in an environment, and whether what was chosen for it lies within its bounds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from releases.load import LoadedRelease

EXAMPLE_ACCOUNT: Final = "111122223333"
"""The account of AWS's own documentation, which is nobody's: illustrative records may stand there."""

Kind = Literal[
    "illustrative",
    "licence-not-reviewed",
    "licence-refused",
    "not-approved",
    "approval-refused",
    "residency",
    "commercial-use",
    "remote-code",
    "replicas",
    "placement",
]


@dataclass(frozen=True)
class Environment:
    """Where a release is to run, and what for."""

    account: str
    region: str
    is_commercial: bool = True


@dataclass(frozen=True)
class Choice:
    """What a stack chose for a release: its replicas and where they run (an accelerator, or cpu)."""

    min_replicas: int
    max_replicas: int
    placement: str


@dataclass(frozen=True)
class Problem:
    """One reason against it; ``path`` is the file and the value in it that says so."""

    kind: Kind
    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


def environment_problems(loaded: LoadedRelease, environment: Environment) -> list[Problem]:
    """Why this release must not run there; nothing if it may."""
    return [*_record_problems(loaded, environment), *_decision_problems(loaded)]


def choice_problems(loaded: LoadedRelease, choice: Choice) -> list[Problem]:
    """Where a stack's choice leaves the bounds of the record; nothing if it does not."""
    return list(_choice_problems(loaded, choice))


def _record_problems(loaded: LoadedRelease, environment: Environment) -> Iterator[Problem]:
    release, file = loaded.release, loaded.file
    if release.provenance == "illustrative" and environment.account != EXAMPLE_ACCOUNT:
        yield Problem(
            "illustrative",
            f"{file}: provenance",
            f"the record only shows the form, so it runs in no account but {EXAMPLE_ACCOUNT} "
            f"(got {environment.account})",
        )
    if environment.region not in release.data.residency:
        allowed = ", ".join(release.data.residency)
        yield Problem(
            "residency", f"{file}: data.residency", f"it may run in {allowed} (got {environment.region})"
        )
    if environment.is_commercial and "commercial" not in release.licence.permitted_uses:
        uses = ", ".join(release.licence.permitted_uses)
        yield Problem(
            "commercial-use", f"{file}: licence.permitted_uses", f"{release.licence.name} permits {uses}"
        )
    if release.origin.needs_remote_code:
        yield Problem(
            "remote-code",
            f"{file}: origin.needs_remote_code",
            "the engine would run code that came with the weights; take a release that needs none",
        )


def _decision_problems(loaded: LoadedRelease) -> Iterator[Problem]:
    state, folder = loaded.state, loaded.file.replace("release.yaml", "events")
    if state.licence_review is None:
        yield Problem("licence-not-reviewed", folder, "no licence-review event judged this record")
    elif not state.licence_review.granted:
        said = f"{state.licence_review.who} refused the licence on {state.licence_review.when}"
        yield Problem("licence-refused", folder, said)
    if state.approval is None:
        yield Problem("not-approved", folder, "no approval event judged this record")
    elif not state.approval.granted:
        yield Problem("approval-refused", folder, f"{state.approval.who} refused it on {state.approval.when}")


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
        yield Problem("placement", f"{path}.placements", f"it may run on {allowed} (got {choice.placement})")
