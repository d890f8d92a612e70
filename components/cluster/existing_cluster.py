"""A cluster that somebody else made: what a stack file says of it, and what must hold for us to stand on it."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from components.foundation.api_ingress import SecurityGroupId
from components.foundation.base import Settings
from components.foundation.well_known import KUBERNETES_VERSION

AGENT: Final = "eks-pod-identity-agent"
NETWORK: Final = "vpc-cni"
PROXY: Final = "kube-proxy"
_ENFORCES_SINCE: Final = (1, 14)
"""The VPC CNI that enforces NetworkPolicies (EKS user guide, "Limit Pod traffic with Kubernetes network policies", read
2026-11-29)."""
_NUMBERS: Final = re.compile(r"^v?(\d+)\.(\d+)")

AddOnName = Literal[
    "aws-ebs-csi-driver",
    "coredns",
    "eks-node-monitoring-agent",
    "eks-pod-identity-agent",
    "kube-proxy",
    "metrics-server",
    "vpc-cni",
]
LogType = Literal["api", "audit", "authenticator", "controllerManager", "scheduler"]


def _range(cidr: str) -> str:
    try:
        IPv4Network(cidr)
    except ValueError:
        raise ValueError(f"not an address range such as 203.0.113.0/24 (got {cidr!r})") from None
    return cidr


def _certificate(text: str) -> str:
    try:
        found = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if not found.startswith(b"-----BEGIN CERTIFICATE-----"):
        raise ValueError("not a certificate in base64, as certificateAuthority.data of describe-cluster is")
    return text


class ExistingAddOn(Settings):
    """One add-on of EKS that is there, and stays its owner's."""

    version: Annotated[str, Field(pattern=r"^v\d+\.\d+\.\d+-eksbuild\.\d+$")]
    network_policies: bool = False
    """Of ``vpc-cni``: its configuration says ``enableNetworkPolicy``."""


class ExistingCluster(Settings):
    """``cluster.existing:`` in a stack file: what ``aws eks describe-cluster`` answers, told here.

    Nothing that protects has a default: what is not told is not known.
    """

    name: Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$")]
    version: str
    endpoint: Annotated[
        str, Field(pattern=r"^https://[0-9A-F]{32}\.[a-z0-9]+\.[a-z0-9-]+\.eks\.amazonaws\.com(\.cn)?$")
    ]
    certificate_authority: Annotated[str, AfterValidator(_certificate)]
    security_group_id: SecurityGroupId
    """The group that EKS made with the cluster: nodes are in it."""
    authentication_mode: Literal["API", "API_AND_CONFIG_MAP", "CONFIG_MAP"]
    creator_administers: bool
    """Whether whoever made it is its administrator by that (``bootstrapClusterCreatorAdminPermissions``)."""
    private_endpoint: bool
    public_access_cidrs: list[Annotated[str, AfterValidator(_range)]]
    """Who reaches a public endpoint; empty: there is none."""
    secrets_key_arn: Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/")] | None
    """The key that Kubernetes secrets are under; null: AWS's own."""
    log_types: list[LogType]
    auto_mode: bool
    """Whether EKS makes nodes and load balancers by itself."""
    add_ons: dict[AddOnName, ExistingAddOn]
    """The add-ons that are there. The platform makes those it needs and that are not named here."""
    tags: Literal["write", "there"] = "write"
    """``there``: the security group carries ``karpenter.sh/discovery`` with the cluster's name already."""
    entries: Literal["write", "there"] = "write"
    """``there``: the deploy and preview roles are admitted already, and none is made here."""

    @model_validator(mode="after")
    def _carries_a_platform(self) -> Self:
        if problems := [*self._control_plane(), *self._add_ons()]:
            raise ValueError("; ".join(problems))
        return self

    def _control_plane(self) -> Iterator[str]:
        if self.version != KUBERNETES_VERSION:
            yield (
                f"version: add-ons, charts and definitions are pinned for {KUBERNETES_VERSION!r} (got {self.version!r})"
            )
        if self.authentication_mode == "CONFIG_MAP":
            yield (
                "authentication_mode: nodes and roles are let in by access entries, which need 'API' or "
                "'API_AND_CONFIG_MAP' (got 'CONFIG_MAP')"
            )
        if not self.private_endpoint:
            yield "private_endpoint: nodes reach the API inside the VPC only (got false)"
        if self.auto_mode:
            yield "auto_mode: two programs would make nodes and load balancers, EKS's and the platform's (got true)"

    def _add_ons(self) -> Iterator[str]:
        network, proxy = self.add_ons.get(NETWORK), self.add_ons.get(PROXY)
        if network is not None and _numbers(network.version) < _ENFORCES_SINCE:
            yield f"add_ons.{NETWORK}.version: NetworkPolicies are enforced since v1.14 (got {network.version!r})"
        elif network is not None and not network.network_policies:
            yield f"add_ons.{NETWORK}.network_policies: every NetworkPolicy would be accepted and ignored (got false)"
        if proxy is not None and _numbers(proxy.version) > _numbers(self.version):
            yield f"add_ons.{PROXY}.version: is newer than the API server {self.version} (got {proxy.version!r})"
        for name, add_on in self.add_ons.items():
            if add_on.network_policies and name != NETWORK:
                yield f"add_ons.{name}.network_policies: {NETWORK} alone has this (got true)"

    @property
    def shown(self) -> Mapping[str, Any]:
        """What rules read of it, in the words of EKS's own API."""
        key = {"provider": {"keyArn": self.secrets_key_arn}, "resources": ["secrets"]}
        return {
            "name": self.name,
            "version": self.version,
            "accessConfig": {
                "authenticationMode": self.authentication_mode,
                "bootstrapClusterCreatorAdminPermissions": self.creator_administers,
            },
            "vpcConfig": {
                "endpointPrivateAccess": self.private_endpoint,
                "endpointPublicAccess": bool(self.public_access_cidrs),
                "publicAccessCidrs": list(self.public_access_cidrs),
            },
            "encryptionConfig": key if self.secrets_key_arn else {},
            "enabledClusterLogTypes": list(self.log_types),
        }


def _numbers(version: str) -> tuple[int, int]:
    found = _NUMBERS.match(version)
    return (int(found[1]), int(found[2])) if found else (0, 0)
