"""No name is cut, no box covers another, every line ends where it should; and the same scene is the same drawing."""

import re
import xml.etree.ElementTree as ET
from itertools import combinations

import pytest

from gate.render.picture.layouts import narrow, wide
from gate.render.picture.lines import lines
from gate.render.picture.mermaid import as_mermaid
from gate.render.picture.stack import Group, Leaf
from gate.render.picture.svg import alone, in_page
from gate.render.picture.text import width, wrapped
from gate.report.picture.scene import Box, Link, Place, Scene
from tests.gate.report.picture.test_picture import scene

LAYOUTS = {"wide": wide, "narrow": narrow}
HOSTILE = '<img src=x onerror=y> "\u202e`'


def many(count=6):
    """A scene with as much of everything as a picture shows, and long names."""
    place = Place(id="namespace models", title="namespace models", stands="namespace", inside="cluster")
    base = scene("dev")
    models = [
        Box(
            id=f"model {n}", title=f"a-very-long-name-of-a-model-{n}", lines=("v1: 100 %, 1 replica, pool x",) * 2,
            role="model", place=place.id,
        )
        for n in range(count)
    ]  # fmt: skip
    callers = [Box(id=f"caller {n}", title="application" * 4, role="caller") for n in range(count)]
    kept = [b for b in base.boxes if b.role not in {"model", "caller"}]
    links = [
        *(Link(source=c.id, target="load balancer", leads="request", step=1) for c in callers),
        *(
            Link(source="gateway kserve/kserve-ingress-gateway", target=m.id, leads="request", step=4)
            for m in models
        ),
    ]
    return Scene(places=base.places, boxes=[*callers, *models, *kept], links=links, steps=base.steps)


@pytest.fixture(params=["dev", "prod-models", "prod", "many"])
def any_scene(request):
    return many() if request.param == "many" else scene(request.param)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_boxes_stand_apart_within_the_frames_they_belong_to(any_scene, layout):
    parts = list(layout(any_scene).everything())
    leaves = [p for p in parts if isinstance(p, Leaf)]
    apart = [
        (a.box.id, b.box.id)
        for a, b in combinations(leaves, 2)
        if a.x < b.x + b.w - 0.1 and b.x < a.x + a.w - 0.1 and a.y < b.y + b.h - 0.1 and b.y < a.y + a.h - 0.1
    ]
    assert apart == []
    for group in parts:
        if isinstance(group, Group) and group.place is not None:
            for child in group.children:
                assert group.x <= child.x
                assert child.x + child.w <= group.x + group.w + 0.1
                assert group.y <= child.y
                assert child.y + child.h <= group.y + group.h + 0.1


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_all_that_is_said_stands_in_its_box(any_scene, layout):
    for leaf in layout(any_scene).everything():
        if isinstance(leaf, Leaf):
            assert "".join(leaf.title).replace(" ", "") == leaf.box.title.replace(" ", "")
            assert "".join(leaf.notes).replace(" ", "") == "".join(leaf.box.lines).replace(" ", "")
            assert all(width(line, 13.5, bold=True) <= leaf.w - 22 for line in leaf.title)


def test_a_phone_shows_all_of_it_without_scrolling_sideways(any_scene):
    assert narrow(any_scene).w <= 358


@pytest.mark.parametrize("down", [False, True])
def test_a_line_begins_and_ends_at_what_it_joins_and_every_step_has_one_number(down):
    found = scene("dev")
    whole = narrow(found) if down else wide(found)
    drawn = lines(found, whole, down=down)
    assert sorted(line.step for line in drawn if line.step) == [1, 2, 3, 4, 5]
    leaves = {p.box.id: p for p in whole.everything() if isinstance(p, Leaf)}
    for line in drawn:
        end, target = line.points[-1], leaves[line.joins[-1]]
        assert target.x - 4 <= end[0] <= target.x + target.w
        assert end[1] <= target.y + target.h
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in zip(line.points, line.points[1:], strict=False))


@pytest.mark.parametrize(
    ("said", "room", "expected"),
    [
        ("model-store-model-key", 90, ["model-store-", "model-key"]),
        ("192.168.0.0/16 is let in", 100, ["192.168.0.0/16 ", "is let in"]),
        ("x" * 20, 60, ["xxxxxxxx", "xxxxxxxx", "xxxx"]),
        ("", 60, []),
    ],
)
def test_text_breaks_where_people_would_break_it(said, room, expected):
    assert wrapped(said, 12, room) == [line.strip() for line in expected]


def test_nobodys_text_becomes_markup():
    hostile = Scene(boxes=[Box(id=HOSTILE, title=HOSTILE, lines=(HOSTILE,), role="store")], steps=(HOSTILE,))
    for drawn in (alone(hostile, down=True, title=HOSTILE), str(in_page(hostile, down=False, title=HOSTILE))):
        ET.fromstring(drawn)  # noqa: S314 made here
        assert "<img" not in drawn
        assert "\u202e" not in drawn
    assert '"]' not in as_mermaid(hostile).replace('#34;"]', "").split("\n")[1][:-3]


def test_what_changed_is_marked():
    found = scene("dev")
    drawn = alone(found, down=False, title="t", marks={"model minilm": "changed", "pool l4": "new"})
    flags = re.findall(r'data-box="([^"]+)">(?:(?!</g>).)*<g class="flag">.*?>(\w+)</text>', drawn)
    assert flags == [("model minilm", "changed"), ("pool l4", "new")]


def test_mermaid_marks_it_and_folds_the_namespaces_that_did_not_change():
    text = as_mermaid(scene("dev"), {"model minilm": "changed", "namespace keda": "new"})
    assert 'b8["CHANGED: minilm<br>' in text
    assert '["NEW: keda<br>scales models"]' in text
    assert '["11 other namespaces"]' in text
    assert "  class b8 changed" in text
    assert text.count("subgraph") == text.count("\n  end") + text.count("    end") == 6
