"""The page holds what the report holds, asks for nothing, and nobody's text becomes markup."""

import re
from datetime import date
from html.parser import HTMLParser

import pytest

from gate.render.page.architecture import architecture, parts
from gate.render.page.identities import holders
from gate.render.page.page import as_html
from gate.render.page.talks import talks
from gate.render.page.versions import Version, versions
from gate.report.flows import Flow
from gate.report.report import Exposure, ModelTraffic, Permission, Report, Start
from policies.engine.evaluate import Finding
from policies.engine.waiver import Waiver
from tests.gate.render.test_formats import HOSTILE, report
from tests.policies.cases import resource

TOP = resource("slipway:network:Network", {}, "network", custom=False)
VPC = resource(
    "aws:ec2/vpc:Vpc", {}, "network-vpc", parent=TOP.urn, position="components/network/network.py:9"
)
OTHER = resource("slipway:cluster:Cluster", {}, "cluster", custom=False)
CLUSTER = resource(
    "aws:eks/cluster:Cluster", {"version": "1.35"}, "cluster-plane", parent=OTHER.urn, dependencies=frozenset({VPC.urn})
)  # fmt: skip
LAST = resource("slipway:mesh:Mesh", {}, "mesh", custom=False)
ISTIOD = resource(
    "kubernetes:helm.sh/v3:Release", {"chart": "istiod", "version": "1.30.1"}, "mesh-istiod",
    parent=LAST.urn, dependencies=frozenset({VPC.urn, CLUSTER.urn}),
)  # fmt: skip
RESOURCES = (TOP, VPC, OTHER, CLUSTER, LAST, ISTIOD)


def built(**changes):
    outermost = {TOP.urn: "network", VPC.urn: "network", OTHER.urn: "cluster", CLUSTER.urn: "cluster"}
    given = {
        "subject": "stack test",
        "judged_on": "2026-11-23",
        "resources": RESOURCES,
        "components": outermost | {LAST.urn: "mesh", ISTIOD.urn: "mesh"},
    }
    return Report(**given | changes)


def waiver(**changes):
    given = {
        "rule": "kms-keys-rotate", "resource": "aws:kms/key:Key k", "finding": "off", "stacks": ["test"], "owner": "ml",
        "reason": "because of a reason that is long", "created": date(2026, 11, 1), "expires": date(2026, 12, 1),
    }  # fmt: skip
    return Waiver(**given | changes)


def text(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main")[2]))


def test_components_stand_below_what_they_need_by_the_shortest_way():
    diagram = architecture(built(), parts(built()))
    assert [(e.source, e.target) for e, _ in diagram.lines] == [("cluster", "mesh"), ("network", "cluster")]
    assert [n.note for n, _, _ in diagram.boxes] == ["2 resources"] * 3


def test_a_component_with_an_open_finding_shows_it_from_outside():
    found = built(findings=(Finding(rule="r", level="mandatory", urn=VPC.urn, message="m"),))
    assert [(n.id, n.kind) for n, _, _ in architecture(found, parts(found)).boxes] == [
        ("cluster", "plain"),
        ("mesh", "plain"),
        ("network", "found"),
    ]


def test_every_resource_is_in_the_tree_once():
    branches, found = list(parts(built())), []
    while branches:
        part = branches.pop()
        found.append(part.resource.name)
        branches.extend(part.children)
    assert sorted(found) == sorted(r.name for r in RESOURCES)


def test_a_circle_of_needs_ends():
    circle = (
        resource("a:b:C", {}, "one", dependencies=frozenset({"urn:pulumi:test::slipway::a:b:C::two"})),
        resource("a:b:C", {}, "two", dependencies=frozenset({"urn:pulumi:test::slipway::a:b:C::one"})),
    )
    looped = built(resources=circle, components={r.urn: r.name for r in circle})
    assert len(architecture(looped, parts(looped)).boxes) == 2


EDGE = "edge/owning-gateway-name=edge"


def test_addresses_that_call_the_same_are_one_box_and_an_identity_is_its_pods():
    diagram = talks(
        [
            Flow(caller="10.0.0.0/8", target=EDGE, port="10443"),
            Flow(caller="192.168.0.0/16", target=EDGE, port="10443"),
            Flow(
                caller="cluster.local/ns/edge/sa/edge",
                target="models/name=chat,component=workload",
                port="8000",
            ),
            Flow(
                caller="cluster.local/ns/edge/sa/edge",
                target="models/name=chat,component=workload",
                port="8080",
            ),
            Flow(caller="cluster.local/ns/observability/sa/prometheus", target=EDGE, port="1064"),
        ]
    )
    assert [(n.title, n.note, n.kind) for n, _, _ in diagram.boxes] == [
        ("10.0.0.0/8", "and 1 more", "outside"),
        ("prometheus", "in observability", "identity"),
        ("edge", "pods in edge", "pods"),
        ("chat", "workload in models", "pods"),
    ]
    assert [(e.source.split("\n")[0], e.target, e.label) for e, _ in diagram.lines] == [
        ("10.0.0.0/8", EDGE, "10443"),
        ("cluster.local/ns/observability/sa/prometheus", EDGE, "1064"),
        (EDGE, "models/name=chat,component=workload", "8000, 8080"),
    ]


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("r/a:1", ("r/a", "1", False)),
        ("r/a:1@sha256:ab", ("r/a", "1 sha256:ab", True)),
        ("r/a@sha256:ab", ("r/a", "sha256:ab", True)),
        ("r:5000/a", ("r:5000/a", "not known", False)),
    ],
)
def test_a_version_is_pinned_by_a_digest_only(image, expected):
    pod = resource(
        "kubernetes:core/v1:Pod", {"kind": "Pod", "spec": {"containers": [{"name": "c", "image": image}]}}
    )
    name, version, pinned = expected
    assert versions(built(resources=(pod,))) == [
        Version(kind="image", name=name, version=version, pinned=pinned)
    ]


