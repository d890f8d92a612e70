"""What AWS refuses of a change to what runs, found while both sides are only written."""

from collections.abc import Mapping
from typing import Any, Final

_CLUSTER: Final = "aws:eks/cluster:Cluster"
_SUBNET: Final = "aws:ec2/subnet:Subnet"
_GROUND: Final = "slipway:network:ControlPlaneSubnets"


def refused_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """A sentence for each cluster whose control plane moves to other zones than it has.

    EKS takes other subnets in the same zones only ("Subnet requirements for clusters", EKS user guide;
    containers-roadmap issue 2258; read 2026-11-28). A cluster that is new may stand anywhere.
    """
    old, new = _zones(before), _zones(after)
    if not old or not new or old == new:
        return []
    kept = {r["urn"] for r in before["resources"] if r["type"] == _CLUSTER}
    return [
        f"{r['name']}: EKS keeps the control plane of a live cluster in {', '.join(sorted(old))} "
        f"(got {', '.join(sorted(new))}): the update stops there"
        for r in after["resources"]
        if r["type"] == _CLUSTER and r["urn"] in kept
    ]


def _zones(report: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(
        resource["inputs"].get("availabilityZone") or ""
        for resource in report["resources"]
        if resource["type"] == _SUBNET and _GROUND in (resource.get("parent") or "")
    ) - {""}
