"""What must hold for nodes: encrypted disks, no way to log in, in order."""

from collections.abc import Iterable
from functools import partial
from typing import Final

from policies.analysis.machines.types import NODE_GROUP, TEMPLATE
from policies.engine.graph import Graph, Resource
from policies.engine.neighbours import is_made_elsewhere
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import at, flag, mapping, sequence, text

ATTACHMENT: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
ADD_ON: Final = "aws:eks/addon:Addon"

_BROAD: Final = ("AdministratorAccess", "PowerUserAccess")


def _plain_disks(template: Resource, _graph: Graph, *, wants_disks: bool = False) -> Iterable[Offence]:
    disks = sequence(at(template.inputs, "blockDeviceMappings"), "blockDeviceMappings")
    if not disks and wants_disks:
        yield Offence(
            path="blockDeviceMappings",
            problem="is not set: the image decides whether its disk is encrypted",
        )
    for index, disk in enumerate(disks):
        if at(disk, "noDevice") or at(disk, "virtualName"):  # removes a device, or names instance storage
            continue
        if not flag(at(disk, "ebs.encrypted"), "blockDeviceMappings.ebs.encrypted"):
            yield Offence(
                path=f"blockDeviceMappings[{index}].ebs.encrypted",
                problem=f"{text(at(disk, 'deviceName')) or 'a device'} is not encrypted",
                value=at(disk, "ebs.encrypted"),
            )


def _login(resource: Resource, _graph: Graph, *, is_closed: bool = False) -> Iterable[Offence]:
    if is_closed and (key := text(at(resource.inputs, "keyName"), "keyName")):
        yield Offence(path="keyName", problem="people with an SSH key can log in", value=key)
    access = mapping(at(resource.inputs, "remoteAccess"), "remoteAccess")
    sources = access and sequence(at(access, "sourceSecurityGroupIds"), "remoteAccess.sourceSecurityGroupIds")
    # Without source groups EKS opens port 22 to the internet.
    if access and (is_closed or not sources):
        yield Offence(path="remoteAccess", problem="EKS opens SSH on the nodes")


def _public_address(template: Resource, _graph: Graph) -> Iterable[Offence]:
    for index, card in enumerate(sequence(at(template.inputs, "networkInterfaces"), "networkInterfaces")):
        if flag(at(card, "associatePublicIpAddress"), "networkInterfaces.associatePublicIpAddress"):
            yield Offence(
                path=f"networkInterfaces[{index}].associatePublicIpAddress",
                problem="nodes get a public address",
                value=at(card, "associatePublicIpAddress"),
            )


def _untagged(template: Resource, _graph: Graph) -> Iterable[Offence]:
    tagged = {
        text(at(spec, "resourceType"))
        for spec in sequence(at(template.inputs, "tagSpecifications"), "tagSpecifications")
        if mapping(at(spec, "tags"), "tagSpecifications.tags")
    }
    yield from (
        Offence(path="tagSpecifications", problem=f"{kind}s get no tags")
        for kind in ("instance", "volume")
        if kind not in tagged
    )


def _default_template(group: Resource, _graph: Graph) -> Iterable[Offence]:
    if not mapping(at(group.inputs, "launchTemplate"), "launchTemplate"):
        yield Offence(
            path="launchTemplate", problem="is not set: EKS's own lets pods reach the node's credentials"
        )


def _before_network(group: Resource, graph: Graph) -> Iterable[Offence]:
    networks = {
        a.urn for a in graph.of_type(ADD_ON) if text(at(a.inputs, "addonName"), "addonName") == "vpc-cni"
    }
    if networks and not networks & graph.waits_for(group.urn):
        yield Offence(path="", problem="does not wait for the vpc-cni add-on")


def _broad_policy(attachment: Resource, _graph: Graph) -> Iterable[Offence]:
    if is_made_elsewhere(attachment, "policyArn"):  # none of AWS's own
        return
    arn = text(at(attachment.inputs, "policyArn"), "policyArn")
    name = arn.rpartition("/")[2]
    if name in _BROAD or name.endswith("FullAccess"):
        yield Offence(path="policyArn", problem=f"{name} is attached", value=arn)


RULES: tuple[Rule, ...] = (
    Rule(
        id="template-disks-are-encrypted",
        severity="medium",
        applies_to=(TEMPLATE,),
        why="Container layers, model files and logs lie here; a copied snapshot must be unreadable.",
        fix="Map every device of the image with ebs.encrypted true.",
        check=_plain_disks,
        on_platform=Variant(
            "The disks are written down: the image decides otherwise.",
            partial(_plain_disks, wants_disks=True),
        ),
    ),
    Rule(
        id="nodes-have-no-ssh",
        severity="medium",
        aliases=("nodes-have-no-login",),
        applies_to=(TEMPLATE, NODE_GROUP),
        why="A shell on a node sees every pod's secrets and is on no record.",
        fix="Remove key_name and remote_access; use SSM sessions or ephemeral debug pods.",
        check=_login,
        on_platform=Variant(
            "No SSH key and no remote access, whoever may use it.", partial(_login, is_closed=True)
        ),
        same_as=("CKV_AWS_100",),
    ),
    Rule(
        id="template-gives-no-public-address",
        severity="medium",
        applies_to=(TEMPLATE,),
        why="A node is reached through a load balancer or not at all.",
        fix="Remove associate_public_ip_address.",
        check=_public_address,
        same_as=("CKV_AWS_88",),
    ),
    Rule(
        id="node-groups-wait-for-the-network",
        severity="high",
        applies_to=(NODE_GROUP,),
        why="A node without a CNI never becomes ready, and the group's creation times out.",
        fix="Let the group depend on the vpc-cni add-on.",
        check=_before_network,
        reads_graph=True,
    ),
    Rule(
        id="roles-have-no-broad-policy",
        severity="high",
        applies_to=(ATTACHMENT,),
        why="Such a policy grants whole services on every resource of the account.",
        fix="Attach a policy that names actions and resources.",
        check=_broad_policy,
        same_as=("CKV_AWS_274", "CKV2_AWS_56"),
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="launched-instances-are-tagged",
        severity="low",
        applies_to=(TEMPLATE,),
        why="The provider's tags stop at the template; an untagged instance has no owner and no budget.",
        fix="Add tag_specifications for instance and volume.",
        check=_untagged,
    ),
    Rule(
        id="node-groups-have-our-template",
        severity="high",
        applies_to=(NODE_GROUP,),
        why="The template EKS writes itself allows two metadata hops.",
        fix="Set launch_template to one that requires tokens and a hop limit of 1.",
        check=_default_template,
    ),
)
