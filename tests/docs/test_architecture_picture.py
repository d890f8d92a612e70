"""The picture of README.md is what the program makes, in both colour schemes; nobody draws it by hand."""

import itertools
import xml.etree.ElementTree as ET

import pytest

from tests.captured import captured
from tests.conftest import ROOT
from tools.picture import STACK, drawn

PICTURE = ROOT / "docs" / "architecture.svg"
NARROW = ROOT / "docs" / "architecture-narrow.svg"
CHANGE = ROOT / "docs" / "change.svg"
SVG = "{http://www.w3.org/2000/svg}"


def _drawing(path) -> ET.Element:
    return ET.fromstring(path.read_text(encoding="utf-8"))  # noqa: S314 a file of this repository


def test_it_is_what_the_program_makes():
    made = drawn(captured(STACK).graph)
    stale = [
        name for name, text in made.items() if (ROOT / "docs" / name).read_text(encoding="utf-8") != text
    ]
    assert stale == [], "make picture draws them again"


@pytest.mark.parametrize("path", [PICTURE, NARROW])
def test_the_way_of_a_request_joins_a_caller_to_a_model_and_its_files(path):
    lines = {
        tuple(line.get("data-joins", "").split(" | ")): line.get("class")
        for line in _drawing(path).iter(f"{SVG}path")
        if line.get("data-joins")
    }
    way = [
        "caller search-indexer",
        "load balancer",
        "gateway edge/edge",
        "gateway kserve/kserve-ingress-gateway",
        "model minilm",
    ]
    assert [lines.get(pair) for pair in itertools.pairwise(way)] == ["request"] * 4
    assert lines["model minilm", "store model files"] == "files"


@pytest.mark.parametrize("path", [PICTURE, NARROW])
def test_every_namespace_it_names_is_made(path):
    boxes = {group.get("data-box", "") for group in _drawing(path).iter(f"{SVG}g")}
    made = {
        resource.object["metadata"]["name"]
        for resource in captured(STACK).graph
        if resource.type == "kubernetes:core/v1:Namespace" and resource.object
    }
    drawn_ones = {box.removeprefix("namespace ") for box in boxes if box.startswith("namespace ")}
    assert drawn_ones <= made | {"kube-system"}
    assert len(drawn_ones) == (12 if path == PICTURE else 0)


@pytest.mark.parametrize("path", [PICTURE, NARROW, CHANGE])
def test_it_is_drawn_for_light_and_dark_and_says_in_words_what_it_shows(path):
    drawing = _drawing(path)
    assert "prefers-color-scheme:dark" in drawing.findtext(f"{SVG}style", "")
    assert drawing.findtext(f"{SVG}title")
    assert drawing.findtext(f"{SVG}desc")
    assert f"docs/{path.name}" in (ROOT / "README.md").read_text(encoding="utf-8")
