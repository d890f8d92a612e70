"""A picture as Mermaid, which GitHub draws in comments and Markdown pages."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from gate.render.page.mermaid import label_text
from gate.report.picture.reading import counted
from gate.report.picture.scene import Box, Leads, Scene

_LINES: Final[Mapping[Leads, str]] = {"request": "==>", "files": "-.->", "runs": "-.-"}
_STYLES: Final = {
    "new": "stroke:#14653a,stroke-width:3px",
    "gone": "stroke:#a61b1b,stroke-width:3px,stroke-dasharray:6 4",
    "changed": "stroke:#9a6700,stroke-width:3px",
}
"""Only strokes: the ground and the text are GitHub's, in light and in dark."""


def as_mermaid(scene: Scene, marks: Mapping[str, str] | None = None) -> str:
    """A flowchart of places within places; what changed is marked by a word and a colour.

    Namespaces off a request's way are one box, but for those that are marked.
    """
    marks = marks or {}
    boxes = _drawn(scene, marks)
    ids = {box.id: f"b{number}" for number, box in enumerate(boxes)}
    lines = ["flowchart LR", *_places(scene, boxes, ids, "", marks, depth=1)]
    drawn = set()
    for link in scene.links:
        if link.source in ids and link.target in ids:
            said = f"  {ids[link.source]} {_LINES[link.leads]} {ids[link.target]}"
            if said not in drawn:
                drawn.add(said)
                lines.append(said)
    for mark, style in _STYLES.items():
        marked = [ids[name] for name, found in sorted(marks.items()) if found == mark and name in ids]
        if marked:
            lines += [f"  classDef {mark} {style}", f"  class {','.join(marked)} {mark}"]
    return "\n".join(lines)


def _drawn(scene: Scene, marks: Mapping[str, str]) -> list[Box]:
    quiet = [b for b in scene.of_role("plane") if b.id not in marks]
    kept = [b for b in scene.boxes if b.role != "plane" or b.id in marks]
    if quiet:
        others = "other " if len(quiet) < len(scene.of_role("plane")) else ""
        title = f"{len(quiet)} {others}namespaces"
        kept.append(replace(quiet[0], id="namespaces", title=title, lines=()))
    return kept


def _places(
    scene: Scene,
    boxes: list[Box],
    ids: Mapping[str, str],
    inside: str,
    marks: Mapping[str, str],
    *,
    depth: int,
) -> Iterator[str]:
    """What stands in a place: its boxes, then the places in it that hold any."""
    known = {place.id for place in scene.places}
    margin = "  " * depth
    for box in boxes:
        if box.place == inside or (not inside and box.place not in known):
            yield f"{margin}{_box(ids[box.id], box, marks.get(box.id, ''))}"
    for number, place in enumerate(scene.places):
        if place.inside == inside:
            held = list(_places(scene, boxes, ids, place.id, marks, depth=depth + 1))
            if held:
                yield f'{margin}subgraph p{number}["{label_text(place.title)}"]'
                yield from held
                yield f"{margin}end"


def _box(name: str, box: Box, mark: str) -> str:
    left, right = (
        ("([", "])") if box.role == "caller" else ("[(", ")]") if box.role == "store" else ("[", "]")
    )
    title = f"{mark.upper()}: {box.title}" if mark else box.title
    said = "<br>".join(label_text(line) for line in (title, *box.lines, *_machines(box)))
    return f'{name}{left}"{said}"{right}'


def _machines(box: Box) -> list[str]:
    if box.machines is None:
        return []
    least, most = box.machines
    return [counted(least, "machine") if least == most else f"{least} to {most} machines"]
