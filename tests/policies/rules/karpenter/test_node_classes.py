from typing import Any

from policies.analysis.machines.types import AUTO_MODE, NODE_CLASS, NODE_CLASSES
from policies.engine.graph import UNKNOWN, Resource
from policies.rules.karpenter.node_classes import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

POD = resource("kubernetes:core/v1:Pod", {"kind": "Pod"})


def node_class(**spec: Any) -> Resource:
    manifest = {"apiVersion": "karpenter.k8s.aws/v1", "kind": "EC2NodeClass", "spec": spec}
    return resource(NODE_CLASS, manifest)


def image(**term: Any) -> Resource:
    return node_class(amiFamily="Custom", amiSelectorTerms=[term])


def disk(device: str, **ebs: Any) -> dict[str, Any]:
    return {"deviceName": device, "ebs": ebs}


LATEST = "/aws/service/bottlerocket/aws-k8s-1.35/x86_64/latest/image_id"
ROOT = disk("/dev/xvda", encrypted=True)
DATA = disk("/dev/xvdb", encrypted=True)

CASES: dict[str, RuleCases] = {
    "node-classes-require-imdsv2": RuleCases(
        passing=[
            Case(node_class()),
            Case(node_class(metadataOptions={"httpTokens": "required", "httpPutResponseHopLimit": 1})),
            Case(node_class(metadataOptions={"httpEndpoint": "disabled", "httpPutResponseHopLimit": 2})),
        ],
        failing=[
            Case(
                node_class(metadataOptions={"httpTokens": "optional"}),
                findings=[
                    (
                        "spec.metadataOptions.httpTokens: is not required: one forged request from a pod reads the "
                        "node's credentials"
                    )
                ],
            ),
            Case(
                node_class(metadataOptions={"httpPutResponseHopLimit": 2}),
                findings=[
                    "spec.metadataOptions.httpPutResponseHopLimit: 2 hops let pods take the node's credentials"
                ],
            ),
        ],
        not_applicable=[Case(POD)],
        undecided=[Case(node_class(metadataOptions={"httpTokens": UNKNOWN}))],
    ),
    "node-class-disks-are-encrypted": RuleCases(
        passing=[
            Case(node_class(amiFamily="Bottlerocket")),
            Case(node_class(amiFamily="Bottlerocket", blockDeviceMappings=[ROOT, DATA])),
            Case(node_class(amiFamily="AL2023", blockDeviceMappings=[ROOT])),
        ],
        failing=[
            Case(
                node_class(
                    amiFamily="AL2023", blockDeviceMappings=[disk("/dev/xvda"), disk("", encrypted=False)]
                ),
                findings=[
                    "spec.blockDeviceMappings[0].ebs.encrypted: /dev/xvda is not encrypted",
                    "spec.blockDeviceMappings[1].ebs.encrypted: a disk is not encrypted",
                ],
            ),
            Case(
                node_class(amiSelectorTerms=[{"alias": "bottlerocket@v1.54.0"}], blockDeviceMappings=[ROOT]),
                findings=[
                    "spec.blockDeviceMappings: /dev/xvdb, which holds the containers, is left as the image has it"
                ],
            ),
            Case(
                node_class(amiFamily="Custom"),
                findings=[
                    "spec.blockDeviceMappings: is not set: a Custom image's disks are as the image has them"
                ],
            ),
        ],
        not_applicable=[Case(POD)],
        undecided=[Case(node_class(blockDeviceMappings=[disk("/dev/xvda", encrypted=UNKNOWN)]))],
    ),
    "node-images-are-pinned": RuleCases(
        passing=[
            Case(image(alias="bottlerocket@v1.54.0")),
            Case(image(id="ami-0123456789abcdef0")),
            Case(image(name="bottlerocket-aws-k8s-1.35-x86_64-v1.54.0", owner="amazon")),
            Case(image(ssmParameter="/aws/service/bottlerocket/aws-k8s-1.35/x86_64/1.54.0/image_id")),
        ],
        failing=[
            Case(
                image(alias="bottlerocket@latest"),
                findings=["spec.amiSelectorTerms[0].alias: bottlerocket@latest changes without review"],
            ),
            Case(
                image(ssmParameter=LATEST),
                findings=[
                    (
                        "spec.amiSelectorTerms[0].ssmParameter: "
                        "/aws/service/bottlerocket/aws-k8s-1.35/x86_64/latest/image_id changes without review"
                    )
                ],
            ),
            Case(
                image(name="my-image-*"),
                findings=["spec.amiSelectorTerms[0].name: images by name my-image-* change without review"],
            ),
            Case(
                image(tags={"team": "a"}),
                findings=["spec.amiSelectorTerms[0].tags: images by tags change without review"],
            ),
        ],
        not_applicable=[Case(POD)],
        undecided=[Case(image(alias=UNKNOWN))],
    ),
    "nodes-have-no-public-address": RuleCases(
        passing=[Case(node_class()), Case(node_class(associatePublicIPAddress=False))],
        failing=[
            Case(
                node_class(associatePublicIPAddress=value),
                findings=["spec.associatePublicIPAddress: nodes get public addresses"],
            )
            for value in (True, "true")
        ]
        + [
            Case(
                resource(AUTO_MODE, {"spec": {"advancedNetworking": {"associatePublicIPAddress": True}}}),
                findings=["spec.advancedNetworking.associatePublicIPAddress: nodes get public addresses"],
            ),
            Case(
                resource(NODE_CLASSES[1], {"spec": {"associatePublicIPAddress": True}}),
                findings=["spec.associatePublicIPAddress: nodes get public addresses"],
            ),
        ],
        not_applicable=[Case(POD)],
        undecided=[Case(node_class(associatePublicIPAddress=UNKNOWN))],
    ),
    "node-classes-select-their-own-network": RuleCases(
        passing=[
            Case(node_class(subnetSelectorTerms=[{"tags": {"karpenter.sh/discovery": "example"}}])),
            Case(node_class(subnetSelectorTerms=[{"tags": {"Name": "*", "cluster": "example"}}])),
            Case(node_class(securityGroupSelectorTerms=[{"id": "sg-0123456789abcdef0"}])),
        ],
        failing=[
            Case(
                node_class(subnetSelectorTerms=[{"tags": {"Name": "*"}}]),
                findings=["spec.subnetSelectorTerms[0].tags: Name of any value takes in other clusters'"],
            ),
            Case(
                node_class(securityGroupSelectorTerms=[{"name": "*"}]),
                findings=[
                    "spec.securityGroupSelectorTerms[0].name: name of any value takes in other clusters'"
                ],
            ),
        ],
        not_applicable=[Case(POD)],
        undecided=[Case(node_class(subnetSelectorTerms=[{"tags": {"Name": UNKNOWN}}]))],
    ),
}

test_cases = cases_test(RULES, CASES)
