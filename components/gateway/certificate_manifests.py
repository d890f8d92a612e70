"""cert-manager's values, issuers and permissions, as plain data."""

from typing import Any, Final

from components.cluster.priorities import PLATFORM_PRIORITY
from components.foundation.iam_document import Statement
from components.foundation.names import Names
from components.foundation.system_home import ON_SYSTEM_NODES
from components.foundation.well_known import CERT_MANAGER

INTERNAL_ISSUER: Final = "internal"
PUBLIC_ISSUER: Final = "public"
CONTROLLER_ACCOUNT: Final = "cert-manager"
"""The controller's service account, as the chart names it for a release called cert-manager."""

_BOOTSTRAP: Final = "internal-bootstrap"
_AUTHORITY: Final = "internal-authority"


def values() -> dict[str, Any]:
    """The chart's values: CRDs outlive the release, and what admits has replicas and a disruption budget.

    Security contexts are the chart's own (v1.20.2): not root, read-only file system, no capabilities.
    """
    small = {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"cpu": "500m", "memory": "256Mi"}}
    budget = {"enabled": True, "minAvailable": 1}
    # On nodes that no autoscaler takes away: without the webhook no certificate is accepted.
    home = {**ON_SYSTEM_NODES, "resources": small}
    return {
        # Its webhook is asked about every certificate.
        "global": {"priorityClassName": PLATFORM_PRIORITY},
        "serviceAccount": {"name": CONTROLLER_ACCOUNT},
        "replicaCount": 2,
        "podDisruptionBudget": budget,
        **home,
        "webhook": {"replicaCount": 3, "podDisruptionBudget": budget, **home},
        "cainjector": {"replicaCount": 2, "podDisruptionBudget": budget, **home},
        "startupapicheck": home,
    }


def bootstrap_issuer() -> dict[str, Any]:
    """Signs exactly one certificate: the authority's own."""
    return _cluster_issuer(_BOOTSTRAP, {"selfSigned": {}})


def authority() -> dict[str, Any]:
    """The platform's own certificate authority; its key lives in the cert-manager namespace only."""
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": {"name": _AUTHORITY, "namespace": CERT_MANAGER},
        "spec": {
            "isCA": True,
            "commonName": "slipway internal authority",
            "secretName": _AUTHORITY,
            "duration": "87600h",
            "renewBefore": "8760h",
            "usages": ["cert sign", "crl sign"],
            "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
            "issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": _BOOTSTRAP},
        },
    }


def internal_issuer() -> dict[str, Any]:
    """What components ask for certificates."""
    return _cluster_issuer(INTERNAL_ISSUER, {"ca": {"secretName": _AUTHORITY}})


def public_issuer(*, email: str, server: str, zone: str, zone_id: str) -> dict[str, Any]:
    """A publicly trusted issuer that proves it owns one DNS zone.

    No region and no keys: EKS Pod Identity gives the controller both (cert-manager's API, Route53).
    """
    return _cluster_issuer(
        PUBLIC_ISSUER,
        {
            "acme": {
                "email": email,
                "server": server,
                "privateKeySecretRef": {"name": f"{PUBLIC_ISSUER}-account"},
                "solvers": [
                    {"selector": {"dnsZones": [zone]}, "dns01": {"route53": {"hostedZoneID": zone_id}}},
                ],
            }
        },
    )


def dns_statements(names: Names, zone_id: str) -> list[Statement]:
    """Write TXT records of one zone, and ask whether they have arrived."""
    zone = f"arn:{names.partition}:route53:::hostedzone/{zone_id}"
    return [
        Statement(
            sid="WriteChallenge",
            actions=["route53:ChangeResourceRecordSets"],
            resources=[zone],
            # Only the record an ACME challenge needs: whoever takes this role cannot move the zone's hosts.
            conditions={
                "ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsRecordTypes": ["TXT"]}
            },
        ),
        Statement(sid="ReadZone", actions=["route53:ListResourceRecordSets"], resources=[zone]),
        Statement(
            sid="ReadChange",
            actions=["route53:GetChange"],
            # A change's id is known only after it is made.
            resources=[f"arn:{names.partition}:route53:::change/*"],
        ),
    ]


def _cluster_issuer(name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "ClusterIssuer",
        "metadata": {"name": name},
        "spec": spec,
    }
