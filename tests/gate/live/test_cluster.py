"""What runs against what is declared, asked of an API server on loopback with the token that EKS takes."""

import base64
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from gate.live.ask.api_server import connect
from gate.live.ask.check import CannotAskError
from gate.live.ask.cluster import admitted, certificates, charts, digests
from gate.live.ask.doctor import Reach, doctor
from tests.gate.live.conftest import DIGEST, SECRET

NOW = datetime(2026, 11, 29, tzinfo=UTC)
KEDA = "/apis/apps/v1/namespaces/keda"
CERTIFICATE = "/apis/cert-manager.io/v1/namespaces/edge/certificates/edge-certificate"
LLM = "/apis/serving.kserve.io/v1alpha2/namespaces/models/llminferenceservices"
PREDICTIVE = "/apis/serving.kserve.io/v1beta1/namespaces/models/inferenceservices"
ROUTES = "/apis/gateway.networking.k8s.io/v1/namespaces/models/httproutes"
EDGE = "/apis/aigateway.envoyproxy.io/v1beta1/namespaces/edge/aigatewayroutes"


def said(checks):
    return [(one.subject, one.verdict, one.says) for one in checks]


@pytest.fixture
def reach(aws):
    return Reach(aws, "example-dev")


@pytest.fixture
def served(api):
    api.objects.update({f"{KEDA}/{plural}": [] for plural in ("deployments", "daemonsets", "statefulsets")})
    api.objects.update({LLM: [llm()], PREDICTIVE: [], ROUTES: [], EDGE: [edge()]})
    return api


def llm(version="v1", digest=DIGEST):
    return {
        "metadata": {
            "name": f"chat-{version}",
            "labels": {"slipway.dev/model": "chat", "slipway.dev/version": version},
            "annotations": {"slipway.dev/artifact-digest": digest},
        }
    }


def edge(**weights):
    refs = [{"name": f"chat-{version}", "weight": w} for version, w in (weights or {"v1": 100}).items()]
    return {"metadata": {"name": "chat"}, "spec": {"rules": [{"backendRefs": refs}]}}


def workload(label="keda-2.18.0", release="keda", image="ghcr.io/kedacore/keda:2.18.0"):
    return {
        "metadata": {
            "name": "keda-operator",
            "annotations": {"meta.helm.sh/release-name": release},
            "labels": {"helm.sh/chart": label} if label else {},
        },
        "spec": {"template": {"spec": {"containers": [{"image": image}]}}},
    }


def test_the_token_is_a_signed_question_that_names_the_cluster(api, reach):
    api.objects["/apis/authentication.k8s.io/v1/selfsubjectreviews"] = {
        "status": {"userInfo": {"username": "arn:aws:iam::111122223333:role/preview"}}
    }
    found = admitted(reach)
    assert (found.verdict, found.says) == (
        "ok",
        "it knows the caller as arn:aws:iam::111122223333:role/preview",
    )
    scheme, _, token = api.tokens[0].partition(" k8s-aws-v1.")
    assert scheme == "Bearer"
    url = urlsplit(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode())
    query = parse_qs(url.query)
    assert url.hostname == "sts.eu-central-1.amazonaws.com"
    assert query["Action"] == ["GetCallerIdentity"]
    assert query["X-Amz-SignedHeaders"] == ["host;x-k8s-aws-id"]
    assert query["X-Amz-Expires"] == ["60"]
    assert SECRET not in str(api.tokens)
    assert token not in repr(reach())


def test_a_redirection_takes_the_token_nowhere(api, reach):
    api.refused["/apis/authentication.k8s.io/v1/selfsubjectreviews"] = 302
    found = admitted(reach)
    assert found.verdict == "could not ask"
    assert api.asked == ["POST /apis/authentication.k8s.io/v1/selfsubjectreviews"]


@pytest.mark.parametrize(
    "case",
    [
        ([workload()], "ok", "keda-2.18.0; the stack has keda-2.18.0"),
        ([workload("keda-2.17.0")], "bad", "keda-2.17.0; the stack has keda-2.18.0"),
        ([workload(), workload("keda-2.17.0")], "bad", "keda-2.17.0, keda-2.18.0; the stack has keda-2.18.0"),
        ([workload(release="other")], "bad", "nothing of it is there; the stack has 2.18.0"),
        ([workload("")], "ok", "its images are tagged 2.18.0"),
        (
            [workload("", image="ghcr.io/kedacore/keda@sha256:1")],
            "could not ask",
            "nothing of it names its chart; its images are tagged nothing",
        ),
    ],
    ids=["same", "older", "both", "other's", "by its image", "nothing says"],
)
def test_a_charts_version_is_what_its_workloads_say(served, reach, plan, case):
    workloads, *answer = case
    served.objects[f"{KEDA}/deployments"] = workloads
    assert said(charts(reach, plan)) == [("keda/keda", *answer)]


