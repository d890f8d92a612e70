import json

from policies.engine.graph import Graph
from tests.policies.cases import resource
from tools.mutation.mutants import mutants


def made(type_, inputs, **extra):
    """What became of each mutant, by where and what."""
    graph = Graph([resource(type_, inputs, **extra)])
    return {
        (m.path, m.change): dict(m.resource(graph).inputs) if m.where else list(m.of(graph))
        for m in mutants("dev", graph)
    }


def test_a_property_is_taken_out_turned_round_or_weakened():
    found = made("aws:s3/bucket:Bucket", {"forceDestroy": False, "rules": [{"status": "Enabled"}]})
    assert found == {
        ("", "left out"): [],
        ("forceDestroy", "taken out"): {"rules": [{"status": "Enabled"}]},
        ("forceDestroy", "turned round"): {"forceDestroy": True, "rules": [{"status": "Enabled"}]},
        ("rules", "taken out"): {"forceDestroy": False},
        ("rules.*", "taken out"): {"forceDestroy": False, "rules": []},
        ("rules.*.status", "taken out"): {"forceDestroy": False, "rules": [{}]},
        ("rules.*.status", "Enabled becomes Suspended"): {
            "forceDestroy": False,
            "rules": [{"status": "Suspended"}],
        },
    }


def test_addresses_open_and_digests_become_tags():
    image = f"registry.example.com/a@sha256:{'0' * 64}"
    found = made("kubernetes:core/v1:Pod", {"image": image, "cidr": "10.0.0.0/8", "open": "0.0.0.0/0"})
    changed = {
        change: value for (_, change), value in found.items() if change not in {"left out", "taken out"}
    }
    assert changed["its digest becomes a tag"]["image"] == "registry.example.com/a:latest"
    assert changed["opened to 0.0.0.0/0"]["cidr"] == "0.0.0.0/0"
    assert len(changed) == 2


def test_what_is_said_twice_goes_in_both_places():
    pod = {
        "securityContext": {"runAsNonRoot": True},
        "containers": [{"securityContext": {"runAsNonRoot": True}}],
    }
    found = made("kubernetes:core/v1:Pod", {"spec": pod})
    assert found["spec.everywhere.runAsNonRoot", "taken out"] == {
        "spec": {"securityContext": {}, "containers": [{"securityContext": {}}]}
    }


def test_a_document_gets_wider_and_never_narrower():
    allow = {
        "Effect": "Allow",
        "Action": ["s3:GetObject"],
        "Resource": ["arn:aws:s3:::models/*"],
        "Principal": {"AWS": ["arn:aws:iam::111122223333:root"]},
        "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333", "aws:PrincipalOrgID": "o-1"}},
    }
    deny = {"Effect": "Deny", "Action": ["s3:PutBucketPolicy", "s3:DeleteBucket"], "Resource": ["*"]}
    found = made("aws:s3/bucketPolicy:BucketPolicy", {"policy": json.dumps({"Statement": [allow, deny]})})
    changes = sorted(change for path, change in found if path == "policy")
    assert changes == [
        "IAM: action widened",
        "IAM: condition taken out",
        "IAM: conditions taken out",
        "IAM: denial taken out",
        "IAM: denied action taken out",
        "IAM: principal widened",
        "IAM: resource widened",
    ]
    open_to_all = json.loads(found["policy", "IAM: principal widened"]["policy"])["Statement"]
    assert open_to_all == [allow | {"Principal": "*"}, deny]
    assert json.loads(found["policy", "IAM: denial taken out"]["policy"])["Statement"] == [allow]


def test_what_a_provider_answers_and_depends_on_goes_with_it():
    key = resource(
        "aws:cloudwatch/logGroup:LogGroup",
        {"kmsKeyId": "k"},
        outputs={"kmsKeyId": "k", "arn": "a"},
        property_dependencies={"kmsKeyId": frozenset({"urn"})},
    )
    graph = Graph([key])
    changed = next(m for m in mutants("dev", graph) if m.path == "kmsKeyId").resource(graph)
    assert (changed.inputs, changed.outputs, changed.property_dependencies) == ({}, {"arn": "a"}, {})
