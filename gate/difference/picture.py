"""The picture of a stack where it changed: both sides in one, with what is new, gone and changed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gate.render.picture.mermaid import as_mermaid
from gate.report.picture.scene import Box, Scene, scene_of


def picture_change(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """The picture with its marks, as Mermaid; empty where nothing in it changed, or one side has none."""
    was, now = scene_of(before.get("picture")), scene_of(after.get("picture"))
    if not was.shows_something or not now.shows_something:
        return ""
    whole, marks = marked(was, now)
    return as_mermaid(whole, marks) if marks else ""


def marked(was: Scene, now: Scene) -> tuple[Scene, dict[str, str]]:
    """One picture of both sides, and which of its boxes are new, gone or changed."""
    old, new = {b.id: b for b in was.boxes}, {b.id: b for b in now.boxes}
    marks = {name: "new" for name in new if name not in old}
    marks |= {name: "gone" for name in old if name not in new}
    marks |= {
        name: "changed" for name, box in new.items() if name in old and _shown(box) != _shown(old[name])
    }
    places = [*now.places, *(p for p in was.places if p.id not in {place.id for place in now.places})]
    known = {(link.source, link.target, link.leads) for link in now.links}
    links = [*now.links, *(x for x in was.links if (x.source, x.target, x.leads) not in known)]
    boxes = [*now.boxes, *(box for name, box in old.items() if name not in new)]
    return replace(now, places=places, boxes=boxes, links=links), marks


def _shown(box: Box) -> Box:
    """A box as it is seen: where a link leads shows nowhere."""
    return replace(box, link="")
