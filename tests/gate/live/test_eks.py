"""The cluster as EKS knows it; moto knows no add-ons and access entries, which are stubbed in AWS's own shapes."""

from botocore.stub import Stubber

from gate.live.ask.eks import add_ons, control_plane, entry, principal_of

ROLE = "arn:aws:iam::111122223333:role/sso/example-dev-preview"


def said(one):
    return (one.verdict, one.says)


def test_a_cluster_of_the_stacks_version_is_well(aws, plan):
    assert said(control_plane(aws, plan)) == ("ok", "ACTIVE, Kubernetes 1.35")
    assert said(control_plane(aws, {**plan, "kubernetes_version": "1.36"})) == (
        "bad",
        "ACTIVE, Kubernetes 1.35; should be ACTIVE and 1.36",
    )
    assert said(control_plane(aws, {**plan, "cluster": "example-none"})) == (
        "bad",
        "it does not exist in this account and region: the stack was never brought up",
    )


def addon(**changes):
    return {"addon": {"addonName": "coredns", "addonVersion": "v1", "status": "ACTIVE", **changes}}


def test_add_ons_are_there_healthy_and_of_the_pinned_version(aws, plan):
    asked = {**plan, "add_ons": {"coredns": "v1"}}
    answers = [
        (addon(), ("ok", "v1, ACTIVE")),
        (addon(addonVersion="v2"), ("bad", "v2, ACTIVE; the stack has v1")),
        (
            addon(status="DEGRADED", health={"issues": [{"code": "InsufficientNumberOfReplicas"}]}),
            ("bad", "v1, DEGRADED: InsufficientNumberOfReplicas"),
        ),
    ]
    for answer, verdict in answers:
        with Stubber(aws.client("eks")) as stub:
            stub.add_response("describe_addon", answer)
            assert [said(one) for one in add_ons(aws, asked)] == [verdict]
    for code, verdict in {
        "ResourceNotFoundException": ("bad", "it is not there; the stack has v1"),
        "AccessDeniedException": ("could not ask", "eks:describe_addon answered AccessDeniedException"),
    }.items():
        with Stubber(aws.client("eks")) as stub:
            stub.add_client_error("describe_addon", code)
            assert [said(one) for one in add_ons(aws, asked)] == [verdict]


def test_the_callers_role_is_let_in_by_an_entry(aws, plan):
    session = "arn:aws:sts::111122223333:assumed-role/example-dev-preview/somebody"
    for code, groups, verdict in (
        (None, ["slipway:previewers"], ("ok", f"{ROLE} is let in as slipway:previewers")),
        (
            "ResourceNotFoundException",
            [],
            ("bad", f"no access entry names {ROLE}: add one to cluster.access, or take on a role of it"),
        ),
        (
            "AccessDeniedException",
            [],
            ("could not ask", "eks:describe_access_entry answered AccessDeniedException"),
        ),
    ):
        with (
            Stubber(aws.client("eks")) as eks,
            Stubber(aws.client("sts")) as sts,
            Stubber(aws.client("iam")) as iam,
        ):
            sts.add_response("get_caller_identity", {"Arn": session, "Account": "111122223333"})
            role = {
                "Path": "/sso/", "RoleName": "example-dev-preview", "RoleId": "A" * 16, "Arn": ROLE,
                "CreateDate": "2026-01-01",
            }  # fmt: skip
            iam.add_response("get_role", {"Role": role})
            asked = {"clusterName": "example-dev", "principalArn": ROLE}
            if code:
                eks.add_client_error("describe_access_entry", code, expected_params=asked)
            else:
                eks.add_response(
                    "describe_access_entry", {"accessEntry": {"kubernetesGroups": groups}}, asked
                )
            assert said(entry(aws, plan)) == verdict


def test_a_session_stands_for_its_role_and_a_user_for_itself():
    assert (
        principal_of("arn:aws:sts::111122223333:assumed-role/deploy/i-1")
        == "arn:aws:iam::111122223333:role/deploy"
    )
    assert (
        principal_of("arn:aws-cn:sts::111122223333:assumed-role/a/b") == "arn:aws-cn:iam::111122223333:role/a"
    )
    assert principal_of("arn:aws:iam::111122223333:user/a") == "arn:aws:iam::111122223333:user/a"
