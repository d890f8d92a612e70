from policies.analysis.machines.types import CLUSTER
from policies.engine.graph import UNKNOWN
from policies.rules.aws.eks_cluster import ACCESS_ENTRY, ACCESS_POLICY, LOG_GROUP, LOG_TYPES, PLATFORM, RULES
from tests.policies.cases import OURS, Case, RuleCases, cases_test, resource

_ELSEWHERE = [Case(resource("aws:eks/nodeGroup:NodeGroup", {}))]
_ROLE = "arn:aws:iam::111122223333:role/example-test-deploy"
_USER = "arn:aws:iam::111122223333:user/alice"
_ACCOUNT = "arn:aws:iam::111122223333:root"


def _cluster(**inputs):
    return resource(CLUSTER, inputs)


def _network(**inputs):
    return _cluster(vpcConfig={"subnetIds": ["subnet-1"], **inputs})


_LOGS = resource(LOG_GROUP, {"name": "/aws/eks/example-test/cluster", "retentionInDays": 365}, name="logs")

CASES = {
    "eks-api-not-public": RuleCases(
        passing=[
            # What AWS answers for a closed endpoint still lists everyone.
            Case(_network(endpointPublicAccess=False, publicAccessCidrs=["0.0.0.0/0"])),
            Case(_network(endpointPublicAccess=True, publicAccessCidrs=["203.0.113.0/24"])),
            Case(_network(publicAccessCidrs=["203.0.113.0/24", "2001:db8::/32"])),
        ],
        failing=[
            Case(
                _cluster(),
                findings=["vpcConfig.publicAccessCidrs: is not set: the Kubernetes API answers 0.0.0.0/0"],
            ),
            Case(
                _network(endpointPublicAccess=True),
                findings=["vpcConfig.publicAccessCidrs: is not set: the Kubernetes API answers 0.0.0.0/0"],
            ),
            Case(
                _network(publicAccessCidrs=["203.0.113.0/24", "0.0.0.0/1", "128.0.0.0/1"]),
                findings=[
                    "vpcConfig.publicAccessCidrs[1]: the Kubernetes API answers 0.0.0.0/1",
                    "vpcConfig.publicAccessCidrs[2]: the Kubernetes API answers 128.0.0.0/1",
                ],
            ),
        ],
        not_applicable=_ELSEWHERE,
        undecided=[
            Case(_network(endpointPublicAccess=UNKNOWN)),
            Case(_network(publicAccessCidrs=UNKNOWN)),
            Case(_network(publicAccessCidrs=[UNKNOWN])),
        ],
    ),
    "cluster-api-answers-inside-the-vpc": RuleCases(
        passing=[Case(_network(endpointPrivateAccess=True))],
        failing=[
            Case(
                judged,
                findings=[
                    "vpcConfig.endpointPrivateAccess: is off: nodes reach the Kubernetes API over the internet"
                ],
            )
            for judged in (_cluster(), _network(endpointPrivateAccess=False))
        ],
        not_applicable=_ELSEWHERE,
        undecided=[Case(_cluster(vpcConfig=UNKNOWN))],
    ),
    "eks-secrets-use-cmk": RuleCases(
        passing=[
            Case(
                _cluster(encryptionConfig={"provider": {"keyArn": "arn:aws:kms:x"}, "resources": ["secrets"]})
            )
        ],
        failing=[
            Case(
                _cluster(),
                findings=[
                    (
                        "encryptionConfig.provider.keyArn: secrets are under a key that AWS owns: nobody here can "
                        "revoke it or see its use"
                    )
                ],
            ),
            Case(
                _cluster(encryptionConfig={"resources": ["secrets"]}),
                findings=[
                    (
                        "encryptionConfig.provider.keyArn: secrets are under a key that AWS owns: nobody here can "
                        "revoke it or see its use"
                    )
                ],
            ),
            Case(
                _cluster(encryptionConfig={"provider": {"keyArn": "arn:aws:kms:x"}, "resources": []}),
                findings=["encryptionConfig.resources: does not name secrets"],
            ),
        ],
        not_applicable=_ELSEWHERE,
        undecided=[
            Case(_cluster(encryptionConfig={"provider": {"keyArn": UNKNOWN}, "resources": ["secrets"]}))
        ],
    ),
    "eks-control-plane-logs-enabled": RuleCases(
        passing=[Case(_cluster(enabledClusterLogTypes=list(LOG_TYPES)))],
        failing=[
            Case(_cluster(), findings=[f"enabledClusterLogTypes: {kind} logs are off" for kind in LOG_TYPES]),
            Case(
                _cluster(enabledClusterLogTypes=["api", "authenticator", "controllerManager", "scheduler"]),
                findings=["enabledClusterLogTypes: audit logs are off"],
            ),
        ],
        not_applicable=_ELSEWHERE,
        undecided=[
            Case(_cluster(enabledClusterLogTypes=UNKNOWN)),
            Case(_cluster(enabledClusterLogTypes=[UNKNOWN])),
        ],
    ),
    "control-plane-logs-have-a-group": RuleCases(
        passing=[
            Case(
                resource(
                    CLUSTER,
                    {"name": "example-test", "enabledClusterLogTypes": ["audit"]},
                    dependencies=frozenset({_LOGS.urn}),
                ),
                [_LOGS],
            ),
            Case(_cluster(name="example-test")),
        ],
        failing=[
            Case(
                _cluster(name="example-test", enabledClusterLogTypes=["audit"]),
                findings=[
                    "name: log group /aws/eks/example-test/cluster is left to EKS, which keeps it for ever"
                ],
            ),
            Case(
                _cluster(name="example-test", enabledClusterLogTypes=["audit"]),
                [_LOGS],
                ["does not wait for log group logs, and EKS makes it first, without retention"],
            ),
        ],
        not_applicable=_ELSEWHERE,
        undecided=[
            Case(_cluster(enabledClusterLogTypes=["audit"])),
            Case(_cluster(name=UNKNOWN, enabledClusterLogTypes=["audit"])),
            Case(
                _cluster(name="example-test", enabledClusterLogTypes=["audit"]),
                [resource(LOG_GROUP, {"name": UNKNOWN})],
            ),
        ],
    ),
    "cluster-is-entered-by-access-entries-only": RuleCases(
        passing=[
            Case(
                _cluster(
                    accessConfig={
                        "authenticationMode": "API",
                        "bootstrapClusterCreatorAdminPermissions": False,
                    }
                ),
                [OURS],
            ),
            Case(_cluster(accessConfig={"authenticationMode": "API_AND_CONFIG_MAP"})),
            Case(_cluster()),
        ],
        failing=[
            Case(
                _cluster(accessConfig={"authenticationMode": "CONFIG_MAP"}),
                findings=["accessConfig.authenticationMode: CONFIG_MAP: a ConfigMap decides who may enter"],
            ),
            Case(
                _cluster(),
                [OURS],
                findings=[
                    "accessConfig.authenticationMode: CONFIG_MAP: a ConfigMap decides who may enter",
                    (
                        "accessConfig.bootstrapClusterCreatorAdminPermissions: whoever creates the cluster "
                        "becomes its administrator for ever"
                    ),
                ],
            ),
            Case(
                _cluster(accessConfig={"authenticationMode": "API"}),
                [OURS],
                findings=[
                    (
                        "accessConfig.bootstrapClusterCreatorAdminPermissions: whoever creates the cluster "
                        "becomes its administrator for ever"
                    )
                ],
            ),
            Case(
                _cluster(
                    accessConfig={
                        "authenticationMode": "API_AND_CONFIG_MAP",
                        "bootstrapClusterCreatorAdminPermissions": False,
                    }
                ),
                [OURS],
                findings=[
                    "accessConfig.authenticationMode: API_AND_CONFIG_MAP: a ConfigMap decides who may enter"
                ],
            ),
        ],
        not_applicable=_ELSEWHERE,
        undecided=[
            Case(
                _cluster(
                    accessConfig={
                        "authenticationMode": "API",
                        "bootstrapClusterCreatorAdminPermissions": UNKNOWN,
                    }
                ),
                [OURS],
            )
        ],
    ),
    "cluster-is-protected-from-deletion": RuleCases(
        passing=[Case(_cluster(deletionProtection=True))],
        failing=[
            Case(_cluster(), findings=["deletionProtection: is off"]),
            Case(_cluster(deletionProtection=False), findings=["deletionProtection: is off"]),
        ],
        not_applicable=_ELSEWHERE,
        undecided=[Case(_cluster(deletionProtection=UNKNOWN))],
    ),
    "cluster-version-is-pinned": RuleCases(
        passing=[Case(_cluster(version="1.35"))],
        failing=[
            Case(
                judged, findings=["version: is not set: a new cluster gets whatever is the default that day"]
            )
            for judged in (_cluster(), _cluster(version=""))
        ],
        not_applicable=_ELSEWHERE,
        undecided=[Case(_cluster(version=UNKNOWN))],
    ),
    "cluster-access-is-for-roles": RuleCases(
        passing=[
            Case(resource(ACCESS_ENTRY, {"principalArn": _ROLE})),
            Case(resource(ACCESS_POLICY, {"principalArn": _ROLE})),
        ],
        failing=[
            Case(
                resource(ACCESS_ENTRY, {"principalArn": _USER}),
                findings=[
                    (
                        "principalArn: arn:aws:iam::111122223333:user/alice is a user, whose access keys do not "
                        "expire"
                    )
                ],
            ),
            Case(
                resource(ACCESS_POLICY, {"principalArn": _ACCOUNT}),
                findings=["principalArn: arn:aws:iam::111122223333:root is a whole account"],
            ),
            Case(
                resource(ACCESS_ENTRY, {"principalArn": _ROLE, "kubernetesGroups": ["system:masters"]}),
                findings=["kubernetesGroups[0]: no policy can bound system:masters"],
            ),
        ],
        not_applicable=_ELSEWHERE,
        undecided=[Case(resource(ACCESS_ENTRY, {"principalArn": UNKNOWN}))],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
