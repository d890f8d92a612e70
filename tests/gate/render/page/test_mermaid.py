"""The same drawing as text for Markdown pages: nobody's name ends a label or the fence."""

from gate.render.page.mermaid import as_mermaid
from gate.render.page.talks import MOST_LINES, who_talks
from gate.report.flows import Flow

CHAT = "models/name=chat,component=workload"
EDGE = "cluster.local/ns/edge/sa/edge"


def test_boxes_have_shapes_and_lines_their_ports():
    drawn = as_mermaid(
        [
            Flow(caller="10.0.0.0/8", target="edge/name=edge", port="443"),
            Flow(caller=EDGE, target=CHAT, port="8000"),
            Flow(caller="cluster.local/ns/watch/sa/prometheus", target=CHAT, port="8000"),
            Flow(caller="shop", target="model chat", detail="60 a minute", of_model=True),
        ]
    )
    assert drawn.splitlines() == [
        "flowchart LR",
        '  n0(["10.0.0.0/8<br>address"])',
        '  n1("prometheus<br>in watch")',
        '  n2["edge<br>pods in edge"]',
        '  n3(["model chat"])',
        '  n4["chat<br>workload in models"]',
        '  n5(["shop<br>application"])',
        '  n0 -->|"443"| n2',
        '  n1 -->|"8000"| n4',
        '  n2 -->|"8000"| n4',
        "  n5 --> n3",
    ]


def test_what_is_alike_is_one_box_but_never_models_or_pods():
    way = {"detail": "tcp 443"}
    drawn = as_mermaid(
        [
            Flow(caller="10.0.0.0/16", target="VPC endpoint a", **way),
            Flow(caller="10.0.0.0/16", target="VPC endpoint b", **way),
            Flow(caller="10.0.0.0/16", target="VPC endpoint c", detail="tcp 80"),
            Flow(caller="10.0.0.0/16", target="database d", **way),
            Flow(caller="shop", target="model chat", of_model=True),
            Flow(caller="shop", target="model mini", of_model=True),
            Flow(caller="shop", target="models/name=a"),
            Flow(caller="shop", target="models/name=b"),
        ]
    )
    boxes = [line.split('"')[1] for line in drawn.splitlines()[1:] if "-->" not in line]
    assert boxes == [
        "10.0.0.0/16<br>address",
        "VPC endpoint a<br>and 1 more",
        "VPC endpoint c",
        "database d",
        "model chat",
        "model mini",
        "a<br>pods in models",
        "b<br>pods in models",
        "shop<br>application",
    ]


def test_a_hostile_name_stays_a_label():
    hostile = 'x"]\n```\n<img src=x onerror=1> click n0 "https://e" %%{init}%% #quot; \u202e `'
    drawn = as_mermaid([Flow(caller=hostile, target="t/a=b", port='8"| n9')])
    lines = drawn.splitlines()
    assert lines[0] == "flowchart LR"
    assert [line[:5] for line in lines[1:]] == ["  n0[", "  n1(", "  n1 "]
    assert "```" not in drawn
    assert "<img" not in drawn
    assert lines[-1] == '  n1 -->|"8#34;#124; n9"| n0'


def test_too_many_lines_are_drawn_between_namespaces():
    many = [
        Flow(caller=EDGE, target=f"models/name=m{n},component=workload", port="8000")
        for n in range(MOST_LINES + 1)
    ]
    inner = Flow(caller="cluster.local/ns/models/sa/a", target="models/name=m1,component=workload", port="1")
    nodes, edges = who_talks([*many, inner, Flow(caller="10.0.0.0/8", target="edge/name=edge", port="443")])
    assert [(n.title, n.note) for n in nodes] == [
        ("10.0.0.0/8", "address"),
        ("edge", "1 box"),
        ("models", "122 boxes"),
    ]
    assert [(e.source, e.target, e.label) for e in edges] == [
        ("10.0.0.0/8", "edge", "1 flow"),
        ("edge", "models", "121 flows"),
    ]
    assert len(who_talks(many[:-1])[0]) == MOST_LINES + 1


def endpoint(name, *, caller="10.0.0.0/16", detail="tcp 443", of_model=False):
    return Flow(caller=caller, target=name, detail=detail, of_model=of_model)


def titles(*flows):
    return sorted(f"{node.title} {node.note}".strip() for node in who_talks(flows)[0])


def test_what_the_same_callers_reach_in_the_same_way_is_one_box():
    assert titles(*[endpoint(f"VPC endpoint {n}") for n in "abc"]) == [
        "10.0.0.0/16 address",
        "VPC endpoint a and 2 more",
    ]
    (line,) = who_talks([endpoint(f"VPC endpoint {n}") for n in "abc"])[1]
    assert line.target == "VPC endpoint a\nVPC endpoint b\nVPC endpoint c"


def test_what_is_reached_otherwise_or_by_somebody_else_is_a_box_of_its_own():
    assert len(titles(endpoint("a"), endpoint("b", detail="tcp 80"))) == 3
    assert len(titles(endpoint("a"), endpoint("b"), endpoint("b", caller="192.168.0.0/16"))) == 4
    assert len(titles(endpoint("model a", of_model=True), endpoint("model b", of_model=True))) == 3
    pods = [Flow(caller="10.0.0.0/16", target=f"edge/name={n}", port="443") for n in "ab"]
    assert len(titles(*pods)) == 3
