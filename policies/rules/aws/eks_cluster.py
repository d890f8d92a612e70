"""What must hold for an EKS control plane: who reaches it, who may enter, what it encrypts and records."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final

from policies.analysis.machines.types import CLUSTER, CLUSTERS
from policies.analysis.network.internet_range import is_internet
from policies.analysis.platform.lifecycle import is_disposable
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import (
    UndecidedError,
    at,
    flag,
    known,
    mapping,
    sequence,
    text,
)

ACCESS_ENTRY: Final = "aws:eks/accessEntry:AccessEntry"
ACCESS_POLICY: Final = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"
LOG_TYPES: Final = ("api", "audit", "authenticator", "controllerManager", "scheduler")


def _open_endpoint(cluster: Resource, _graph: Graph) -> Iterable[Offence]:
    network = mapping(at(cluster.inputs, "vpcConfig"), "vpcConfig")
    # AWS opens the endpoint, to everyone, unless told otherwise.
    if not flag(at(network, "endpointPublicAccess"), "vpcConfig.endpointPublicAccess", default=True):
        return
    ranges = sequence(at(network, "publicAccessCidrs"), "vpcConfig.publicAccessCidrs")
    for index, cidr in enumerate(ranges):
        if is_internet(text(known(cidr, "vpcConfig.publicAccessCidrs"))):
            yield Offence(
                path=f"vpcConfig.publicAccessCidrs[{index}]",
                problem=f"the Kubernetes API answers {cidr}",
                value=cidr,
            )
    if not ranges:
        yield Offence(
            path="vpcConfig.publicAccessCidrs", problem="is not set: the Kubernetes API answers 0.0.0.0/0"
        )


def _no_private_endpoint(cluster: Resource, _graph: Graph) -> Iterable[Offence]:
    path = "vpcConfig.endpointPrivateAccess"
    value = at(cluster.inputs, path)
    if not flag(value, path):
        yield Offence(
            path=path, problem="is off: nodes reach the Kubernetes API over the internet", value=value
        )


def _plain_secrets(cluster: Resource, _graph: Graph) -> Iterable[Offence]:
    encryption = mapping(at(cluster.inputs, "encryptionConfig"), "encryptionConfig")
    if _has_key(encryption):
        named = sequence(at(encryption, "resources"), "encryptionConfig.resources")
        if "secrets" not in named:
            yield Offence(
                path="encryptionConfig.resources", problem="does not name secrets", value=list(named)
            )
        return
    yield Offence(
        path="encryptionConfig.provider.keyArn",
        problem="secrets are under a key that AWS owns: nobody here can revoke it or see its use",
    )


def _has_key(encryption: Mapping[str, Any]) -> bool:
    return bool(text(at(encryption, "provider.keyArn"), "encryptionConfig.provider.keyArn"))


def _silent_control_plane(cluster: Resource, _graph: Graph, *, wants_all: bool = False) -> Iterable[Offence]:
    enabled = sequence(at(cluster.inputs, "enabledClusterLogTypes"), "enabledClusterLogTypes")
    on = {text(known(kind, "enabledClusterLogTypes")) for kind in enabled}
    if "audit" not in on or wants_all:  # who did what is told by the audit log
        yield from (
            Offence(path="enabledClusterLogTypes", problem=f"{kind} logs are off", value=list(enabled))
            for kind in LOG_TYPES
            if kind not in on
        )


def _group_made_by_eks(cluster: Resource, graph: Graph) -> Iterable[Offence]:
    if not sequence(at(cluster.inputs, "enabledClusterLogTypes"), "enabledClusterLogTypes"):
        return
    name = text(at(cluster.inputs, "name"), "name")
    if not name:
        raise UndecidedError("name is generated: the log group's name follows from it")
    wanted = f"/aws/eks/{name}/cluster"
    groups = [g for g in graph.of_type(LOG_GROUP) if at(g.inputs, "name") == wanted]
    if not groups:
        yield Offence(
            path="name", problem=f"log group {wanted} is left to EKS, which keeps it for ever", value=name
        )
    elif not {g.urn for g in groups} & graph.waits_for(cluster.urn):
        yield Offence(
            path="",
            problem=f"does not wait for log group {groups[0].name}, and EKS makes it first, without retention",
        )


def _implicit_administrators(
    cluster: Resource, _graph: Graph, *, entries_only: bool = False
) -> Iterable[Offence]:
    access = mapping(at(cluster.inputs, "accessConfig"), "accessConfig")
    mode = text(at(access, "authenticationMode"), "accessConfig.authenticationMode")
    # A cluster of others may be on its way from one to the other.
    if mode == "CONFIG_MAP" or (entries_only and mode != "API"):
        yield Offence(
            path="accessConfig.authenticationMode",
            problem=f"{mode or 'CONFIG_MAP'}: a ConfigMap decides who may enter",
            value=mode or None,
        )
    path = "accessConfig.bootstrapClusterCreatorAdminPermissions"
    value = at(cluster.inputs, path)
    if entries_only and flag(value, path, default=True):
        yield Offence(
            path=path, problem="whoever creates the cluster becomes its administrator for ever", value=value
        )


def _deletable(cluster: Resource, _graph: Graph) -> Iterable[Offence]:
    if is_disposable(cluster):
        return
    value = at(cluster.inputs, "deletionProtection")
    if not flag(value, "deletionProtection"):
        yield Offence(path="deletionProtection", problem="is off", value=value)


def _unpinned_version(cluster: Resource, _graph: Graph) -> Iterable[Offence]:
    if not text(at(cluster.inputs, "version"), "version"):
        yield Offence(
            path="version", problem="is not set: a new cluster gets whatever is the default that day"
        )


def _lasting_principal(entry: Resource, _graph: Graph) -> Iterable[Offence]:
    principal = text(at(entry.inputs, "principalArn"), "principalArn")
    if principal.endswith(":root"):
        yield Offence(path="principalArn", problem=f"{principal} is a whole account", value=principal)
    elif ":user/" in principal:
        yield Offence(
            path="principalArn",
            problem=f"{principal} is a user, whose access keys do not expire",
            value=principal,
        )
    for index, group in enumerate(sequence(at(entry.inputs, "kubernetesGroups"), "kubernetesGroups")):
        if group == "system:masters":
            yield Offence(
                path=f"kubernetesGroups[{index}]",
                problem="no policy can bound system:masters",
                value=group,
            )


RULES: tuple[Rule, ...] = (
    Rule(
        id="eks-api-not-public",
        severity="critical",
        aliases=("cluster-api-is-closed-to-the-internet",),
        applies_to=CLUSTERS,
        why="An API server open to everyone is one stolen token or one bug away from being somebody else's.",
        fix="Turn endpoint_public_access off, or name the ranges that may connect.",
        check=_open_endpoint,
        same_as=("CKV_AWS_38",),
    ),
    Rule(
        id="cluster-api-answers-inside-the-vpc",
        severity="high",
        applies_to=CLUSTERS,
        why="Otherwise nodes leave the VPC to reach the API server, and closing the endpoint cuts them off.",
        fix="Set endpoint_private_access to true.",
        check=_no_private_endpoint,
        same_as=("CKV_AWS_39",),
    ),
    Rule(
        id="eks-secrets-use-cmk",
        severity="medium",
        aliases=("cluster-secrets-are-under-our-key",),
        applies_to=CLUSTERS,
        why="With a key of our own a copy of the API server's storage is useless, and each use is on record.",
        fix="Set encryption_config with a KMS key and resources [secrets].",
        check=_plain_secrets,
        same_as=("CKV_AWS_58",),
    ),
    Rule(
        id="eks-control-plane-logs-enabled",
        severity="medium",
        aliases=("cluster-logs-its-control-plane",),
        applies_to=CLUSTERS,
        why="Who did what in the cluster can be told from these logs only.",
        fix=f"Set enabled_cluster_log_types to {', '.join(LOG_TYPES)}.",
        check=_silent_control_plane,
        on_platform=Variant(
            "Every kind of log is on, not the audit log alone.",
            partial(_silent_control_plane, wants_all=True),
        ),
        same_as=("CKV_AWS_37",),
    ),
    Rule(
        id="cluster-is-entered-by-access-entries-only",
        severity="high",
        applies_to=CLUSTERS,
        why="Access entries are reviewed, logged and revoked through IAM; other ways are invisible there.",
        fix="authentication_mode API, bootstrap_cluster_creator_admin_permissions false, access entries.",
        check=_implicit_administrators,
        on_platform=Variant(
            "The mode is API, and whoever creates the cluster is not its administrator.",
            partial(_implicit_administrators, entries_only=True),
        ),
    ),
    Rule(
        id="cluster-access-is-for-roles",
        severity="medium",
        applies_to=(ACCESS_ENTRY, ACCESS_POLICY),
        why="A role's credentials expire and say who took it on; a user's keys or an account do neither.",
        fix="Name a role in principal_arn, and let people assume it.",
        check=_lasting_principal,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="control-plane-logs-have-a-group",
        severity="low",
        applies_to=(CLUSTER,),
        why="EKS makes a missing log group itself: no retention, no key of ours.",
        fix="Declare /aws/eks/<cluster>/cluster with retention, and let the cluster depend on it.",
        check=_group_made_by_eks,
        reads_graph=True,
    ),
    Rule(
        id="cluster-is-protected-from-deletion",
        severity="high",
        applies_to=(CLUSTER,),
        why="Deleting a cluster takes every workload with it and cannot be undone.",
        fix="Set deletion_protection to true.",
        check=_deletable,
    ),
    Rule(
        id="cluster-version-is-pinned",
        severity="low",
        applies_to=(CLUSTER,),
        why="Every chart and add-on is chosen for one Kubernetes version.",
        fix="Set version.",
        check=_unpinned_version,
    ),
)

NEEDS_NO_RULE: dict[str, str] = {
    "aws:ec2/tag:Tag": "marks the cluster's security group for Karpenter; opens nothing",
}
