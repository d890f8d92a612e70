"""A KMS key with its alias, as every component that keeps something has one."""

import pulumi
import pulumi_aws as aws

from components.foundation.base import PlatformComponent
from components.foundation.lifecycle import Lifecycle


def encryption_key(
    component: PlatformComponent,
    name: str,
    *,
    description: str,
    policy: pulumi.Input[str],
    alias: str,
    lifecycle: Lifecycle,
    alias_name: str | None = None,
) -> "tuple[aws.kms.Key, aws.kms.Alias]":
    """A key that AWS replaces every year, and the name that policies know it by; both are children of ``component``.

    Policies name the alias, since a key's ARN is unknown at the first preview. The alias is called
    ``<name>-alias`` in Pulumi unless ``alias_name`` says otherwise; another name would make it anew.
    """
    key = aws.kms.Key(
        name,
        description=description,
        enable_key_rotation=True,
        deletion_window_in_days=lifecycle.key_deletion_days,
        policy=policy,
        tags=component.tags(name),
        opts=component.child_opts(protect=lifecycle.protects),
    )
    alias_of_key = aws.kms.Alias(
        alias_name or f"{name}-alias", name=alias, target_key_id=key.id, opts=component.child_opts()
    )
    return key, alias_of_key
