"""Where models, payloads and logs are kept: three buckets with three kinds of protection, and the image registry."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Self

import pulumi
import pulumi_aws as aws
from pydantic import Field, model_validator

from components.foundation.base import Handle, PlatformComponent, Settings
from components.foundation.encryption_key import encryption_key
from components.foundation.iam_document import Statement, document
from components.foundation.lifecycle import DURABLE, Lifecycle
from components.foundation.names import MODEL_READER, PAYLOAD_WRITER, PUBLISHER, RUNTIME, Names
from components.foundation.role_arn import RoleArn
from components.identity.cluster_key import account_may_manage, principal_may_use, role_may_use
from components.storage.bucket import Bucket, BucketArgs
from components.storage.bucket_policy import LOG_PREFIXES, log_delivery_statements
from facts.strict import Slug

Days = Annotated[int, Field(ge=1, le=3650)]
PayloadDays = Annotated[int, Field(ge=1, le=365)]
PAYLOADS_NONCURRENT_DAYS = 1
"""An expired payload is an old version first, and that is gone after so many days."""
_UNLOCKED_NONCURRENT_DAYS = 1


class Retention(Settings):
    """How long payloads live, by the data class of the model that produced them."""

    public: PayloadDays = 90
    internal: PayloadDays = 30
    confidential: PayloadDays = 14
    restricted: PayloadDays = 3

    @model_validator(mode="after")
    def _stricter_is_shorter(self) -> Self:
        days = list(self.model_dump().items())
        for (open_class, longer), (closed_class, shorter) in pairwise(days):
            if shorter > longer:
                raise ValueError(f"{closed_class} ({shorter}) is kept longer than {open_class} ({longer})")
        return self


class RepositorySettings(Settings):
    """One image repository; its tags never move."""

    keep_untagged_days: Days = 14


class ModelStoreSettings(Settings):
    """``model_store:`` in a stack file."""

    lock_days: Days = 365
    publisher_role_arn: RoleArn | None = None
    """The role that uploads models, made elsewhere; None: the platform's name with ``-publisher``."""
    log_retention_days: Annotated[int, Field(ge=90, le=3650)] = 400
    payload_retention: Retention = Field(default_factory=Retention)
    repositories: dict[Slug, RepositorySettings] = Field(
        default={"models": RepositorySettings(), RUNTIME: RepositorySettings()}
    )

    @model_validator(mode="after")
    def _programs_have_a_place(self) -> Self:
        if RUNTIME not in self.repositories:
            raise ValueError(
                f"repositories.{RUNTIME} is missing: the program that fetches models is pulled from it"
            )
        return self


@dataclass(frozen=True, kw_only=True)
class ModelStoreArgs:
    """What :class:`ModelStore` needs."""

    settings: ModelStoreSettings
    names: Names
    lifecycle: Lifecycle = DURABLE


@dataclass(frozen=True, kw_only=True)
class ModelStoreHandle(Handle):
    """What others may use of :class:`ModelStore`."""

    model_bucket: pulumi.Input[str]
    payload_bucket: pulumi.Input[str]
    log_bucket: pulumi.Input[str]
    model_key_arn: pulumi.Input[str]
    payload_key_arn: pulumi.Input[str]


def payload_expiry(retention: Retention) -> dict[str, int]:
    """Lifecycle prefixes of the payload bucket: one a data class."""
    return {f"{data_class}/": days for data_class, days in retention.model_dump().items()}


def payload_lives(retention: Retention) -> dict[str, int]:
    """How many days a payload exists, by data class: until it expires, and then as an old version."""
    return {
        data_class: days + PAYLOADS_NONCURRENT_DAYS for data_class, days in retention.model_dump().items()
    }


def untagged_expiry(days: int) -> str:
    """ECR's lifecycle document: images no tag names go after ``days``; tagged ones stay."""
    rule = {
        "rulePriority": 1,
        "selection": {
            "tagStatus": "untagged",
            "countType": "sinceImagePushed",
            "countUnit": "days",
            "countNumber": days,
        },
        "action": {"type": "expire"},
    }
    return json.dumps({"rules": [rule]})


