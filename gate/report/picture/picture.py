"""From a graph to its picture: places, boxes, lines, and the same in sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from gate.report.capacity import Capacity
from gate.report.picture.ground import ACCOUNT, CLUSTER, NETWORK, places, planes, pools, ways_out
from gate.report.picture.reading import Seen, listed, many, seen, words
from gate.report.picture.scene import Box, Link, Place, Scene
from gate.report.picture.stores import FILES, stores
from gate.report.picture.way import BALANCER, balancer, callers, gateway_box, gateway_id, gateways, model_box
from gate.report.report import Exposure
from gate.report.served import ServedModel, Serving
from policies.analysis.kubernetes.metadata import namespace_of
from policies.engine.graph import Graph, Resource

MOST: Final = 6
"""Boxes of a kind that a picture shows one by one; more become one box that counts them."""


def picture(graph: Graph, *, exposures: Sequence[Exposure], capacity: Capacity, serving: Serving) -> Scene:
    """What a stack and those above it look like.

    Args:
        graph: the stack's resources, with those of the stacks above as ``elsewhere``.
        exposures: the report's ways in, which name callers.
        capacity: the report's sums of machines.
        serving: the models, and the buckets of their files and of samples of requests.
    """
    models, namespace = serving.models, serving.namespace
    view = seen(graph)
    held = list(places(view))
    known = {place.id for place in held}
    inside = next(p for p in (CLUSTER, NETWORK, ACCOUNT) if p in known)
    network = NETWORK if NETWORK in known else ACCOUNT
    outer, inner = gateways(view)
    who = _few(callers(exposures), "callers")
    served = _few([model_box(model, f"namespace {namespace}") for model in models], "models")
    gates = [
        *(gateway_box(g, view, is_edge=True) for g in outer),
        *(gateway_box(g, view, is_edge=False) for g in inner),
    ]
    on_the_way = [*(namespace_of(g) for g in (*outer, *inner)), *([namespace] if served else [])]
    held += [
        Place(id=f"namespace {name}", title=f"namespace {name}", stands="namespace", inside=inside)
        for name in dict.fromkeys(on_the_way)
    ]
    kept = list(stores(view, ACCOUNT, serving.files, serving.payloads))
    machines = []
    if inside == CLUSTER:
        runs_on = sorted({v.pool for model in models for v in model.versions})
        machines = list(pools(view, capacity, runs_on, CLUSTER))
    way_in = [balancer(outer[0], view, network)] if outer else []
    boxes = [
        *who,
        *way_in,
        *ways_out(view, network),
        *gates,
        *served,
        *machines,
        *(planes(view, on_the_way, inside) if inside == CLUSTER else ()),
        *kept,
    ]
    edge = outer[0] if outer else None
    links, steps = _told(boxes, edge, inner, in_mesh=_in_mesh(view))
    return Scene(
        places=held,
        boxes=boxes,
        links=[*links, *_runs_on(models, served, machines, gates)],
        steps=steps,
    )


def _few(boxes: list[Box], more: str) -> list[Box]:
    """Boxes as they are, or the first of them and one that counts the rest."""
    if len(boxes) <= MOST:
        return boxes
    shown, rest = boxes[: MOST - 1], boxes[MOST - 1 :]
    names = (listed([b.title for b in rest], 3),)
    others = replace(
        rest[0], id=f"{rest[0].role} others", title=f"{len(rest)} more {more}", lines=names, link=f"#{more}"
    )
    return [*shown, others]


def _told(
    boxes: Sequence[Box],
    edge: Resource | None,
    inner: Sequence[Resource],
    *,
    in_mesh: bool,
) -> tuple[list[Link], list[str]]:
    """A request's way as lines and as sentences: a line has the number of its sentence."""
    who, way_in, served, kept = (
        [box for box in boxes if box.role == role] for role in ("caller", "balancer", "model", "store")
    )
    links: list[Link] = []
    steps: list[str] = []
    if edge is not None and way_in:
        first = way_in[0]
        hosts = [words(one, "hostname") for one in many(edge.inputs, "spec.listeners")]
        asked = f"https://{hosts[0]}" if hosts and hosts[0] else "the platform"
        callers_said = listed([b.title for b in who]) if who else "Whoever is let in"
        steps.append(f"{callers_said}: a request to {asked} with a token.")
        links += [Link(source=b.id, target=first.id, leads="request", step=len(steps)) for b in who]
        steps.append(
            f"The load balancer ({first.lines[0]}) passes the connection on to the edge gateway, "
            "which checks who calls and how much."
        )
        links.append(Link(source=BALANCER, target=gateway_id(edge), leads="request", step=len(steps)))
    last = gateway_id(edge) if edge is not None else ""
    if edge is not None and inner:
        over = ", over mutual TLS of the mesh" if in_mesh else ""
        steps.append(f"The edge gateway sends it on to the inner gateway{over}.")
        links.append(Link(source=last, target=gateway_id(inner[0]), leads="request", step=len(steps)))
    if inner:
        last = gateway_id(inner[0])
    if served and last:
        steps.append("From there it reaches a replica of the model's version, which answers.")
        links += [Link(source=last, target=b.id, leads="request", step=len(steps)) for b in served]
    if served and any(b.id == f"store {FILES}" for b in kept):
        said = next(b for b in kept if b.id == f"store {FILES}")
        key = f", encrypted with {said.lines[1]}" if len(said.lines) > 1 else ""
        steps.append(
            f"Before that, at its start, a replica fetched its files from S3{key}, and checked their digest."
        )
        links += [Link(source=b.id, target=said.id, leads="files", step=len(steps)) for b in served]
    return links, steps


def _in_mesh(view: Seen) -> bool:
    label = r"metadata.labels.istio\.io/dataplane-mode"
    return any(
        words(n.inputs, label) == "ambient" for n in view.whole.of_type("kubernetes:core/v1:Namespace")
    )


def _runs_on(
    models: Sequence[ServedModel], served: Sequence[Box], machines: Sequence[Box], gates: Sequence[Box]
) -> Iterator[Link]:
    there = {box.id for box in machines}
    shown = {box.id for box in served}
    others = next((box.id for box in served if box.id == "model others"), "")
    found = set()
    for model in models:
        source = f"model {model.model}" if f"model {model.model}" in shown else others
        found |= {(source, f"pool {v.pool}") for v in model.versions}
    if "pool system" in there:
        found |= {(gate.id, "pool system") for gate in gates}
    yield from (
        Link(source=source, target=target, leads="runs")
        for source, target in sorted(found)
        if source and target in there
    )