def test_charts_and_the_cluster_have_versions():
    assert versions(built()) == [
        Version(kind="Kubernetes", name="cluster-plane", version="1.35"),
        Version(kind="chart", name="istiod", version="1.30.1"),
    ]


def test_the_page_says_everything_the_report_does():
    page = as_html(report(subject="stack test"), {"w": waiver()})
    said = text(page)
    for part in (
        "mandatory a-rule", "Fix mend it", "undecided, mandatory c-rule", "spec is not known yet",
        "From outside the mesh 1 flow", "0.0.0.0/0 gateway HTTPS 443",
        "chat-v1 s3: 5 s &lt;b&gt;", "s3:Get*", "k is v", "2026-12-01 8 days", "kms-keys-rotate",
        "types no rule knows 2",
    ):  # fmt: skip
        assert part in said
    assert '<h1><span class="sign" aria-hidden="true">✕</span>stack test fails</h1>' in page


def test_a_quiet_report_says_so():
    said = text(as_html(built(), {}))
    assert "Nothing is open" in said
    assert "declares no flows" in said
    assert "grants no permissions" in said
    assert "No finding of this stack is waived" in said


def test_models_say_what_answers_and_how_a_version_starts():
    shares = (("v1", 90), ("v2", 10), ("v3", 0))
    words = "90 % v1, 10 % v2 (candidate); v3 is kept warm without traffic (2 x g6.2xlarge, 46.92 USD a day)"
    given = built(
        traffic=(ModelTraffic(model="chat", shares=shares, words=words),),
        starts=(
            Start(model="chat-v1", order=0, what="s3: 9 s"),
            Start(model="chat-v1", order=1, what="image-volume: no image"),
        ),
    )
    page = as_html(given, {})
    said = text(page)
    for line in words.split("; "):
        assert f"<li>{line}</li>" in page
    assert "How models start" in said
    assert "chat-v1 s3: 9 s image-volume: no image" in said
    assert re.findall(r'flex-grow:(\d+)">(\w+)<', page) == [("90", "v1"), ("10", "v2")]
    assert '<a href="#models">' in page
    assert "#models" not in as_html(built(), {})


def test_waivers_come_by_their_end_and_say_if_they_excuse_nothing():
    given = {
        "late": waiver(expires=date(2027, 3, 1)),
        "over": waiver(expires=date(2026, 11, 20)),
        "soon": waiver(),
    }
    excused = Finding(rule="r", level="mandatory", urn="u", message="m", waiver="soon (ml, until 2026-12-01)")
    page = as_html(built(findings=(excused,)), given)
    rows = re.findall(
        r'data-label="Ends">(\S+) <span class="badge (\w+)">([^<]+)<.*?<code>(\w+)</code>', page
    )
    assert rows == [
        ("2026-11-20", "expired", "expired", "over"),
        ("2026-12-01", "soon", "8 days", "soon"),
        ("2027-03-01", "held", "98 days", "late"),
    ]
    assert page.count("excuses nothing in this run") == 2


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.ids, self.targets = [], [], []

    def handle_starttag(self, _tag, attrs):
        for key, value in attrs:
            if key in {"src", "href", "action", "srcset", "data", "poster", "xlink:href"}:
                self.found.append(value)
            if key == "id":
                self.ids.append(value)


def test_nothing_leaves_the_file_and_every_link_arrives():
    page = as_html(report(), {"w": waiver()})
    links = Links()
    links.feed(page)
    assert {link for link in links.found if not link.startswith("#")} == {"data:,"}
    assert {link[1:] for link in links.found if link.startswith("#")} <= set(links.ids)
    assert len(links.ids) == len(set(links.ids))
    assert re.search(r"@import|https?://|url\((?!#)", page.partition("<body")[0]) is None


def test_text_of_others_stays_text():
    hostile = "<script>alert(1)</script>\u202e\x1b" + HOSTILE
    page = as_html(
        built(
            subject=hostile,
            resources=(resource(hostile, {"chart": hostile}, hostile, position=hostile),),
            faults=(hostile,),
            exposures=(Exposure(what=hostile, source=hostile, detail=hostile),),
            permissions=(Permission(identity=hostile, actions=(hostile,), resources=(hostile,)),),
            traffic=(ModelTraffic(model=hostile, shares=((hostile, 100),), words=hostile),),
            starts=(Start(model=hostile, order=0, what=hostile),),
        ),
        {hostile: waiver(reason=hostile, finding=hostile)},
    )
    assert page.count("<script") == 1
    assert "<img" not in page
    assert "\u202e" not in page
    assert "\x1b" not in page


def test_two_runs_write_the_same():
    assert as_html(report(), {"w": waiver()}) == as_html(report(), {"w": waiver()})


def test_identities_say_at_a_glance_what_they_may_do():
    def statement(identity, actions, resources, **more):
        return Permission(identity=identity, actions=actions, resources=resources, **more)

    reader, operator = holders(
        [
            statement("reader", ("s3:GetObject", "kms:Decrypt"), ("arn:a",)),
            statement("operator", ("*",), ("*",)),
            statement("reader", ("iam:PassRole",), ("*",), denied=True),
            statement("reader", ("unreadable: a: b", "s3:ListBucket"), ("unknown",)),
        ]
    )[::-1]
    assert (reader.identity, reader.services, reader.everywhere) == (
        "reader",
        ["kms", "s3", "unreadable"],
        False,
    )
    assert (operator.services, operator.everywhere, len(reader.permissions)) == ([], True, 3)
