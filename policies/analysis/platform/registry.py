"""The registry that a platform says it pulls from, and which images lie somewhere else."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from facts.pins import public_registries
from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError, at, text

COMPONENT: Final = "slipway:storage:ImageRegistry"
CACHE_RULE: Final = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule"
_OTHERS: Final = ("gcr.io", "mcr.microsoft.com", "nvcr.io", "registry.istio.io")
"""Public registries that ECR does not cache and that charts of this field name."""
_HOSTS: Final = "|".join(map(re.escape, (*public_registries(), *_OTHERS)))
_WITHIN: Final = re.compile(rf"(?<![\w./-])(?:{_HOSTS})/[a-z0-9][\w./-]*[:@][\w.:-]+")
"""An image of a public registry within another text, such as a flag."""
_HAS_HOST: Final = re.compile(r"[^/]*[.:][^/]*/")
_TEXTS: Final = ("kubernetes:apiextensions.k8s.io/", "kubernetes:helm.sh/")
"""Kinds that describe and configure others: an image in them is a word of documentation, or judged by its own rule."""


@dataclass(frozen=True)
class Declared:
    """A platform's registry: what references begin with, and the account's own, where its programs lie."""

    root: str
    own: str

    def holds(self, image: str) -> bool:
        """Whether an image comes from either."""
        return image.startswith((f"{self.root}/", f"{self.own}/"))


def declared(graph: Graph) -> Declared | None:
    """The registry that this stack or one it stands on names; nothing where everything comes from its maker.

    Raises:
        UndecidedError: the component is there, and what it says is not known.
    """
    return graph.once(_declared)


def _declared(graph: Graph) -> Declared | None:
    for resource in (*graph.of_type(COMPONENT), *(r for r in graph.elsewhere if r.type == COMPONENT)):
        host = text(at(resource.inputs, "host"), "host")
        if not host:
            raise UndecidedError(f"{resource.name}: host is not known")
        prefix = text(at(resource.inputs, "prefix"), "prefix")
        return Declared(f"{host}/{prefix}".rstrip("/"), text(at(resource.inputs, "own"), "own"))
    return None


def images_of(resource: Resource) -> Iterator[tuple[str, str]]:
    """(place, image) of every image that an object names: pods of any kind, volumes, flags of controllers."""
    if resource.object is not None and not resource.type.startswith(_TEXTS):
        yield from _images(resource.inputs, "", "")


def _images(value: Any, key: str, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, below in value.items():
            if name == "image" and isinstance(below, Mapping):
                yield from _images(below.get("reference"), "image", f"{place}.image.reference".lstrip("."))
            elif name not in {"annotations", "status"}:
                yield from _images(below, str(name), f"{place}.{name}".lstrip("."))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, below in enumerate(value):
            yield from _images(below, "", f"{place}[{index}]")
    elif isinstance(value, str) and key == "image":
        yield place, value
    elif isinstance(value, str):
        yield from ((place, found) for found in _WITHIN.findall(value))


def host_of(image: str) -> str:
    """The registry that an image comes from; Docker's own where it names none."""
    return image.partition("/")[0] if _HAS_HOST.match(image) else "docker.io"
