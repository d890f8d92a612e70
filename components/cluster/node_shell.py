"""A shell on a node in an incident: what the node's agent of AWS Systems Manager needs, and nothing else of it."""

from __future__ import annotations

from typing import Final, Literal

import pulumi
import pulumi_aws as aws

from components.foundation.base import PlatformComponent
from components.foundation.iam_document import Statement, document
from components.foundation.names import Names

Debug = Literal["ssm"]
"""How a person may reach a node. Without it nobody does."""
_CHANNELS: Final = (
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)


def shell_document(names: Names) -> str:
    """The permissions of Session Manager alone; AmazonSSMManagedInstanceCore would add every parameter of the account.

    The actions: "Add Session Manager permissions to an existing IAM role", Systems Manager user guide; written down
    from memory, not read again.
    """
    return document(
        Statement(
            sid="RegisterWithSystemsManager",
            actions=["ssm:UpdateInstanceInformation"],
            resources=[names.arn("ec2", "instance/*")],
        ),
        Statement(
            sid="OpenSessionChannels",
            actions=_CHANNELS,
            resources=["*"],
            conditions={"StringEquals": {"aws:RequestedRegion": names.region}},
            unscoped_because="Session Manager's channels have no resource level; narrowed to one region",
        ),
    )


def node_shell(
    owner: PlatformComponent, name: str, names: Names, role: aws.iam.Role, debug: Debug | None
) -> list[pulumi.Resource]:
    """Lets the agent in Bottlerocket's control container speak to Session Manager, if ``debug`` asks for it."""
    if debug is None:
        return []
    return [
        aws.iam.RolePolicy(
            f"{name}-shell", role=role.name, policy=shell_document(names), opts=owner.child_opts()
        )
    ]
