"""The handles of one platform: made by this stack, or exported by the stack it names as upstream."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar, overload

import pulumi

from components.foundation.base import Handle
from stacks.load import SettingsError, Stack

H = TypeVar("H", bound=Handle)

_SECTION_OF = {"cluster_addons": "system_nodes"}
"""Handles that come with another section's component."""


class Section(Generic[H]):
    """A section's handle. Setting it exports it; reading one this stack does not own asks the upstream."""

    def __init__(self, handle: type[H]) -> None:
        self.handle = handle

    def __set_name__(self, _owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, platform: None, _owner: type) -> "Section[H]": ...
    @overload
    def __get__(self, platform: "StackHandles", _owner: type) -> H: ...
    def __get__(self, platform: "StackHandles | None", _owner: type) -> "Section[H] | H":
        if platform is None:
            return self
        if self.name not in platform.own:
            platform.own[self.name] = self.handle.from_outputs(platform.outputs_of(self.name))
            platform.borrowed.add(self.name)
        found = platform.own[self.name]
        if not isinstance(found, self.handle):
            raise SettingsError(f"{self.name} is a {type(found).__name__}", [])
        return found

    def __set__(self, platform: "StackHandles", handle: H) -> None:
        platform.own[self.name] = handle


class StackHandles:
    """Base of the program's table of sections: where a handle comes from and what is exported."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.own: dict[str, Handle] = {}
        self.borrowed: set[str] = set()
        self._references: dict[str, pulumi.StackReference] = {}

    def outputs_of(self, section: str) -> pulumi.Output[Mapping[str, Any]]:
        """A section's handle as the nearest stack above exports it.

        Raises:
            SettingsError: no stack above owns the section.
        """
        owner = self.stack.owner_of(_SECTION_OF.get(section, section))
        if owner is None or owner is self.stack:
            raise SettingsError(
                f"stack {self.stack.name} lacks a section:",
                [f"{section}: another section needs it; add it here or name an upstream that holds it"],
            )
        if owner.name not in self._references:
            self._references[owner.name] = pulumi.StackReference(
                f"{pulumi.get_organization()}/{pulumi.get_project()}/{owner.name}"
            )
        return self._references[owner.name].require_output(section)

    def export(self) -> None:
        """Export every handle this stack made under its section's name: the contract with stacks below."""
        for section, handle in self.own.items():
            if section not in self.borrowed:
                pulumi.export(section, handle.exports())
