"""The architecture picture as SVG: within a page, or alone (``docs/architecture.svg``, by ``make picture``)."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from markupsafe import Markup, escape

from gate.core.printable import one_line
from gate.render.picture.layouts import narrow, wide
from gate.render.picture.lines import Line, lines
from gate.render.picture.stack import LINE, MOST_MACHINES, Group, Leaf
from gate.report.picture.scene import Scene

Marks = Mapping[str, str]
"""What changed: the id of a box, and the word that stands on it."""
PICTURE: Final = "from a caller to a model and its files"
"""What every picture shows, for its title."""
_STYLE: Final = Path(__file__).parent.parent / "templates" / "picture.css"
_MARGIN: Final = 10
_KEY: Final = (
    ("request", "a request's way"),
    ("files", "files, at a start"),
    ("runs", "runs on"),
)
_ABOVE: Final = "of the stack above"
_SQUARES: Final = ("a machine at least", "one more at most")


def in_page(scene: Scene, *, down: bool, title: str) -> Markup:
    """The drawing for a page, which brings its style; its boxes lead to sections."""
    return _drawing(scene, down=down, title=title, alone=False, marks={})


def alone(scene: Scene, *, down: bool, title: str, marks: Marks | None = None) -> str:
    """The drawing as a file of its own, in light and dark."""
    return str(_drawing(scene, down=down, title=title, alone=True, marks=marks or {})) + "\n"


def _drawing(scene: Scene, *, down: bool, title: str, alone: bool, marks: Marks) -> Markup:
    whole = narrow(scene) if down else wide(scene)
    name = "down" if down else "across"
    drawn = lines(scene, whole, down=down)
    key_at = whole.y + whole.h + 22
    width, height = round(whole.w + 4), round(key_at + (58 if down else 12))
    body = [
        *_frames(whole),
        *(_line(line, name) for line in drawn),
        *_headings(whole),
        *(_leaf(part, marks, links=not alone) for part in whole.everything() if isinstance(part, Leaf)),
        *(_badge(line) for line in drawn if line.step),
        *_key(scene, whole.x + 4, key_at, name, down=down),
    ]
    tips = "".join(_tip(name, leads) for leads, _ in _KEY)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="pic {name}" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" '
    )
    said = _text(" ".join(f"{n}. {step}" for n, step in enumerate(scene.steps, 1)))
    if alone:
        style = _STYLE.read_text(encoding="utf-8")
        head += (
            f'role="img" aria-labelledby="title description">\n<title id="title">{_text(title)}</title>\n'
            f'<desc id="description">{said}</desc>\n<style>\n{style}</style>\n'
            f'<rect class="ground" width="{width}" height="{height}"/>'
        )
    else:
        head += f'role="group" aria-label="{_text(title)}">'
    return Markup("\n").join([Markup(head), Markup(f"<defs>{tips}</defs>"), *body, Markup("</svg>")])  # noqa: S704 every text in it was escaped


def _tip(name: str, leads: str) -> str:
    return (
        f'<marker id="{name}-{leads}" class="{leads}" viewBox="0 0 8 8" refX="6.5" refY="4" markerWidth="8" '
        'markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0,0 L8,4 L0,8 z"/></marker>'
    )


def _text(value: str) -> Markup:
    return escape(one_line(value))


def _frames(whole: Group) -> Iterator[Markup]:
    for part in whole.everything():
        if isinstance(part, Group) and part.place is not None:
            x, y = f"{part.x:.1f}", f"{part.y:.1f}"
            yield Markup(  # noqa: S704 numbers and a word of ours
                f'<rect class="frame {part.place.stands}" x="{x}" y="{y}" width="{part.w:.1f}" '
                f'height="{part.h:.1f}" rx="12"/>'
            )


def _headings(whole: Group) -> Iterator[Markup]:
    """After the lines, which pass behind them."""
    for part in whole.everything():
        if not isinstance(part, Group):
            continue
        for index, line in enumerate(part.heading):
            at = part.y + part.pad + LINE * index + 10
            yield Markup(  # noqa: S704 its text is escaped
                f'<text class="heading" x="{part.x + max(part.pad, 1):.1f}" y="{at:.1f}">{_text(line)}</text>'
            )


def _line(line: Line, name: str) -> Markup:
    joins = _text(" | ".join(line.joins))
    return Markup(  # noqa: S704 numbers, words of ours and what was escaped
        f'<path class="{line.leads}" d="{line.path}" marker-end="url(#{name}-{line.leads})" data-joins="{joins}"/>'
    )


def _leaf(leaf: Leaf, marks: Marks, *, links: bool) -> Markup:
    box = leaf.box
    mark = marks.get(box.id, "")
    classes = f"part {box.role}{' above' if box.is_above else ''}{f' {mark}' if mark else ''}"
    inner = [f'<rect x="{leaf.x:.1f}" y="{leaf.y:.1f}" width="{leaf.w:.1f}" height="{leaf.h:.1f}" rx="8"/>']
    at = leaf.y + 19
    for line in leaf.title:
        inner.append(f'<text class="name" x="{leaf.x + 11:.1f}" y="{at:.1f}">{_text(line)}</text>')
        at += LINE
    for line in leaf.notes:
        inner.append(f'<text class="note" x="{leaf.x + 11:.1f}" y="{at:.1f}">{_text(line)}</text>')
        at += LINE
    inner.extend(_machines(leaf, at - 8))
    if mark:
        inner.append(_flag(leaf, mark))
    whole = f'<g class="{classes}" data-box="{_text(box.id)}">{"".join(inner)}</g>'
    if links and box.link:
        whole = f'<a href="{_text(box.link)}">{whole}</a>'
    return Markup(whole)  # noqa: S704 every text in it was escaped


def _machines(leaf: Leaf, y: float) -> Iterator[str]:
    if leaf.box.machines is None:
        return
    least, most = leaf.box.machines
    for index in range(min(most, MOST_MACHINES)):
        kind = "solid" if index < least else "hollow"
        x = leaf.x + 11 + index * 15
        yield f'<rect class="machine {kind}" x="{x:.1f}" y="{y:.1f}" width="11" height="11" rx="2"/>'
    if most > MOST_MACHINES:
        yield f'<text class="note" x="{leaf.x + 14 + MOST_MACHINES * 15:.1f}" y="{y + 10:.1f}">{least} to {most}</text>'
    elif not most:
        yield f'<text class="note" x="{leaf.x + 11:.1f}" y="{y + 10:.1f}">none now</text>'


def _flag(leaf: Leaf, mark: str) -> str:
    w = 8 * len(mark) + 14
    x = leaf.x + leaf.w - w - 6
    return (
        f'<g class="flag"><rect x="{x:.1f}" y="{leaf.y - 9:.1f}" width="{w}" height="18" rx="9"/>'
        f'<text x="{x + w / 2:.1f}" y="{leaf.y + 4:.1f}" text-anchor="middle">{_text(mark)}</text></g>'
    )


def _badge(line: Line) -> Markup:
    x, y = line.badge
    return Markup(  # noqa: S704 numbers of ours
        f'<g class="step {line.leads}"><circle cx="{x:.1f}" cy="{y:.1f}" r="9.5"/>'
        f'<text x="{x:.1f}" y="{y + 4.2:.1f}" text-anchor="middle">{line.step}</text></g>'
    )


def _key(scene: Scene, x: float, y: float, name: str, *, down: bool) -> Iterator[Markup]:
    """What the lines and squares mean; only those that are drawn."""
    leads = {link.leads for link in scene.links}
    start, at = x, y
    for kind, words in _KEY:
        if kind not in leads or (down and kind == "runs"):
            continue
        yield Markup(  # noqa: S704 words of ours
            f'<path class="{kind}" d="M{x:.1f},{at - 4:.1f} L{x + 30:.1f},{at - 4:.1f}" '
            f'marker-end="url(#{name}-{kind})"/><text class="note" x="{x + 38:.1f}" y="{at:.1f}">{words}</text>'
        )
        x += 60 + 6.6 * len(words)
    if down:
        x, at = start, at + 22
    if any(box.is_above for box in scene.boxes):
        yield Markup(  # noqa: S704 words of ours
            f'<rect class="frame of-above" x="{x:.1f}" y="{at - 10:.1f}" width="22" height="12" rx="3"/>'
            f'<text class="note" x="{x + 30:.1f}" y="{at:.1f}">{_ABOVE}</text>'
        )
        x += 56 + 6.6 * len(_ABOVE)
    if not any(box.machines for box in scene.boxes):
        return
    if down:
        x, at = start, at + 22
    for kind, words in zip(("solid", "hollow"), _SQUARES, strict=True):
        yield Markup(  # noqa: S704 words of ours
            f'<rect class="machine {kind}" x="{x:.1f}" y="{at - 10:.1f}" width="11" height="11" rx="2"/>'
            f'<text class="note" x="{x + 18:.1f}" y="{at:.1f}">{words}</text>'
        )
        x += 42 + 6.6 * len(words)
