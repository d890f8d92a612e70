"""Who may do what in the Kubernetes API, for the report's permissions: by our objects and by what charts install."""

from collections.abc import Iterator
from typing import Final

from gate.report.report import Permission
from policies.analysis.charts.joined import renderings
from policies.analysis.kubernetes.rights import Right, rights
from policies.engine.graph import Graph

_PREFIX: Final = "kubernetes:"


def cluster_rights(graph: Graph) -> list[Permission]:
    """One entry for all that a subject may do by the same verbs in the same place; sorted.

    A release whose chart was not rendered grants nobody knows what, and stands here as that.
    """
    places: dict[tuple[str, str, tuple[str, ...]], set[str]] = {}
    found: set[Permission] = set(_of_unseen_charts(graph))
    for right in rights(graph):
        if right.unseen or right.unread:
            found.add(_not_known(right))
        elif right.verbs and right.what:
            places.setdefault((right.who, right.where, right.verbs), set()).update(right.what)
    for (who, where, verbs), what in places.items():
        found.add(
            Permission(
                identity=who,
                actions=tuple(f"{_PREFIX}{verb}" for verb in verbs),
                resources=tuple(sorted(what)),
                conditions=_place(where),
            )
        )
    return sorted(found)


def _not_known(right: Right) -> Permission:
    if right.unread:
        return Permission(
            identity=right.who, actions=(f"unreadable: {right.unread}",), resources=("unknown",)
        )
    return Permission(
        identity=right.who,
        actions=(f"what {right.unseen} allows (declared elsewhere)",),
        resources=("see there",),
        conditions=_place(right.where),
    )


def _place(where: str) -> tuple[str, ...]:
    """What holds in the whole cluster has no condition, so that it is known to take in what holds in a namespace."""
    return (f"in the namespace {where}",) if where else ()


def _of_unseen_charts(graph: Graph) -> Iterator[Permission]:
    for known in renderings(graph):
        if known.rendering is None:
            chart = known.called or "a chart that is not known"
            yield Permission(
                identity=f"release {known.release.name}",
                actions=(f"unreadable: what {chart} grants in the cluster: {known.why_not}",),
                resources=("unknown",),
            )
