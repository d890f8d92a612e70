"""A bucket nobody outside can read, with everything that S3 keeps apart from the bucket itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.foundation.base import Handle, PlatformComponent
from components.foundation.iam_document import Statement, document
from components.foundation.lifecycle import DURABLE, Lifecycle
from components.foundation.names import BucketRole, Names
from components.storage.bucket_policy import (
    default_key_statements,
    own_account_statement,
    transport_statements,
)


@dataclass(frozen=True, kw_only=True)
class BucketHandle(Handle):
    """What others may use of :class:`Bucket`."""

    name: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class BucketArgs:
    """What :class:`Bucket` needs. Without a key objects are encrypted with keys of S3.

    ``expire_after_days`` is for every object, ``expire_prefix_after_days`` for some: the shorter one counts.
    ``access_log_to`` is None for the bucket that takes the logs.
    """

    names: Names
    role: BucketRole
    key_arn: pulumi.Input[str] | None = None
    lock_days: int | None = None
    expire_after_days: int | None = None
    expire_prefix_after_days: Mapping[str, int] = field(default_factory=dict)
    noncurrent_days: int = 30
    statements: Sequence[Statement] = ()
    access_log_to: BucketHandle | None = None
    lifecycle: Lifecycle = DURABLE


def bucket_document(args: BucketArgs) -> str:
    """The bucket's policy: what it refuses whoever asks, then what it was told to allow."""
    return document(
        *transport_statements(args.names, args.role),
        own_account_statement(args.names, args.role),
        *(default_key_statements(args.names, args.role) if args.key_arn is not None else ()),
        *args.statements,
    )


def lifecycle_rules(args: BucketArgs) -> list[aws.s3.BucketLifecycleConfigurationRuleArgsDict]:
    """What S3 deletes by itself: half-finished uploads, old versions, and objects by age.

    An expired object becomes an old version first, so it is gone ``noncurrent_days`` after its expiry.
    """
    tidy: aws.s3.BucketLifecycleConfigurationRuleArgsDict = {
        "id": "tidy",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
        "noncurrent_version_expiration": {"noncurrent_days": args.noncurrent_days},
    }
    if args.expire_after_days is not None:
        tidy["expiration"] = {"days": args.expire_after_days}
    by_prefix: list[aws.s3.BucketLifecycleConfigurationRuleArgsDict] = [
        {
            "id": f"expire-{prefix.strip('/')}",
            "status": "Enabled",
            "filter": {"prefix": prefix},
            "expiration": {"days": days},
        }
        for prefix, days in sorted(args.expire_prefix_after_days.items())
    ]
    return [tidy, *by_prefix]


class Bucket(PlatformComponent):
    """A private, versioned, encrypted, logged bucket that Pulumi refuses to delete, unless the platform is disposable.

    With ``lock_days`` every object version is kept at least that long (Object Lock in governance mode).
    """

    TYPE = "slipway:storage:Bucket"

    def __init__(self, name: str, args: BucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        names = args.names
        bucket = aws.s3.Bucket(
            f"{name}-bucket",
            bucket=names.bucket(args.role),
            object_lock_enabled=args.lock_days is not None,
            force_destroy=args.lifecycle.disposable,
            tags=self.tags(f"{name}-bucket"),
            opts=self.child_opts(protect=args.lifecycle.protects),
        )
        private = aws.s3.BucketPublicAccessBlock(
            f"{name}-private",
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self.child_opts(),
        )
        aws.s3.BucketOwnershipControls(
            f"{name}-ownership",
            bucket=bucket.id,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=self.child_opts(),
        )
        versioning = aws.s3.BucketVersioning(
            f"{name}-versions",
            bucket=bucket.id,
            versioning_configuration={"status": "Enabled"},
            opts=self.child_opts(),
        )
        encryption = self._encrypt(name, bucket, args)
        policy = aws.s3.BucketPolicy(
            f"{name}-policy",
            bucket=bucket.id,
            policy=bucket_document(args),
            # S3 answers "conflicting conditional operation" where both are written at once.
            opts=self.child_opts(depends_on=[private]),
        )
        aws.s3.BucketLifecycleConfiguration(
            f"{name}-lifecycle",
            bucket=bucket.id,
            rules=lifecycle_rules(args),
            # Noncurrent versions only exist where versions do.
            opts=self.child_opts(depends_on=[versioning]),
        )
        if args.lock_days is not None:
            aws.s3.BucketObjectLockConfiguration(
                f"{name}-lock",
                bucket=bucket.id,
                rule={"default_retention": {"mode": "GOVERNANCE", "days": args.lock_days}},
                # S3 refuses a lock on a bucket without versions.
                opts=self.child_opts(depends_on=[versioning]),
            )
        if args.access_log_to is not None:
            aws.s3.BucketLogging(
                f"{name}-access-log",
                bucket=bucket.id,
                target_bucket=args.access_log_to.name,
                target_prefix=f"access/{args.role}/",
                # The log bucket is named by a complete string; without its policy the delivery is refused.
                opts=self.child_opts(depends_on=list(args.access_log_to.ready)),
            )
        # What is written before the default key stands would be under a key of S3.
        self.handle = BucketHandle(name=names.bucket(args.role), ready=(policy, encryption, versioning))
        self.register_outputs({})

    def _encrypt(
        self, name: str, bucket: aws.s3.Bucket, args: BucketArgs
    ) -> aws.s3.BucketServerSideEncryptionConfiguration:
        by_default: aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgsDict = (
            {"sse_algorithm": "AES256"}
            if args.key_arn is None
            else {"sse_algorithm": "aws:kms", "kms_master_key_id": args.key_arn}
        )
        return aws.s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption",
            bucket=bucket.id,
            rules=[
                {
                    "apply_server_side_encryption_by_default": by_default,
                    "bucket_key_enabled": args.key_arn is not None,
                }
            ],
            opts=self.child_opts(),
        )
