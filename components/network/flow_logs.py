"""The record of who talked to whom in the VPC."""

from __future__ import annotations

from typing import Literal

import pulumi
import pulumi_aws as aws

from components.foundation.base import PlatformComponent
from components.foundation.encryption_key import encryption_key
from components.foundation.iam_document import Statement, document, service_trust
from components.foundation.lifecycle import Lifecycle
from components.foundation.names import Names
from components.identity.cluster_key import account_may_manage, logs_may_use
from components.storage.bucket import Bucket, BucketArgs
from components.storage.bucket_policy import flow_log_statements


class FlowLogs(PlatformComponent):
    """Every accepted and refused connection of a VPC, kept for ``retention_days``.

    In S3 as Parquet, by hour, every ten minutes: about half of what CloudWatch asks for the same lines. In a
    log group every minute, where alarms and queries are at hand.
    """

    TYPE = "slipway:network:FlowLogs"

    def __init__(
        self,
        name: str,
        *,
        vpc_id: pulumi.Input[str],
        names: Names,
        to: Literal["s3", "cloudwatch"],
        retention_days: int,
        lifecycle: Lifecycle,
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__(name, opts)
        self._name, self._names, self._lifecycle = name, names, lifecycle
        days = lifecycle.log_days(retention_days)
        if to == "s3":
            self._to_bucket(vpc_id, days)
        else:
            self._to_group(vpc_id, days)
        self.register_outputs({})

    def _to_bucket(self, vpc_id: pulumi.Input[str], days: int) -> None:
        name, names = self._name, self._names
        bucket = Bucket(
            f"{name}-store",
            BucketArgs(
                names=names,
                role="flow-logs",
                noncurrent_days=1,
                expire_after_days=days,
                statements=flow_log_statements(names),
                lifecycle=self._lifecycle,
            ),
            self.child_opts(),
        )
        aws.ec2.FlowLog(
            f"{name}-log",
            vpc_id=vpc_id,
            traffic_type="ALL",
            log_destination_type="s3",
            log_destination=names.bucket_arn("flow-logs"),
            destination_options={
                "file_format": "parquet",
                "hive_compatible_partitions": True,
                "per_hour_partition": True,
            },
            max_aggregation_interval=600,
            tags=self.tags(f"{name}-log"),
            # The bucket is named by a complete string; without its policy the delivery is refused.
            opts=self.child_opts(depends_on=list(bucket.handle.ready)),
        )

    def _to_group(self, vpc_id: pulumi.Input[str], days: int) -> None:
        name, names = self._name, self._names
        log_name = names.log_group("flow-logs")
        key, _ = encryption_key(
            self,
            f"{name}-key",
            description="Flow logs of the VPC",
            policy=document(*account_may_manage(names), logs_may_use(names, log_name)),
            alias=names.key_alias("flow-logs"),
            lifecycle=self._lifecycle,
            alias_name=f"{name}-key",
        )
        group = aws.cloudwatch.LogGroup(
            f"{name}-group",
            name=log_name,
            retention_in_days=days,
            skip_destroy=self._lifecycle.protects,
            kms_key_id=key.arn,
            tags=self.tags(f"{name}-group"),
            opts=self.child_opts(),
        )
        role, policy = self._writer(log_name)
        aws.ec2.FlowLog(
            f"{name}-log",
            vpc_id=vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=60,
            tags=self.tags(f"{name}-log"),
            # Without the permission the log is created and stays empty.
            opts=self.child_opts(depends_on=[policy]),
        )

    def _writer(self, log_name: str) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        name, names = self._name, self._names
        role = aws.iam.Role(
            f"{name}-role",
            name=names.role("flow-logs"),
            assume_role_policy=service_trust(
                "vpc-flow-logs.amazonaws.com", {"StringEquals": {"aws:SourceAccount": names.account}}
            ),
            permissions_boundary=names.boundary_arn,
            tags=self.tags(f"{name}-role"),
            opts=self.child_opts(),
        )
        policy = aws.iam.RolePolicy(
            f"{name}-write",
            role=role.name,
            policy=document(
                Statement(
                    sid="WriteFlowLogs",
                    actions=["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
                    resources=[names.arn("logs", f"log-group:{log_name}:*")],
                )
            ),
            opts=self.child_opts(),
        )
        return role, policy
