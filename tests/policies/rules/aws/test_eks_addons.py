from policies.engine.graph import UNKNOWN
from policies.rules.aws.eks_addons import ADD_ON, NODE_GROUP, PLATFORM, RULES, STORAGE_CLASS, VOLUME
from tests.policies.cases import Case, RuleCases, cases_test, resource

_NODES = resource(NODE_GROUP, {})


def _add_on(kind, **inputs):
    return resource(ADD_ON, {"addonName": kind, **inputs})


def _storage(**inputs):
    return resource(STORAGE_CLASS, {"kind": "StorageClass", "provisioner": "ebs.csi.aws.com", **inputs})


_NODES_CASE = [Case(_NODES)]
_IGNORED = "configurationValues.enableNetworkPolicy: is off: every NetworkPolicy is accepted and ignored"


def _volume(driver, **attributes):
    spec = {"csi": {"driver": driver, "volumeHandle": "fs-1", "volumeAttributes": attributes}}
    return resource(VOLUME, {"kind": "PersistentVolume", "spec": spec})


CASES = {
    "add-ons-are-pinned": RuleCases(
        passing=[Case(_add_on("coredns", addonVersion="v1.14.2-eksbuild.4"))],
        failing=[
            Case(_add_on("coredns"), findings=["addonVersion: coredns has no version"]),
            Case(_add_on("vpc-cni", addonVersion=""), findings=["addonVersion: vpc-cni has no version"]),
        ],
        not_applicable=_NODES_CASE,
        undecided=[Case(_add_on("coredns", addonVersion=UNKNOWN))],
    ),
    "network-policies-are-enforced": RuleCases(
        passing=[
            Case(_add_on("vpc-cni", configurationValues='{"enableNetworkPolicy": "true"}')),
            Case(_add_on("vpc-cni", configurationValues='{"enableNetworkPolicy": true}')),
            Case(_add_on("coredns")),
        ],
        failing=[
            Case(_add_on("vpc-cni"), findings=[_IGNORED]),
            Case(
                _add_on("vpc-cni", configurationValues='{"enableNetworkPolicy": "false"}'),
                findings=[_IGNORED],
            ),
        ],
        not_applicable=_NODES_CASE,
        undecided=[
            Case(_add_on("vpc-cni", configurationValues=UNKNOWN)),
            Case(_add_on("vpc-cni", configurationValues="enableNetworkPolicy: true")),
            Case(_add_on(UNKNOWN)),
        ],
    ),
    "add-ons-have-their-own-identity": RuleCases(
        passing=[
            Case(_add_on("aws-ebs-csi-driver", podIdentityAssociations=[{"roleArn": "arn:aws:iam::x"}])),
            Case(_add_on("aws-ebs-csi-driver", serviceAccountRoleArn="arn:aws:iam::111122223333:role/ebs")),
            Case(_add_on("coredns")),
        ],
        failing=[
            Case(
                _add_on(kind),
                findings=[
                    (
                        f"podIdentityAssociations: {kind} has no role of its own: its permissions stand on the "
                        "node, for every pod there"
                    )
                ],
            )
            for kind in ("aws-ebs-csi-driver", "vpc-cni")
        ],
        not_applicable=_NODES_CASE,
        undecided=[
            Case(_add_on("aws-ebs-csi-driver", podIdentityAssociations=UNKNOWN)),
            Case(_add_on("aws-ebs-csi-driver", serviceAccountRoleArn=UNKNOWN)),
        ],
    ),
    "add-ons-wait-for-nodes": RuleCases(
        passing=[
            Case(resource(ADD_ON, {"addonName": "coredns"}, dependencies=frozenset({_NODES.urn})), [_NODES]),
            Case(_add_on("coredns")),  # nodes of another stack
            Case(_add_on("vpc-cni"), [_NODES]),
        ],
        failing=[
            Case(_add_on(kind), [_NODES], [f"{kind} does not wait for any node group"])
            for kind in ("coredns", "metrics-server")
        ],
        not_applicable=_NODES_CASE,
        undecided=[Case(_add_on(UNKNOWN), [_NODES])],
    ),
    "storage-classes-encrypt": RuleCases(
        passing=[
            Case(_storage(parameters={"type": "gp3", "encrypted": "true"})),
            Case(_storage(provisioner="efs.csi.aws.com")),
        ],
        failing=[
            Case(_storage(), findings=["parameters.encrypted: is not true"]),
            Case(
                _storage(provisioner="ebs.csi.eks.amazonaws.com", parameters={"encrypted": "False"}),
                findings=["parameters.encrypted: is not true"],
            ),
            Case(_storage(parameters={"encrypted": "yes"}), findings=["parameters.encrypted: is not true"]),
            Case(_storage(parameters={"encrypted": "false"}), findings=["parameters.encrypted: is not true"]),
        ],
        not_applicable=_NODES_CASE,
        undecided=[Case(_storage(parameters=UNKNOWN)), Case(_storage(parameters={"encrypted": UNKNOWN}))],
    ),
    "volumes-encrypt-on-the-way": RuleCases(
        passing=[
            Case(_volume("efs.csi.aws.com")),
            Case(_volume("efs.csi.aws.com", encryptInTransit="true")),
            Case(_volume("ebs.csi.aws.com", encryptInTransit="false")),
        ],
        failing=[
            Case(
                _volume("efs.csi.aws.com", encryptInTransit=said),
                findings=[
                    (
                        "spec.csi.volumeAttributes.encryptInTransit: is off: what is read and written crosses the "
                        "network in plain text"
                    )
                ],
            )
            for said in ("false", False)
        ],
        not_applicable=_NODES_CASE,
        undecided=[Case(_volume("efs.csi.aws.com", encryptInTransit=UNKNOWN))],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
