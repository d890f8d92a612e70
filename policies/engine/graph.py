"""The one record rules judge, whoever made it: a capture, a state file, a preview, a manifest or an engine."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeVar

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


class Unknown:
    """The value of a property that nobody knows yet."""

    def __repr__(self) -> str:
        return "<unknown>"

    def __copy__(self) -> "Unknown":
        return self

    def __deepcopy__(self, _memo: object) -> "Unknown":
        return self


UNKNOWN: Final = Unknown()
_SCALARS: Final = frozenset({str, int, float, bool})
_HOLDING: Final = frozenset({dict, list})


def is_told(value: Any) -> bool:
    """Whether a value is plain data to its last leaf: nothing unknown, nothing left out as null.

    Most of a platform's values are definitions of kinds; who would copy them only to replace what is not told need not.
    """
    kind = type(value)
    if kind not in _HOLDING:
        return kind in _SCALARS
    for item in value.values() if kind is dict else value:
        inner = type(item)
        if inner not in _SCALARS and (inner not in _HOLDING or not is_told(item)):
            return False
    return True


_IDENTIFYING: Final = ("id", "arn", "name", "bucket")


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource, as declared.

    ``inputs`` are plain data with the provider's property names (camelCase) and may hold :data:`UNKNOWN`.
    ``object`` is the Kubernetes object where there is one (the inputs themselves). ``source`` is
    ``file#kind/namespace/name`` for what came from a manifest, and empty otherwise. ``remote`` marks a component that
    a plugin makes, so that a program's capture does not hold its children. ``is_part`` marks a server-side patch
    (pulumi-kubernetes' ``KindPatch``), which holds the fields it sets and no others. ``is_read`` marks what a
    stack only looks up. ``rendered`` marks an object that a Helm release installs: the program does not declare it.
    """

    urn: str
    type: str
    name: str
    inputs: Mapping[str, Any]
    id: str = ""
    custom: bool = True
    remote: bool = False
    is_read: bool = False
    rendered: bool = False
    is_part: bool = False
    parent: str = ""
    provider: str = ""
    dependencies: frozenset[str] = frozenset()
    property_dependencies: Mapping[str, frozenset[str]] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    protect: bool = False
    retain_on_delete: bool = False
    ignore_changes: tuple[str, ...] = ()
    position: str = ""
    secret_properties: frozenset[str] = frozenset()
    source: str = ""

    @property
    def object(self) -> Mapping[str, Any] | None:
        """The Kubernetes object, or None for anything else."""
        return self.inputs if self.type.startswith("kubernetes:") and "kind" in self.inputs else None

    @property
    def known_as(self) -> frozenset[str]:
        """The values by which properties of others may name it: its id, its name, its ARN."""
        said = (self.outputs.get(key) or self.inputs.get(key) for key in _IDENTIFYING)
        return frozenset(value for value in (self.id, *said) if isinstance(value, str) and value)

    @cached_property
    def made(self) -> dict[Callable[["Resource"], Any], Any]:
        """What functions made of this resource alone: see :func:`policies.engine.collect_errors.once_of`."""
        return {}

    @property
    def label(self) -> str:
        """How people call it in a report."""
        return self.source or f"{self.type} {self.name}"


class Graph:
    """All resources of one stack, with the questions rules ask about their neighbours.

    ``elsewhere`` are resources of other stacks that some of these name by ARN, such as the boundary of its roles: they
    are read, never judged.
    """

    def __init__(self, resources: Iterable[Resource], elsewhere: Iterable[Resource] = ()) -> None:
        self.resources: tuple[Resource, ...] = tuple(resources)
        self.elsewhere: tuple[Resource, ...] = tuple(elsewhere)
        self.by_urn: Mapping[str, Resource] = {r.urn: r for r in self.resources}

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.resources)

    @cached_property
    def _by_type(self) -> Mapping[str, Sequence[Resource]]:
        index: dict[str, list[Resource]] = {}
        for resource in self.resources:
            index.setdefault(resource.type, []).append(resource)
        return index

    def of_type(self, *types: str) -> list[Resource]:
        """Every resource of these types, type by type; a type ending in ``*`` stands for all that begin so."""
        found = [
            r
            for t in types
            for r in (self._starting(t[:-1]) if t.endswith("*") else self._by_type.get(t, ()))
        ]
        # A type and the beginning it shares with others may both be named.
        return list({id(r): r for r in found}.values()) if len(types) > 1 else found

    def _starting(self, prefix: str) -> list[Resource]:
        return [r for r in self.resources if r.type.startswith(prefix)]

    def once(self, make: Callable[["Graph"], T]) -> T:
        """What a function makes of the whole graph, made at the first question; the graph never changes."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made

    def once_for(self, make: Callable[["Graph", K], T], key: K) -> T:
        """The same for one of several keys, such as a namespace; a question that raises is asked again."""
        known = self._made_for.setdefault(make, {})
        if key not in known:
            known[key] = make(self, key)
        made: T = known[key]
        return made

    @cached_property
    def _made_for(self) -> dict[Callable[["Graph", Any], Any], dict[Any, Any]]:
        return {}

    @cached_property
    def _made(self) -> dict[Callable[["Graph"], Any], Any]:
        return {}

    def referring(self, target: Resource, type_: str, prop: str) -> list[Resource]:
        """Resources of a type whose property points at ``target``: by dependency, by id, name or ARN."""
        names = target.known_as
        found = []
        for resource in self.of_type(type_):
            value = resource.inputs.get(prop)
            if target.urn in resource.property_dependencies.get(prop, ()) or (
                isinstance(value, str) and value in names
            ):
                found.append(resource)
        return found

    @cached_property
    def _children(self) -> Mapping[str, Sequence[str]]:
        index: dict[str, list[str]] = {}
        for resource in self.resources:
            index.setdefault(resource.parent, []).append(resource.urn)
        return index

    @cached_property
    def _waits(self) -> dict[frozenset[str], frozenset[str]]:
        return {}

    def waits_for(self, urn: str) -> frozenset[str]:
        """Everything that exists before this resource is made: its dependencies, theirs, and their children.

        Depending on a component means depending on its children, as the engine has it.
        """
        resource = self.by_urn.get(urn)
        if resource is None:
            return frozenset()
        # Children of one component often wait for the same, and then share one answer.
        first = frozenset((*resource.dependencies, resource.provider.rpartition("::")[0])) - {""}
        known = self._waits.get(first)
        if known is None:
            known = self._waits[first] = frozenset(self._reached_from(first))
        return known

    def _reached_from(self, first: frozenset[str]) -> set[str]:
        seen: set[str] = set()
        todo = [*first]
        while todo:
            urn = todo.pop()
            if urn in seen:
                continue
            seen.add(urn)
            todo.extend(self._children.get(urn, ()))
            resource = self.by_urn.get(urn)
            if resource is None:
                continue
            own = frozenset((*resource.dependencies, resource.provider.rpartition("::")[0])) - {""}
            known = self._waits.get(own)
            if known is None:
                todo.extend(own)
            else:
                seen |= known
        return seen

    def component_of(self, resource: Resource) -> str:
        """The name of the outermost component a resource belongs to, or its own name."""
        current = resource
        passed: set[str] = set()  # in a state that others wrote, parents may go round in a circle
        while (
            current.urn not in passed
            and current.parent in self.by_urn
            and not current.parent.endswith("::" + "pulumi:pulumi:Stack")
        ):
            above = self.by_urn[current.parent]
            if above.type == "pulumi:pulumi:Stack":
                break
            passed.add(current.urn)
            current = above
        return current.name
