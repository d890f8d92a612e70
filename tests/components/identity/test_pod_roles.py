"""Roles of one service account, under the names that their components had before the parts were one function."""

import json
from typing import ClassVar

import pulumi_aws as aws
import pytest

from components.foundation.base import PlatformComponent
from components.foundation.iam_document import Statement
from components.identity.pod_roles import (
    ControllerParts,
    PodRoleArgs,
    account_role,
    add_on_role,
    controller_role,
)

_ROLE, _POLICY = "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"
_ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
_READ = Statement(sid="Read", actions=["s3:GetObject"], resources=["arn:aws:s3:::kept/one"])


class _Store(PlatformComponent):
    TYPE: ClassVar[str] = "slipway:test:Store"


def _args(names, after=()):
    return PodRoleArgs(
        names=names,
        role="store",
        namespace="stores",
        service_account="keeper",
        statements=[_READ],
        after=after,
    )


def _made(deploy, build):
    """The recorded resources of a component that ``build`` fills, and what ``build`` returned."""
    returned = []
    recorded = deploy(lambda: returned.append(build(_Store("store"))))
    return recorded, returned[0]


def test_an_account_has_a_role_and_an_identity_below_its_component(deploy, names):
    made, ready = _made(deploy, lambda store: account_role(store, "store", _args(names)))

    assert [made.only(kind).urn.split("::", 2)[2] for kind in (_ROLE, _POLICY, _ASSOCIATION)] == [
        "slipway:identity:CapabilityRole$aws:iam/role:Role::store-role-role",
        "slipway:identity:CapabilityRole$aws:iam/rolePolicy:RolePolicy::store-role-policy",
        f"slipway:identity:WorkloadIdentity${_ASSOCIATION}::store-identity-association",
    ]
    assert [type(one) for one in ready] == [
        aws.iam.Role,
        aws.iam.RolePolicy,
        aws.eks.PodIdentityAssociation,
    ]


def test_a_controller_s_parts_are_its_component_s_own_children(deploy, names):
    made, ready = _made(
        deploy,
        lambda store: controller_role(store, ControllerParts.of("store"), _args(names), "example-test"),
    )

    assert [made.only(kind).urn.split("::", 2)[2] for kind in (_ROLE, _POLICY, _ASSOCIATION)] == [
        "slipway:test:Store$aws:iam/role:Role::store-role",
        "slipway:test:Store$aws:iam/rolePolicy:RolePolicy::store-permissions",
        f"slipway:test:Store${_ASSOCIATION}::store-identity",
    ]
    assert [type(one) for one in ready] == [aws.eks.PodIdentityAssociation, aws.iam.RolePolicy]
    # Without it a controller's first calls would be refused.
    assert made.only(_POLICY).urn in made.only(_ASSOCIATION).dependencies


@pytest.mark.parametrize(
    "build",
    [
        lambda store, args: account_role(store, "store", args),
        lambda store, args: controller_role(store, ControllerParts.of("store"), args, "example-test"),
    ],
)
def test_only_the_named_account_may_take_the_role_on(deploy, names, build):
    made, _ = _made(deploy, lambda store: build(store, _args(names)))

    [statement] = json.loads(made.only(_ROLE).inputs["assumeRolePolicy"])["Statement"]
    assert statement["Condition"]["StringEquals"]["aws:RequestTag/kubernetes-namespace"] == ["stores"]
    assert statement["Condition"]["StringEquals"]["aws:RequestTag/kubernetes-service-account"] == ["keeper"]
    assert made.only(_ROLE).inputs["permissionsBoundary"] == names.boundary_arn
    association = made.only(_ASSOCIATION).inputs
    assert (association["namespace"], association["serviceAccount"]) == ("stores", "keeper")


@pytest.mark.parametrize(
    "build",
    [
        lambda store, args: account_role(store, "store", args),
        lambda store, args: controller_role(store, ControllerParts.of("store"), args, "example-test"),
    ],
)
def test_the_association_waits_for_what_its_caller_names(deploy, names, build):
    def filled(store):
        agent = aws.iam.Role("agent", assume_role_policy="{}")
        return build(store, _args(names, after=[agent]))

    made, _ = _made(deploy, filled)

    assert made.named("agent").urn in made.only(_ASSOCIATION).dependencies


def test_an_add_on_s_role_has_one_policy_that_aws_keeps(deploy, names):
    made, _ = _made(
        deploy,
        lambda store: add_on_role(
            store, "store-disks", names, role="ebs-csi", account="disks", policy="AmazonEBSCSIDriverPolicyV2"
        ),
    )

    attachment = made.only("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    assert attachment.urn.endswith("::store-disks-policy")
    assert attachment.inputs["policyArn"] == "arn:aws:iam::aws:policy/AmazonEBSCSIDriverPolicyV2"
    [statement] = json.loads(made.only(_ROLE).inputs["assumeRolePolicy"])["Statement"]
    assert statement["Condition"]["StringEquals"]["aws:RequestTag/kubernetes-namespace"] == ["kube-system"]
