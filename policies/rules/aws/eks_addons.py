"""What must hold for EKS add-ons: pinned, in order, each under an identity of its own."""

import json
from collections.abc import Iterable
from typing import Final

from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import UndecidedError, at, flag, listed, text

ADD_ON: Final = "aws:eks/addon:Addon"
NODE_GROUP: Final = "aws:eks/nodeGroup:NodeGroup"
STORAGE_CLASS: Final = "kubernetes:storage.k8s.io/v1:StorageClass"
_OLDER_STORAGE_CLASS: Final = "kubernetes:storage.k8s.io/v1beta1:StorageClass"
VOLUME: Final = "kubernetes:core/v1:PersistentVolume"

CALLS_AWS: Final = (
    "amazon-cloudwatch-observability",
    "aws-ebs-csi-driver",
    "aws-efs-csi-driver",
    "aws-fsx-csi-driver",
    "aws-mountpoint-s3-csi-driver",
    "vpc-cni",
)
"""Add-ons that need IAM permissions (EKS user guide, "IAM roles for Amazon EKS add-ons", read 2026-11)."""
RUNS_ON_NODES: Final = ("aws-ebs-csi-driver", "coredns", "metrics-server")
"""Add-ons that are Deployments: their creation ends when their pods run."""


def _unpinned_add_on(add_on: Resource, _graph: Graph) -> Iterable[Offence]:
    if not text(at(add_on.inputs, "addonVersion"), "addonVersion"):
        name = text(at(add_on.inputs, "addonName"))
        yield Offence(path="addonVersion", problem=f"{name} has no version")


def _ignored_network_policies(add_on: Resource, _graph: Graph) -> Iterable[Offence]:
    if text(at(add_on.inputs, "addonName"), "addonName") != "vpc-cni":
        return
    raw = text(at(add_on.inputs, "configurationValues"), "configurationValues") or "{}"
    try:
        values = json.loads(raw)
    except ValueError:
        raise UndecidedError("configurationValues is not JSON") from None
    if not flag(at(values, "enableNetworkPolicy"), "configurationValues.enableNetworkPolicy"):
        yield Offence(
            path="configurationValues.enableNetworkPolicy",
            problem="is off: every NetworkPolicy is accepted and ignored",
            value=at(values, "enableNetworkPolicy"),
        )


def _borrowed_identity(add_on: Resource, _graph: Graph) -> Iterable[Offence]:
    kind = text(at(add_on.inputs, "addonName"), "addonName")
    if kind not in CALLS_AWS:
        return
    has_association = bool(listed(at(add_on.inputs, "podIdentityAssociations"), "podIdentityAssociations"))
    if not has_association and not text(at(add_on.inputs, "serviceAccountRoleArn"), "serviceAccountRoleArn"):
        yield Offence(
            path="podIdentityAssociations",
            problem=f"{kind} has no role of its own: its permissions stand on the node, for every pod there",
        )


def _too_early(add_on: Resource, graph: Graph) -> Iterable[Offence]:
    kind = text(at(add_on.inputs, "addonName"), "addonName")
    groups = {g.urn for g in graph.of_type(NODE_GROUP)}
    if kind in RUNS_ON_NODES and groups and not groups & graph.waits_for(add_on.urn):
        yield Offence(path="", problem=f"{kind} does not wait for any node group")


def _plain_volumes(storage: Resource, _graph: Graph) -> Iterable[Offence]:
    if text(at(storage.inputs, "provisioner"), "provisioner") not in {
        "ebs.csi.aws.com",
        "ebs.csi.eks.amazonaws.com",
        "kubernetes.io/aws-ebs",
    }:
        return
    # Parameters are text, and the driver takes nothing but "true" for yes.
    encrypted = at(storage.inputs, "parameters.encrypted")
    if str(encrypted).lower() != "true":
        yield Offence(path="parameters.encrypted", problem="is not true", value=encrypted)


def _plain_on_the_way(volume: Resource, _graph: Graph) -> Iterable[Offence]:
    """EFS encrypts on the way unless told not to (aws-efs-csi-driver, "Encryption in transit", read 2026-11)."""
    path = "spec.csi.volumeAttributes.encryptInTransit"
    driver = text(at(volume.inputs, "spec.csi.driver"), "spec.csi.driver")
    if driver == "efs.csi.aws.com" and not flag(at(volume.inputs, path), path, default=True):
        yield Offence(
            path=path,
            problem="is off: what is read and written crosses the network in plain text",
            value=at(volume.inputs, path),
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="add-ons-wait-for-nodes",
        severity="high",
        applies_to=(ADD_ON,),
        why="An add-on whose pods have nowhere to run stays in creation until the update times out.",
        fix="Let it depend on the node group its pods run on.",
        check=_too_early,
        reads_graph=True,
    ),
    Rule(
        id="storage-classes-encrypt",
        severity="medium",
        applies_to=(STORAGE_CLASS, _OLDER_STORAGE_CLASS),
        why="A volume is encrypted at creation or never; whoever copies a plain one can read it.",
        fix='Set parameters.encrypted to "true".',
        check=_plain_volumes,
    ),
    Rule(
        id="volumes-encrypt-on-the-way",
        severity="medium",
        applies_to=(VOLUME,),
        why="Weights and data are readable, and can be changed, between the node and the file system.",
        fix="Leave encryptInTransit out, or set it to true.",
        check=_plain_on_the_way,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="add-ons-are-pinned",
        severity="medium",
        applies_to=(ADD_ON,),
        why="An add-on without a version moves on its own, and two clusters differ without a diff.",
        fix="Set addon_version.",
        check=_unpinned_add_on,
    ),
    Rule(
        id="network-policies-are-enforced",
        severity="high",
        applies_to=(ADD_ON,),
        why="The VPC CNI ignores NetworkPolicies unless it is told to enforce them.",
        fix='Set configuration_values {"enableNetworkPolicy": "true"} on vpc-cni.',
        check=_ignored_network_policies,
    ),
    Rule(
        id="add-ons-have-their-own-identity",
        severity="high",
        applies_to=(ADD_ON,),
        why="Permissions on the node's role belong to whatever else runs there.",
        fix="Give the add-on a role through pod_identity_associations.",
        check=_borrowed_identity,
    ),
)
