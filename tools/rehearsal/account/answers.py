"""What AWS answers when it has made a resource: its id, its ARN, and what else the platform reads."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from tools.rehearsal.account.databases import ANSWERS as DATABASES
from tools.rehearsal.account.site import Answer, Site, digits

_EC2 = {
    "DefaultSecurityGroup": "sg",
    "Eip": "eipalloc",
    "FlowLog": "fl",
    "InternetGateway": "igw",
    "LaunchTemplate": "lt",
    "NatGateway": "nat",
    "NetworkAclRule": "nacl",
    "RouteTable": "rtb",
    "RouteTableAssociation": "rtbassoc",
    "SecurityGroup": "sg",
    "SecurityGroupEgressRule": "sgr",
    "SecurityGroupIngressRule": "sgr",
    "Subnet": "subnet",
    "Vpc": "vpc",
    "VpcEndpoint": "vpce",
}
"""Prefixes of ids that are AWS's own: seventeen hexadecimal digits follow."""


def answer(type_: str, settings: Mapping[str, Any], seed: str, site: Site) -> Answer:
    """The id and the computed outputs of a new resource; ``seed`` is different for each that was ever made."""
    name = type_.rpartition(":")[2]
    if type_ in _ANSWERS:
        return _ANSWERS[type_](settings, seed, site)
    if name in _EC2 and type_.split(":")[1].startswith(("ec2/", "vpc/")):
        kind = {"Eip": "elastic-ip", "NatGateway": "natgateway"}.get(name, _dashed(name))
        identity = f"{_EC2[name]}-0{digits(seed, 16)}"
        return identity, {"arn": site.arn("ec2", f"{kind}/{identity}"), "ownerId": site.account}
    if type_.startswith("aws:s3/bucket"):
        return str(settings["bucket"]), {}
    return f"{name.lower()}-{digits(seed, 17)}", {}


