"""ECR's pull-through caches."""

import json

from policies.analysis.platform.registry import CACHE_RULE
from policies.engine.graph import UNKNOWN
from policies.rules.aws.image_caches import PLATFORM, RULES, SCANNING, TEMPLATE
from tests.policies.cases import OURS, Case, RuleCases, cases_test, resource

KEY = "arn:aws:kms:eu-central-1:111122223333:key/11111111-2222-3333-4444-555555555555"
NAMED = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:{}-Ab12Cd"
OTHER = Case(resource("aws:ecr/repository:Repository", {"name": "models"}))
MADE_LOOSE = "no template for prod/quay.io/: what the cache makes is under no key of ours, and its tags move"
MOVES = "imageTagMutability: a tag that was pulled once may be another image tomorrow"


def rule(upstream="quay.io", **inputs):
    return resource(
        CACHE_RULE, {"ecrRepositoryPrefix": "prod/quay.io", "upstreamRegistryUrl": upstream, **inputs}
    )


def template(**inputs):
    whole = {
        "prefix": "prod",
        "appliedFors": ["PULL_THROUGH_CACHE"],
        "imageTagMutability": "IMMUTABLE",
        "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": KEY}],
        "lifecyclePolicy": json.dumps({"rules": [{"rulePriority": 1}]}),
    }
    return resource(TEMPLATE, whole | inputs, name="template")


CASES = {
    "image-caches-have-a-template": RuleCases(
        passing=[
            Case(rule(), [template()]),
            Case(rule(), [template(prefix="prod/quay.io")]),
            Case(rule(), [template(prefix="ROOT")]),
        ],
        failing=[
            Case(
                rule(),
                findings=[
                    (
                        "ecrRepositoryPrefix: no template for prod/quay.io/: what the cache makes is under no key "
                        "of ours, and its tags move"
                    )
                ],
            ),
            Case(
                rule(),
                [template(prefix="pro")],
                [
                    (
                        "ecrRepositoryPrefix: no template for prod/quay.io/: what the cache makes is under no key "
                        "of ours, and its tags move"
                    )
                ],
            ),
            Case(
                rule(),
                [template(appliedFors=["REPLICATION"])],
                [
                    (
                        "ecrRepositoryPrefix: no template for prod/quay.io/: what the cache makes is under no key "
                        "of ours, and its tags move"
                    )
                ],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(rule(ecrRepositoryPrefix=UNKNOWN))],
    ),
    "image-caches-may-ask-upstream": RuleCases(
        passing=[
            Case(rule()),
            Case(rule("registry-1.docker.io", credentialArn=NAMED.format("ecr-pullthroughcache/hub"))),
        ],
        failing=[
            Case(
                rule("ghcr.io"),
                findings=["credentialArn: is not set: ghcr.io answers a cache only with credentials"],
            ),
            Case(
                rule("ghcr.io", credentialArn=NAMED.format("github")),
                findings=[
                    (
                        "credentialArn: ECR reads secrets whose names begin with ecr-pullthroughcache/ "
                        f"(got {NAMED.format('github')})"
                    )
                ],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(rule(upstreamRegistryUrl=UNKNOWN))],
    ),
    "cached-repositories-are-kept-tight": RuleCases(
        passing=[Case(template(), [OURS])],
        failing=[
            Case(template(imageTagMutability="MUTABLE"), [OURS], [MOVES]),
            Case(
                template(imageTagMutability=None, encryptionConfigurations=None, lifecyclePolicy=None),
                [OURS],
                [
                    "encryptionConfigurations: cached images are not under a key of ours",
                    "imageTagMutability: a tag that was pulled once may be another image tomorrow",
                    "lifecyclePolicy: is not set: nothing ever leaves the cache",
                ],
            ),
            Case(
                template(
                    encryptionConfigurations=[{"encryptionType": "KMS"}], lifecyclePolicy='{"rules": []}'
                ),
                [OURS],
                [
                    "encryptionConfigurations: cached images are not under a key of ours",
                    "lifecyclePolicy: holds no rule",
                ],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[
            Case(template(lifecyclePolicy=UNKNOWN), [OURS]),
            Case(template(lifecyclePolicy="{"), [OURS]),
        ],
    ),
    "registries-scan-what-arrives": RuleCases(
        passing=[
            Case(resource(SCANNING, {"rules": [{"scanFrequency": "SCAN_ON_PUSH"}]})),
            Case(resource(SCANNING, {"rules": [{"scanFrequency": "CONTINUOUS_SCAN"}]})),
        ],
        failing=[
            Case(
                resource(SCANNING, {"rules": said}),
                findings=[
                    "rules: nothing is scanned as it arrives, and what a cache fetches is pushed by nobody"
                ],
            )
            for said in ([], [{"scanFrequency": "MANUAL"}])
        ],
        not_applicable=[OTHER],
        undecided=[Case(resource(SCANNING, {"rules": UNKNOWN}))],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
