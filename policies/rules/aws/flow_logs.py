"""What must hold for the record of flows, and for every log group."""

from collections.abc import Iterable
from typing import Final

from policies.analysis.network.types import VPC
from policies.engine.graph import Graph, Resource
from policies.engine.neighbours import pointing_at
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, number, text

FLOW_LOG: Final = "aws:ec2/flowLog:FlowLog"


def _unlogged(vpc: Resource, graph: Graph) -> Iterable[Offence]:
    logs = pointing_at(graph, vpc, FLOW_LOG, "vpcId")
    if not logs:
        yield Offence(path="", problem="no flow log")
    elif not any(text(at(log.inputs, "trafficType"), "trafficType").upper() == "ALL" for log in logs):
        kinds = sorted(text(at(log.inputs, "trafficType"), "trafficType") or "nothing" for log in logs)
        yield Offence(path="", problem=f"flow log records only {', '.join(kinds)}")


def _kept_for_ever(group: Resource, _graph: Graph) -> Iterable[Offence]:
    if not number(at(group.inputs, "retentionInDays"), "retentionInDays"):
        yield Offence(
            path="retentionInDays",
            problem="is not set: logs are kept, and paid for, for ever",
            value=at(group.inputs, "retentionInDays"),
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="vpcs-log-their-flows",
        severity="medium",
        applies_to=(VPC,),
        why="Without accepted and refused flows nobody can tell afterwards where data went.",
        fix="Add an aws.ec2.FlowLog for the VPC with traffic_type ALL.",
        check=_unlogged,
        reads_graph=True,
        same_as=("CKV2_AWS_11",),
    ),
    Rule(
        id="log-groups-have-retention",
        severity="low",
        applies_to=("aws:cloudwatch/logGroup:LogGroup",),
        why="Logs hold personal data; a group without retention keeps them for ever.",
        fix="Set retention_in_days.",
        check=_kept_for_ever,
        same_as=("CKV_AWS_66",),
    ),
)

NEEDS_NO_RULE: dict[str, str] = {
    FLOW_LOG: "judged by vpcs-log-their-flows on its VPC",
}