def test_a_chart_without_workloads_is_known_by_its_webhook(served, reach, plan):
    plan["charts"][0] |= {"has_workloads": False}
    path = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
    served.objects[path] = [{"metadata": workload()["metadata"]}]
    assert said(charts(reach, plan))[0][1] == "ok"
    served.objects[path] = []
    assert said(charts(reach, plan))[0][1] == "bad"


def test_listings_are_read_to_their_last_page(served, reach, plan):
    served.page = 2
    served.objects[f"{KEDA}/deployments"] = [*[workload(release="other")] * 4, workload()]
    assert said(charts(reach, plan))[0][1] == "ok"


@pytest.mark.parametrize(
    "case",
    [
        (("True", "2027-02-01", "2027-01-02"), "ok", "ends 2027-02-01, in 64 days; is renewed 2027-01-02"),
        (
            ("True", "2026-12-20", "2026-11-20"),
            "bad",
            "ends 2026-12-20, in 21 days; it should have been renewed 2026-11-20",
        ),
        (("True", "2026-11-20", "2026-10-20"), "bad", "it ended 2026-11-20"),
        (("False", "2027-02-01", "2027-01-02"), "bad", "not ready (Failed)"),
    ],
)
def test_certificates_are_ready_and_not_past_their_renewal(served, reach, plan, case):
    (ready, ends, renews), *answer = case
    served.objects[CERTIFICATE] = {
        "status": {
            "conditions": [{"type": "Ready", "status": ready, "reason": "Failed"}],
            "notAfter": f"{ends}T00:00:00Z",
            "renewalTime": f"{renews}T00:00:00Z",
        }
    }
    assert said(certificates(reach, plan, NOW)) == [("edge/edge-certificate", *answer)]


def test_a_certificate_that_is_missing_is_bad_and_one_that_may_not_be_read_is_not_asked(served, reach, plan):
    assert said(certificates(reach, plan, NOW)) == [("edge/edge-certificate", "bad", "it is not there")]
    served.refused[CERTIFICATE] = 403
    [(_, verdict, says)] = said(certificates(reach, plan, NOW))
    assert (verdict, says) == ("could not ask", f"GET {CERTIFICATE}: the API server answered 403")


def test_what_runs_is_of_the_recorded_digest(served, reach, plan):
    assert said(digests(reach, plan)) == [
        ("versions", "ok", "1 run, all declared"),
        ("chat/v1", "ok", f"{DIGEST[:19]}... as in the record"),
    ]
    served.objects[LLM] = [llm(digest="sha256:" + "2" * 64), llm("v2")]
    assert said(digests(reach, plan)) == [
        ("versions", "bad", "chat/v2 runs, and no stack file declares it"),
        ("chat/v1", "bad", f"sha256:{'2' * 64} runs; the record has {DIGEST}"),
    ]
    served.objects[LLM] = []
    assert said(digests(reach, plan))[1] == ("chat/v1", "bad", "it does not run")
    served.refused[PREDICTIVE] = 403
    assert [one[1] for one in said(digests(reach, plan))] == ["could not ask", "could not ask"]


@pytest.mark.parametrize(
    "answer", [b"<html>", b"[]", b'{"items": [{}]}'], ids=["html", "list", "nothing in it"]
)
def test_an_answer_that_is_no_listing_is_no_pass(served, reach, plan, answer):
    served.objects[f"{KEDA}/deployments"] = answer
    assert said(charts(reach, plan))[0][1] == "could not ask"


def test_an_api_server_of_another_authority_gets_no_token(aws, api):
    found = connect(aws, "example-dev")
    other = type(found)(
        address=found.address.replace("127.0.0.1", "localhost"), authority=found.authority, token=found.token
    )
    with pytest.raises(CannotAskError, match=r"was not reached \(SSLCertVerificationError\)"):
        other.get("/api")
    assert api.asked == []


def test_every_check_is_asked_in_order_and_a_cluster_that_is_away_is_no_pass(served, aws, plan):
    served.objects[f"{KEDA}/deployments"] = [workload()]
    found = doctor(aws, plan, NOW)
    assert [one.area for one in found] == [
        "caller", "quotas", "offerings", "cluster", "caller", "caller", "charts", "certificates", "digests", "digests",
    ]  # fmt: skip
    served.close()
    away = {one.area: one.verdict for one in doctor(aws, plan, NOW)}
    assert away == {
        "caller": "could not ask", "quotas": "ok", "offerings": "ok", "cluster": "ok", "charts": "could not ask",
        "certificates": "could not ask", "digests": "could not ask",
    }  # fmt: skip


def test_with_credentials_of_another_account_nothing_else_is_asked(served, aws, plan):
    found = doctor(aws, {**plan, "account": "444455556666"}, NOW)
    assert [(one.area, one.verdict) for one in found] == [("caller", "bad"), ("all others", "could not ask")]
    assert served.asked == []
