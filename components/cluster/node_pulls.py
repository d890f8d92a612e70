"""What a node needs to pull through a cache: the right to have a repository made that nobody asked for before."""

from __future__ import annotations

from typing import Final

import pulumi
import pulumi_aws as aws

from components.foundation.base import PlatformComponent
from components.foundation.iam_document import Statement, document
from components.foundation.registry import Registry

IMPORT: Final = ("ecr:BatchImportUpstreamImage", "ecr:CreateRepository")
"""Amazon ECR user guide, "IAM permissions required to sync an upstream registry", read 2026-11-29. What a repository is
then called and how it is kept, its cache's template says."""


def import_statement(registry: Registry) -> Statement:
    """Filling the cache, below its prefix and nowhere else."""
    return Statement(sid="ImportUpstreamImages", actions=IMPORT, resources=[registry.repositories])


def node_pulls(
    owner: PlatformComponent, name: str, role: aws.iam.Role, registry: Registry
) -> list[pulumi.Resource]:
    """Lets nodes pull from a registry of ECR what was never pulled from it; reading is AWS's managed policy's."""
    if not registry.repositories:
        return []
    policy = document(import_statement(registry))
    return [aws.iam.RolePolicy(f"{name}-pulls", role=role.name, policy=policy, opts=owner.child_opts())]
