"""What RDS answers when it has made a database cluster and what belongs to it: all are called as was asked for."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from tools.rehearsal.account.site import Answer, Site, digits


def _cluster(settings: Mapping[str, Any], seed: str, site: Site) -> Answer:
    name = settings["clusterIdentifier"]
    made = {
        "arn": site.arn("rds", f"cluster:{name}"),
        "clusterResourceId": f"cluster-{digits(seed, 26).upper()}",
        "endpoint": _host(f"{name}.cluster", site),
        "readerEndpoint": _host(f"{name}.cluster-ro", site),
        "engineVersionActual": settings["engineVersion"],
    }
    if settings.get("manageMasterUserPassword"):
        secret = site.arn("secretsmanager", f"secret:rds!cluster-{digits(seed, 32)}")
        key = settings.get("masterUserSecretKmsKeyId")
        made["masterUserSecrets"] = [{"secretArn": secret, "secretStatus": "active", "kmsKeyId": key}]
    return name, made


def _instance(settings: Mapping[str, Any], seed: str, site: Site) -> Answer:
    name = settings["identifier"]
    return name, {
        "arn": site.arn("rds", f"db:{name}"),
        "dbiResourceId": f"db-{digits(seed, 26).upper()}",
        "endpoint": _host(name, site),
    }


def _group(kind: str) -> Callable[[Mapping[str, Any], str, Site], Answer]:
    def found(settings: Mapping[str, Any], _seed: str, site: Site) -> Answer:
        return settings["name"], {"arn": site.arn("rds", f"{kind}:{settings['name']}")}

    return found


def _host(name: str, site: Site) -> str:
    """An account's databases of one region share the part behind their own name."""
    before, _, of = name.partition(".")
    part = digits(f"{site.account} {site.region}", 12)
    return f"{before}.{f'{of}-' if of else ''}{part}.{site.region}.rds.amazonaws.com"


ANSWERS: Final[Mapping[str, Callable[[Mapping[str, Any], str, Site], Answer]]] = {
    "aws:rds/cluster:Cluster": _cluster,
    "aws:rds/clusterInstance:ClusterInstance": _instance,
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": _group("cluster-pg"),
    "aws:rds/subnetGroup:SubnetGroup": _group("subgrp"),
}
