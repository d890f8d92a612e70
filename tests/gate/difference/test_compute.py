import pytest

from gate.difference.compute import NOTHING, stack_difference

POLICY = "kubernetes:security.istio.io/v1:AuthorizationPolicy"
POOL = "kubernetes:karpenter.sh/v1:NodePool"
MODEL = "kubernetes:serving.kserve.io/v1beta1:InferenceService"


def report(verdict="pass", **parts):
    return {**NOTHING, "verdict": verdict, **parts}


def finding(message, waiver="", rule="kms-keys-rotate"):
    return {"rule": rule, "level": "mandatory", "urn": "urn:k", "message": message, "waiver": waiver}


def permission(actions, resources=("*",), *, denied=False, conditions=(), identity="reader"):
    return {
        "identity": identity,
        "actions": list(actions),
        "resources": list(resources),
        "conditions": list(conditions),
        "denied": denied,
    }


def kubernetes(type_, name, spec, namespace="models"):
    inputs = {"metadata": {"name": name, "namespace": namespace}, "spec": spec}
    urn = f"urn:pulumi:s::slipway::{type_}::{name}"
    return {"urn": urn, "type": type_, "name": name, "component": "c", "inputs": inputs}


def allow(principal=None, ports=("8080",), action="ALLOW"):
    source = {"principals": [principal]} if principal else {}
    rule = {"from": [{"source": source}], "to": [{"operation": {"ports": list(ports)}}]}
    return kubernetes(
        POLICY, "a", {"action": action, "selector": {"matchLabels": {"app/name": "m"}}, "rules": [rule]}
    )


def test_the_same_report_twice_is_no_difference():
    one = report(resources=[allow("x")], permissions=[permission(["s3:GetObject"])], findings=[finding("a")])
    assert stack_difference("s", one, one).is_empty
    assert not stack_difference("s", NOTHING, one).is_empty


def test_findings_are_new_fixed_or_accepted():
    before = report(findings=[finding("old"), finding("kept"), finding("open")])
    after = report("fail", findings=[finding("new"), finding("kept"), finding("open", waiver="w (me)")])
    said = stack_difference("s", before, after)
    assert [f["message"] for f in said.new_findings] == ["new"]
    assert [f["message"] for f in said.fixed_findings] == ["old"]
    assert [f["message"] for f in said.waived_findings] == ["open"]
    assert (said.verdict_before, said.verdict) == ("pass", "fail")


def test_permissions_are_said_by_identity_and_split_to_actions():
    before = report(permissions=[permission(["s3:GetObject", "s3:ListBucket"], ["arn:a"])])
    after = report(
        permissions=[
            permission(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], ["arn:a"], conditions=["when x"])
        ]
    )
    said = stack_difference("s", before, after)
    assert said.gained == [
        "reader may now delete, read and write arn:a (s3:DeleteObject, s3:GetObject, s3:PutObject), only if when x"
    ]
    assert said.lost == ["reader may no longer read and list arn:a (s3:GetObject, s3:ListBucket)"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("aws:RequestedRegion StringEquals eu-central-1", "the region is eu-central-1"),
        ("s3:prefix StringLike a/*, b/*", "the listed prefix is like a/* or b/*"),
        ("kms:ResourceAliases ForAnyValue:StringEquals alias/m", "one of the key's aliases is alias/m"),
        ("aws:TagKeys ForAllValues:StringEquals a, b", "each of aws:TagKeys is a or b"),
        ("aws:RequestTag/x StringEqualsIfExists y", "the new tag x is y or is not there"),
        ("aws:SourceIp NotIpAddress 10.0.0.0/8", "the address is not within 10.0.0.0/8"),
        (
            "s3:prefix StringLike ${aws:PrincipalTag/kubernetes-service-account}/*",
            "the listed prefix is like (its own service account)/*",
        ),
        ("x Odd:StringEquals y", "x Odd:StringEquals y"),
        ("x DateLessThan 2027", "x DateLessThan 2027"),
        ("aws:ResourceTag/a/b StringEquals c", "the resource's tag a/b is c"),
        ("aws:MultiFactorAuthPresent Bool true", "aws:MultiFactorAuthPresent is true"),
        ("x", "x"),
    ],
)
def test_conditions_are_said_in_words_where_there_are_words(written, said):
    after = report(permissions=[permission(["s3:GetObject"], ["arn:aws:s3:::b"], conditions=[written])])
    assert stack_difference("s", report(), after).gained == [
        f"reader may now read b (s3:GetObject), only if {said}"
    ]


