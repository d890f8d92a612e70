"""Types of resources that make the machines of a cluster, and the cluster."""

from typing import Final

TEMPLATE: Final = "aws:ec2/launchTemplate:LaunchTemplate"
NODE_GROUP: Final = "aws:eks/nodeGroup:NodeGroup"
CLUSTER: Final = "aws:eks/cluster:Cluster"
ADOPTED_CLUSTER: Final = "slipway:cluster:AdoptedCluster"
"""What a stack file says of a cluster that somebody else made, in the words of EKS's API."""
CLUSTERS: Final = (CLUSTER, ADOPTED_CLUSTER)
NODE_POOLS: Final = ("kubernetes:karpenter.sh/v1:NodePool", "kubernetes:karpenter.sh/v1beta1:NodePool")
NODE_POOL: Final = NODE_POOLS[0]
NODE_CLASSES: Final = (
    "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass",
    "kubernetes:karpenter.k8s.aws/v1beta1:EC2NodeClass",
)
NODE_CLASS: Final = NODE_CLASSES[0]
AUTO_MODE: Final = "kubernetes:eks.amazonaws.com/v1:NodeClass"
"""What EKS Auto Mode makes machines by; their metadata, images and disks are AWS's own business."""
