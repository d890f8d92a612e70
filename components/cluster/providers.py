"""The two doors of a stack: one AWS provider with default tags, one Kubernetes provider without a credential."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

from components.cluster.cluster import ClusterHandle
from components.cluster.kubeconfig import kubeconfig
from components.foundation.names import Names


def aws_provider(names: Names, tags: Mapping[str, str]) -> aws.Provider:
    """The account and region of ``names``, and no other: credentials of another account are refused."""
    return aws.Provider(
        "aws",
        region=names.region,
        allowed_account_ids=[names.account],
        default_tags={"tags": tags},
    )


def kubernetes_provider(names: Names, cluster: ClusterHandle) -> k8s.Provider:
    """The cluster's API. Waits for the deploy role's access entry: without it every request is refused.

    ``cluster_identifier`` keeps the provider's objects when the endpoint or the authority changes; without it
    a new kubeconfig replaces everything in the cluster.
    """
    return k8s.Provider(
        "kubernetes",
        kubeconfig=kubeconfig(names, cluster),
        cluster_identifier=names.cluster_arn,
        # Otherwise a ConfigMap that changes is deleted and made again, and what starts meanwhile does not find it.
        enable_config_map_mutable=True,
        opts=pulumi.ResourceOptions(depends_on=list(cluster.ready)),
    )
