"""Drawings without a line between them are put on shelves."""

import re

from gate.render.page.diagram import HEIGHT, WIDTH, Edge, Node, draw
from gate.render.page.shelves import WIDEST, draw_apart


def graph(*pairs):
    ids = sorted({n for pair in pairs for n in pair})
    return [Node(id=i, title=i) for i in ids], [Edge(source=a, target=b) for a, b in pairs]


MANY = [(f"a{n}", f"b{n}") for n in range(10)]


def test_what_fits_the_page_is_drawn_as_one():
    assert draw_apart(*graph(*MANY[:3])) == draw(*graph(*MANY[:3]))


def test_what_is_not_connected_goes_below_and_touches_nothing():
    made = draw_apart(*graph(*MANY))
    assert draw(*graph(*MANY)).width > WIDEST >= made.width
    corners = [(x, y) for _, x, y in made.boxes]
    assert len(set(corners)) == len(corners) == 20
    for i, (x, y) in enumerate(corners):
        assert 0 <= x <= made.width - WIDTH
        assert 0 <= y <= made.height - HEIGHT
        for other_x, other_y in corners[i + 1 :]:
            assert abs(x - other_x) >= WIDTH or abs(y - other_y) >= HEIGHT


def test_lines_move_with_their_boxes():
    made = draw_apart(*graph(*MANY))
    place = {node.id: (x, y) for node, x, y in made.boxes}
    assert len(made.lines) == 10
    for edge, path in made.lines:
        points = [(int(x), int(y)) for x, y in re.findall(r"(\d+),(\d+)", path)]
        x, y = place[edge.source]
        assert points[0] == (x + WIDTH // 2, y + HEIGHT)
        x, y = place[edge.target]
        assert points[-1] == (x + WIDTH // 2, y)


def test_the_order_of_nodes_and_lines_says_nothing():
    nodes, lines = graph(*MANY, ("a1", "b2"), ("b9", "a9"))
    assert draw_apart(nodes, lines) == draw_apart(nodes[::-1], lines[::-1])


def test_one_wide_graph_stays_whole():
    wide = graph(*[("a", f"b{n}") for n in range(12)])
    assert draw_apart(*wide) == draw(*wide)


def test_every_shelf_stands_in_the_middle():
    made = draw_apart(*graph(*[("a", f"b{n}") for n in range(12)], ("c", "d")))
    place = {node.id: x for node, x, _ in made.boxes}
    assert place["a"] == place["c"] == place["d"] == (made.width - WIDTH) // 2
