"""Findings of the rules about AWS, credentials, Karpenter and the platform stand on the line that holds the value."""

import json

import pytest

from gate.render.origins import Origins, Place
from policies.engine.evaluate import judge
from policies.engine.graph import Graph
from policies.packs import ALL
from tests.policies.cases import OURS, resource

FILE = "stacks/Pulumi.test.yaml"
STACK = """\
config:
  slipway:settings:
    network:
      vpc_cidr: 0.0.0.0/0
      map_public_ip_on_launch: true
    cluster:
      version: "1.24"
      public_access_cidrs:
      - 198.51.100.0/24
      - 0.0.0.0/0
      endpoint_private_access: false
      deletion_protection: false
      enable_key_rotation: false
      deletion_window_in_days: 7
      log_retention_days: 0
      access:
        people: {principal_arn: "arn:aws:iam::111122223333:user/alice"}
      groups: [system:masters]
    system_nodes:
      ami_type: AL2_x86_64
      http_tokens: optional
      hops: 3
      key_name: operators
      min_size: 5
    model_store:
      force_destroy: true
      tags: MUTABLE
      acl: public-read
    audit_trail:
      is_multi_region_trail: false
      kms_key_id: null
    karpenter:
      http_put_response_hop_limit: 4
      alias: al2023@latest
    gpu_pools:
      l4:
        expire_after: 24h
        consolidation_policy: WhenEmptyOrUnderutilized
    identity:
      boundary: ""
      actions: ["s3:*", "iam:PassRole"]
      provider: arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com
    secrets:
      recovery_window_in_days: 0
      ssl_policy: ELBSecurityPolicy-2016-08
      runtime: python3.7
"""
CLUSTER = "aws:eks/cluster:Cluster"
KEY = "aws:kms/key:Key"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
GROUP = "aws:eks/nodeGroup:NodeGroup"
CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"
POOL = "kubernetes:karpenter.sh/v1:NodePool"
BUCKET = "aws:s3/bucket:Bucket"
ISSUER = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
GPU_POOL = {"spec": {"limits": {"nvidia.com/gpu": 8}}}


def grants(action):
    return {"policy": {"Statement": [{"Effect": "Allow", "Action": action, "Resource": "arn:aws:s3:::a/*"}]}}


def trusts(principal):
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRoleWithWebIdentity"}
    return {"assumeRolePolicy": json.dumps({"Statement": [statement]})}


def pool(**disruption):
    template = {"spec": {"expireAfter": disruption.pop("expireAfter", "Never")}}
    return {"spec": GPU_POOL["spec"] | {"disruption": disruption, "template": template}}


