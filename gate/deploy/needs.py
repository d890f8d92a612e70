"""Which calls to AWS a stack's resources take, each on what it is for and under the conditions that hold it there."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from facts.deploy_actions import DeployActions, Verb, action_resources, deploy_actions
from facts.iam_actions import unscoped_actions
from policies.engine.graph import Graph, Resource

Condition = tuple[str, str, tuple[str, ...]]
"""Operator, key and the values that satisfy it."""

WRITE: Final[tuple[Verb, ...]] = ("create", "read", "update", "delete")
READ: Final[tuple[Verb, ...]] = ("read",)
_PART: Final = re.compile(r"\{(?P<key>\w+)(?P<last>\|last)?\}")
_GLOBAL: Final = frozenset({"iam", "s3"})
"""Services whose requests carry another region, or whose ARNs none."""
_BOUNDED: Final = frozenset({
    "iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy",
})  # fmt: skip
"""What gives a role permissions: only to a role that has the boundary (keys of iam in the Service Authorization
Reference, read 2026-11-28)."""
_GRANTS: Final = frozenset({"kms:CreateGrant", "kms:RetireGrant"})
_STARTED: Final = ("image", "instance", "network-interface", "security-group", "subnet", "volume")
"""What a machine of a launch template is made of, besides the template (RunInstances in the same reference)."""


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """The stack a role deploys: its name is the tag that its resources carry."""

    stack: str
    account: str
    region: str
    cluster: str
    boundary: str
    partition: str = "aws"

    def arn(self, service: str, resource: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    @property
    def own(self) -> Condition:
        return ("StringEquals", "aws:ResourceTag/stack", (self.stack,))

    @property
    def made(self) -> Condition:
        return ("StringEquals", "aws:RequestTag/stack", (self.stack,))


@dataclass(frozen=True, order=True)
class Need:
    """One action on one resource, or pattern of them, under conditions that the real request satisfies."""

    action: str
    resource: str
    conditions: tuple[Condition, ...] = ()


def needs(graph: Graph, deployed: Deployed, verbs: Sequence[Verb] = WRITE) -> tuple[list[Need], list[str]]:
    """What the stack's AWS resources take, each once, in order; and what could not be worked out, in words."""
    found: set[Need] = set()
    problems: list[str] = []
    rows = deploy_actions()
    for resource in graph:
        if not resource.type.startswith("aws:"):
            continue
        row = rows.get(resource.type)
        if row is None:
            problems.append(f"{resource.type}: has no row in facts/deploy_actions.yaml")
            continue
        try:
            found.update(_of(resource, row, deployed, verbs))
        except LookupError as error:
            problems.append(f"{resource.label}: {error.args[0]}")
    return _with_attachments(found, graph), sorted(set(problems))


def _of(resource: Resource, row: DeployActions, deployed: Deployed, verbs: Sequence[Verb]) -> Iterator[Need]:
    arns = [_filled(template, resource.inputs, deployed) for template in row.arns]
    actions = [action for verb in verbs for action in getattr(row, verb)]
    if "create" in verbs:
        for prop, more in row.if_set.items():
            actions += more if resource.inputs.get(prop) else []
        yield from _roles(resource, row, deployed)
    for action in actions:
        yield from _scoped(action, row, arns, deployed)


def _filled(template: str, inputs: Mapping[str, Any], deployed: Deployed) -> str:
    def value(found: re.Match[str]) -> str:
        key = found["key"]
        said = getattr(deployed, key) if key in {"account", "partition", "region"} else inputs.get(key)
        if not isinstance(said, str) or not said:
            raise LookupError(f"{key} is not known, and its ARN is made of it (got {said!r})")
        return re.split(r"[/:]", said)[-1] if found["last"] else said

    return _PART.sub(value, template)


def _scoped(action: str, row: DeployActions, arns: Sequence[str], deployed: Deployed) -> Iterator[Need]:
    service, _, name = action.partition(":")
    if service == "ec2":
        yield from _of_ec2(action, row, deployed)
    elif service == "kms" and not name.endswith("Aliases"):
        yield from _of_keys(action, row, arns, deployed)
    elif action.lower() in unscoped_actions() or not arns:
        yield Need(action, "*", _in_region(service, deployed))
    else:
        bounded: tuple[Condition, ...] = (
            (("StringEquals", "iam:PermissionsBoundary", (deployed.boundary,)),) if action in _BOUNDED else ()
        )
        for arn in arns:
            yield Need(action, arn, bounded)


def _in_region(service: str, deployed: Deployed) -> tuple[Condition, ...]:
    return () if service in _GLOBAL else (("StringEquals", "aws:RequestedRegion", (deployed.region,)),)


