"""The SDK's check for cycles of dependencies, without walking where no cycle can be.

Pulumi's SDK (3.272.0) walks everything a resource depends on each time another dependency is declared, in
recursive generators: a third of a capture, and half of one with 100 models. Here every resource has a height above
all that it depends on: a way from one resource to another only leads down, so most questions need no walk at all.
"""

from typing import Any, Final

_ROOM: Final = 1_000_000
"""Between the heights of two newcomers, so that what either depends on finds a place between them."""


class Dependencies:
    """The dependencies declared so far, kept on the resources as the SDK keeps them: in the attribute ``kept_in``."""

    def __init__(self, kept_in: str) -> None:
        self.kept_in = kept_in
        self.heights: dict[Any, int] = {}
        self.dependents: dict[Any, list[Any]] = {}

    def add(self, from_resource: Any, to_resource: Any) -> None:
        """A resource depends on another one, which :meth:`reachable` did not lead back to it."""
        own = getattr(from_resource, self.kept_in, None)
        if own is None:
            setattr(from_resource, self.kept_in, {to_resource})
        else:
            own.add(to_resource)
        above = self.heights.setdefault(from_resource, _ROOM * (len(self.heights) + 1))
        self.heights.setdefault(to_resource, above - 1)
        self.dependents.setdefault(to_resource, []).append(from_resource)
        self._raise(from_resource, to_resource)

    def _raise(self, resource: Any, above: Any) -> None:
        """Lift a resource above another one, and what depends on it above it, as far as they are not."""
        todo = [(resource, above)]
        while todo:
            current, below = todo.pop()
            if self.heights[current] <= self.heights[below]:
                self.heights[current] = self.heights[below] + 1
                todo += [(dependent, current) for dependent in self.dependents.get(current, ())]

    def reachable(self, from_resource: Any, to_resource: Any) -> bool:
        """Whether one resource is, or depends on, the other."""
        if from_resource is to_resource:
            return True
        floor = self.heights.get(to_resource)
        if floor is None:  # nobody said a word of it: nothing depends on it
            return False
        seen: set[Any] = set()
        todo = [from_resource]
        while todo:
            current = todo.pop()
            if current is to_resource:
                return True
            if current not in seen and self.heights.get(current, 0) > floor:
                seen.add(current)
                todo.extend(getattr(current, self.kept_in, ()))
        return False
