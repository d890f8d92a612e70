"""What must hold for the roles of a cluster and its nodes: what EKS asks of them is attached, and not more."""

from collections.abc import Iterable
from typing import Final

from policies.analysis.machines.types import CLUSTER, NODE_GROUP
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, listed, sequence, text
from policies.rules.aws.eks_addons import ADD_ON
from policies.rules.aws.eks_cluster import ACCESS_ENTRY

ROLE: Final = "aws:iam/role:Role"
_ATTACHMENT: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
_CONTROL_PLANE: Final = ("AmazonEKSClusterPolicy",)
_JOINS: Final = ("AmazonEKSWorkerNodePolicy", "AmazonEKSWorkerNodeMinimalPolicy")
_PULLS: Final = (
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEC2ContainerRegistryReadOnly",
    "AmazonEC2ContainerRegistryPowerUser",
    "AmazonEC2ContainerRegistryFullAccess",
)
"""EKS user guide, "Amazon EKS cluster IAM role" and "Amazon EKS node IAM role" (read 2026-11-29)."""
_NETWORK: Final = "AmazonEKS_CNI_Policy"


def _lacks_a_policy(role: Resource, graph: Graph) -> Iterable[Offence]:
    attached = _attached(role, graph)
    wanted: list[tuple[str, ...]] = [_CONTROL_PLANE] if graph.referring(role, CLUSTER, "roleArn") else []
    wanted += [_JOINS, _PULLS] if _is_of_nodes(role, graph) else []
    for policies in wanted:
        if not attached & set(policies):
            yield Offence(path="", problem=f"{policies[0]} is not attached, and EKS works with it")


def _lends_the_network(role: Resource, graph: Graph) -> Iterable[Offence]:
    if _is_of_nodes(role, graph) and _NETWORK in _attached(role, graph) and _has_its_own(graph):
        yield Offence(
            path="",
            problem=f"{_NETWORK} is attached, which vpc-cni has by a role of its own: pods may borrow it",
        )


def _attached(role: Resource, graph: Graph) -> set[str]:
    named = [
        text(at(one.inputs, "policyArn"), "policyArn") for one in graph.referring(role, _ATTACHMENT, "role")
    ]
    inline = sequence(at(role.inputs, "managedPolicyArns"), "managedPolicyArns")
    return {arn.rpartition("/")[2] for arn in (*named, *(text(one, "managedPolicyArns") for one in inline))}


def _is_of_nodes(role: Resource, graph: Graph) -> bool:
    joins = [
        entry
        for entry in graph.referring(role, ACCESS_ENTRY, "principalArn")
        if text(at(entry.inputs, "type"), "type") == "EC2_LINUX"
    ]
    return bool(joins or graph.referring(role, NODE_GROUP, "nodeRoleArn"))


def _has_its_own(graph: Graph) -> bool:
    return any(
        text(at(one.inputs, "addonName"), "addonName") == "vpc-cni"
        and (
            listed(at(one.inputs, "podIdentityAssociations"), "podIdentityAssociations")
            or text(at(one.inputs, "serviceAccountRoleArn"), "serviceAccountRoleArn")
        )
        for one in graph.of_type(ADD_ON)
    )


RULES: tuple[Rule, ...] = (
    Rule(
        id="nodes-lend-no-network-permissions",
        severity="medium",
        applies_to=(ROLE,),
        why="What a node's role may do, pods on the host's network may: addresses and interfaces of the whole account.",
        fix="Detach AmazonEKS_CNI_Policy from the nodes' role; the add-on's own role has it.",
        check=_lends_the_network,
        reads_graph=True,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="roles-of-eks-have-their-policies",
        severity="high",
        applies_to=(ROLE,),
        why="Without them a control plane makes no network interface, a node joins no cluster or pulls no image.",
        fix="Attach AWS's managed policies for the role, as the components do.",
        check=_lacks_a_policy,
        reads_graph=True,
    ),
)
