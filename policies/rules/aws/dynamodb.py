"""What must hold for tables of DynamoDB: what was turned off on purpose is turned on again."""

from collections.abc import Iterable
from typing import Final

from policies.analysis.storage.bucket_parts import first
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag

TABLE: Final = "aws:dynamodb/table:Table"


def _forgets(table: Resource, _graph: Graph) -> Iterable[Offence]:
    recovery = first(at(table.inputs, "pointInTimeRecovery"), "pointInTimeRecovery")
    if recovery and not flag(at(recovery, "enabled"), "pointInTimeRecovery.enabled"):
        yield Offence(
            path="pointInTimeRecovery.enabled",
            problem="is turned off: what a mistake overwrites is gone",
            value=at(recovery, "enabled"),
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="dynamodb-point-in-time-recovery",
        severity="medium",
        aliases=("tables-can-be-recovered",),
        applies_to=(TABLE,),
        why="A table has no versions: a wrong write is the last one.",
        fix="Switch point-in-time recovery (PITR) on: pointInTimeRecovery.enabled true.",
        check=_forgets,
    ),
)
