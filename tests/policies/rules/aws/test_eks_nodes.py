from policies.analysis.machines.types import NODE_GROUP, TEMPLATE
from policies.engine.graph import UNKNOWN
from policies.rules.aws.eks_nodes import ADD_ON, ATTACHMENT, PLATFORM, RULES
from tests.policies.cases import OURS, Case, RuleCases, cases_test, resource

_NETWORK = resource(ADD_ON, {"addonName": "vpc-cni"})


def _template(**inputs):
    return resource(TEMPLATE, inputs)


def _group(**inputs):
    return resource(NODE_GROUP, inputs)


def _disks(*disks):
    return _template(blockDeviceMappings=list(disks))


def _tagged(*kinds, tags=None):
    return _template(tagSpecifications=[{"resourceType": k, "tags": tags or {"Name": "node"}} for k in kinds])


def _attached(arn):
    return resource(ATTACHMENT, {"role": "example-test-system-nodes", "policyArn": arn})


CASES = {
    "template-disks-are-encrypted": RuleCases(
        passing=[
            Case(_disks({"deviceName": "/dev/xvda", "ebs": {"encrypted": "true"}})),
            Case(
                _disks({"deviceName": "/dev/sdb", "virtualName": "ephemeral0"}, {"ebs": {"encrypted": True}})
            ),
        ],
        failing=[
            Case(
                _template(),
                [OURS],
                findings=["blockDeviceMappings: is not set: the image decides whether its disk is encrypted"],
            ),
            Case(
                _disks(
                    {"deviceName": "/dev/xvda", "ebs": {"encrypted": "true"}},
                    {"deviceName": "/dev/xvdb", "ebs": {}},
                ),
                findings=["blockDeviceMappings[1].ebs.encrypted: /dev/xvdb is not encrypted"],
            ),
            Case(
                _disks({"deviceName": "/dev/xvda", "ebs": {"encrypted": "false"}}),
                findings=["blockDeviceMappings[0].ebs.encrypted: /dev/xvda is not encrypted"],
            ),
        ],
        not_applicable=[Case(_group())],
        undecided=[Case(_disks({"deviceName": "/dev/xvda", "ebs": {"encrypted": UNKNOWN}}))],
    ),
    "nodes-have-no-ssh": RuleCases(
        passing=[
            Case(_template()),
            Case(_group()),
            Case(_template(keyName="ops")),
            Case(_group(remoteAccess={"ec2SshKey": "ops", "sourceSecurityGroupIds": ["sg-bastion"]})),
        ],
        failing=[
            Case(_template(keyName="ops"), [OURS], findings=["keyName: people with an SSH key can log in"]),
            Case(
                _group(remoteAccess={"ec2SshKey": "ops"}),
                findings=["remoteAccess: EKS opens SSH on the nodes"],
            ),
        ],
        not_applicable=[Case(_NETWORK)],
        undecided=[Case(_template(keyName=UNKNOWN), [OURS]), Case(_group(remoteAccess=UNKNOWN))],
    ),
    "template-gives-no-public-address": RuleCases(
        passing=[
            Case(_template()),
            Case(_template(networkInterfaces=[{"associatePublicIpAddress": "false"}])),
        ],
        failing=[
            Case(
                _template(networkInterfaces=[{"associatePublicIpAddress": "true"}]),
                findings=["networkInterfaces[0].associatePublicIpAddress: nodes get a public address"],
            ),
            Case(
                _template(networkInterfaces=[{}, {"associatePublicIpAddress": True}]),
                findings=["networkInterfaces[1].associatePublicIpAddress: nodes get a public address"],
            ),
        ],
        not_applicable=[Case(_group())],
        undecided=[Case(_template(networkInterfaces=[{"associatePublicIpAddress": UNKNOWN}]))],
    ),
    "launched-instances-are-tagged": RuleCases(
        passing=[Case(_tagged("instance", "volume", "network-interface"), [OURS])],
        failing=[
            Case(
                _template(),
                [OURS],
                ["tagSpecifications: instances get no tags", "tagSpecifications: volumes get no tags"],
            ),
            Case(_tagged("instance"), [OURS], ["tagSpecifications: volumes get no tags"]),
            Case(
                _template(
                    tagSpecifications=[
                        {"resourceType": "instance"},
                        {"resourceType": "volume", "tags": {"a": "b"}},
                    ]
                ),
                [OURS],
                ["tagSpecifications: instances get no tags"],
            ),
        ],
        not_applicable=[Case(_group())],
        undecided=[Case(_template(tagSpecifications=UNKNOWN), [OURS]), Case(_tagged(UNKNOWN), [OURS])],
    ),
    "node-groups-have-our-template": RuleCases(
        passing=[Case(_group(launchTemplate={"id": "lt-1", "version": "1"}))],
        failing=[
            Case(
                judged,
                findings=["launchTemplate: is not set: EKS's own lets pods reach the node's credentials"],
            )
            for judged in (_group(), _group(launchTemplate={}))
        ],
        not_applicable=[Case(_template())],
        undecided=[Case(_group(launchTemplate=UNKNOWN))],
    ),
    "node-groups-wait-for-the-network": RuleCases(
        passing=[
            Case(resource(NODE_GROUP, {}, dependencies=frozenset({_NETWORK.urn})), [_NETWORK]),
            Case(_group()),  # another stack, or another CNI
        ],
        failing=[
            Case(_group(), [_NETWORK], ["does not wait for the vpc-cni add-on"]),
            Case(
                resource(NODE_GROUP, {}, dependencies=frozenset({resource(TEMPLATE, {}).urn})),
                [_NETWORK, _template()],
                ["does not wait for the vpc-cni add-on"],
            ),
        ],
        not_applicable=[Case(_NETWORK)],
        undecided=[Case(_group(), [resource(ADD_ON, {"addonName": UNKNOWN})])],
    ),
    "roles-have-no-broad-policy": RuleCases(
        passing=[
            Case(_attached("arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy")),
            Case(_attached("arn:aws:iam::111122223333:policy/example-test-models")),
        ],
        failing=[
            Case(
                _attached("arn:aws:iam::aws:policy/AdministratorAccess"),
                findings=["policyArn: AdministratorAccess is attached"],
            ),
            Case(
                _attached("arn:aws:iam::aws:policy/AmazonS3FullAccess"),
                findings=["policyArn: AmazonS3FullAccess is attached"],
            ),
            Case(
                _attached("arn:aws:iam::aws:policy/job-function/PowerUserAccess"),
                findings=["policyArn: PowerUserAccess is attached"],
            ),
        ],
        not_applicable=[Case(_group())],
        undecided=[Case(_attached(UNKNOWN))],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
