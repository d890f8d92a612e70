"""The registry that everything is pulled from: in the account's own ECR, a cache of the public ones."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from components.foundation.base import Handle, PlatformComponent
from components.foundation.encryption_key import encryption_key
from components.foundation.iam_document import Statement, document, service_trust
from components.foundation.lifecycle import DURABLE, Lifecycle
from components.foundation.names import Names
from components.foundation.registry import Registry
from components.identity.cluster_key import account_may_manage
from components.storage.registry_contents import copied
from components.storage.registry_settings import RegistrySettings
from facts.pins import PublicRegistry, public_registries

_UNTAGGED_DAYS: Final = 14
_CREATOR: Final = "registry-creator"


@dataclass(frozen=True, kw_only=True)
class ImageRegistryArgs:
    """What :class:`ImageRegistry` needs; ``registry`` is what ``settings`` say, as every component pulls from it."""

    settings: RegistrySettings
    names: Names
    registry: Registry
    lifecycle: Lifecycle = DURABLE


@dataclass(frozen=True, kw_only=True)
class ImageRegistryHandle(Handle):
    """What others may use of :class:`ImageRegistry`: that there is something to pull from."""


def kept_images(count: int) -> str:
    """ECR's lifecycle document of a cached repository: no layer without a tag for long, and no more than ``count``."""
    return json.dumps({
        "rules": [
            _expiry(1, "untagged", "sinceImagePushed", _UNTAGGED_DAYS, {"countUnit": "days"}),
            _expiry(2, "any", "imageCountMoreThan", count, {}),
        ]
    })  # fmt: skip


def _expiry(priority: int, tags: str, kind: str, number: int, unit: dict[str, str]) -> dict[str, Any]:
    selection = {"tagStatus": tags, "countType": kind, **unit, "countNumber": number}
    return {"rulePriority": priority, "selection": selection, "action": {"type": "expire"}}


def creator_statements(names: Names, prefix: str, key_arn: str) -> list[Statement]:
    """What ECR does by itself when a node asks for an image that nobody asked for before.

    "Create a custom policy for repository creation templates", Amazon ECR user guide, read 2026-11-29; without
    replication, and on this cache and this key alone.
    """
    return [
        Statement(
            sid="CreateCachedRepositories",
            actions=["ecr:CreateRepository", "ecr:TagResource"],
            resources=[names.arn("ecr", f"repository/{prefix}/*")],
        ),
        Statement(sid="DescribeKey", actions=["kms:DescribeKey"], resources=[key_arn]),
        Statement(
            sid="CreateGrantForRepositories",
            actions=["kms:CreateGrant", "kms:RetireGrant"],
            resources=[key_arn],
            conditions={"StringEquals": {"kms:ViaService": f"ecr.{names.region}.amazonaws.com"}},
        ),
    ]


class ImageRegistry(PlatformComponent):
    """A pull-through cache for each public registry, and repositories for what lies nowhere that ECR caches.

    A tag that was pulled once never moves: upstream's later push under it is not taken. Where another registry is
    named, nothing is made here, and whoever fills it keeps to the layout of ``docs/components/image_registry.md``.
    """

    TYPE = "slipway:storage:ImageRegistry"

    def __init__(
        self, name: str, args: ImageRegistryArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        registry = args.registry
        super().__init__(
            name, opts, {"host": registry.host, "prefix": registry.prefix, "own": args.names.registry}
        )
        self._args = args
        ready: tuple[pulumi.Resource, ...] = ()
        if args.settings.is_cached:
            key = self._key(f"{name}-key")
            template = self._template(f"{name}-template", key)
            rules = [
                self._rule(f"{name}-{host}", host, upstream, template)
                for host, upstream in public_registries().items()
            ]
            copies = [self._copied(f"{name}-copied-{path.replace('/', '-')}", path, key) for path in copied()]
            ready = (template, *rules, *copies)
            if args.settings.scanning != "elsewhere":
                ready = (*ready, self._scanning(f"{name}-scanning", args.settings.scanning))
        self.handle = ImageRegistryHandle(ready=ready)
        self.register_outputs({})

    def _key(self, name: str) -> aws.kms.Key:
        names, lifecycle = self._args.names, self._args.lifecycle
        key, _ = encryption_key(
            self,
            name,
            description="Images of the platform's registry",
            policy=document(*account_may_manage(names)),
            alias=names.key_alias("registry"),
            lifecycle=lifecycle,
        )
        return key

    def _template(self, name: str, key: aws.kms.Key) -> aws.ecr.RepositoryCreationTemplate:
        names, prefix = self._args.names, self._args.registry.prefix
        role = aws.iam.Role(
            f"{name}-role",
            name=names.role(_CREATOR),
            assume_role_policy=service_trust("ecr.amazonaws.com"),
            permissions_boundary=names.boundary_arn,
            tags=self.tags(f"{name}-role"),
            opts=self.child_opts(),
        )
        policy = aws.iam.RolePolicy(
            f"{name}-permissions",
            role=role.name,
            policy=key.arn.apply(lambda arn: document(*creator_statements(names, prefix, arn))),
            opts=self.child_opts(),
        )
        return aws.ecr.RepositoryCreationTemplate(
            name,
            prefix=prefix,
            description="Repositories of the pull-through cache",
            applied_fors=["PULL_THROUGH_CACHE"],
            custom_role_arn=role.arn,
            encryption_configurations=[{"encryption_type": "KMS", "kms_key": key.arn}],
            image_tag_mutability="IMMUTABLE",
            lifecycle_policy=kept_images(self._args.settings.keep_images),
            resource_tags=self.tags(name),
            # A role without its policy makes no repository.
            opts=self.child_opts(depends_on=[policy]),
        )

    def _rule(
        self, name: str, host: str, upstream: PublicRegistry, template: pulumi.Resource
    ) -> aws.ecr.PullThroughCacheRule:
        names, secret = self._args.names, self._args.settings.credentials.get(host)
        return aws.ecr.PullThroughCacheRule(
            name,
            ecr_repository_prefix=f"{self._args.registry.prefix}/{host}",
            upstream_registry_url=upstream.upstream,
            credential_arn=names.arn("secretsmanager", f"secret:{secret}") if secret else None,
            # A repository that is made before the template is there is made without it, for good.
            opts=self.child_opts(depends_on=[template]),
        )

    def _copied(self, name: str, path: str, key: aws.kms.Key) -> aws.ecr.Repository:
        repository = aws.ecr.Repository(
            name,
            name=f"{self._args.registry.prefix}/{path}",
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "KMS", "kms_key": key.arn}],
            force_delete=self._args.lifecycle.disposable,
            tags=self.tags(name),
            opts=self.child_opts(protect=self._args.lifecycle.protects),
        )
        aws.ecr.LifecyclePolicy(
            f"{name}-lifecycle",
            repository=repository.name,
            policy=kept_images(self._args.settings.keep_images),
            opts=self.child_opts(),
        )
        return repository

    def _scanning(self, name: str, kind: str) -> aws.ecr.RegistryScanningConfiguration:
        """Of every repository of the account, cached ones too, which have no scanning of their own to set."""
        frequency = "CONTINUOUS_SCAN" if kind == "enhanced" else "SCAN_ON_PUSH"
        return aws.ecr.RegistryScanningConfiguration(
            name,
            scan_type=kind.upper(),
            rules=[
                {
                    "scan_frequency": frequency,
                    "repository_filters": [{"filter": "*", "filter_type": "WILDCARD"}],
                }
            ],
            opts=self.child_opts(),
        )