SAMPLE = [
    (
        "network",
        "subnets-give-no-public-addresses",
        "aws:ec2/subnet:Subnet",
        {"mapPublicIpOnLaunch": True},
        5,
    ),
    ("network", "vpcs-log-their-flows", "aws:ec2/vpc:Vpc", {"cidrBlock": "0.0.0.0/0"}, 3),
    (
        "network",
        "security-groups-offer-the-internet-only-the-web",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        {"cidrIpv4": "0.0.0.0/0", "ipProtocol": "tcp", "fromPort": 22, "toPort": 22},
        4,
    ),
    (
        "cluster",
        "eks-api-not-public",
        CLUSTER,
        {"vpcConfig": {"publicAccessCidrs": ["198.51.100.0/24", "0.0.0.0/0"]}},
        10,
    ),
    ("cluster", "versions-are-supported", CLUSTER, {"version": "1.24"}, 7),
    (
        "cluster",
        "cluster-api-answers-inside-the-vpc",
        CLUSTER,
        {"vpcConfig": {"endpointPrivateAccess": False}},
        11,
    ),
    ("cluster", "cluster-is-protected-from-deletion", CLUSTER, {"deletionProtection": False}, 12),
    ("cluster", "eks-control-plane-logs-enabled", CLUSTER, {"enabledClusterLogTypes": ["api"]}, 6),
    ("cluster", "kms-keys-rotate", KEY, {"enableKeyRotation": False}, 13),
    ("cluster", "kms-deletion-window-set", KEY, {"deletionWindowInDays": 7}, 14),
    (
        "cluster",
        "cluster-access-is-for-roles",
        "aws:eks/accessEntry:AccessEntry",
        {"principalArn": "arn:aws:iam::111122223333:user/alice"},
        17,
    ),
    (
        "cluster",
        "cluster-access-is-for-roles",
        "aws:eks/accessEntry:AccessEntry",
        {"kubernetesGroups": ["system:masters"]},
        18,
    ),
    ("system-nodes", "versions-are-supported", GROUP, {"amiType": "AL2_x86_64"}, 20),
    (
        "system-nodes",
        "launch-templates-require-imdsv2",
        TEMPLATE,
        {"metadataOptions": {"httpTokens": "optional", "httpPutResponseHopLimit": 1}},
        21,
    ),
    (
        "system-nodes",
        "launch-templates-require-imdsv2",
        TEMPLATE,
        {"metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 3}},
        22,
    ),
    ("system-nodes", "nodes-have-no-ssh", TEMPLATE, {"keyName": "operators"}, 23),
    (
        "system-nodes",
        "node-group-sizes-are-accepted",
        GROUP,
        {"scalingConfig": {"minSize": 5, "desiredSize": 3, "maxSize": 9}},
        24,
    ),
    ("model-store", "data-is-protected-from-deletion", BUCKET, {"forceDestroy": True}, 26),
    (
        "model-store",
        "ecr-tags-are-immutable",
        "aws:ecr/repository:Repository",
        {"imageTagMutability": "MUTABLE"},
        27,
    ),
    ("model-store", "s3-acls-not-public", "aws:s3/bucketAcl:BucketAcl", {"acl": "public-read"}, 28),
    ("model-store", "buckets-block-public-access", BUCKET, {}, 25),
    (
        "audit-trail",
        "cloudtrail-multi-region-enabled",
        "aws:cloudtrail/trail:Trail",
        {"isMultiRegionTrail": False},
        30,
    ),
    (
        "audit-trail",
        "cloudtrail-log-validation-and-kms",
        "aws:cloudtrail/trail:Trail",
        {"enableLogFileValidation": True},
        31,
    ),
    (
        "karpenter",
        "node-classes-require-imdsv2",
        CLASS,
        {"spec": {"metadataOptions": {"httpPutResponseHopLimit": 4}}},
        33,
    ),
    (
        "karpenter",
        "node-images-are-pinned",
        CLASS,
        {"spec": {"amiSelectorTerms": [{"alias": "al2023@latest"}]}},
        34,
    ),
    (
        "gpu-l4",
        "gpu-nodes-not-consolidated-when-busy",
        POOL,
        pool(consolidationPolicy="WhenEmptyOrUnderutilized", budgets=[{"nodes": "0"}]),
        38,
    ),
    (
        "gpu-l4",
        "gpu-nodes-not-consolidated-when-busy",
        POOL,
        pool(consolidationPolicy="WhenEmpty", budgets=[{"nodes": "0"}], expireAfter="24h"),
        37,
    ),
    ("identity", "permissions-name-their-actions", "aws:iam/policy:Policy", grants(["s3:*"]), 41),
    ("identity", "roles-have-a-boundary", "aws:iam/role:Role", {}, 39),
    ("identity", "roles-trust-named-principals", "aws:iam/role:Role", trusts({"Federated": ISSUER}), 42),
    (
        "secrets",
        "secret-recovery-window-set",
        "aws:secretsmanager/secret:Secret",
        {"recoveryWindowInDays": 0},
        44,
    ),
    (
        "secrets",
        "load-balancers-encrypt",
        "aws:lb/listener:Listener",
        {"protocol": "TLS", "sslPolicy": "ELBSecurityPolicy-2016-08"},
        45,
    ),
    ("secrets", "versions-are-supported", "aws:lambda/function:Function", {"runtime": "python3.7"}, 46),
]
BY_ID = {rule.id: rule for rule in ALL}


@pytest.fixture
def origins(tmp_path):
    (tmp_path / "stacks").mkdir()
    (tmp_path / FILE).write_text(STACK, encoding="utf-8")
    return Origins("test", tmp_path)


@pytest.mark.parametrize("sample", SAMPLE, ids=lambda one: f"{one[1]}-{one[4]}")
def test_a_finding_stands_on_its_line_of_the_stack_file(origins, sample):
    component, rule, type_, inputs, line = sample
    judged = resource(type_, inputs)
    found = [f for f in judge(Graph([judged, OURS]), [BY_ID[rule]]).findings if f.urn == judged.urn]
    assert Place(file=FILE, line=line) in [origins.of(component, finding) for finding in found]


def test_thirty_rules_are_asked():
    assert len(SAMPLE) >= 30