def test_what_a_wider_statement_still_allows_is_not_lost():
    narrow = report(permissions=[permission(["iam:PassRole"], ["arn:role/node"], conditions=["x"])])
    wide = report(permissions=[permission(["iam:Pass*"], ["arn:role/*"])])
    said = stack_difference("s", narrow, wide)
    assert (said.gained, said.lost) == (["reader may now use iam:Pass* on arn:role/*"], [])
    back = stack_difference("s", wide, narrow)
    assert (back.gained, back.lost) == (
        ["reader may now use iam:PassRole on arn:role/node, only if x"],
        ["reader may no longer use iam:Pass* on arn:role/*"],
    )
    both = report(permissions=[*wide["permissions"], *narrow["permissions"]])
    assert (stack_difference("s", wide, both).gained, stack_difference("s", both, wide).lost) == ([], [])
    elsewhere = report(permissions=[permission(["iam:Pass*"], ["arn:role/*"], identity="another")])
    assert len(stack_difference("s", narrow, elsewhere).lost) == 1


def test_who_gains_the_same_is_told_in_one_sentence():
    after = report(permissions=[permission(["s3:GetObject"], ["arn:a"], identity=i) for i in ("role", "a/b")])
    assert stack_difference("s", report(), after).gained == ["a/b and role may now read arn:a (s3:GetObject)"]


def test_a_refusal_that_goes_is_a_gain():
    refusal = report(permissions=[permission(["iam:*"], denied=True)])
    said = stack_difference("s", refusal, report())
    assert (said.gained, said.lost) == (["reader is no longer refused to use iam:* on *"], [])
    back = stack_difference("s", report(), refusal)
    assert (back.gained, back.lost) == ([], ["reader is now refused to use iam:* on *"])


def test_a_permission_that_only_moves_between_statements_is_none():
    before = report(permissions=[permission(["a:B", "a:C"], ["x", "y"])])
    after = report(permissions=[permission(["a:B"], ["x", "y"]), permission(["a:C"], ["y", "x"])])
    assert stack_difference("s", before, after).is_empty


@pytest.mark.parametrize(
    ("policy", "flow"),
    [
        (allow("cluster.local/ns/a/sa/b"), "a/b {} models/name=m on port 8080"),
        (allow(), "anybody {} models/name=m on port 8080"),
        (kubernetes(POLICY, "a", {"rules": [{}]}), "anybody {} models/every pod on any port"),
    ],
)
def test_flows_are_told_when_they_open_and_close(policy, flow):
    opened = stack_difference("s", report(), report(resources=[policy]))
    assert (opened.opened, opened.closed) == ([flow.format("may now reach")], [])
    closed = stack_difference("s", report(resources=[policy]), report())
    assert (closed.opened, closed.closed) == ([], [flow.format("may no longer reach")])


def test_a_policy_that_denies_opens_nothing():
    said = stack_difference("s", report(), report(resources=[allow("x", action="DENY")]))
    assert said.opened == []


def test_ways_in_are_flows():
    way = {"what": "gateway edge", "source": "10.0.0.0/8", "detail": "HTTPS 443"}
    said = stack_difference("s", report(), report(exposure=[way]))
    assert said.opened == ["10.0.0.0/8 may now reach gateway edge (HTTPS 443)"]


def test_models_and_gpus_are_said_in_words():
    def side(uri, gpus, *more):
        pool = kubernetes(POOL, "gpu-l4", {"limits": {"nvidia.com/gpu": gpus}})
        model = kubernetes(MODEL, "minilm-v1", {"predictor": {"model": {"storageUri": uri}}})
        return report(resources=[pool, model, *more])

    second = kubernetes(
        "kubernetes:serving.kserve.io/v1alpha2:LLMInferenceService", "chat", {"model": {"uri": "s3://c"}}
    )
    said = stack_difference("s", side("s3://a", 8), side("s3://b", 16, second))
    assert said.models == [
        "chat starts to serve s3://c",
        "minilm-v1 serves s3://b instead of s3://a: its pods are replaced",
    ]
    assert said.capacity == ["model chat comes: 1 replica", "pool gpu-l4: at most 16 GPUs instead of 8 GPUs"]
    assert stack_difference("s", side("s3://a", 8, second), side("s3://a", 8)).models == [
        "chat serves s3://c no longer"
    ]


def test_pools_that_come_and_go_name_their_machines():
    key = {"key": "node.kubernetes.io/instance-type", "operator": "In", "values": ["g6.2xlarge"]}
    spec = {"limits": {"nvidia.com/gpu": 8}, "template": {"spec": {"requirements": [key]}}}
    pool = report(resources=[kubernetes(POOL, "gpu-l4", spec)])
    assert stack_difference("s", report(), pool).capacity == [
        "pool gpu-l4 comes: at most 8 GPUs on g6.2xlarge"
    ]
    assert stack_difference("s", pool, report()).capacity == [
        "pool gpu-l4 goes, which held at most 8 GPUs on g6.2xlarge"
    ]
