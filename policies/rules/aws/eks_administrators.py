"""What must hold for who administers a cluster: people and pipelines of this account, and nothing that runs in it."""

from collections.abc import Iterable
from typing import Final

from policies.analysis.iam.accounts import account_of, homes
from policies.analysis.iam.identities import ROLE
from policies.analysis.iam.statements import Statement, each, statements
from policies.analysis.storage.bucket_parts import first
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, text
from policies.rules.aws.eks_cluster import ACCESS_POLICY

_ADMINISTRATION: Final = frozenset({"AmazonEKSClusterAdminPolicy", "AmazonEKSAdminPolicy"})
_POD_SERVICE: Final = "pods.eks.amazonaws.com"
_ACCESS: Final = "slipway:cluster:ClusterAccess"
"""The component that makes an association for each entry of a stack file."""
_NODES: Final = "aws:eks/nodeGroup:NodeGroup"


def _strangers(association: Resource, graph: Graph) -> Iterable[Offence]:
    policy = text(at(association.inputs, "policyArn"), "policyArn").rpartition("/")[2]
    scope = first(at(association.inputs, "accessScope"), "accessScope")
    if policy not in _ADMINISTRATION or text(at(scope, "type"), "accessScope.type") != "cluster":
        return
    principal = association.inputs.get("principalArn")
    account, own = account_of(principal), homes(graph)
    if account and own and account not in own:
        yield Offence(path="principalArn", problem=f"{principal} is of another account", value=principal)
    for role in graph.of_type(ROLE):
        if association in graph.referring(role, ACCESS_POLICY, "principalArn"):
            yield from _runs_in_it(role, principal if isinstance(principal, str) else None, graph)


def _runs_in_it(role: Resource, arn: str | None, graph: Graph) -> Iterable[Offence]:
    if graph.referring(role, _NODES, "nodeRoleArn"):
        yield Offence(path="principalArn", problem=f"every node has the role {role.name}", value=arn)
    trust = statements(at(role.inputs, "assumeRolePolicy"), "assumeRolePolicy")
    if any(list(each(trust, _lets_pods_in))):
        yield Offence(path="principalArn", problem=f"pods have the role {role.name}", value=arn)


def _lets_pods_in(statement: Statement) -> Iterable[bool]:
    if statement.allows:
        yield _POD_SERVICE in statement.principals("Service")
        yield any(
            value.startswith("system:serviceaccount:") for c in statement.conditions for value in c.values
        )


def _unnamed(association: Resource, graph: Graph) -> Iterable[Offence]:
    policy = text(at(association.inputs, "policyArn"), "policyArn").rpartition("/")[2]
    made_by = graph.by_urn.get(association.parent)
    if policy in _ADMINISTRATION and (made_by is None or made_by.type != _ACCESS):
        yield Offence(
            path="principalArn",
            problem=f"has {policy}, and the settings of the cluster name nobody of it",
            value=at(association.inputs, "principalArn"),
            expected="an entry under cluster.access of the stack file",
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="clusters-are-administered-from-outside",
        severity="critical",
        applies_to=(ACCESS_POLICY,),
        why="Whoever takes over one pod or node, or administers the other account, has the cluster.",
        fix="Associate the policy with a role that people or a pipeline of this account take on; scope others.",
        check=_strangers,
        reads_graph=True,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="administrators-stand-in-the-settings",
        severity="critical",
        applies_to=(ACCESS_POLICY,),
        why="Whoever administers the cluster is read in one place, the stack file; an association beside it is not.",
        fix="Name the role under cluster.access with policy admin.",
        check=_unnamed,
        reads_graph=True,
    ),
)
