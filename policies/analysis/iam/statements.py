"""Policy documents as statements, whichever of IAM's spellings they are written in."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final, TypeVar

from policies.analysis.iam.conditions import Condition, parsed, required_keys
from policies.analysis.iam.patterns import covers, covers_action, overlap
from policies.engine.values import UndecidedError, document, known, listed, mapping, text

Answer = TypeVar("Answer")
_ELEMENTS: Final = {
    name.lower(): name
    for name in (
        "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
    )
}  # fmt: skip


class Statement:
    """One statement; each part is read when it is asked for, so that one unknown part hides nothing else.

    Raises:
        UndecidedError: from each part that is unknown or that IAM would refuse.
    """

    def __init__(self, raw: Mapping[str, Any], otherwise: str, path: str = "") -> None:
        """``path`` is where it stands in the resource (``policy.Statement[0]``), empty where nobody wrote it there."""
        self.path = path
        self._raw: dict[str, Any] = {}
        for key, value in raw.items():
            element = _ELEMENTS.get(str(key).lower())
            if element is None or element in self._raw:
                raise UndecidedError(
                    f"{otherwise}: {key} is {'no element' if element is None else 'there twice'}"
                )
            self._raw[element] = value
        self.name = text(self._raw.get("Sid"), "Sid") or otherwise

    def place(self, part: str, item: str = "") -> str:
        """Where a part stands, or one item of it: ``policy.Statement[0].Principal.AWS[1]``; a part may be missing."""
        element, _, kind = part.partition(".")
        value: Any = self._raw.get(element)
        if kind and not isinstance(value, Mapping):  # a bare *, in place of a mapping by kind
            part = element
        elif kind:
            value = value.get(kind)
        found = f"{self.path}.{part}" if self.path else part
        is_one_of = isinstance(value, list | tuple) and item in value
        return f"{found}[{value.index(item)}]" if is_one_of else found

    def place_of_everyone(self) -> tuple[str, str]:
        """Where a statement for everyone says so, and what it says there."""
        if self.spares_principals:
            return self.place("NotPrincipal"), ""
        principal = self._raw["Principal"]
        for kind in principal if isinstance(principal, Mapping) else ("AWS",):
            for said in self.principals(str(kind)):
                if said == "*" or (kind == "AWS" and "*" in said):
                    return self.place(f"Principal.{kind}", said), said
        return self.place("Principal"), ""

    def _listed(self, part: str) -> tuple[str, ...]:
        return tuple(text(value, part) for value in listed(self._raw.get(part), part))

    def _one_of(self, part: str) -> tuple[str, ...]:
        other = f"Not{part}"
        if part in self._raw and other in self._raw:
            raise UndecidedError(f"{self.name}: both {part} and {other}")
        return self._listed(part)

    @cached_property
    def allows(self) -> bool:
        effect = text(self._raw.get("Effect"), "Effect")
        if effect not in {"Allow", "Deny"}:
            raise UndecidedError(f"{self.name}: Effect is {effect or 'missing'}, not Allow or Deny")
        return effect == "Allow"

    @cached_property
    def actions(self) -> tuple[str, ...]:
        """What it names; empty where it says what it is not about."""
        if "Action" not in self._raw and "NotAction" not in self._raw:
            raise UndecidedError(f"{self.name}: names no action")
        return self._one_of("Action")

    @cached_property
    def not_actions(self) -> tuple[str, ...] | None:
        """What ``NotAction`` leaves out; None where there is none."""
        return self._listed("NotAction") if "NotAction" in self._raw else None

    @cached_property
    def resources(self) -> tuple[str, ...]:
        return self._one_of("Resource")

    @cached_property
    def not_resources(self) -> tuple[str, ...] | None:
        return self._listed("NotResource") if "NotResource" in self._raw else None

    def principals(self, kind: str) -> list[str]:
        """Principals of one kind (``AWS``, ``Service``, ``Federated``); a bare ``*`` is one of kind ``AWS``."""
        principal = known(self._raw.get("Principal"), "Principal")
        if not isinstance(principal, Mapping):
            return [text(p, "Principal") for p in listed(principal, "Principal")] if kind == "AWS" else []
        return [text(p, f"Principal.{kind}") for p in listed(principal.get(kind), f"Principal.{kind}")]

    @property
    def spares_principals(self) -> bool:
        """Whether it is about all principals but some (``NotPrincipal``)."""
        return "NotPrincipal" in self._raw

    @property
    def is_for_everyone(self) -> bool:
        """Whether no principal is named: ``*``, in whichever spelling, or all but some."""
        principal = known(self._raw.get("Principal"), "Principal")
        kinds = principal if isinstance(principal, Mapping) else ("AWS",)
        return self.spares_principals or any(
            p == "*" or (kind == "AWS" and "*" in p) for kind in kinds for p in self.principals(str(kind))
        )

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        return tuple(parsed(self._raw.get("Condition")))

    @cached_property
    def required(self) -> frozenset[str]:
        """Condition keys that a request must carry."""
        return required_keys(self.conditions)

    def pinned(self) -> list[Condition]:
        """The conditions that hold a request to certain values."""
        return [c for c in self.conditions if c.pins(self.required)]

    def takes(self, action: str) -> bool:
        """Whether an action, or all of a pattern of actions, is of this statement."""
        if self.not_actions is not None:
            return not any(overlap(p.lower(), action.lower()) for p in self.not_actions)
        return any(covers_action(p, action) for p in self.actions)

    def is_on(self, resource: str) -> bool:
        """Whether a resource, or all of a pattern of resources, is of this statement; one with none is on all."""
        if self.not_resources is not None:
            return not any(overlap(p, resource) for p in self.not_resources)
        return "Resource" not in self._raw or any(covers(p, resource) for p in self.resources)

    def holds(self, context: Mapping[str, str]) -> bool | None:
        """Whether its conditions hold for a session; None where that depends on the request."""
        said = [c.holds(context, self.required) for c in self.conditions]
        if False in said:
            return False
        return None if None in said else True


def statements(value: Any, path: str = "policy") -> Iterator[Statement]:
    """The statements of a document, which IAM lets people write as one or as a list.

    Raises:
        UndecidedError: the document, or a statement of it, is malformed or unknown; after all others.
    """
    found = document(value, path)
    if not found:
        return
    written = [key for key in found if str(key).lower() == "statement"]
    if len(written) != 1:
        raise UndecidedError(
            f"{path}: a document {'without' if not written else 'with two lists of'} statements"
        )
    missing: UndecidedError | None = None
    where = ".".join(filter(None, (path, written[0])))
    is_list = isinstance(found[written[0]], list | tuple)
    for index, raw in enumerate(_each(found[written[0]], path)):
        try:
            yield Statement(
                mapping(raw, path), f"statement {index}", f"{where}[{index}]" if is_list else where
            )
        except UndecidedError as error:
            missing = missing or error
    if missing is not None:
        raise missing


def each(found: Iterator[Statement], ask: Callable[[Statement], Iterable[Answer]]) -> Iterator[Answer]:
    """The answers for every statement that can be read; the first that cannot is raised after the last answer.

    Raises:
        UndecidedError: a statement, or a part of one that was asked for, is malformed or unknown.
    """
    missing: UndecidedError | None = None
    while True:
        try:
            yield from ask(next(found))
        except StopIteration:
            break
        except UndecidedError as error:
            missing = missing or error
    if missing is not None:
        raise missing


def _each(value: Any, path: str) -> list[Any]:
    value = known(value, path)
    return list(value) if isinstance(value, list | tuple) else [value]
