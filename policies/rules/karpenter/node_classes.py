"""Machines that Karpenter makes: their metadata, disks, image, address and role."""

from collections.abc import Iterator
from typing import Final

from policies.analysis.machines import imds
from policies.analysis.machines.types import AUTO_MODE, NODE_CLASSES
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, mapping, sequence, text

_BOTTLEROCKET_DATA_DISK: Final = "/dev/xvdb"
_MOVING: Final = ("latest", "recommended")


def _metadata(resource: Resource, _graph: Graph) -> Iterator[Offence]:
    # The API server's defaults are enabled, required and 1.
    yield from imds.offences(
        at(resource.inputs, "spec.metadataOptions"), "spec.metadataOptions", is_safe_unset=True
    )


def _is_bottlerocket(resource: Resource) -> bool:
    if text(at(resource.inputs, "spec.amiFamily"), "spec.amiFamily") == "Bottlerocket":
        return True
    terms = sequence(at(resource.inputs, "spec.amiSelectorTerms"), "spec.amiSelectorTerms")
    return any(text(at(term, "alias"), "alias").startswith("bottlerocket@") for term in terms)


def _disks(resource: Resource, _graph: Graph) -> Iterator[Offence]:
    disks = sequence(at(resource.inputs, "spec.blockDeviceMappings"), "spec.blockDeviceMappings")
    if not disks:
        if text(at(resource.inputs, "spec.amiFamily"), "spec.amiFamily") == "Custom":
            yield Offence(
                path="spec.blockDeviceMappings",
                problem="is not set: a Custom image's disks are as the image has them",
            )
        # Of the other families Karpenter maps encrypted disks itself.
        return
    for index, disk in enumerate(disks):
        if not flag(at(disk, "ebs.encrypted"), "ebs.encrypted"):
            yield Offence(
                path=f"spec.blockDeviceMappings[{index}].ebs.encrypted",
                problem=f"{text(at(disk, 'deviceName')) or 'a disk'} is not encrypted",
                value=at(disk, "ebs.encrypted"),
            )
    names = {text(at(disk, "deviceName"), "deviceName") for disk in disks}
    if _is_bottlerocket(resource) and _BOTTLEROCKET_DATA_DISK not in names:
        yield Offence(
            path="spec.blockDeviceMappings",
            problem=f"{_BOTTLEROCKET_DATA_DISK}, which holds the containers, is left as the image has it",
        )


def _pinned(resource: Resource, _graph: Graph) -> Iterator[Offence]:
    terms = sequence(at(resource.inputs, "spec.amiSelectorTerms"), "spec.amiSelectorTerms")
    for place, term in ((f"spec.amiSelectorTerms[{index}]", term) for index, term in enumerate(terms)):
        alias = text(at(term, "alias"), "alias")
        parameter = text(at(term, "ssmParameter"), "ssmParameter")
        name = text(at(term, "name"), "name")
        if alias:
            if alias.rpartition("@")[2] == "latest" or "@" not in alias:
                yield Offence(path=f"{place}.alias", problem=f"{alias} changes without review", value=alias)
        elif parameter:
            if any(step in _MOVING for step in parameter.split("/")):
                yield Offence(
                    path=f"{place}.ssmParameter",
                    problem=f"{parameter} changes without review",
                    value=parameter,
                )
        elif "*" in name or (not name and not text(at(term, "id"), "id")):
            yield Offence(
                path=f"{place}.name" if name else f"{place}.tags",
                problem=f"images by {'name ' + name if name else 'tags'} change without review",
                value=name or None,
            )


def _address(resource: Resource, _graph: Graph) -> Iterator[Offence]:
    paths = ("spec.associatePublicIPAddress", "spec.advancedNetworking.associatePublicIPAddress")
    for path in paths:
        value = at(resource.inputs, path)
        if flag(value, path):
            yield Offence(path=path, problem="nodes get public addresses", value=value)


def _selected(resource: Resource, _graph: Graph) -> Iterator[Offence]:
    for kind in ("subnetSelectorTerms", "securityGroupSelectorTerms"):
        for index, term in enumerate(sequence(at(resource.inputs, f"spec.{kind}"), f"spec.{kind}")):
            tags = mapping(at(term, "tags"), f"{kind}.tags")
            name = text(at(term, "name"), f"{kind}.name")
            is_open = bool(tags) and all(text(value, f"{kind}.tags") == "*" for value in tags.values())
            if is_open or name == "*":
                yield Offence(
                    path=f"spec.{kind}[{index}].{'tags' if is_open else 'name'}",
                    problem=f"{', '.join(sorted(tags)) or 'name'} of any value takes in other clusters'",
                    value=None if is_open else name,
                )


RULES: tuple[Rule, ...] = (
    Rule(
        id="node-classes-require-imdsv2",
        severity="high",
        aliases=("node-class-metadata-is-out-of-reach",),
        applies_to=NODE_CLASSES,
        why="The metadata service hands the node's credentials to whoever can reach it.",
        fix="Set metadataOptions.httpTokens required and httpPutResponseHopLimit 1.",
        check=_metadata,
    ),
    Rule(
        id="node-class-disks-are-encrypted",
        severity="medium",
        applies_to=NODE_CLASSES,
        why="Weights, prompts in memory dumps and pulled images stay on the disk after the node is gone.",
        fix="Set ebs.encrypted true on every mapping; on Bottlerocket map /dev/xvda and /dev/xvdb.",
        check=_disks,
    ),
    Rule(
        id="node-images-are-pinned",
        severity="medium",
        applies_to=NODE_CLASSES,
        why="A new driver or kernel under a model is a change nobody reviewed; it makes every node drift.",
        fix="Name a version, for example alias bottlerocket@v1.54.0, or an image id.",
        check=_pinned,
    ),
    Rule(
        id="nodes-have-no-public-address",
        severity="medium",
        applies_to=(*NODE_CLASSES, AUTO_MODE),
        why="A node with a public address is one security group away from the internet.",
        fix="Set associatePublicIPAddress false and select private subnets.",
        check=_address,
    ),
    Rule(
        id="node-classes-select-their-own-network",
        severity="high",
        applies_to=(*NODE_CLASSES, AUTO_MODE),
        why="A selector that any value meets puts nodes into other clusters' subnets and security groups.",
        fix="Select by a tag with a value, for example karpenter.sh/discovery: <cluster>, or by id.",
        check=_selected,
    ),
)
