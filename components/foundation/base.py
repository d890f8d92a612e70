"""What every component shares: its settings' base, its class and its handle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Any, ClassVar, Self

import pulumi

from facts.strict import Strict


class Settings(Strict):
    """One section of a stack file. Defaults are the production-safe values."""


class PlatformComponent(pulumi.ComponentResource):
    """A component with a literal type token, which is part of every child's identity.

    Renaming ``TYPE`` or a logical name destroys and creates what it holds: add an alias and a note in
    ``docs/upgrading.md`` first.
    """

    TYPE: ClassVar[str]

    def __init__(
        self, name: str, opts: pulumi.ResourceOptions | None = None, says: Mapping[str, Any] | None = None
    ) -> None:
        """``says`` is kept as the component's own inputs: what rules must know and no child shows."""
        super().__init__(self.TYPE, name, dict(says) if says else None, opts)
        after = opts.depends_on if opts is not None and opts.depends_on is not None else []
        if not isinstance(after, list):
            raise TypeError(f"{name}: depends_on is a list of resources here (got {type(after).__name__})")
        self._after: list[Any] = after

    def child_opts(self, **extra: Any) -> pulumi.ResourceOptions:
        """Options of a child: this parent and what is named, never the caller's own (aliases would be copied).

        What the component was told to wait for, its children wait for too; Pulumi itself stops at the component.
        """
        return pulumi.ResourceOptions(
            parent=self, depends_on=[*self._after, *extra.pop("depends_on", [])], **extra
        )

    def tags(self, name: str) -> dict[str, str]:
        """The tags a resource adds to the provider's default ones: its name and the component it belongs to."""
        return {"Name": name, "component": self.TYPE.rsplit(":", 1)[-1]}


@dataclass(frozen=True, kw_only=True)
class Handle:
    """The few values of a component that others may use.

    ``ready`` holds what a dependent must wait for. It is empty in a handle that came from another stack,
    since that stack was brought up before.
    """

    ready: Sequence[pulumi.Resource] = ()

    def exports(self) -> dict[str, Any]:
        """The values as a stack output, under their field names."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "ready"}

    @classmethod
    def from_outputs(cls, outputs: pulumi.Output[Mapping[str, Any]]) -> Self:
        """The handle another stack exported as ``exports()``."""
        names = [f.name for f in fields(cls) if f.name != "ready"]
        values: dict[str, Any] = {name: outputs.apply(partial(_field, name)) for name in names}
        return cls(**values)


def _field(name: str, values: Mapping[str, Any]) -> Any:
    return values[name]
