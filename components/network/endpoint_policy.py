"""What may pass an endpoint: the platform's identities, on resources of the platform's own, and nothing else.

The shape is AWS's data perimeter (aws-samples/data-perimeter-policy-examples, vpc_endpoint_policies, read 2026-11-28):
an endpoint's policy grants nothing, it is the most that passes. Without one, whoever runs code in a pod can send what
it read to a bucket of their own account, with credentials they brought along.
"""

from typing import Annotated, Final

from pydantic import Field

from components.foundation.base import Settings
from components.foundation.iam_document import Conditions, Statement, document
from components.foundation.names import Names
from components.foundation.registry import UPSTREAM, Registry
from facts.aws_owned_buckets import owned_buckets
from facts.strict import AccountId

WITHOUT_POLICY: Final = frozenset({"eks-auth"})
"""Services whose endpoints get none: eks-auth answers the node's agent for this cluster's pods, and holds no data."""
_IMAGES: Final = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
_CEILING: Final = "an endpoint's policy grants nothing; each role's own policy scopes the resource"


class PerimeterSettings(Settings):
    """``network.perimeter``: whose identities and resources count as the platform's own."""

    organization_id: Annotated[str, Field(pattern=r"^o-[a-z0-9]{10,32}$")] | None = None
    """The organisation in AWS Organizations. None: the platform's account alone."""
    accounts: list[AccountId] = Field(default_factory=list)
    """Accounts outside it whose resources the platform uses, such as a shared image registry."""


def endpoint_document(
    names: Names, service: str, perimeter: PerimeterSettings, registry: Registry = UPSTREAM
) -> str | None:
    """The policy of one service's endpoint; None for a service that takes none."""
    if service in WITHOUT_POLICY:
        return None
    return document(
        _statement("OwnIdentitiesOwnResources", _actions(service), _own(names, perimeter)),
        *_foreign_resources(names, service, perimeter),
        *_service_specific(names, service, perimeter, registry),
    )


def _actions(service: str) -> str:
    """All actions behind an endpoint; one service has another name there."""
    return f"{service.partition('.')[0].removesuffix('-workspaces')}:*"


def _statement(sid: str, action: str | tuple[str, ...], conditions: Conditions) -> Statement:
    return Statement(
        sid=sid,
        actions=[action] if isinstance(action, str) else action,
        resources=["*"],
        principals={"AWS": ["*"]},
        conditions=conditions,
        is_ceiling=True,
        unscoped_because=_CEILING,
    )


def _identities(names: Names, perimeter: PerimeterSettings) -> dict[str, str]:
    if perimeter.organization_id is not None:
        return {"aws:PrincipalOrgID": perimeter.organization_id}
    return {"aws:PrincipalAccount": names.account}


def _resources(names: Names, perimeter: PerimeterSettings) -> dict[str, str]:
    if perimeter.organization_id is not None:
        return {"aws:ResourceOrgID": perimeter.organization_id}
    return {"aws:ResourceAccount": names.account}


def _own(names: Names, perimeter: PerimeterSettings) -> Conditions:
    return {"StringEquals": {**_identities(names, perimeter), **_resources(names, perimeter)}}


def _foreign_resources(names: Names, service: str, perimeter: PerimeterSettings) -> list[Statement]:
    if not perimeter.accounts:
        return []
    conditions = {
        "StringEquals": {**_identities(names, perimeter), "aws:ResourceAccount": perimeter.accounts}
    }
    return [_statement("OwnIdentitiesNamedAccounts", _actions(service), conditions)]


def _service_specific(
    names: Names, service: str, perimeter: PerimeterSettings, registry: Registry
) -> list[Statement]:
    """What a service needs of resources that are AWS's own."""
    mine = {"StringEquals": _identities(names, perimeter)}
    if service == "s3":
        # Layers come by links that ECR or a registry signed: the caller has no account of ours.
        # With a registry of the organisation's own, nothing comes from the buckets of public ones.
        owned = owned_buckets(names.region, public=not registry.host)
        buckets = [f"arn:{names.partition}:s3:::{bucket}/*" for bucket in owned]
        return [
            Statement(
                sid="ReadImageLayers",
                actions=["s3:GetObject"],
                resources=buckets,
                principals={"AWS": ["*"]},
            )
        ]
    if service.startswith("ecr."):
        # EKS's add-ons lie in registries of AWS, in other accounts a region.
        return [_statement("PullFromAnyRegistry", _IMAGES, mine)]
    if service == "ec2":
        # Machines start from images of Amazon.
        owner = {"StringEquals": {**mine["StringEquals"], "ec2:Owner": "amazon"}}
        return [_statement("ImagesOfAmazon", ("ec2:CreateFleet", "ec2:RunInstances"), owner)]
    if service == "sts":
        # A runner inside the VPC comes with a token of its platform, and has no account yet.
        assume = {"StringEquals": _resources(names, perimeter)}
        return [_statement("TokensForOwnRoles", ("sts:AssumeRoleWithWebIdentity",), assume)]
    return []
