import pytest

from policies.analysis.charts.joined import joined
from policies.engine.catalog import RULES as ALL
from policies.engine.evaluate import judge
from policies.engine.graph import UNKNOWN, Graph
from policies.engine.normalize import respelled
from policies.rules.platform.closed_world import PLATFORM, RULES
from policies.rules.platform.providers import AWS, KUBERNETES
from tests.policies.cases import OURS, Case, RuleCases, cases_test, resource

ROLE = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"
KYVERNO = "kubernetes:kyverno.io/v1:ClusterPolicy"
CONFIG = "kubernetes:core/v1:ConfigMap"
COMPONENT = Case(resource("slipway:storage:ModelStore", {}, custom=False))
BUCKET = resource(
    "aws:s3/bucket:Bucket", {"bucket": "b"}, provider=f"urn:pulumi:test::slipway::{AWS}::aws::1"
)


def aws(name="aws", **inputs):
    return resource(AWS, {"region": "eu-central-1", "allowedAccountIds": '["111122223333"]'} | inputs, name)


def sent(token, version="v1", kind="ConfigMap", **inputs):
    """A resource as rules see it: its URN keeps the token."""
    return respelled(resource(token, {"apiVersion": version, "kind": kind} | inputs))


CASES = {
    "stacks-make-what-rules-judge": RuleCases(
        passing=[
            Case(resource("aws:s3/bucket:Bucket", {"region": "eu-central-1"}), [aws()]),
            Case(BUCKET),
            Case(aws()),
            Case(resource(KUBERNETES, {"kubeconfig": "{}", "clusterIdentifier": "c"})),
            Case(resource(KYVERNO, {"spec": {"rules": [{"name": "r", "validate": {}}]}})),
            Case(resource("aws:kms/alias:Alias", {})),
        ],
        failing=[
            Case(resource("aws:kms/grant:Grant", {}), findings=["no rule judges aws:kms/grant:Grant"]),
            Case(resource("pulumi:providers:gcp", {}), findings=["no rule judges pulumi:providers:gcp"]),
            Case(
                aws(endpoints='[{"sts":"https://e"}]', insecure="true"),
                findings=[
                    "endpoints: no rule judges pulumi:providers:aws endpoints",
                    "insecure: no rule judges pulumi:providers:aws insecure",
                ],
            ),
            Case(
                resource("aws:s3/bucket:Bucket", {"region": "us-east-1"}),
                findings=["region: no rule judges aws:s3/bucket:Bucket region"],
            ),
            Case(
                resource(KYVERNO, {"spec": {"rules": [{"generate": {"kind": "Secret"}}]}}),
                findings=[
                    (
                        "spec.rules[0].generate: no rule judges kubernetes:kyverno.io/v1:ClusterPolicy: it "
                        "generates objects that others make"
                    )
                ],
            ),
            Case(
                resource("kubernetes:argoproj.io/v1alpha1:Application", {}),
                findings=[
                    "no rule judges kubernetes:argoproj.io/v1alpha1:Application: it applies what a repository holds"
                ],
            ),
        ],
        not_applicable=[COMPONENT, Case(resource("aws:kms/grant:Grant", {}, rendered=True))],
        undecided=[Case(resource(KYVERNO, {"spec": UNKNOWN}))],
    ),
    "resources-are-made-in-one-place": RuleCases(
        passing=[Case(aws(), [BUCKET]), Case(aws("second"), [aws(), BUCKET]), Case(BUCKET, [aws()])],
        failing=[
            Case(
                aws("second", region="us-east-1"),
                [aws(), BUCKET],
                findings=["region: us-east-1, and the stack's other resources are made in eu-central-1"],
            ),
            Case(
                aws("second", allowedAccountIds='["444455556666"]'),
                [aws(), BUCKET],
                findings=[
                    "allowedAccountIds: 444455556666, and the stack's other resources are made in 111122223333"
                ],
            ),
            Case(
                resource("aws:s3/bucket:Bucket", {}, "stray"),
                [aws(), BUCKET],
                findings=[
                    "has no provider: the surroundings of whoever runs the update choose where aws makes it"
                ],
            ),
        ],
        not_applicable=[COMPONENT],
        undecided=[Case(aws("second", region=UNKNOWN), [aws(), BUCKET])],
    ),
    "objects-are-of-their-type": RuleCases(
        passing=[
            Case(sent(CONFIG)),
            Case(sent("kubernetes:v1:ConfigMap")),
            Case(sent("kubernetes:core/v1:ConfigMapPatch")),
            Case(sent(ROLE, "rbac.authorization.k8s.io/v1", "ClusterRole")),
        ],
        failing=[
            Case(
                sent(CONFIG, "rbac.authorization.k8s.io/v1", "ClusterRoleBinding"),
                findings=[
                    (
                        f"kind: the type is {CONFIG}, and the object that is sent is a "
                        "rbac.authorization.k8s.io/v1 ClusterRoleBinding"
                    )
                ],
            ),
            Case(
                sent(CONFIG, "apps/v1", "DaemonSet"),
                findings=[f"kind: the type is {CONFIG}, and the object that is sent is a apps/v1 DaemonSet"],
            ),
        ],
        not_applicable=[Case(resource("kubernetes:helm.sh/v3:Release", {"chart": "keda"}))],
        undecided=[Case(resource(CONFIG, {"apiVersion": UNKNOWN, "kind": "ConfigMap"}))],
    ),
    "objects-are-declared-whole": RuleCases(
        passing=[Case(sent(CONFIG))],
        failing=[
            Case(
                sent(f"{ROLE}Patch", "rbac.authorization.k8s.io/v1", "ClusterRole"),
                findings=["kind: changes a ClusterRole that is made elsewhere"],
            ),
            Case(
                sent("kubernetes:core/v1:ConfigMapList", "v1", "ConfigMapList", items=[]),
                findings=["items: come in one resource, so that each of them has no state of its own"],
            ),
        ],
        not_applicable=[COMPONENT],
        undecided=[Case(resource(f"{CONFIG}Patch", {"kind": UNKNOWN}))],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)

UNJUDGED = [
    "aws:cloudcontrol/resource:Resource",
    "aws:cloudformation/stack:Stack",
    "aws:cloudformation/stackSet:StackSet",
    "aws:ssm/association:Association",
    "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask",
    "aws:kms/grant:Grant",
    "aws:ram/resourceShare:ResourceShare",
    "aws:ram/principalAssociation:PrincipalAssociation",
    "aws:iam/samlProvider:SamlProvider",
    "aws:iam/serviceLinkedRole:ServiceLinkedRole",
    "aws:iam/virtualMfaDevice:VirtualMfaDevice",
    "aws:rolesanywhere/trustAnchor:TrustAnchor",
    "aws:rolesanywhere/profile:Profile",
    "aws:organizations/account:Account",
    "aws:organizations/policy:Policy",
    "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
    "aws:ec2/vpnConnection:VpnConnection",
    "aws:ec2clientvpn/endpoint:Endpoint",
    "aws:imagebuilder/component:Component",
    "aws:datasync/task:Task",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    "aws:scheduler/schedule:Schedule",
    "aws:appflow/flow:Flow",
    "aws:identitystore/groupMembership:GroupMembership",
    "aws:ssoadmin/accountAssignment:AccountAssignment",
    "aws:eks/fargateProfile:FargateProfile",
    "aws:eks/identityProviderConfig:IdentityProviderConfig",
    "aws:route53/record:Record",
    "aws:route53/zone:Zone",
    "aws:ses/domainIdentity:DomainIdentity",
    "aws:grafana/workspace:Workspace",
    "aws:cloud9/environmentEC2:EnvironmentEC2",
    "kubernetes:kustomize.toolkit.fluxcd.io/v1:Kustomization",
    "kubernetes:helm.toolkit.fluxcd.io/v2:HelmRelease",
    "kubernetes:apiextensions.crossplane.io/v1:Composition",
    "kubernetes:argoproj.io/v1alpha1:ApplicationSet",
    "kubernetes:certificates.k8s.io/v1:CertificateSigningRequest",
    "kubernetes:flowcontrol.apiserver.k8s.io/v1:FlowSchema",
    "kubernetes:helm.sh/v4:Chart",
    "gcp:storage/bucket:Bucket",
    "random:index/randomPassword:RandomPassword",
    "docker:index/container:Container",
    "github:index/repository:Repository",
    "aws-native:s3:Bucket",
    "azure-native:storage:StorageAccount",
    "pulumiservice:index:Webhook",
]


@pytest.mark.parametrize("type_", UNJUDGED)
def test_a_type_that_no_rule_knows_is_a_finding(type_):
    """At least forty, and each by itself; the names of what rules judge are no longer the question."""
    said = judge(
        Graph([OURS, resource(type_, {})]), [r for r in PLATFORM if r.id == "stacks-make-what-rules-judge"]
    )
    assert len(UNJUDGED) >= 40
    assert [f.message.startswith(f"no rule judges {type_}") for f in said.findings] == [True]
    assert judge(Graph([resource(type_, {})]), RULES).findings == ()


def judged(*resources):
    graph = joined(Graph(map(respelled, resources)))
    said = judge(graph, ALL)
    assert said.faults == ()
    return {finding.rule for finding in said.findings}


SECRETS = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]
WIDE = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "ClusterRole",
    "metadata": {"name": "wide"},
    "rules": SECRETS,
}


@pytest.mark.parametrize(
    "hidden",
    [
        resource(ROLE, WIDE),
        resource(f"{ROLE}Patch", WIDE),
        resource(CONFIG, WIDE),
        resource("kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleList", {
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleList",
            "items": [{"metadata": {"name": "wide"}, "rules": SECRETS}],
        }),
        resource("kubernetes:helm.sh/v3:Release", {"chart": "app", "values": {"extraObjects": [WIDE]}}),
        resource(KYVERNO, {"apiVersion": "kyverno.io/v1", "kind": "ClusterPolicy", "spec": {"rules": [{
            "name": "r", "generate": {
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "name": "wide",
                "data": {"rules": SECRETS},
            },
        }]}}),
    ],
    ids=["role", "patch", "liar", "list", "chart-values", "generated"],
)  # fmt: skip
def test_an_object_is_judged_wherever_it_hides(hidden):
    assert "rbac-roles-name-resources-and-verbs" in judged(hidden)
