"""What every bucket refuses, and what the log bucket lets AWS services deliver."""

from components.foundation.iam_document import Statement
from components.foundation.names import BucketRole, Names

LOG_PREFIXES = ("access/", "trail/")
"""What the log bucket holds: server access logs of the other buckets, and the audit trail."""


def transport_statements(names: Names, role: BucketRole) -> list[Statement]:
    """Nothing over plain HTTP, nothing below TLS 1.2."""
    resources = [names.bucket_arn(role), f"{names.bucket_arn(role)}/*"]
    everyone = {"AWS": ["*"]}
    return [
        Statement(
            sid="DenyInsecureTransport",
            effect="Deny",
            actions=["s3:*"],
            resources=resources,
            principals=everyone,
            conditions={"Bool": {"aws:SecureTransport": "false"}},
        ),
        Statement(
            sid="DenyOldTls",
            effect="Deny",
            actions=["s3:*"],
            resources=resources,
            principals=everyone,
            conditions={"NumericLessThan": {"s3:TlsVersion": "1.2"}},
        ),
    ]


def own_account_statement(names: Names, role: BucketRole) -> Statement:
    """Nobody outside the account, whatever another policy says."""
    return Statement(
        sid="DenyOtherAccounts",
        effect="Deny",
        actions=["s3:*"],
        resources=[names.bucket_arn(role), f"{names.bucket_arn(role)}/*"],
        principals={"AWS": ["*"]},
        conditions={
            "StringNotEquals": {"aws:PrincipalAccount": names.account},
            "Bool": {"aws:PrincipalIsAWSService": "false"},
        },
    )


def default_key_statements(names: Names, role: BucketRole) -> list[Statement]:
    """Every object is under the bucket's own key: an upload may not choose its encryption.

    An upload that asks for ``aws:kms`` and names no key gets the account's ``aws/s3`` key, not the bucket's
    (S3 API reference, PutObject, read 2026-11), so asking at all is refused. That also keeps the key's ARN,
    which is unknown at the first preview, out of the document.
    """
    return [
        Statement(
            sid=sid,
            effect="Deny",
            actions=["s3:PutObject"],
            resources=[f"{names.bucket_arn(role)}/*"],
            principals={"AWS": ["*"]},
            conditions={"Null": {key: "false"}},
        )
        for sid, key in (
            ("DenyOtherEncryption", "s3:x-amz-server-side-encryption"),
            ("DenyCustomerProvidedKeys", "s3:x-amz-server-side-encryption-customer-algorithm"),
        )
    ]


def log_delivery_statements(names: Names) -> list[Statement]:
    """S3 server access logs of our buckets, and the audit trail, may be written; nothing may be read."""
    logs = names.bucket_arn("logs")
    trail = names.arn("cloudtrail", f"trail/{names.platform}")
    return [
        Statement(
            sid="DeliverAccessLogs",
            actions=["s3:PutObject"],
            resources=[f"{logs}/access/*"],
            principals={"Service": ["logging.s3.amazonaws.com"]},
            conditions={
                "StringEquals": {"aws:SourceAccount": names.account},
                "ArnLike": {
                    "aws:SourceArn": [names.bucket_arn(role) for role in ("models", "payloads", "agents")]
                },
            },
        ),
        Statement(
            sid="CheckTrailBucket",
            actions=["s3:GetBucketAcl"],
            resources=[logs],
            principals={"Service": ["cloudtrail.amazonaws.com"]},
            conditions={"StringEquals": {"aws:SourceArn": trail}},
        ),
        Statement(
            sid="DeliverTrail",
            actions=["s3:PutObject"],
            resources=[f"{logs}/trail/AWSLogs/{names.account}/*"],
            principals={"Service": ["cloudtrail.amazonaws.com"]},
            conditions={
                "StringEquals": {"aws:SourceArn": trail, "s3:x-amz-acl": "bucket-owner-full-control"},
            },
        ),
    ]


def flow_log_statements(names: Names) -> list[Statement]:
    """VPC flow logs may be written (VPC user guide, "Amazon S3 bucket permissions for flow logs", read 2026-11-28)."""
    bucket = names.bucket_arn("flow-logs")
    conditions = {
        "StringEquals": {"aws:SourceAccount": names.account},
        "ArnLike": {"aws:SourceArn": names.arn("logs", "*")},
    }
    return [
        Statement(
            sid="DeliverFlowLogs",
            actions=["s3:PutObject"],
            resources=[f"{bucket}/AWSLogs/*"],
            principals={"Service": ["delivery.logs.amazonaws.com"]},
            conditions={
                **conditions,
                "StringEquals": {
                    **conditions["StringEquals"],
                    "s3:x-amz-acl": "bucket-owner-full-control",
                },
            },
        ),
        Statement(
            sid="CheckFlowLogBucket",
            actions=["s3:GetBucketAcl", "s3:ListBucket"],
            resources=[bucket],
            principals={"Service": ["delivery.logs.amazonaws.com"]},
            conditions=conditions,
        ),
    ]
