import json
from dataclasses import replace

from policies.analysis.iam.identities import ASSOCIATION, ROLE
from policies.analysis.kserve.objects import INFERENCE_SERVICE
from policies.engine.graph import UNKNOWN
from policies.rules.platform.plane_separation import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

RBAC = "kubernetes:rbac.authorization.k8s.io/v1:"


def says(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(namespace):
    return says(
        {
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": {"StringEquals": {"aws:RequestTag/kubernetes-namespace": namespace}},
        }
    )


def by_token(subject):
    return says(
        {
            "Effect": "Allow",
            "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.example"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {"oidc.eks.example:sub": subject}},
        }
    )


def role(trusts, name="worker"):
    return resource(ROLE, {"name": name, "assumeRolePolicy": trusts}, name="role")


def gives(action, on="*", name="worker"):
    policy = says({"Effect": "Allow", "Action": action, "Resource": on})
    return resource("aws:iam/rolePolicy:RolePolicy", {"role": name, "policy": policy}, name="policy")


def associated(namespace):
    return resource(
        ASSOCIATION,
        {"namespace": namespace, "serviceAccount": "a", "clusterName": "c", "roleArn": "worker"},
        name="association",
    )


PAYLOADS = resource("aws:s3/bucket:Bucket", {"bucket": "example-payloads"}, name="payloads")
STORE = "arn:aws:s3:::example-payloads/*"
LOGGED = resource(
    INFERENCE_SERVICE[0],
    {
        "kind": "InferenceService",
        "metadata": {"name": "m", "namespace": "tenants"},
        "spec": {"predictor": {"logger": {"url": "s3://kept/m"}}},
    },
    name="service",
)
UNREAD = resource("aws:iam/rolePolicy:RolePolicy", {"role": "worker", "policy": UNKNOWN}, name="policy")


def binding(*subjects, ref="writer", kind="Role", bound="RoleBinding"):
    said = {
        "kind": bound,
        "metadata": {"name": "b", "namespace": "models"},
        "subjects": list(subjects),
        "roleRef": {"kind": kind, "name": ref},
    }
    return resource(f"{RBAC}{bound}", said, name="binding")


def may(verbs, groups, kinds, kind="Role"):
    rule = {"verbs": verbs, "apiGroups": groups, "resources": kinds}
    said = {"kind": kind, "metadata": {"name": "writer", "namespace": "models"}, "rules": [rule]}
    return resource(f"{RBAC}{kind}", said, name="writer")


MODEL = {"kind": "ServiceAccount", "name": "support-chat-v1"}
PERSON = {"kind": "User", "name": "somebody"}
ALL_MODELS = {"kind": "Group", "name": "system:serviceaccounts:models"}

CASES = {
    "control-plane-reads-no-payloads": RuleCases(
        passing=[
            Case(role(trust("keda")), [PAYLOADS, gives("s3:GetObject", "arn:aws:s3:::example-charts/*")]),
            Case(role(trust("keda")), [PAYLOADS, gives("s3:PutObject", STORE)]),
        ],
        failing=[
            Case(
                role(trust("keda")),
                [PAYLOADS, gives("s3:*", "*")],
                [f"pods of keda may s3:GetObject* on {STORE}"],
            ),
            Case(
                role(by_token("system:serviceaccount:karpenter:karpenter")),
                [PAYLOADS, gives("s3:getobject", STORE)],
                [f"pods of karpenter may s3:getobject on {STORE}"],
            ),
            Case(
                role(says()),
                [LOGGED, associated("istio-system"), gives("s3:Get*", "arn:aws:s3:::k*")],
                ["pods of istio-system may s3:GetObject* on arn:aws:s3:::kept/*"],
            ),
        ],
        not_applicable=[Case(role(trust("analytics")), [PAYLOADS, gives("s3:GetObject", STORE)])],
        undecided=[Case(role(trust("keda")), [PAYLOADS, UNREAD])],
    ),
    "models-change-no-policy-of-the-account": RuleCases(
        passing=[
            Case(role(trust("models")), [gives("s3:GetObject", STORE)]),
            Case(role(trust("models")), [gives(["ec2:DescribeInstances", "kms:Decrypt", "iam:GetRole"])]),
        ],
        failing=[
            Case(
                role(trust("models")),
                [gives("ec2:AuthorizeSecurityGroupIngress")],
                ["pods of models may ec2:AuthorizeSecurityGroupIngress on *"],
            ),
            Case(
                role(says()),
                [LOGGED, associated("tenants"), gives("KMS:Put*", "arn:aws:kms:*:*:key/*")],
                ["pods of tenants may kms:PutKeyPolicy on arn:aws:kms:*:*:key/*"],
            ),
        ],
        not_applicable=[Case(role(trust("karpenter")), [gives("ec2:CreateRoute")])],
        undecided=[Case(role(trust("models")), [UNREAD])],
    ),
    "models-change-no-routing-or-policy": RuleCases(
        passing=[
            Case(binding(MODEL), [may(["get", "list"], ["*"], ["*"])]),
            Case(binding(ALL_MODELS), [may(["create"], ["batch"], ["jobs"])]),
            Case(binding(MODEL), [may(["update"], [""], ["pods"])]),
            Case(replace(binding(MODEL), source="a.yaml#x"), [may(["patch"], [""], ["configmaps"])]),
            Case(replace(binding(MODEL, ref="elsewhere"), source="a.yaml#x"), [LOGGED]),
        ],
        failing=[
            Case(
                binding(MODEL),
                [may(["patch", "get"], ["gateway.networking.k8s.io"], ["httproutes"])],
                ["roleRef.name: pods of models may patch httproutes.gateway.networking.k8s.io"],
            ),
            Case(
                binding(ALL_MODELS, ref="cluster-admin", kind="ClusterRole", bound="ClusterRoleBinding"),
                [],
                ["roleRef.name: pods of models have the role cluster-admin"],
            ),
            Case(
                binding(PERSON, MODEL, kind="ClusterRole"),
                [may(["*"], [""], ["secrets", "pods"], kind="ClusterRole")],
                ["roleRef.name: pods of models may * pods, secrets"],
            ),
        ],
        not_applicable=[Case(binding(PERSON, ref="admin", kind="ClusterRole"))],
        undecided=[
            Case(binding(MODEL, ref="elsewhere")),
            Case(binding(MODEL), [may(UNKNOWN, ["*"], ["*"])]),
        ],
    ),
}

test_cases = cases_test(RULES, CASES)