def model_key_statements(names: Names, publisher_role_arn: str) -> list[Statement]:
    """Who may use the key of models: the models' own role to read, the publisher to write (in parts, too)."""
    return [
        role_may_use(names, "ReadersDecrypt", MODEL_READER, ("kms:Decrypt",)),
        # A model whose payloads are kept has this role instead, and reads its files like the others.
        role_may_use(names, "WritersDecrypt", PAYLOAD_WRITER, ("kms:Decrypt",)),
        principal_may_use(
            names, "PublisherEncrypts", publisher_role_arn, ("kms:Decrypt", "kms:GenerateDataKey")
        ),
    ]


class ModelStore(PlatformComponent):
    """The model bucket keeps every version, locked; the payload bucket can be erased; the log bucket takes logs.

    They are apart because their protection contradicts: a locked bucket cannot erase a person's data, and
    logs cannot be delivered to a bucket with a lock or a KMS default key.
    """

    TYPE = "slipway:storage:ModelStore"

    def __init__(self, name: str, args: ModelStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._lifecycle = args.lifecycle
        settings, names = args.settings, args.names
        publisher = settings.publisher_role_arn or names.role_arn(PUBLISHER)
        model_key = self._key(
            f"{name}-model-key", "models", "Model weights", names, model_key_statements(names, publisher)
        )
        payload_key = self._key(
            f"{name}-payload-key",
            "payloads",
            "Logged requests and responses",
            names,
            # Nobody decrypts yet: whoever brings a reader names it here.
            [role_may_use(names, "WritersEncrypt", PAYLOAD_WRITER, ("kms:GenerateDataKey",))],
        )
        logs = Bucket(
            f"{name}-logs",
            BucketArgs(
                names=names,
                role="logs",
                expire_prefix_after_days=dict.fromkeys(LOG_PREFIXES, settings.log_retention_days),
                statements=log_delivery_statements(names),
                lifecycle=args.lifecycle,
            ),
            self.child_opts(),
        )
        models = Bucket(
            f"{name}-models",
            BucketArgs(
                names=names,
                role="models",
                key_arn=model_key.arn,
                lock_days=args.lifecycle.lock_days(settings.lock_days),
                noncurrent_days=args.lifecycle.lock_days(settings.lock_days) or _UNLOCKED_NONCURRENT_DAYS,
                access_log_to=logs.handle,
                lifecycle=args.lifecycle,
            ),
            self.child_opts(),
        )
        payloads = Bucket(
            f"{name}-payloads",
            BucketArgs(
                names=names,
                role="payloads",
                key_arn=payload_key.arn,
                noncurrent_days=PAYLOADS_NONCURRENT_DAYS,
                # What lands outside the classes' prefixes is forgotten too.
                expire_after_days=settings.payload_retention.public,
                expire_prefix_after_days=payload_expiry(settings.payload_retention),
                access_log_to=logs.handle,
                lifecycle=args.lifecycle,
            ),
            self.child_opts(),
        )
        for role, repository in settings.repositories.items():
            self._repository(f"{name}-repository-{role}", names.repository(role), repository, model_key.arn)
        self.handle = ModelStoreHandle(
            model_bucket=models.handle.name,
            payload_bucket=payloads.handle.name,
            log_bucket=logs.handle.name,
            model_key_arn=model_key.arn,
            payload_key_arn=payload_key.arn,
            ready=(*models.handle.ready, *payloads.handle.ready, *logs.handle.ready),
        )
        self.register_outputs({})

    def _key(
        self, name: str, role: str, description: str, names: Names, users: list[Statement]
    ) -> aws.kms.Key:
        key, _ = encryption_key(
            self,
            name,
            description=description,
            policy=document(*account_may_manage(names), *users),
            alias=names.key_alias(role),
            lifecycle=self._lifecycle,
        )
        return key

    def _repository(
        self, name: str, physical: str, settings: RepositorySettings, key_arn: pulumi.Input[str]
    ) -> None:
        repository = aws.ecr.Repository(
            name,
            name=physical,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "KMS", "kms_key": key_arn}],
            force_delete=self._lifecycle.disposable,
            tags=self.tags(name),
            opts=self.child_opts(protect=self._lifecycle.protects),
        )
        aws.ecr.LifecyclePolicy(
            f"{name}-lifecycle",
            repository=repository.name,
            policy=untagged_expiry(settings.keep_untagged_days),
            opts=self.child_opts(),
        )
