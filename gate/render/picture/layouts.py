"""Where everything stands: side by side at a desk, one below the other on a phone."""

from collections.abc import Sequence
from typing import Final

from gate.render.picture.stack import Group, Leaf, grid
from gate.report.picture.ground import ACCOUNT, CLUSTER, NETWORK
from gate.report.picture.scene import Box, Place, Scene

_WAY: Final = 46
"""Between two steps of a request, with room for the step's number and the tip of its line."""
_PLANES: Final = "What keeps it running, by namespace"
_MACHINES: Final = "Machines"


def wide(scene: Scene) -> Group:
    """A request goes from left to right; machines and namespaces stand below its way."""
    gates = [_namespace(scene, place, 174) for place in _on_the_way(scene)]
    way = [gate for gate in gates if gate is not None]
    models = _models(scene, 204)
    spine = Group([*way, *models], "row", _WAY, centred=True)
    room = max(spine.w, 520)
    inside = [
        *([spine] if spine.children else []),
        *_titled(_MACHINES, grid(_ordered(scene), room, 160), room),
        *_titled(_PLANES, grid(scene.of_role("plane"), room, 150), room),
    ]
    cluster = _framed(scene, CLUSTER, Group(inside, "column", 20, pad=14, least=room + 28))
    side = [Leaf(b, 150) for b in scene.of_role("balancer", "exit")]
    beside: list[Leaf | Group] = [Group(side, "column", 16)] if side else []
    below: list[Leaf | Group] = [cluster] if inside else []
    network = _framed(scene, NETWORK, Group([*beside, *below], "row", _WAY, pad=14))
    kept = scene.of_role("store")
    right = [Group([Leaf(b, 164) for b in kept], "column", 12)] if kept else []
    held = [network] if network.children else []
    if not held and kept:
        right = grid(kept, 760, 164)
        account = _framed(scene, ACCOUNT, Group(right, "column", 12, pad=14))
    else:
        account = _framed(scene, ACCOUNT, Group([*held, *right], "row", _WAY, pad=14))
    who = [Leaf(b, 158) for b in scene.of_role("caller")]
    left = [Group(who, "column", 12, caption="Who calls")] if who else []
    whole = Group([*left, account], "row", _WAY + 8)
    whole.put(2, 2)
    _level(scene, whole)
    return whole


def narrow(scene: Scene) -> Group:
    """A request goes from top to bottom; what stands beside its way at a desk stands below it."""
    outer, pad = 358.0, 9.0
    right = 15.0  # on the right of a network a line leads down to the files
    in_account, in_network = outer - 2 * pad - right, outer - 4 * pad - right
    in_cluster = in_network - 2 * pad
    gates = [_namespace(scene, place, in_cluster - 2 * pad, pad) for place in _on_the_way(scene)]
    inside = [
        *(gate for gate in gates if gate is not None),
        *_models(scene, in_cluster - 2 * pad, pad),
    ]
    below = [
        *_titled(_MACHINES, grid(_ordered(scene), in_cluster, 130), in_cluster),
        *_titled(
            _PLANES, [Group(_listed(scene, in_cluster), "row")] if scene.of_role("plane") else [], in_cluster
        ),
    ]
    column = [Group(inside, "column", 34)] if inside else []
    cluster = _framed(
        scene, CLUSTER, Group([*column, *below], "column", 18, pad=pad, least=in_cluster + 2 * pad)
    )
    first = [Leaf(b, in_network) for b in scene.of_role("balancer")]
    last = [Leaf(b, in_network) for b in scene.of_role("exit")]
    held: list[Leaf | Group] = [*first, *last]
    if cluster.children:
        held.insert(len(first), cluster)
    network = _framed(scene, NETWORK, Group(held, "column", 34, pad=pad, least=in_network + 2 * pad))
    kept = grid(scene.of_role("store"), in_account, 140)
    stores = [Group(kept, "column", 10)] if kept else []
    account = _framed(
        scene,
        ACCOUNT,
        Group([*([network] if held else []), *stores], "column", 26, pad=pad, least=outer),
    )
    who = grid(scene.of_role("caller"), outer, 150)
    left = [Group(who, "column", 10, caption="Who calls")] if who else []
    whole = Group([*left, account], "column", 34)
    whole.put(1, 1)
    return whole


def _on_the_way(scene: Scene) -> list[Place]:
    """The namespaces of gateways, in the order of the way."""
    named = list(dict.fromkeys(b.place for b in scene.of_role("gateway")))
    return [p for name in named for p in scene.places if p.id == name]


def _namespace(scene: Scene, place: Place, w: float, pad: float = 11) -> Group | None:
    boxes = [b for b in scene.of_role("gateway", "controller") if b.place == place.id]
    return Group([Leaf(b, w) for b in boxes], "column", 12, place=place, pad=pad) if boxes else None


def _models(scene: Scene, w: float, pad: float = 11) -> list[Group]:
    boxes = scene.of_role("model")
    if not boxes:
        return []
    place = next((p for p in scene.places if p.id == boxes[0].place), None)
    return [Group([Leaf(b, w) for b in boxes], "column", 12, place=place, pad=pad)]


def _listed(scene: Scene, w: float) -> list[Leaf]:
    """All namespaces in one box, a line for each."""
    boxes = scene.of_role("plane")
    lines = tuple(f"{b.title}: {', '.join(b.lines)}" if b.lines else b.title for b in boxes)
    above = all(b.is_above for b in boxes)
    title = f"{len(boxes)} namespaces"
    return [Leaf(Box(id="namespaces", title=title, lines=lines, role="plane", is_above=above), w)]


def _ordered(scene: Scene) -> list[Box]:
    return scene.of_role("pool")


def _titled(caption: str, rows: Sequence[Group], room: float) -> list[Group]:
    return [Group(rows, "column", 10, caption=caption, least=room)] if rows else []


def _framed(scene: Scene, place: str, group: Group) -> Group:
    """The group in its place's frame; without one where the scene has no such place."""
    found = next((p for p in scene.places if p.id == place), None)
    group.place = found
    if found is None:
        group.pad = 0
    return group


def _level(scene: Scene, whole: Group) -> None:
    """Bring what a request passes outside the cluster to the height of what it passes inside."""
    leaves = {part.box.id: part for part in whole.everything() if isinstance(part, Leaf)}
    edge = next((leaves[b.id] for b in scene.of_role("gateway")), None)
    balancer = next((leaves[b.id] for b in scene.of_role("balancer")), None)
    pools = [leaves[b.id] for b in scene.of_role("pool")]
    exits = [leaves[b.id] for b in scene.of_role("exit")]
    if edge is None or balancer is None:
        return
    middle = edge.y + edge.h / 2
    balancer.y = max(balancer.y, middle - balancer.h / 2)
    for leaf in exits:
        leaf.y = max(balancer.y + balancer.h + 16, pools[0].y if pools else 0)
    for part in whole.everything():
        if isinstance(part, Group) and part.caption == "Who calls":
            part.put(part.x, max(part.y, middle - part.h / 2))
