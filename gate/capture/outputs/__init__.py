"""What a provider would answer: deterministic, account-shaped outputs, one module a component.

A module holds ``OUTPUTS``: resource type to a function of ``(inputs, urn, account)`` that returns the
computed properties. What no module names gets an id and, where it has a name, nothing else: a program
that consumes more fails the capture and says which property it missed.
"""

import hashlib
import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Account:
    """The account and region a captured stack would be made in."""

    id: str
    region: str
    partition: str = "aws"

    def arn(self, service: str, resource: str) -> str:
        """An ARN in this account and region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.id}:{resource}"

    def global_arn(self, service: str, resource: str) -> str:
        """An ARN of a service without regions, such as IAM."""
        return f"arn:{self.partition}:{service}::{self.id}:{resource}"


Computed = Callable[[Mapping[str, Any], str, Account], dict[str, Any]]


def hexadecimal(urn: str, length: int) -> str:
    """The deterministic random-looking part of an id."""
    return hashlib.sha256(urn.encode()).hexdigest()[:length]


@cache
def catalogue() -> Mapping[str, Computed]:
    """Every module's ``OUTPUTS``.

    Raises:
        ValueError: two modules name the same type.
    """
    merged: dict[str, Computed] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name):
        outputs = importlib.import_module(f"{__name__}.{module.name}").OUTPUTS
        twice = merged.keys() & outputs.keys()
        if twice:
            raise ValueError(
                f"gate/capture/outputs/{module.name}.py: {', '.join(sorted(twice))} stand in another module too"
            )
        merged.update(outputs)
    return merged


def computed(
    type_: str, inputs: Mapping[str, Any], urn: str, name: str, account: Account
) -> tuple[str, dict[str, Any]]:
    """The id and the computed outputs of a resource; ``id`` in the outputs becomes its id."""
    function = catalogue().get(type_)
    outputs = dict(function(inputs, urn, account)) if function else {}
    if type_.startswith("kubernetes:") and isinstance(inputs.get("metadata"), Mapping):
        metadata = inputs["metadata"]
        spaced = f"{metadata['namespace']}/" if metadata.get("namespace") else ""
        return f"{spaced}{metadata.get('name', name)}", outputs
    identity = outputs.pop("id", None) or f"{name}-{hexadecimal(urn, 8)}"
    return identity, outputs
