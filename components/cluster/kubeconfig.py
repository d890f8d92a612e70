"""How the Kubernetes provider reaches the cluster: with the deploy identity's own short-lived token."""

import json

import pulumi

from components.cluster.cluster import ClusterHandle
from components.foundation.names import Names


def kubeconfig(names: Names, cluster: ClusterHandle) -> pulumi.Output[str]:
    """A kubeconfig that holds no credential: each call asks ``aws eks get-token``."""
    return pulumi.Output.all(cluster.endpoint, cluster.certificate_authority).apply(
        lambda found: render(names, endpoint=found[0], authority=found[1])
    )


def render(names: Names, *, endpoint: str, authority: str) -> str:
    """The document as JSON text."""
    user = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "aws",
        "args": [
            "--region",
            names.region,
            "eks",
            "get-token",
            "--cluster-name",
            names.cluster,
            "--output",
            "json",
        ],
    }
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": names.cluster,
                    "cluster": {"server": endpoint, "certificate-authority-data": authority},
                }
            ],
            "users": [{"name": names.cluster, "user": {"exec": user}}],
            "contexts": [
                {"name": names.cluster, "context": {"cluster": names.cluster, "user": names.cluster}}
            ],
            "current-context": names.cluster,
        }
    )
