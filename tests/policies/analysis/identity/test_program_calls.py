"""Every call of every program of a captured platform, and the link that refuses one when it is cut."""

import json
from dataclasses import replace

import pytest

from facts.program_calls import Program, program_calls
from policies.analysis.iam.identities import ASSOCIATION
from policies.analysis.identity.calls import refusal
from policies.analysis.identity.programs import ADDON, uses
from policies.engine.graph import Graph
from tests.captured import captured

MINILM = "model-minilm-v1-identity-association"
CHAT = "model-support-chat-v1-identity-association"
MODELS = "arn:aws:s3:::example-dev-models-111122223333-eu-central-1"


def refused(graph, name):
    """Program, call and link, of what is refused to whoever has an identity."""
    (subject,) = [r for r in graph.of_type(ASSOCIATION, ADDON) if r.name == name]
    return [
        (use.program, f"{request.call} {request.resource}", link)
        for use in uses(subject, graph)
        for request in use.requests()
        if (link := refusal(use, request, graph))
    ]


def changed(name, change):
    """The captured platform, and what it names of other stacks, with the inputs of one resource changed."""
    graph = captured("dev").graph
    (found,) = [r for r in (*graph, *graph.elsewhere) if r.name == name and r.custom]
    inputs = json.loads(json.dumps(found.inputs))
    change(inputs)

    def put(resources):
        return [replace(r, inputs=inputs) if r is found else r for r in resources]

    return Graph(put(graph), put(graph.elsewhere))


def documents(change, key="policy"):
    """A change of the statements of a document, by Sid."""

    def run(inputs):
        said = json.loads(inputs[key])
        change({s["Sid"]: s for s in said["Statement"]}, said["Statement"])
        inputs[key] = json.dumps(said)

    return run


def test_every_program_of_the_platform_may_make_every_call():
    graph = captured("dev").graph
    found = {
        (use.program, len(list(use.requests())))
        for subject in graph.of_type(ASSOCIATION, ADDON)
        for use in uses(subject, graph)
    }
    assert found == {
        ("agent-worker", 4),
        ("aws-ebs-csi-driver", 13),
        ("collector", 4),
        ("download", 3),
        ("karpenter", 44),
        ("load-balancer-controller", 51),
        ("loop-worker", 2),
        ("payload-agent", 2),
        ("vpc-cni", 16),
    }
    assert [n for s in graph.of_type(ASSOCIATION, ADDON) for n in refused(graph, s.name)] == []


def test_kserves_own_initializer_may_not_ask_for_the_bucket():
    graph = changed("model-minilm-service", lambda i: i["spec"]["predictor"].pop("storageContainerName"))
    assert refused(graph, MINILM) == [
        (
            "storage-initializer",
            f"HeadBucket {MODELS}",
            "the role's policies: allowed only under a condition that the call does not meet (ListOwnModel)",
        )
    ]


def test_a_reader_without_getobject_is_told_so():
    graph = changed("model-reader-policy", documents(lambda _, all_: all_.pop(0)))
    assert refused(graph, CHAT) == [
        ("download", f"GetObject {MODELS}/support-chat-v1/*", "the role's policies: not allowed")
    ]


def test_a_boundary_without_createfleet_stops_karpenter():
    def take_out(by_sid, _):
        for statement in by_sid.values():
            if statement["Effect"] == "Allow":
                statement["Action"] = [
                    a for a in statement["Action"] if a not in {"ec2:CreateFleet", "ec2:Create*"}
                ]

    found = refused(changed("example-dev-boundary", documents(take_out)), "karpenter-identity")
    assert {link for _, _, link in found} == {"its boundary: not allowed"}
    assert "CreateFleet arn:aws:ec2:eu-central-1:111122223333:fleet/*" in {call for _, call, _ in found}


def test_a_key_that_does_not_know_its_reader():
    def forget(by_sid, all_):
        all_.remove(by_sid["ReadersDecrypt"])

    ((program, call, link),) = refused(changed("model-store-model-key", documents(forget)), CHAT)
    assert (program, call.partition(" ")[0]) == ("download", "Decrypt")
    assert link == "the policy of key model-store-model-key: not allowed"


ROLLOUT = "loops-rollout-signer-identity-association"
SIGNS = "Sign arn:aws:kms:eu-central-1:111122223333:key/"


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        (
            "loops-rollout-signer-key",
            lambda by_sid, all_: all_.remove(by_sid["WorkerSigns"]),
            "the policy of key loops-rollout-signer-key: not allowed",
        ),
        (
            "loops-rollout-signer-key",
            lambda by_sid, _: by_sid["WorkerSigns"]["Condition"]["StringEquals"].update(
                {"aws:PrincipalTag/kubernetes-service-account": "remedy"}
            ),
            "the policy of key loops-rollout-signer-key: not allowed",
        ),
        (
            "loops-rollout-signer-role-policy",
            lambda by_sid, _: by_sid["SignEvents"]["Condition"]["StringEquals"].update(
                {"kms:MessageType": "RAW"}
            ),
            "the role's policies: allowed only under a condition that the call does not meet (SignEvents)",
        ),
        (
            "network-endpoints-kms",
            lambda _, all_: all_.append(
                {"Sid": "No", "Effect": "Deny", "Action": "kms:Sign", "Principal": "*", "Resource": "*"}
            ),
            "the endpoint network-endpoints-kms: denied (No)",
        ),
    ],
)
def test_a_worker_that_could_not_sign_is_told_so(name, change, said):
    graph = changed(name, documents(change))
    ((program, call, link),) = refused(graph, ROLLOUT)
    assert (program, call.startswith(SIGNS), link) == ("loop-worker", True, said)


def test_a_bucket_that_denies_what_the_role_may():
    deny = {
        "Sid": "Closed",
        "Effect": "Deny",
        "Action": "s3:GetObject",
        "Principal": "*",
        "Resource": f"{MODELS}/*",
    }
    (policy,) = [
        r.name
        for r in captured("dev").graph.of_type("aws:s3/bucketPolicy:BucketPolicy")
        if r.inputs["bucket"] == MODELS.rpartition(":")[2]
    ]
    graph = changed(policy, documents(lambda _, all_: all_.append(deny)))
    assert refused(graph, CHAT) == [
        (
            "download",
            f"GetObject {MODELS}/support-chat-v1/*",
            f"the policy of bucket {MODELS.rpartition(':')[2]}: denied (Closed)",
        )
    ]


def test_an_endpoint_that_lets_nothing_through():
    endpoint = next(
        r
        for r in captured("dev").graph.of_type("aws:ec2/vpcEndpoint:VpcEndpoint")
        if r.inputs["serviceName"].endswith(".s3") and r.inputs.get("policy")
    )
    graph = changed(endpoint.name, documents(lambda _, all_: all_.pop(0)))
    assert {link for _, _, link in refused(graph, CHAT)} == {f"the endpoint {endpoint.name}: not allowed"}


def test_a_session_without_tags_reaches_no_prefix():
    graph = changed(CHAT, lambda i: i.update(disableSessionTags=True))
    assert [call for _, call, _ in refused(graph, CHAT)] == [
        f"ListBucket {MODELS}",
        f"GetObject {MODELS}/support-chat-v1/*",
    ]


def test_a_fact_names_one_thing_that_runs_it():
    said = {"source": "x", "read": program_calls()["karpenter"].read, "calls": []}
    for more in ({}, {"chart": "a"}, {"chart": "a", "account_at": "b", "add_on": "c"}):
        with pytest.raises(ValueError, match="needs one of chart"):
            Program.model_validate({**said, **more})
