"""The record of who talked to whom in the VPC."""

import pulumi
import pulumi_aws as aws

from components.foundation.base import PlatformComponent
from components.foundation.iam_document import Statement, document, service_trust
from components.foundation.lifecycle import Lifecycle
from components.foundation.names import Names
from components.identity.cluster_key import account_may_manage, logs_may_use


class FlowLogs(PlatformComponent):
    """Every accepted and refused connection of a VPC, kept in a log group for ``retention_days``."""

    TYPE = "slipway:network:FlowLogs"

    def __init__(
        self,
        name: str,
        *,
        vpc_id: pulumi.Input[str],
        names: Names,
        retention_days: int,
        lifecycle: Lifecycle,
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__(name, opts)
        log_name = names.log_group("flow-logs")
        key = aws.kms.Key(
            f"{name}-key",
            description="Flow logs of the VPC",
            enable_key_rotation=True,
            deletion_window_in_days=lifecycle.key_deletion_days,
            policy=document(*account_may_manage(names), logs_may_use(names, log_name)),
            tags=self.tags(f"{name}-key"),
            opts=self.child_opts(protect=lifecycle.protects),
        )
        aws.kms.Alias(
            f"{name}-key", name=names.key_alias("flow-logs"), target_key_id=key.id, opts=self.child_opts()
        )
        group = aws.cloudwatch.LogGroup(
            f"{name}-group",
            name=log_name,
            retention_in_days=lifecycle.log_days(retention_days),
            skip_destroy=lifecycle.protects,
            kms_key_id=key.arn,
            tags=self.tags(f"{name}-group"),
            opts=self.child_opts(),
        )
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
        self.register_outputs({})
