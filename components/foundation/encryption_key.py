"""KMS keys with their aliases: of every component that keeps something, and of whoever signs."""

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
    return key, _alias(component, alias_name or f"{name}-alias", alias, key)


def signing_key(
    component: PlatformComponent,
    name: str,
    *,
    description: str,
    policy: pulumi.Input[str],
    alias: str,
    lifecycle: Lifecycle,
) -> "tuple[aws.kms.Key, aws.kms.Alias]":
    """A pair on P-256 whose private half never leaves KMS, and its name.

    AWS replaces no such key by itself: another one has another public half, which somebody has to commit.
    """
    key = aws.kms.Key(
        name,
        description=description,
        key_usage="SIGN_VERIFY",
        customer_master_key_spec="ECC_NIST_P256",
        deletion_window_in_days=lifecycle.key_deletion_days,
        policy=policy,
        tags=component.tags(name),
        opts=component.child_opts(protect=lifecycle.protects),
    )
    return key, _alias(component, f"{name}-alias", alias, key)


def _alias(component: PlatformComponent, name: str, alias: str, key: "aws.kms.Key") -> "aws.kms.Alias":
    return aws.kms.Alias(name, name=alias, target_key_id=key.id, opts=component.child_opts())
