"""The pull-through cache. Mocks cannot prove that ECR accepts any of it, nor that an upstream answers."""

import json

import pytest

from components.foundation.lifecycle import Lifecycle
from components.storage.image_registry import ImageRegistry, ImageRegistryArgs
from components.storage.registry_settings import RegistrySettings

CREDENTIALS = {
    "docker.io": "ecr-pullthroughcache/docker-hub-Ab12Cd",
    "ghcr.io": "ecr-pullthroughcache/github-Ab12Cd",
}
PREFIX = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:"
RULE = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule"
SCANNING = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"


@pytest.fixture
def build(deploy, names):
    def run(lifecycle=None, **said):
        settings = RegistrySettings(**said)
        args = ImageRegistryArgs(
            settings=settings,
            names=names,
            registry=settings.registry(names),
            lifecycle=lifecycle or Lifecycle(),
        )
        return deploy(lambda: ImageRegistry("registry", args))

    return run


def test_each_public_registry_is_cached_under_its_host(build):
    made = build(credentials=CREDENTIALS)
    rules = {r.inputs["ecrRepositoryPrefix"]: r.inputs for r in made.all(RULE)}
    assert {
        prefix: (said["upstreamRegistryUrl"], said.get("credentialArn")) for prefix, said in rules.items()
    } == {
        "test/docker.io": ("registry-1.docker.io", f"{PREFIX}{CREDENTIALS['docker.io']}"),
        "test/ghcr.io": ("ghcr.io", f"{PREFIX}{CREDENTIALS['ghcr.io']}"),
        "test/public.ecr.aws": ("public.ecr.aws", None),
        "test/quay.io": ("quay.io", None),
        "test/registry.k8s.io": ("registry.k8s.io", None),
    }


def test_what_the_cache_makes_is_encrypted_never_moves_and_goes(build):
    made = build(credentials=CREDENTIALS, keep_images=7)
    template = made.only("aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate").inputs
    assert template["prefix"] == "test"
    assert template["appliedFors"] == ["PULL_THROUGH_CACHE"]
    assert template["imageTagMutability"] == "IMMUTABLE"
    key = made.named("registry-key")
    assert template["encryptionConfigurations"] == [{"encryptionType": "KMS", "kmsKey": key.outputs["arn"]}]
    assert template["customRoleArn"] == "arn:aws:iam::111122223333:role/example-test-registry-creator"
    kept = [(rule["selection"]["tagStatus"], rule["selection"]["countNumber"])
            for rule in json.loads(template["lifecyclePolicy"])["rules"]]  # fmt: skip
    assert kept == [("untagged", 14), ("any", 7)]


def test_ecr_s_own_role_makes_repositories_of_this_cache_under_this_key_only(build):
    made = build(credentials=CREDENTIALS)
    key = made.named("registry-key").outputs["arn"]
    document = json.loads(made.named("registry-template-permissions").inputs["policy"])
    assert {s["Sid"]: (s["Action"], s["Resource"]) for s in document["Statement"]} == {
        "CreateCachedRepositories": (
            ["ecr:CreateRepository", "ecr:TagResource"],
            ["arn:aws:ecr:eu-central-1:111122223333:repository/test/*"],
        ),
        "DescribeKey": (["kms:DescribeKey"], [key]),
        "CreateGrantForRepositories": (["kms:CreateGrant", "kms:RetireGrant"], [key]),
    }


def test_what_no_cache_fetches_has_a_repository_to_be_copied_into(build):
    made = build(credentials=CREDENTIALS)
    repositories = [r.inputs for r in made.all("aws:ecr/repository:Repository")]
    assert sorted(r["name"] for r in repositories) == [
        "test/charts/aws-load-balancer-controller",
        "test/charts/base",
        "test/charts/cni",
        "test/charts/dcgm-exporter",
        "test/charts/istiod",
        "test/charts/ztunnel",
        "test/nvcr.io/nvidia/k8s/dcgm-exporter",
    ]
    assert {(r["imageTagMutability"], r["forceDelete"]) for r in repositories} == {("IMMUTABLE", False)}


def test_a_trial_s_copies_go_with_it(build):
    made = build(Lifecycle(disposable=True), credentials=CREDENTIALS)
    assert {r.inputs["forceDelete"] for r in made.all("aws:ecr/repository:Repository")} == {True}


@pytest.mark.parametrize(
    ("scanning", "expected"),
    [("basic", ("BASIC", "SCAN_ON_PUSH")), ("enhanced", ("ENHANCED", "CONTINUOUS_SCAN"))],
)
def test_the_account_s_registry_scans_what_arrives(build, scanning, expected):
    said = build(credentials=CREDENTIALS, scanning=scanning).only(SCANNING).inputs
    assert (said["scanType"], said["rules"][0]["scanFrequency"]) == expected
    assert said["rules"][0]["repositoryFilters"] == [{"filter": "*", "filterType": "WILDCARD"}]


def test_one_stack_of_an_account_says_how_it_scans(build):
    assert build(credentials=CREDENTIALS, scanning="elsewhere").all(SCANNING) == []


def test_a_registry_of_somebody_else_is_named_and_nothing_is_made(build):
    made = build(host="harbor.example.com", prefix="mirror")
    (component,) = made.graph
    assert component.inputs == {
        "host": "harbor.example.com",
        "prefix": "mirror",
        "own": "111122223333.dkr.ecr.eu-central-1.amazonaws.com",
    }
