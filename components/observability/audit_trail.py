"""Who touched which model or payload, and who changed the account: a trail that cannot be edited unnoticed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import pulumi
import pulumi_aws as aws

from components.foundation.base import PlatformComponent, Settings
from components.foundation.encryption_key import encryption_key
from components.foundation.iam_document import Statement, document
from components.foundation.lifecycle import DURABLE, Lifecycle
from components.foundation.names import Names
from components.identity.cluster_key import account_may_manage
from components.storage.model_store import ModelStoreHandle

_CONTEXT: Final = "kms:EncryptionContext:aws:cloudtrail:arn"
_MANAGEMENT: Final[aws.cloudtrail.TrailAdvancedEventSelectorArgsDict] = {
    "name": "management",
    "field_selectors": [{"field": "eventCategory", "equals": ["Management"]}],
}
_THIS_KEY: Final = "in a key policy the resource is always this key"


class AuditTrailSettings(Settings):
    """``audit_trail:`` in a stack file."""

    data_events: Literal["all", "writes"] = "all"
    """``writes`` leaves out reads of models and payloads, which are most of the cost."""
    management_events: bool = True
    """False where the organisation's own trail records them: a second copy in an account is billed by event."""


@dataclass(frozen=True, kw_only=True)
class AuditTrailArgs:
    """What :class:`AuditTrail` needs."""

    settings: AuditTrailSettings
    names: Names
    model_store: ModelStoreHandle
    lifecycle: Lifecycle = DURABLE


def trail_key_policy(names: Names) -> str:
    """CloudTrail encrypts for this one trail; the account manages, and its auditors read through S3."""
    trail = names.arn("cloudtrail", f"trail/{names.platform}")
    return document(
        *account_may_manage(names),
        Statement(
            sid="CloudTrailEncrypts",
            actions=["kms:GenerateDataKey*"],
            resources=["*"],
            principals={"Service": ["cloudtrail.amazonaws.com"]},
            conditions={"StringEquals": {"aws:SourceArn": trail, _CONTEXT: trail}},
            unscoped_because=_THIS_KEY,
        ),
        Statement(
            sid="CloudTrailDescribesKey",
            actions=["kms:DescribeKey"],
            resources=["*"],
            principals={"Service": ["cloudtrail.amazonaws.com"]},
            conditions={"StringEquals": {"aws:SourceArn": trail}},
            unscoped_because=_THIS_KEY,
        ),
        Statement(
            # Who in the account may is for IAM to say; without this line nobody could ever read the trail.
            sid="AuditorsDecrypt",
            actions=["kms:Decrypt"],
            resources=["*"],
            principals={"AWS": [f"arn:{names.partition}:iam::{names.account}:root"]},
            conditions={
                "StringEquals": {_CONTEXT: trail, "kms:ViaService": f"s3.{names.region}.amazonaws.com"}
            },
            unscoped_because=_THIS_KEY,
        ),
    )


class AuditTrail(PlatformComponent):
    """A multi-region CloudTrail with digest files: management events, and every access to a model or payload."""

    TYPE = "slipway:storage:AuditTrail"

    def __init__(self, name: str, args: AuditTrailArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        names = args.names
        key, _ = encryption_key(
            self,
            f"{name}-key",
            description="The audit trail's log files",
            policy=trail_key_policy(names),
            alias=names.key_alias("trail"),
            lifecycle=args.lifecycle,
        )
        objects: list[aws.cloudtrail.TrailAdvancedEventSelectorFieldSelectorArgsDict] = [
            {"field": "eventCategory", "equals": ["Data"]},
            {"field": "resources.type", "equals": ["AWS::S3::Object"]},
            {
                "field": "resources.ARN",
                "starts_withs": [f"{names.bucket_arn('models')}/", f"{names.bucket_arn('payloads')}/"],
            },
        ]
        if args.settings.data_events == "writes":
            objects.append({"field": "readOnly", "equals": ["false"]})
        aws.cloudtrail.Trail(
            f"{name}-trail",
            name=names.platform,
            s3_bucket_name=args.model_store.log_bucket,
            s3_key_prefix="trail",
            kms_key_id=key.arn,
            enable_logging=True,
            enable_log_file_validation=True,
            include_global_service_events=True,
            is_multi_region_trail=True,
            advanced_event_selectors=[
                {"name": "models and payloads", "field_selectors": objects},
                *([_MANAGEMENT] if args.settings.management_events else []),
            ],
            tags=self.tags(f"{name}-trail"),
            # CloudTrail checks that it may write before it is created: the log bucket's policy must stand.
            opts=self.child_opts(depends_on=list(args.model_store.ready), protect=args.lifecycle.protects),
        )
        self.register_outputs({})
