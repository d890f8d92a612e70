"""Operational changes to the platform's own stack, one at a time, that close what it needs."""

import json
from dataclasses import replace

from policies.engine.evaluate import judge
from policies.engine.graph import Graph
from policies.packs import ALL
from tests.captured import captured

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"


def red(graph, rule):
    return [f.message for f in judge(graph, [r for r in ALL if r.id == rule]).findings]


def changed(type_, name, inputs):
    """The dev stack with other inputs of one resource."""
    graph = captured("dev").graph
    found = [r for r in graph.of_type(type_) if name(r)]
    assert len(found) == 1
    return Graph(replace(r, inputs={**r.inputs, **inputs}) if r is found[0] else r for r in graph)


def of_s3(endpoint):
    return endpoint.name.endswith("endpoints-s3")


def test_an_s3_endpoint_for_the_models_bucket_only_is_red():
    named = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::models/*",
    }
    graph = changed(ENDPOINT, of_s3, {"policy": json.dumps({"Version": "2012-10-17", "Statement": [named]})})
    (said,) = red(graph, "image-layers-pass-the-s3-endpoint")
    assert said.endswith("starport-layer-bucket/* is not allowed: nodes cannot pull images from ECR")


def test_an_s3_endpoint_that_only_denies_is_red():
    denied = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
    graph = changed(ENDPOINT, of_s3, {"policy": json.dumps({"Version": "2012-10-17", "Statement": [denied]})})
    assert red(graph, "endpoint-policies-allow-something") != []


POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"


def test_taking_out_the_way_to_the_pod_identity_agent_is_red():
    def name(policy):
        return policy.name == "models-namespace-necessary-egress"

    (policy,) = [r for r in captured("dev").graph.of_type(POLICY) if name(r)]
    spec = policy.inputs["spec"]
    kept = [rule for rule in spec["egress"] if "169.254.170.23" not in str(rule)]
    assert len(kept) == len(spec["egress"]) - 1
    graph = changed(POLICY, name, {"spec": {**spec, "egress": kept}})
    assert red(graph, "pods-reach-their-credentials") == [
        f"spec.egress: pods of models/{who} have a pod identity and no rule lets them reach 169.254.170.23 on port 80"
        for who in ("minilm-v1", "support-chat-v1")
    ]
    assert red(captured("dev").graph, "pods-reach-their-credentials") == []
