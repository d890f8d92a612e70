from policies.analysis.machines.types import NODE_CLASS
from policies.engine.graph import UNKNOWN
from policies.rules.karpenter.discovery import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

_TAGS = [{"tags": {"karpenter.sh/discovery": "a"}}]
_DISKS = [{"deviceName": "/dev/xvda"}, {"deviceName": "/dev/xvdb"}]


def _made(**spec):
    terms = {"subnetSelectorTerms": _TAGS, "securityGroupSelectorTerms": _TAGS, "amiFamily": "Bottlerocket"}
    return resource(NODE_CLASS, {"spec": {**terms, **spec}})


CASES = {
    "node-classes-find-their-network": RuleCases(
        passing=[
            Case(_made(blockDeviceMappings=_DISKS)),
            Case(_made()),
            Case(
                _made(
                    subnetSelectorTerms=[{"id": "subnet-1"}], securityGroupSelectorTerms=[{"name": "nodes"}]
                )
            ),
            Case(_made(blockDeviceMappings=_DISKS[:1], instanceStorePolicy="RAID0")),
            Case(_made(blockDeviceMappings=_DISKS[:1], amiFamily="AL2023")),
        ],
        failing=[
            Case(
                _made(subnetSelectorTerms=[]),
                findings=["spec.subnetSelectorTerms: is empty: no machine can be made"],
            ),
            Case(
                _made(securityGroupSelectorTerms=[{"tags": {}}]),
                findings=[
                    "spec.securityGroupSelectorTerms[0]: names no tag, id or name: no machine can be made"
                ],
            ),
            Case(
                _made(blockDeviceMappings=[*_DISKS, {"ebs": {}}]),
                findings=["spec.blockDeviceMappings[2].deviceName: is not set: EC2 refuses the machine"],
            ),
        ],
        not_applicable=[Case(resource("kubernetes:core/v1:Service", {}))],
        undecided=[Case(_made(subnetSelectorTerms=UNKNOWN))],
    ),
}

test_cases = cases_test(RULES, CASES)
