"""Who may do what in the end, for the report: after boundaries, session policies and refusals."""

from collections.abc import Callable, Iterable, Iterator

from gate.report.cluster_rights import cluster_rights
from gate.report.report import Permission
from policies.analysis.iam.conditions import Condition, substituted
from policies.analysis.iam.effective import Grant, grants
from policies.analysis.iam.identities import Identity, identities
from policies.analysis.iam.sessions import workloads
from policies.engine.graph import Graph
from policies.engine.values import UndecidedError

_NOWHERE = Graph(())


def permissions(graph: Graph, above: Graph = _NOWHERE) -> list[Permission]:
    """What roles, users, groups and pods may do, in AWS and in the Kubernetes API, sorted.

    What cannot be read is said, never left out.

    A pod is named ``namespace/service account``, and stands there with its own session: where its role tells pods
    apart by their tags, its resources are its own. ``above`` holds the roles of the stacks this one stands on.
    """
    known = {i.holder.outputs.get("arn"): i for i in _read(above, identities)[0] if i.holder is not None}
    roles = {arn: identity for arn, identity in known.items() if isinstance(arn, str)}
    found: set[Permission] = set(cluster_rights(graph))
    for who in (identities, lambda every: workloads(every, roles)):
        read, problems = _read(graph, who)
        found.update(problems)
        found.update(said for identity in read for said in _of(identity))
    return sorted(found)


def _read(graph: Graph, who: Callable[[Graph], list[Identity]]) -> tuple[list[Identity], list[Permission]]:
    try:
        return who(graph), []
    except UndecidedError as missing:
        return [], [_unreadable("unknown identity", str(missing))]


def _of(identity: Identity) -> Iterator[Permission]:
    yield from (_unreadable(identity.name, missing) for missing in identity.missing)
    for arn in identity.elsewhere:
        kind = "AWS keeps that document" if ":aws:policy/" in arn else "declared elsewhere"
        yield _permission(identity, [f"what {arn} allows ({kind})"], ["see there"])
    try:
        yield from _grouped(identity, grants(identity))
        yield from _refused(identity)
    except UndecidedError as missing:
        yield _unreadable(identity.name, str(missing))


def _grouped(identity: Identity, found: Iterable[Grant]) -> Iterator[Permission]:
    """One entry for all actions on the same resources under the same conditions."""
    places: dict[tuple[str, tuple[str, ...]], set[str]] = {}
    for grant in found:
        besides = f" but not {', '.join(sorted(grant.but_not))}" if grant.but_not else ""
        conditions = tuple(sorted({_written(condition, identity) for condition in grant.conditions}))
        places.setdefault((f"{grant.action}{besides}", conditions), set()).add(grant.resource)
    actions: dict[tuple[tuple[str, ...], tuple[str, ...]], set[str]] = {}
    for (action, conditions), resources in places.items():
        actions.setdefault((tuple(sorted(resources)), conditions), set()).add(action)
    for (on, conditions), what in actions.items():
        yield _permission(identity, what, on, conditions)


def _refused(identity: Identity) -> Iterator[Permission]:
    """Refusals of what it may do, for some requests only: they take nothing away for good, and their end is a gain."""
    for statement in (s for layer in identity.layers for s in layer if not s.allows):
        asked = statement.actions or ("*",)
        if statement.holds(identity.context) is None and any(grants(identity, action) for action in asked):
            conditions = sorted({_written(condition, identity) for condition in statement.conditions})
            yield _permission(
                identity,
                _either(statement.actions, statement.not_actions),
                _either(statement.resources, statement.not_resources) or ["*"],
                conditions,
                denied=True,
            )


def _written(condition: Condition, identity: Identity) -> str:
    return substituted(condition.written, identity.context)


def _either(named: tuple[str, ...], left_out: tuple[str, ...] | None) -> list[str]:
    return [f"everything but {', '.join(sorted(left_out))}"] if left_out else list(named)


def _permission(
    identity: Identity,
    actions: Iterable[str],
    resources: Iterable[str],
    conditions: Iterable[str] = (),
    *,
    denied: bool = False,
) -> Permission:
    return Permission(
        identity=identity.name,
        actions=tuple(sorted(actions)),
        resources=tuple(sorted(resources)),
        conditions=tuple(conditions),
        denied=denied,
    )


def _unreadable(identity: str, missing: str) -> Permission:
    return Permission(identity=identity, actions=(f"unreadable: {missing}",), resources=("unknown",))


def of_roles(graph: Graph) -> Graph:
    """The part of a graph that says what its roles may do, for the stacks that stand on it."""
    return Graph(graph.of_type("aws:iam/*"))