def _dashed(name: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")


def _role(settings: Mapping[str, Any], seed: str, site: Site) -> Answer:
    name = settings["name"]
    arn = site.global_arn("iam", f"role{settings.get('path') or '/'}{name}")
    return name, {"arn": arn, "uniqueId": f"AROA{digits(seed, 17).upper()}"}


def _policy(settings: Mapping[str, Any], seed: str, site: Site) -> Answer:
    arn = site.global_arn("iam", f"policy/{settings['name']}")
    return arn, {"arn": arn, "policyId": f"ANPA{digits(seed, 17).upper()}"}


def _inline(settings: Mapping[str, Any], _seed: str, _site: Site) -> Answer:
    return f"{settings['role']}:{settings['name']}", {}


def _attachment(settings: Mapping[str, Any], _seed: str, _site: Site) -> Answer:
    return f"{settings['role']}/{settings['policyArn']}", {}


def _key(_settings: Mapping[str, Any], seed: str, site: Site) -> Answer:
    d = digits(seed, 32)
    key = "-".join((d[:8], d[8:12], d[12:16], d[16:20], d[20:]))
    return key, {"keyId": key, "arn": site.arn("kms", f"key/{key}")}


def _alias(settings: Mapping[str, Any], _seed: str, site: Site) -> Answer:
    target = str(settings["targetKeyId"]).rpartition("/")[2]
    arns = {"arn": site.arn("kms", settings["name"]), "targetKeyArn": site.arn("kms", f"key/{target}")}
    return settings["name"], arns


def _bucket(settings: Mapping[str, Any], _seed: str, site: Site) -> Answer:
    name = settings["bucket"]
    return name, {
        "arn": f"arn:aws:s3:::{name}",
        "bucketDomainName": f"{name}.s3.amazonaws.com",
        "bucketRegionalDomainName": f"{name}.s3.{site.region}.amazonaws.com",
        "bucketRegion": site.region,
    }


def _queue(settings: Mapping[str, Any], _seed: str, site: Site) -> Answer:
    url = f"https://sqs.{site.region}.amazonaws.com/{site.account}/{settings['name']}"
    return url, {"url": url, "arn": site.arn("sqs", settings["name"])}


def _queue_policy(settings: Mapping[str, Any], _seed: str, _site: Site) -> Answer:
    return settings["queueUrl"], {}


def _repository(settings: Mapping[str, Any], _seed: str, site: Site) -> Answer:
    name = settings["name"]
    url = f"{site.account}.dkr.ecr.{site.region}.amazonaws.com/{name}"
    arn = site.arn("ecr", f"repository/{name}")
    return name, {"arn": arn, "registryId": site.account, "repositoryUrl": url}


def _lifecycle(settings: Mapping[str, Any], _seed: str, site: Site) -> Answer:
    return settings["repository"], {"registryId": site.account}


def _named(service: str, before: str) -> Callable[[Mapping[str, Any], str, Site], Answer]:
    def found(settings: Mapping[str, Any], _seed: str, site: Site) -> Answer:
        return settings["name"], {"arn": site.arn(service, f"{before}{settings['name']}")}

    return found


def _trail(settings: Mapping[str, Any], _seed: str, site: Site) -> Answer:
    arn = site.arn("cloudtrail", f"trail/{settings['name']}")
    return arn, {"arn": arn, "homeRegion": site.region}


def _target(settings: Mapping[str, Any], seed: str, _site: Site) -> Answer:
    target = settings.get("targetId") or f"terraform-{digits(seed, 26)}"
    return f"{settings['rule']}-{target}", {"targetId": target}


def _route(settings: Mapping[str, Any], _seed: str, _site: Site) -> Answer:
    to = next(str(settings[k]) for k in sorted(settings) if k.startswith("destination") and settings[k])
    return f"r-{settings['routeTableId']}{digits(to, 10)}", {"state": "active", "origin": "CreateRoute"}


def _tag(settings: Mapping[str, Any], _seed: str, _site: Site) -> Answer:
    return f"{settings['resourceId']},{settings['key']}", {}


def _template(_settings: Mapping[str, Any], seed: str, site: Site) -> Answer:
    identity = f"lt-0{digits(seed, 16)}"
    arn = site.arn("ec2", f"launch-template/{identity}")
    return identity, {"arn": arn, "latestVersion": 1, "defaultVersion": 1}


def _cluster(settings: Mapping[str, Any], seed: str, site: Site) -> Answer:
    name = settings["name"]
    issuer = f"https://oidc.eks.{site.region}.amazonaws.com/id/{digits(seed, 32).upper()}"
    made = {"clusterSecurityGroupId": f"sg-0{digits(seed + 'sg', 16)}"}
    return name, {
        "arn": site.arn("eks", f"cluster/{name}"),
        "endpoint": site.endpoint,
        "certificateAuthority": {"data": site.authority},
        "identities": [{"oidcs": [{"issuer": issuer}]}],
        "platformVersion": "eks.1",
        "status": "ACTIVE",
        "vpcConfig": {**settings["vpcConfig"], **made},
    }


def _addon(settings: Mapping[str, Any], seed: str, site: Site) -> Answer:
    cluster, name = settings["clusterName"], settings["addonName"]
    return f"{cluster}:{name}", {"arn": site.arn("eks", f"addon/{cluster}/{name}/{digits(seed, 12)}")}


def _node_group(settings: Mapping[str, Any], seed: str, site: Site) -> Answer:
    cluster, name = settings["clusterName"], settings["nodeGroupName"]
    arn = site.arn("eks", f"nodegroup/{cluster}/{name}/{digits(seed, 12)}")
    return f"{cluster}:{name}", {"arn": arn, "status": "ACTIVE"}


def _entry(settings: Mapping[str, Any], seed: str, site: Site) -> Answer:
    cluster, principal = settings["clusterName"], settings["principalArn"]
    arn = site.arn("eks", f"access-entry/{cluster}/role/{site.account}/{digits(seed, 12)}")
    return f"{cluster}:{principal}", {"accessEntryArn": arn}


def _access_policy(settings: Mapping[str, Any], _seed: str, _site: Site) -> Answer:
    parts = (settings["clusterName"], settings["principalArn"], settings["policyArn"])
    return "#".join(str(part) for part in parts), {}


def _pod_identity(settings: Mapping[str, Any], seed: str, site: Site) -> Answer:
    identity = f"a-{digits(seed, 17)}"
    arn = site.arn("eks", f"podidentityassociation/{settings['clusterName']}/{identity}")
    return identity, {"associationId": identity, "associationArn": arn}


def _cache(settings: Mapping[str, Any], seed: str, site: Site) -> Answer:
    name = settings["name"]
    host = f"{name}-{digits(seed, 6)}.serverless.{site.region}.cache.amazonaws.com"
    return name, {
        "arn": site.arn("elasticache", f"serverlesscache:{name}"),
        "endpoints": [{"address": host, "port": 6379}],
        "status": "available",
    }


def _users(settings: Mapping[str, Any], _seed: str, site: Site) -> Answer:
    name = settings["userGroupId"]
    return name, {"arn": site.arn("elasticache", f"usergroup:{name}")}


def _workspace(_settings: Mapping[str, Any], seed: str, site: Site) -> Answer:
    identity = "ws-" + "-".join(
        (digits(seed, 8), *(digits(f"{seed}{part}", 4) for part in "abc"), digits(f"{seed}d", 12))
    )
    endpoint = f"https://aps-workspaces.{site.region}.amazonaws.com/workspaces/{identity}/"
    return identity, {"arn": site.arn("aps", f"workspace/{identity}"), "prometheusEndpoint": endpoint}


def _topic(settings: Mapping[str, Any], _seed: str, site: Site) -> Answer:
    arn = site.arn("sns", settings["name"])
    return arn, {"arn": arn, "owner": site.account}


_ANSWERS: Mapping[str, Callable[[Mapping[str, Any], str, Site], Answer]] = {
    **DATABASES,
    "aws:amp/workspace:Workspace": _workspace,
    "aws:cloudtrail/trail:Trail": _trail,
    "aws:cloudwatch/eventRule:EventRule": _named("events", "rule/"),
    "aws:cloudwatch/eventTarget:EventTarget": _target,
    "aws:cloudwatch/logGroup:LogGroup": _named("logs", "log-group:"),
    "aws:ec2/launchTemplate:LaunchTemplate": _template,
    "aws:ec2/route:Route": _route,
    "aws:ec2/tag:Tag": _tag,
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": _lifecycle,
    "aws:ecr/repository:Repository": _repository,
    "aws:eks/accessEntry:AccessEntry": _entry,
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": _access_policy,
    "aws:eks/addon:Addon": _addon,
    "aws:eks/cluster:Cluster": _cluster,
    "aws:eks/nodeGroup:NodeGroup": _node_group,
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": _pod_identity,
    "aws:elasticache/serverlessCache:ServerlessCache": _cache,
    "aws:elasticache/userGroup:UserGroup": _users,
    "aws:iam/policy:Policy": _policy,
    "aws:iam/role:Role": _role,
    "aws:iam/rolePolicy:RolePolicy": _inline,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _attachment,
    "aws:kms/alias:Alias": _alias,
    "aws:kms/key:Key": _key,
    "aws:s3/bucket:Bucket": _bucket,
    "aws:sns/topic:Topic": _topic,
    "aws:sqs/queue:Queue": _queue,
    "aws:sqs/queuePolicy:QueuePolicy": _queue_policy,
}


def seed(type_: str, settings: Mapping[str, Any], number: int) -> str:
    """What the digits of a resource are made of."""
    return json.dumps([type_, settings, number], sort_keys=True)