def _of_ec2(action: str, row: DeployActions, deployed: Deployed) -> Iterator[Need]:
    if action.startswith("ec2:Describe"):
        yield Need(action, "*", _in_region("ec2", deployed))
    elif action in {"ec2:CreateTags", "ec2:DeleteTags"}:
        yield from _tags(action, row, deployed)
    elif action == "ec2:RunInstances":
        template = deployed.arn("ec2", "launch-template/*")
        yield Need(action, template, (deployed.own,))
        for kind in _STARTED:
            of = deployed.arn("ec2", f"{kind}/*") if kind != "image" else _images(deployed)
            yield Need(action, of, (("ArnLike", "ec2:LaunchTemplate", (template,)),))
    else:
        for kind, whose in action_resources()[action].items():
            tags: tuple[Condition, ...] = {"resource": (deployed.own,), "request": (deployed.made,)}.get(
                whose, ()
            )
            yield Need(action, deployed.arn("ec2", f"{kind}/*"), tags)
            if whose == "resource":
                yield from _not_ours_yet(action, kind, row, deployed)


def _images(deployed: Deployed) -> str:
    return f"arn:{deployed.partition}:ec2:{deployed.region}::image/*"


def _not_ours_yet(action: str, kind: str, row: DeployActions, deployed: Deployed) -> Iterator[Need]:
    """Things that AWS made without tags, until they are tagged as the stack's own; and things of the cluster."""
    arn = deployed.arn("ec2", f"{kind}/*")
    if kind in row.claims and action in row.create:
        made = (deployed.made,) if action == "ec2:CreateTags" else ()
        yield Need(action, arn, (("Null", "aws:ResourceTag/stack", ("true",)), *made))
    if kind in row.of_clusters:
        of = ("StringEquals", "aws:ResourceTag/aws:eks:cluster-name", (deployed.cluster,))
        yield Need(action, arn, (of,))


def _tags(action: str, row: DeployActions, deployed: Deployed) -> Iterator[Need]:
    """Tags come with what is made, or on what is ours: nothing of others becomes ours by a tag."""
    making = [one for one in row.create if one in action_resources() or one == "ec2:RunInstances"]
    kinds = {k for one in making for k, whose in action_resources()[one].items() if whose == "request"}
    if "ec2:RunInstances" in making:
        kinds |= {"instance", "network-interface", "volume"}
    for kind in sorted(kinds):
        arn = deployed.arn("ec2", f"{kind}/*")
        yield Need(action, arn, (deployed.own,))
        if action == "ec2:CreateTags":
            creating = sorted(one.removeprefix("ec2:") for one in making if not one.endswith("Tags"))
            yield Need(action, arn, (("StringEquals", "ec2:CreateAction", tuple(creating)),))
    for kind in (*row.claims, *row.of_clusters):
        yield from _not_ours_yet(action, kind, row, deployed)


def _of_keys(action: str, row: DeployActions, arns: Sequence[str], deployed: Deployed) -> Iterator[Need]:
    """Keys have ids of AWS's, so their tags say whose they are; aliases have names."""
    keys = deployed.arn("kms", "key/*")
    if action == "kms:CreateKey":
        yield Need(action, "*", (deployed.made, *_in_region("kms", deployed)))
        return
    if action in _GRANTS:
        yield Need(action, keys, (deployed.own, ("Bool", "kms:GrantIsForAWSResource", ("true",))))
        return
    yield Need(action, keys, (deployed.own,))
    if action == "kms:TagResource" and row.claims:
        # The request that makes a key tags it; no key of anybody's has such a tag yet.
        yield Need(action, keys, (("Null", "aws:ResourceTag/stack", ("true",)), deployed.made))
    if action.endswith("Alias"):
        for arn in arns:
            yield Need(action, arn)


def _roles(resource: Resource, row: DeployActions, deployed: Deployed) -> Iterator[Need]:
    for prop, service in row.passes.items():
        arn = resource.inputs.get(prop)
        if isinstance(arn, str):
            yield Need("iam:PassRole", arn, (("StringEquals", "iam:PassedToService", (service,)),))
        elif arn is not None:
            raise LookupError(f"{prop} is not known, and the role it names has to be passed")
    for service in row.linked:
        yield Need(
            "iam:CreateServiceLinkedRole",
            f"arn:{deployed.partition}:iam::{deployed.account}:role/aws-service-role/{service}/*",
            (("StringEquals", "iam:AWSServiceName", (service,)),),
        )


def _with_attachments(found: set[Need], graph: Graph) -> list[Need]:
    """Policies are attached only if the stack attaches them somewhere: one list for all its roles."""
    rows = deploy_actions()
    attached = {
        arn
        for resource in graph
        if (row := rows.get(resource.type)) is not None and row.attaches
        if isinstance(arn := resource.inputs.get(row.attaches), str)
    }
    only: Condition = ("ArnEquals", "iam:PolicyARN", tuple(sorted(attached)))
    return sorted(
        Need(n.action, n.resource, (*n.conditions, only)) if n.action == "iam:AttachRolePolicy" else n
        for n in found
    )
