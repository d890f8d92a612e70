"""Whether the decisions a release rests on are those of people who may decide, of different ones, and signed."""

from collections.abc import Iterator
from typing import Final

from releases import four_eyes
from releases.agent_load import LoadedAgent
from releases.load import LoadedRelease
from releases.people import FILE, People, Role
from releases.problem import Problem
from releases.state import Decision

_LIST: Final = f"releases/{FILE}"


def trust_problems(loaded: LoadedRelease, *, signed_only: bool) -> Iterator[Problem]:
    """What speaks against the decisions of a release; ``signed_only`` is what the stack asks."""
    state, people = loaded.state, loaded.people
    decided: list[tuple[Decision | None, Role]] = [
        (state.licence_review, "reviewer"),
        (state.approval, "approver"),
    ]
    for decision, role in decided:
        if decision is None or not decision.granted:
            continue
        path = f"{loaded.events_folder}/{decision.name}"
        if people is not None:
            yield from _standing(path, decision, role, people)
        if signed_only:
            yield from _unsigned(loaded, path, decision)
    if signed_only or four_eyes.reason(loaded.release):
        yield from _own_work(loaded, people or People(people={}), signed_only=signed_only)


def agent_trust_problems(loaded: LoadedAgent, *, signed_only: bool) -> Iterator[Problem]:
    """What speaks against who approved an agent; ``signed_only`` is what the stack asks.

    They stand in the list, as an approver, at that time; signed it where the stack asks; and did not measure the agent
    themselves where the stack or its class of data asks for other eyes.
    """
    state, people, decision = loaded.state, loaded.people, loaded.state.approval
    if decision is None or not decision.granted:
        return
    path = f"{loaded.events_folder}/{decision.name}"
    if people is not None:
        yield from _standing(path, decision, "approver", people)
    if signed_only:
        yield from _unsigned(loaded, path, decision)
    if signed_only or loaded.agent.data_class in four_eyes.CLASSES:
        named = people or People(people={})
        why = "this stack asks" if signed_only else f"data_class {loaded.agent.data_class} asks"
        if named.one(decision.who) in {named.one(figure.by) for figure in state.figures}:
            yield _again(path, decision, "measured it", why)


def why_unsigned(loaded: LoadedRelease | LoadedAgent, event: str) -> str | None:
    """Why the commit that added an event does not sign it; None where it does, or a signature stands beside it.

    This asks git, unless every decision has a signature beside it.
    """
    if event in loaded.signed:
        return None
    if loaded.commits is None:
        return "it was read without them"
    return loaded.commits.against(f"{loaded.events_folder}/{event}") or None


def _unsigned(loaded: LoadedRelease | LoadedAgent, path: str, decision: Decision) -> Iterator[Problem]:
    why = why_unsigned(loaded, decision.name)
    if why is not None:
        yield Problem(
            "unsigned-decision",
            path,
            f"this stack counts signed decisions only (workload_namespace.signed_decisions_only); {decision.who} "
            f"did not sign this one; slipway release sign, with a key that {_LIST} names "
            f"(its commit does not sign it either: {why})",
        )


def _again(path: str, decision: Decision, what: str, why: str) -> Problem:
    said = f"{decision.who} {what} too, and {why} for another pair of eyes; somebody else approves"
    return Problem("four-eyes", f"{path}: who", said)


def _standing(path: str, decision: Decision, role: Role, people: People) -> Iterator[Problem]:
    listed = people.of(decision.who)
    if listed is None:
        yield Problem(
            "people",
            f"{path}: who",
            f"{decision.who} does not stand in {_LIST}; add them there, or ask who does",
        )
    elif role not in listed.roles:
        said = f"{decision.who} is {' and '.join(listed.roles)} in {_LIST}, and this is for somebody who is {role}"
        yield Problem("people", f"{path}: who", said)
    elif listed.until is not None and decision.when >= listed.until:
        said = f"{decision.who} decides until {listed.until} in {_LIST} (got {decision.when})"
        yield Problem("people", f"{path}: who", said)


def _own_work(loaded: LoadedRelease, people: People, *, signed_only: bool) -> Iterator[Problem]:
    """Nobody approves what they made or whose licence they accepted."""
    state, release = loaded.state, loaded.release
    if state.approval is None or not state.approval.granted:
        return
    approver = people.one(state.approval.who)
    makers = four_eyes.makers(release)
    reviewer = state.licence_review.who if state.licence_review is not None else ""
    why = "this stack asks" if signed_only else f"{four_eyes.reason(release)} asks"
    for others, what in (({reviewer}, "accepted its licence"), (makers, "made or measured it")):
        if approver in {people.one(other) for other in others}:
            yield _again(f"{loaded.events_folder}/{state.approval.name}", state.approval, what, why)
