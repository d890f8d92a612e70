"""What must hold for settings of AWS services: stored and sent encrypted, closed, kept, watched.

The table of settings, a row a property of a type, is ``facts/service_settings.yaml``.
"""

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from functools import partial
from typing import Any, Final

from facts.service_settings import Setting, service_settings
from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.property_paths import places_at, values_at
from policies.engine.rule import Offence, Rule
from policies.engine.values import UndecidedError, flag, number


def _broken(rule: str, resource: Resource, graph: Graph) -> Iterable[Offence]:
    table = service_settings().rules[rule]
    alike = f"{resource.type.partition(':')[0]}:*"
    settings = table[resource.type] if resource.type in table else table[alike]
    return every(partial(_of_setting, setting, resource, graph) for setting in settings)


def _of_setting(setting: Setting, resource: Resource, graph: Graph) -> Iterator[Offence]:
    found = places_at(resource.inputs, setting.path)
    wrong = [(place, value, said) for place, value in found if (said := _wrong(setting, value))]
    if wrong and _counts(setting, resource, graph):
        for place, value, said in wrong:
            yield Offence(path=place, problem=f"{said}: {setting.means}", value=value)


def _counts(setting: Setting, resource: Resource, graph: Graph) -> bool:
    """Whether nothing else settles the matter."""
    is_covered = setting.covered and any(
        flag(other.inputs.get("enabled"), "enabled", default=True) for other in graph.of_type(setting.covered)
    )
    return not (
        is_covered
        or (setting.unless and _is_set(resource, setting.unless))
        or (setting.when and not _is_set(resource, setting.when))
    )


def _is_set(resource: Resource, path: str) -> bool:
    return any(value not in {None, "", "false"} for value in map(_written, values_at(resource.inputs, path)))


def _wrong(setting: Setting, value: Any) -> str:
    """What a value is where it should not be so; empty where it is fine, or not said and not judged."""
    said = _written(value)
    judged = setting.unset if said is None else said
    if judged is None:
        return ""
    if setting.least is not None:
        amount = number(judged, setting.path)
        is_wrong = amount is None or amount < setting.least
    elif setting.wants:
        is_wrong = not _is_among(judged, setting.wants)
    else:
        is_wrong = _is_among(judged, setting.refuses)
    if not is_wrong:
        return ""
    if list(setting.wants) == ["true"]:
        return "is not true"
    return "is not set" if not said else f"is {said}"


def _written(value: Any) -> str | None:
    """A value as text, as some write switches and numbers."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if isinstance(value, dict | list):
        return "set" if value else ""
    raise UndecidedError(f"expected a plain value, got {type(value).__name__}")


def _is_among(said: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(said.lower(), pattern.lower()) for pattern in patterns)


def _rule(id_: str, why: str, fix: str) -> Rule:
    table = service_settings().rules[id_]
    is_covered = any(setting.covered for settings in table.values() for setting in settings)
    return Rule(
        id=id_,
        applies_to=tuple(table),
        why=why,
        fix=fix,
        check=partial(_broken, id_),
        reads_graph=is_covered,
    )


RULES: Final[tuple[Rule, ...]] = (
    _rule(
        "stored-data-is-encrypted",
        "A copied disk or snapshot is readable by whoever has it.",
        "Turn encryption at rest on, with a key of your own; most types cannot be changed later.",
    ),
    _rule(
        "stores-encrypt-on-the-wire",
        "What is cached, indexed or queued is what people asked; it passes between machines in plain text.",
        "Turn encryption in transit on, and refuse callers that leave it out.",
    ),
    _rule(
        "stores-are-not-on-the-internet",
        "One password or one hole is then all that stands between anybody and the data.",
        "Put it into private subnets, and leave the public address off.",
    ),
    _rule(
        "stores-can-be-restored",
        "A wrong command, or an intruder, ends what nobody can make again.",
        "Keep backups for some days, and leave deletion protection on.",
    ),
    _rule(
        "logging-and-detection-enabled",
        "What is not recorded is where an intruder works.",
        "Leave detectors, recorders and logs on.",
    ),
    _rule(
        "edges-speak-current-tls",
        "Tokens, questions and answers are readable, or can be changed, on the way.",
        "Answer and fetch by HTTPS only, with TLS 1.2 at least; drop headers that are not valid.",
    ),
    _rule(
        "endpoints-require-authentication",
        "Whoever finds the address is served, and nobody can say afterwards who it was.",
        "Ask callers for an identity: IAM, a token of your provider, a certificate.",
    ),
    _rule(
        "models-are-network-isolated",
        "A model and its notebook hold what people asked; code that came with weights may send it away.",
        "Give them a VPC and network isolation.",
    ),
    _rule(
        "bedrock-guardrails-attached",
        "A model does what its input says, whoever wrote that.",
        "Attach a guardrail whose filters look at requests.",
    ),
)
