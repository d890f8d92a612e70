"""The picture of README.md draws what the program makes, in both colour schemes."""

import xml.etree.ElementTree as ET

from tests.captured import captured
from tests.conftest import ROOT

PICTURE = ROOT / "docs" / "architecture.svg"
SVG = "{http://www.w3.org/2000/svg}"


def _drawing() -> ET.Element:
    return ET.fromstring(PICTURE.read_text(encoding="utf-8"))  # noqa: S314 a file of this repository


def test_every_namespace_it_names_is_made():
    drawn = {
        text.removeprefix("namespace ")
        for text in (element.text or "" for element in _drawing().iter(f"{SVG}text"))
        if text.startswith("namespace ")
    }
    made = {
        resource.object["metadata"]["name"]
        for resource in captured("dev").graph
        if resource.type == "kubernetes:core/v1:Namespace" and resource.object
    }
    assert drawn == {"edge", "kserve", "models"}
    assert drawn <= made


def test_every_part_it_names_has_a_page():
    parts = {group.get("data-part") for group in _drawing().iter(f"{SVG}g")} - {None}
    assert len(parts) == 8
    assert [
        p for p in sorted(parts) if not (ROOT / "docs" / "components" / f"{p.replace('-', '_')}.md").is_file()
    ] == []


def test_it_is_drawn_for_light_and_dark_and_says_in_words_what_it_shows():
    drawing = _drawing()
    assert "prefers-color-scheme:dark" in drawing.findtext(f"{SVG}style", "")
    assert drawing.findtext(f"{SVG}title")
    assert drawing.findtext(f"{SVG}desc")
    assert "](docs/architecture.svg)" in (ROOT / "README.md").read_text(encoding="utf-8")
