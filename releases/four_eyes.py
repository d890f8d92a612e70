"""Two people answer for a release: where that is asked for, and who has had a hand in it already.

In a run, ``policies/actions/approval.cedar`` refuses the yes of whoever is named here.
"""

from collections.abc import Iterable
from typing import Final

from releases.load import LoadedRelease
from releases.people import People
from releases.release import Release

CLASSES: Final = frozenset({"confidential", "restricted"})
"""Classes of data for which nobody approves their own work."""


def reason(release: Release) -> str:
    """The field that asks for another pair of eyes, as messages say it; empty where none does."""
    if release.data.data_class in CLASSES:
        return f"data_class {release.data.data_class}"
    return "rollout.four_eyes" if release.rollout.four_eyes else ""


def makers(release: Release) -> frozenset[str]:
    """Who signed the files or measured the record's own figures."""
    signature = release.artifact.signature
    signed = {signature.identity} if signature is not None else set()
    return frozenset({figure.by for figure in release.evaluations} | signed)


def no_approvers(loaded: LoadedRelease, begun_by: str = "") -> tuple[str, ...]:
    """Everybody whose yes counts for nothing where four eyes are asked for, by each address that they have."""
    review = loaded.state.licence_review
    hands = {*makers(loaded.release), *([review.who] if review is not None else []), begun_by} - {""}
    return tuple(sorted(_addresses(hands, loaded.people or People(people={}))))


def _addresses(who: Iterable[str], people: People) -> set[str]:
    found = set(who)
    for one in tuple(found):
        listed = people.of(one)
        if listed is not None:
            found |= {people.one(one), *listed.same_as}
    return found
