"""Outputs of the network, the cluster and its nodes."""

from collections.abc import Mapping
from typing import Any

from gate.capture.outputs import Account, Computed, hexadecimal


def _identified(prefix: str) -> Computed:
    def outputs(_inputs: Mapping[str, Any], urn: str, _account: Account) -> dict[str, Any]:
        return {"id": f"{prefix}-0{hexadecimal(urn, 16)}"}

    return outputs


def _cluster(inputs: Mapping[str, Any], urn: str, account: Account) -> dict[str, Any]:
    name = inputs["name"]
    issuer = hexadecimal(urn, 32).upper()
    return {
        "id": name,
        "name": name,
        "arn": account.arn("eks", f"cluster/{name}"),
        "endpoint": f"https://{issuer}.gr7.{account.region}.eks.amazonaws.com",
        "certificateAuthority": {"data": "ZXhhbXBsZQ=="},
        "vpcConfig": {
            **inputs.get("vpcConfig", {}),
            "clusterSecurityGroupId": f"sg-0{hexadecimal(urn, 16)}",
            "vpcId": f"vpc-0{hexadecimal(urn + 'vpc', 16)}",
        },
    }


def _template(_inputs: Mapping[str, Any], urn: str, account: Account) -> dict[str, Any]:
    identity = f"lt-0{hexadecimal(urn, 16)}"
    return {"id": identity, "latestVersion": 1, "arn": account.arn("ec2", f"launch-template/{identity}")}


def _serverless_cache(inputs: Mapping[str, Any], urn: str, account: Account) -> dict[str, Any]:
    name = inputs["name"]
    host = f"{name}-{hexadecimal(urn, 6)}.serverless.{account.region}.cache.amazonaws.com"
    return {
        "id": name,
        "name": name,
        "arn": account.arn("elasticache", f"serverlesscache:{name}"),
        "endpoints": [{"address": host, "port": 6379}],
    }


def _user_group(inputs: Mapping[str, Any], _urn: str, _account: Account) -> dict[str, Any]:
    return {"id": inputs["userGroupId"], "userGroupId": inputs["userGroupId"]}


def _database(inputs: Mapping[str, Any], urn: str, account: Account) -> dict[str, Any]:
    name = inputs["clusterIdentifier"]
    host = f"{name}.cluster-{hexadecimal(urn, 12)}.{account.region}.rds.amazonaws.com"
    return {
        "id": name,
        "clusterIdentifier": name,
        "arn": account.arn("rds", f"cluster:{name}"),
        "endpoint": host,
    }


def _workspace(_inputs: Mapping[str, Any], urn: str, account: Account) -> dict[str, Any]:
    digits = hexadecimal(urn, 32)
    identity = f"ws-{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
    return {
        "id": identity,
        "arn": account.arn("aps", f"workspace/{identity}"),
        "prometheusEndpoint": f"https://aps-workspaces.{account.region}.amazonaws.com/workspaces/{identity}/",
    }


def _topic(inputs: Mapping[str, Any], _urn: str, account: Account) -> dict[str, Any]:
    arn = account.arn("sns", inputs["name"])
    return {"id": arn, "arn": arn, "name": inputs["name"]}


def _named_group(inputs: Mapping[str, Any], _urn: str, _account: Account) -> dict[str, Any]:
    return {"id": inputs["name"], "name": inputs["name"]}


OUTPUTS: Mapping[str, Computed] = {
    "aws:amp/workspace:Workspace": _workspace,
    "aws:ec2/vpc:Vpc": _identified("vpc"),
    "aws:ec2/subnet:Subnet": _identified("subnet"),
    "aws:ec2/routeTable:RouteTable": _identified("rtb"),
    "aws:ec2/internetGateway:InternetGateway": _identified("igw"),
    "aws:ec2/natGateway:NatGateway": _identified("nat"),
    "aws:ec2/eip:Eip": _identified("eipalloc"),
    "aws:ec2/securityGroup:SecurityGroup": _identified("sg"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": _identified("vpce"),
    "aws:ec2/launchTemplate:LaunchTemplate": _template,
    "aws:eks/cluster:Cluster": _cluster,
    "aws:elasticache/serverlessCache:ServerlessCache": _serverless_cache,
    "aws:elasticache/userGroup:UserGroup": _user_group,
    "aws:rds/cluster:Cluster": _database,
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": _named_group,
    "aws:rds/subnetGroup:SubnetGroup": _named_group,
    "aws:sns/topic:Topic": _topic,
}
