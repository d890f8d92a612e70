"""What must hold for endpoints: what is not ours does not pass, whoever runs code beside them."""

from collections.abc import Iterable
from typing import Final

from policies.analysis.iam.statements import Statement, each, statements
from policies.analysis.network.types import ENDPOINT
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, text

_HOLDS_NO_DATA: Final = frozenset({"eks-auth"})
"""Answers the node's agent for pods of one cluster."""
_READS: Final = frozenset({
    "ecr:batchchecklayeravailability", "ecr:batchgetimage", "ecr:getauthorizationtoken",
    "ecr:getdownloadurlforlayer", "s3:getobject",
})  # fmt: skip
"""Actions that bring something in and carry nothing out."""
_NO_IDENTITY_YET: Final = frozenset({"sts:assumerolewithsaml", "sts:assumerolewithwebidentity"})
_RESOURCE_KEYS: Final = frozenset({"aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"})
_IDENTITY_KEYS: Final = frozenset({
    "aws:principalaccount", "aws:principalarn", "aws:principalisawsservice", "aws:principalorgid",
    "aws:principalorgpaths",
})  # fmt: skip


def _passes_everything(endpoint: Resource, _graph: Graph) -> Iterable[Offence]:
    service = text(at(endpoint.inputs, "serviceName"), "serviceName").rpartition(".")[2]
    if service in _HOLDS_NO_DATA:
        return
    policy = at(endpoint.inputs, "policy")
    if policy is None:
        yield Offence(
            path="policy", problem="is not set: data of the platform can go through it to any account"
        )
        return
    yield from each(statements(policy), _openings)


def _openings(statement: Statement) -> Iterable[Offence]:
    if not statement.allows:
        return
    pinned = {condition.key for condition in statement.pinned()}
    actions = {action.lower() for action in statement.actions}
    brings_in = bool(actions) and actions <= _READS
    names_its_resources = bool(statement.resources) and not statement.is_on("*")
    if not (pinned & _RESOURCE_KEYS or brings_in or "ec2:owner" in pinned):
        yield Offence(
            path=statement.place("Condition"),
            problem="data gets out: neither aws:ResourceAccount nor aws:ResourceOrgID is pinned",
        )
    if not (pinned & _IDENTITY_KEYS or (brings_in and names_its_resources) or actions <= _NO_IDENTITY_YET):
        yield Offence(
            path=statement.place("Condition"),
            problem="any identity passes: neither aws:PrincipalAccount nor aws:PrincipalOrgID is pinned",
        )


PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="endpoints-are-a-perimeter",
        severity="high",
        applies_to=(ENDPOINT,),
        why="Credentials that somebody brought along write to a bucket of theirs, without any way to the internet.",
        fix="Give it the policy of components.endpoint_policy: own identities on own resources, and named reads.",
        check=_passes_everything,
    ),
)
