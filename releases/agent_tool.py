"""A tool of an agent: what it takes and answers, what it changes and what undoes that, as whom, and where."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from facts.strict import Slug, Strict
from releases.agent_schema import IntegerSchema, MappingSchema
from releases.data_policy import DataClass
from releases.text import Text

Address = Annotated[str, Field(pattern=r"^(https?://[a-z0-9][a-z0-9.-]*(:\d{1,5})?|run://(remedy|rollout))$")]
"""A server without a path, ``https://mail.support.svc:8443``, or a workflow of the platform's own, ``run://remedy``."""
_SOURCE: Final = r"^(arguments|answer)\.[a-z][a-zA-Z0-9_]{0,40}$"


class Read(Strict):
    """It changes nothing."""

    kind: Literal["read"]


class Compensation(Strict):
    """The call that undoes another one."""

    tool: Slug = Field(description="Another tool of this agent, reversible itself.")
    arguments: Mapping[str, Annotated[str, Field(pattern=_SOURCE)]] = Field(
        description="Each of its arguments: arguments.NAME or answer.NAME of the call that is undone."
    )


class Reversible(Strict):
    """It changes something that a second call puts back."""

    kind: Literal["reversible"]
    compensation: Compensation


class Irreversible(Strict):
    """Nothing puts back what it changes."""

    kind: Literal["irreversible"]


Effect = Annotated[Read | Reversible | Irreversible, Field(discriminator="kind")]


class Tool(Strict):
    """One thing that an agent may have done."""

    purpose: Text
    effect: Effect
    arguments: MappingSchema = Field(description="JSON Schema of what it takes.")
    answer: MappingSchema = Field(description="JSON Schema of what it answers; anything else is a failure.")
    identity: Slug = Field(description="As whom the call is made: no other part of the agent holds it.")
    reaches: Address
    repeats: Literal["safe", "key", "never"] = Field(
        description="What a second call with the same key does: safe: nothing more; "
        "key: the server knows the key and does it once; never: it would happen twice, so it is tried once."
    )
    data_class: DataClass = Field(description="The most closed class of data that its answer holds.")
    calls_per_minute: int = Field(ge=1, le=6000, description="Of all runs together.")
    timeout_seconds: int = Field(ge=1, le=300)
    cost_cents: int = Field(default=0, ge=0, le=100_000, description="Of one call.")
    spends: str | None = Field(
        default=None,
        description="The argument that is an amount of money in cents, which counts towards the budget.",
    )


def tool_problems(tools: Mapping[str, Tool]) -> Iterator[str]:
    """What of the tools does not fit together, a line each, beginning with its path."""
    for name, tool in tools.items():
        if isinstance(tool.effect, Reversible):
            yield from _compensation_problems(f"tools.{name}.effect.compensation", tool, tool.effect, tools)
        yield from _money_problems(f"tools.{name}", tool)
        if isinstance(tool.effect, Read) and tool.repeats != "safe":
            yield f"tools.{name}.repeats: should be 'safe', since it changes nothing (got {tool.repeats!r})"
        if not isinstance(tool.effect, Read) and tool.repeats == "safe":
            yield (
                f"tools.{name}.repeats: should be 'key' or 'never' for a tool that changes something: "
                "a retry after a lost answer would do it twice (got 'safe')"
            )
        if isinstance(tool.effect, Reversible) and tool.repeats == "never":
            yield (
                f"tools.{name}.repeats: should be 'key' for a reversible tool: after a lost answer nobody "
                "knows whether there is something to undo (got 'never')"
            )


def _compensation_problems(
    path: str, tool: Tool, effect: Reversible, tools: Mapping[str, Tool]
) -> Iterator[str]:
    undo = effect.compensation
    other = tools.get(undo.tool)
    if other is None:
        known = ", ".join(name for name, each in tools.items() if isinstance(each.effect, Reversible))
        yield f"{path}.tool: should be a tool of this agent, one of {known} (got {undo.tool!r})"
        return
    if not isinstance(other.effect, Reversible):
        yield (
            f"{path}.tool: should be reversible itself: what undoes must be able to be undone "
            f"(got {undo.tool!r}, which is {other.effect.kind}); call this tool irreversible instead"
        )
    for name in other.arguments.required:
        if name not in undo.arguments:
            yield f"{path}.arguments.{name}: is required by {undo.tool}"
    for name, source in undo.arguments.items():
        where = f"{path}.arguments.{name}"
        if name in other.arguments.properties:
            yield from _source_problems(where, source, tool, other.arguments.properties[name].type)
        else:
            allowed = ", ".join(other.arguments.properties)
            yield f"{where}: unknown key; {undo.tool} takes {allowed} (got {source!r})"


def _source_problems(path: str, source: str, tool: Tool, wanted: str) -> Iterator[str]:
    where, _, field = source.partition(".")
    given: Any = tool.answer if where == "answer" else tool.arguments
    if field not in given.properties:
        yield f"{path}: should be one of {_listed(where, given)} (got {source!r})"
    elif field not in given.required:
        yield f"{path}: {source} may be absent; let {where} require it (got {source!r})"
    elif given.properties[field].type != wanted:
        yield f"{path}: should be of type {wanted} (got {source!r}, of type {given.properties[field].type})"


def _listed(where: str, schema: MappingSchema) -> str:
    return ", ".join(f"{where}.{name}" for name in schema.properties) or f"none: {where} holds nothing"


def _money_problems(path: str, tool: Tool) -> Iterator[str]:
    if tool.spends is None:
        return
    schema = tool.arguments.properties.get(tool.spends)
    if not isinstance(schema, IntegerSchema) or schema.minimum < 0:
        yield (
            f"{path}.spends: should name an argument that is an integer of at least 0, in cents "
            f"(got {tool.spends!r})"
        )
    elif tool.spends not in tool.arguments.required:
        yield f"{path}.spends: {tool.spends} may be absent; let arguments require it (got {tool.spends!r})"


def most_cents(tool: Tool) -> int:
    """What one call may cost and spend at most."""
    schema = tool.arguments.properties.get(tool.spends or "")
    return tool.cost_cents + (schema.maximum if isinstance(schema, IntegerSchema) else 0)


def cents_of(tool: Tool, arguments: Mapping[str, Any]) -> int:
    """What this very call costs and spends."""
    return tool.cost_cents + (int(arguments[tool.spends]) if tool.spends else 0)
