"""What must hold for tags: everything says who owns it, where it belongs and who pays."""

from collections.abc import Iterable
from typing import Final

from facts.tags import Tag
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, known, mapping, text

TAGGED: Final = (
    "aws:amp/workspace:Workspace",
    "aws:cloudtrail/trail:Trail",
    "aws:cloudwatch/eventRule:EventRule",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "aws:ec2/eip:Eip",
    "aws:ec2/flowLog:FlowLog",
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/routeTable:RouteTable",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/vpc:Vpc",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    "aws:ecr/repository:Repository",
    "aws:eks/accessEntry:AccessEntry",
    "aws:eks/addon:Addon",
    "aws:eks/cluster:Cluster",
    "aws:eks/nodeGroup:NodeGroup",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation",
    "aws:elasticache/serverlessCache:ServerlessCache",
    "aws:elasticache/userGroup:UserGroup",
    "aws:iam/role:Role",
    "aws:kms/key:Key",
    "aws:rds/cluster:Cluster",
    "aws:rds/clusterInstance:ClusterInstance",
    "aws:rds/clusterParameterGroup:ClusterParameterGroup",
    "aws:rds/subnetGroup:SubnetGroup",
    "aws:s3/bucket:Bucket",
    "aws:sns/topic:Topic",
    "aws:sqs/queue:Queue",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
)
"""What the platform's stacks make that AWS can tag; a test compares it with what they do make."""


def _untagged(resource: Resource, _graph: Graph) -> Iterable[Offence]:
    # tagsAll is what the provider makes of its default tags and the resource's own.
    merged = at(resource.inputs, "tagsAll") or at(resource.inputs, "tags")
    tags = mapping(merged, "tagsAll")
    for key in Tag:
        if not text(known(tags.get(key), f"tagsAll.{key}"), f"tagsAll.{key}").strip():
            yield Offence(path=f"tagsAll.{key}", problem="is not set", value=tags.get(key))


PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="resources-say-who-owns-them",
        severity="low",
        applies_to=TAGGED,
        why="An alert, a bill or a leak needs somebody who answers for the resource.",
        fix="Default tags of the provider carry four; tags=self.tags(name) adds the component.",
        check=_untagged,
        reads_graph=True,
    ),
)
