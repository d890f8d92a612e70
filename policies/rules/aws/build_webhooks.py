"""What must hold of webhooks that start builds: a stranger's event starts none with the project's role."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, known, mapping, sequence, text

WEBHOOK: Final = "aws:codebuild/webhook:Webhook"
_JOBS: Final = "WORKFLOW_JOB_QUEUED"
_NARROWING: Final = {
    "PULL_REQUEST": ("ACTOR_ACCOUNT_ID",),
    _JOBS: ("ACTOR_ACCOUNT_ID", "WORKFLOW_NAME"),
}
"""Events that anybody may cause who can open a pull request, and the filters that say whose count (CodeBuild user
guide, "GitHub webhook events", read 2026-11-30)."""
_POLICY: Final = "pullRequestBuildPolicy.requiresCommentApproval"
_ASKS: Final = frozenset({"ALL_PULL_REQUESTS", "FORK_PULL_REQUESTS"})


def _unfiltered(webhook: Resource, _graph: Graph) -> Iterable[Offence]:
    groups = sequence(at(webhook.inputs, "filterGroups"), "filterGroups")
    is_asked = text(at(webhook.inputs, _POLICY), _POLICY) in _ASKS
    if not groups and not is_asked:
        yield Offence(path="filterGroups", problem="is not set: every push and pull request starts a build")
    for index, group in enumerate(groups):
        yield from _of_group(f"filterGroups[{index}]", group, is_asked=is_asked)


def _of_group(path: str, group: Any, *, is_asked: bool) -> Iterator[Offence]:
    filters = [mapping(one) for one in sequence(at(group, "filters"), "filters")]
    events = "".join(_pattern(one) for one in filters if _type(one) == "EVENT")
    for event, narrowing in _NARROWING.items():
        who = [one for one in filters if _type(one) in narrowing and not _excludes(one)]
        if event in events and not who and not (is_asked and event != _JOBS):
            yield Offence(
                path=f"{path}.filters",
                problem=f"{event} of anybody starts a build",
                expected=f"a filter of type {' or '.join(narrowing)}",
            )
    for place, one in enumerate(filters):
        if _type(one) in {"ACTOR_ACCOUNT_ID", "WORKFLOW_NAME"} and not _is_whole(_pattern(one)):
            yield Offence(
                path=f"{path}.filters[{place}].pattern",
                problem="matches whatever holds it: an account's number within a longer one, a name within another",
                value=_pattern(one),
                expected="^ at its beginning and $ at its end, around all alternatives",
            )


def _type(one: Mapping[str, Any]) -> str:
    return text(known(one.get("type"), "type"), "type")


def _pattern(one: Mapping[str, Any]) -> str:
    return text(known(one.get("pattern"), "pattern"), "pattern")


def _excludes(one: Mapping[str, Any]) -> bool:
    return flag(one.get("excludeMatchedPattern"), "excludeMatchedPattern")


def _is_whole(pattern: str) -> bool:
    """Whether a regular expression is anchored at both ends; ``^a|b$`` is two that are anchored at one each."""
    if not (pattern.startswith("^") and pattern.endswith("$")):
        return False
    inner = pattern[1:-1]
    is_one_group = inner.startswith("(") and inner.endswith(")") and ")" not in inner[1:-1]
    return (
        "|" not in inner
        or is_one_group
        or all(p.startswith("^") and p.endswith("$") for p in pattern.split("|"))
    )


RULES: tuple[Rule, ...] = (
    Rule(
        id="build-webhooks-name-who-starts-them",
        severity="high",
        applies_to=(WEBHOOK,),
        why="A build runs what the event brings, with the project's role and inside its network.",
        fix="Filter by ACTOR_ACCOUNT_ID, or for runners by WORKFLOW_NAME, with patterns anchored at both ends.",
        check=_unfiltered,
    ),
)
NEEDS_NO_RULE: dict[str, str] = {
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "opens a way out, never one in",
}
