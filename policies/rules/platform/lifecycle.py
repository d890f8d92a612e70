"""What must hold for the end of a platform: trials leave nothing, and production is no trial."""

from collections.abc import Iterable
from typing import Final

from policies.analysis.machines.types import CLUSTER
from policies.analysis.platform.lifecycle import is_disposable, is_in_production, says_disposable
from policies.analysis.storage.bucket_parts import BUCKETS, TRAIL
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, number
from policies.rules.aws.kms_keys import KEY
from policies.rules.platform.retention import REPOSITORY

LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"
ADDRESS: Final = "aws:ec2/eip:Eip"
_LEAST_WINDOW: Final = 7
_UNLESS_TOLD: Final = 30


def _disposable_production(resource: Resource, _graph: Graph) -> Iterable[Offence]:
    if says_disposable(resource) and is_in_production(resource):
        yield Offence(
            path="tagsAll.lifecycle",
            problem="disposable, in an environment that is called production",
            value="disposable",
        )


def _outlives_its_trial(resource: Resource, _graph: Graph) -> Iterable[Offence]:
    if not is_disposable(resource):
        return
    if resource.protect:
        yield Offence(
            path="protect", problem="Pulumi refuses to delete it, and the whole destroy with it", value=True
        )
    if resource.retain_on_delete:
        yield Offence(
            path="retainOnDelete", problem="it stays in the account when the stack is gone", value=True
        )
    for name in ("deletionProtection", "skipDestroy", "objectLockEnabled"):
        value = at(resource.inputs, name)
        if flag(value, name):
            yield Offence(path=name, problem="it stays in the account when the stack is gone", value=value)
    window = number(at(resource.inputs, "deletionWindowInDays"), "deletionWindowInDays") or _UNLESS_TOLD
    if resource.type == KEY and window > _LEAST_WINDOW:
        yield Offence(
            path="deletionWindowInDays",
            problem=f"the key stays {int(window)} days",
            value=at(resource.inputs, "deletionWindowInDays"),
            expected=f"{_LEAST_WINDOW} are the least",
        )
    for name in _EMPTIED.get(resource.type, ()):
        value = at(resource.inputs, name)
        if not flag(value, name):
            yield Offence(
                path=name, problem="is off: AWS refuses to delete it while anything is in it", value=value
            )


_EMPTIED: Final = {REPOSITORY: ("forceDelete",), **dict.fromkeys(BUCKETS, ("forceDestroy",))}
"""What AWS deletes only when it is empty, and the switch that empties it."""


def _forgotten(resource: Resource, _graph: Graph) -> Iterable[Offence]:
    if is_disposable(resource) or resource.protect:
        return
    if resource.type == LOG_GROUP and flag(at(resource.inputs, "skipDestroy"), "skipDestroy"):
        return
    what = "its records" if resource.type == LOG_GROUP else "an address that others may have on their lists"
    path = "skipDestroy" if resource.type == LOG_GROUP else "protect"
    yield Offence(path=path, problem=f"is off: removing a line of the program deletes {what}", value=False)


_KEPT: Final = (*BUCKETS, KEY, REPOSITORY, TRAIL, CLUSTER, LOG_GROUP, ADDRESS)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="production-is-durable",
        severity="critical",
        applies_to=_KEPT,
        why="A disposable platform deletes its data, keys and logs on one command.",
        fix="Set platform.lifecycle to durable; disposable is for trials.",
        check=_disposable_production,
    ),
    Rule(
        id="trials-leave-nothing",
        severity="low",
        applies_to=_KEPT,
        why="A trial that cannot be ended goes on costing, and its leftovers hold names and data.",
        fix="Take protection, retention and locks from args.lifecycle; a trial that needs them is durable.",
        check=_outlives_its_trial,
        reads_graph=True,
        reads_retention=True,
    ),
    Rule(
        id="logs-and-addresses-outlive-their-section",
        severity="high",
        applies_to=(LOG_GROUP, ADDRESS),
        why="A removed section would take a year of audit along, or an address that partners admit.",
        fix="Set skip_destroy on a log group, and protect=True on an address.",
        check=_forgotten,
        reads_graph=True,
    ),
)
