"""What AWS refuses because it is too long."""

import json
from collections.abc import Iterable

from facts.aws_limits import aws_limits
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import UndecidedError, at, known


def _too_long(resource: Resource, _graph: Graph) -> Iterable[Offence]:
    for name, limit in aws_limits()[resource.type].items():
        value = known(at(resource.inputs, name), name)
        if value is None:
            continue
        length = _policy_length(value, name) if limit.policy else len(str(value))
        if length > limit.most:
            yield Offence(
                path=name,
                problem=f"{length:,} characters",
                value=None if limit.policy else value,
                expected=f"AWS takes {limit.most:,}",
            )


def _policy_length(value: object, path: str) -> int:
    """As IAM counts: without white space."""
    try:
        document = json.loads(value) if isinstance(value, str) else value
        return len(json.dumps(document, separators=(",", ":")))
    except (TypeError, ValueError) as error:
        raise UndecidedError(f"{path} is not JSON: {error}") from None


RULES: tuple[Rule, ...] = (
    Rule(
        id="names-and-policies-are-within-aws-limits",
        severity="high",
        applies_to=tuple(aws_limits()),
        why="AWS refuses the longer one in the middle of an up, after half of the stack is made.",
        fix="Shorten the organisation's or environment's name, or split the policy.",
        check=_too_long,
    ),
)
