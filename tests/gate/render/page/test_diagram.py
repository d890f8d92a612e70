"""The drawing: rows by who points at whom, no box on another, circles survived, the same every time."""

import random
import re

import pytest

from gate.render.page.diagram import HEIGHT, WIDTH, Edge, Node, draw, shortened


def drawn(pairs, names=""):
    ids = sorted({*names, *(n for pair in pairs for n in pair)})
    return draw([Node(id=i, title=i) for i in ids], [Edge(source=a, target=b) for a, b in pairs])


def rows(diagram):
    return {node.id: y for node, _, y in diagram.boxes}


def test_a_node_stands_below_all_that_point_at_it():
    y = rows(drawn([("a", "b"), ("b", "c"), ("a", "c"), ("d", "c")]))
    assert y["a"] == y["d"] < y["b"] < y["c"]


def test_no_two_boxes_touch_and_all_are_inside():
    diagram = drawn([(a, b) for a in "abcd" for b in "efgh"], "xyz")
    corners = [(x, y) for _, x, y in diagram.boxes]
    assert len(corners) == 11
    for i, (x, y) in enumerate(corners):
        assert 0 <= x <= diagram.width - WIDTH
        assert 0 <= y <= diagram.height - HEIGHT
        for other_x, other_y in corners[i + 1 :]:
            assert y != other_y or abs(x - other_x) >= WIDTH


def test_a_line_goes_round_a_box_in_its_way():
    diagram = drawn([("a", "b"), ("b", "c"), ("a", "c")])
    path = next(p for e, p in diagram.lines if (e.source, e.target) == ("a", "c"))
    (left,) = [x for node, x, _ in diagram.boxes if node.id == "b"]
    (straight,) = re.findall(r"L(\d+),", path)
    assert not left <= int(straight) <= left + WIDTH


@pytest.mark.parametrize("pairs", [[("a", "b"), ("b", "a")], [("a", "b"), ("b", "c"), ("c", "a")]])
def test_a_circle_is_drawn_too(pairs):
    diagram = drawn(pairs)
    assert sorted((e.source, e.target) for e, _ in diagram.lines) == sorted(pairs)
    assert len(diagram.boxes) == len({n for pair in pairs for n in pair})


def test_order_of_the_input_changes_nothing():
    nodes = [Node(id=i, title=i) for i in "abcdef"]
    edges = [Edge(source=a, target=b) for a, b in ("ab", "bc", "ac", "de", "ef", "bf", "fa")]
    expected = draw(nodes, edges)
    chance = random.Random(1)  # noqa: S311 an order, not a secret
    for _ in range(20):
        chance.shuffle(nodes)
        chance.shuffle(edges)
        assert draw(nodes, edges) == expected


def test_nothing_and_unknown_nodes():
    assert drawn([]).boxes == []
    assert (
        draw([Node(id="a", title="a")], [Edge(source="a", target="b"), Edge(source="a", target="a")]).lines
        == []
    )


def test_a_long_title_keeps_both_ends():
    assert shortened("kube-prometheus-stack-prometheus") == "kube-prome…rometheus"
    assert shortened("short") == "short"
