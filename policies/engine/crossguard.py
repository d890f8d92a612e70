"""The gate's rules as a policy pack for Pulumi's engine (CrossGuard).

The engine asks about one resource before it is made, and about the whole stack at its end. Three things
differ from a plain pack: an unknown value hides nothing that was found before it; during an update, when
nothing is unknown any more, what still cannot be decided is a violation; and a rule that raises is one too.
Runs in the pack's own environment (policies/requirements.txt).
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import pulumi_policy as pack
from google.protobuf import json_format
from pulumi_policy import policy as protocol
from pulumi_policy import proxy

from policies.engine.accepted_types import read_accepted
from policies.engine.catalog import ALIASES
from policies.engine.controls import tags_of
from policies.engine.evaluate import Judgement, judge
from policies.engine.graph import UNKNOWN, Graph, Resource
from policies.engine.normalize import respelled, spelled
from policies.engine.rule import Rule
from policies.engine.waiver import Accepted, Waiver
from policies.packs import PACKS

_UNKNOWNS: Final = frozenset(
    getattr(proxy, f"UNKNOWN_{kind}_VALUE")
    for kind in ("BOOLEAN", "NUMBER", "STRING", "ARRAY", "ASSET", "ARCHIVE", "OBJECT")
)
_LEVEL: Final = {"mandatory": pack.EnforcementLevel.MANDATORY, "advisory": pack.EnforcementLevel.ADVISORY}
_PROVIDERS_OWN: Final = frozenset({"__defaults", "__inputs", "__fieldManager", "__initialApiVersion"})
"""What providers keep for themselves among the properties."""

Report = Callable[[str, str | None], None]


def plain(value: Any) -> Any:
    """Properties as rules read them: no proxies, no providers' own keys, whole numbers as such, unknowns marked."""
    if isinstance(value, str):
        return UNKNOWN if value in _UNKNOWNS else value
    if isinstance(value, Mapping):
        found = _behind(value)
        return {key: plain(item) for key, item in found.items() if key not in _PROVIDERS_OWN}
    if isinstance(value, list | tuple | proxy._ListProxy):  # noqa: SLF001 it is no list, and must be read as one
        return [plain(item) for item in _behind(value)]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _behind(value: Any) -> Any:
    """What a proxy that raises on unknowns stands in front of."""
    is_proxy = isinstance(value, proxy._DictProxy | proxy._ListProxy)  # noqa: SLF001 its own way past it
    return value["__target"] if is_proxy else value


class Judge:
    """Answers the engine: what one rule says of a graph, as violations of that rule's policy."""

    def __init__(self, waivers: Mapping[str, Waiver], today: date, *, is_preview: bool) -> None:
        self._waivers = waivers
        self._accepted: dict[str, Accepted] = {}
        self.today = today
        self.is_preview = is_preview
        # Its ``graph`` is what the engine asks about, one resource or the whole stack; it asks in several threads.
        self.asked = threading.local()

    def accepted_in(self, urn: str) -> Accepted:
        """The waivers of the stack that a URN names: not every engine says in the environment which one it is."""
        stack = urn.split(":")[2] if urn.count(":") > 2 else ""  # noqa: PLR2004 a URN begins with urn:pulumi:STACK
        if stack not in self._accepted:
            self._accepted[stack] = Accepted(self._waivers, stack, ALIASES)
        return self._accepted[stack]

    def tell(self, rule: Rule, graph: Graph, report: Report) -> None:
        """Report every finding of a rule; raises last, when a preview leaves something undecided."""
        said = judge(graph, [rule])
        self._findings(said, graph, report)
        for fault in said.faults:
            report(f"{graph.by_urn[fault.urn].label}: the rule itself failed: {fault.message}", fault.urn)
        open_questions = [f"{graph.by_urn[u.urn].label}: {u.message}" for u in said.undecided]
        if open_questions and self.is_preview:
            raise proxy.UnknownValueError(proxy.UNKNOWN_STRING_VALUE, ["; ".join(open_questions)])
        for undecided in said.undecided:
            report(f"{graph.by_urn[undecided.urn].label}: undecided: {undecided.message}", undecided.urn)

    def _findings(self, said: Judgement, graph: Graph, report: Report) -> None:
        for finding in said.findings:
            label = graph.by_urn[finding.urn].label
            waived = self.accepted_in(finding.urn).by(finding, label)
            if waived is not None and waived.waiver.is_in_force(self.today):
                continue
            ended = f" (its waiver {waived.name} {waived.waiver.ended(self.today)})" if waived else ""
            report(f"{label}: {finding.message}{ended}", finding.urn)


def policy_of(rule: Rule, judge_: Judge) -> Any:
    """The rule as a policy: of the whole stack where it reads neighbours, of one resource otherwise."""
    described = {
        "name": rule.id,
        "description": f"{rule.why} {rule.fix}",
        "enforcement_level": _LEVEL[rule.level],
        "tags": list(tags_of(rule.id)),
    }
    if rule.reads_graph:

        def of_stack(_args: Any, report: Report) -> None:
            judge_.tell(rule, judge_.asked.graph, report)

        return pack.StackValidationPolicy(validate=of_stack, **described)

    def of_resource(args: Any, report: Report) -> None:
        if any(_is_meant(token, spelled(args.resource_type)) for token in rule.applies_to):
            judge_.tell(rule, judge_.asked.graph, report)

    return pack.ResourceValidationPolicy(validate=of_resource, **described)


def _is_meant(token: str, type_: str) -> bool:
    return type_.startswith(token[:-1]) if token.endswith("*") else type_ == token


def _hear_whether_preview(judge_: Judge) -> None:
    """Engines tell an executable pack by a call, and only some of them in the environment, what they are about to do.

    pulumi-policy 1.21.0 keeps of this call the stack's tags alone.
    """
    servicer = protocol._PolicyAnalyzerServicer  # noqa: SLF001 a rename fails at once
    keep = servicer.ConfigureStack

    def heard(self: Any, request: Any, context: Any) -> Any:
        judge_.is_preview = request.dry_run
        return keep(self, request, context)

    servicer.ConfigureStack = heard


def _read_requests_once(judge_: Judge) -> None:
    """Read what the engine asks about once and not once for every rule, as pulumi-policy 1.21.0 does.

    Definitions of custom kinds are megabytes: 300 rules that each read them again took four minutes. The SDK's own
    code still asks the policies and answers the engine; it is only shown no properties.
    """
    servicer = protocol._PolicyAnalyzerServicer  # noqa: SLF001 a rename fails at once
    of_one, of_stack = servicer.Analyze, servicer.AnalyzeStack

    def analyze(self: Any, request: Any, context: Any) -> Any:
        judge_.asked.graph = Graph([respelled(_resource(self, request, request.options.parent))])
        bare = type(request)(type=request.type, urn=request.urn, name=request.name)
        return _answered(judge_, of_one, self, bare, context)

    def analyze_stack(self: Any, request: Any, context: Any) -> Any:
        judge_.asked.graph = Graph(_resources(self, request))
        return _answered(judge_, of_stack, self, type(request)(), context)

    servicer.Analyze, servicer.AnalyzeStack = analyze, analyze_stack


def _answered(judge_: Judge, ask: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return ask(*arguments)
    finally:
        del judge_.asked.graph


def _resource(servicer: Any, said: Any, parent: str) -> Resource:
    provider = said.provider.urn if said.HasField("provider") else ""
    return Resource(
        urn=said.urn,
        type=said.type,
        name=said.name,
        inputs=plain(protocol.deserialize_properties(json_format.MessageToDict(said.properties))),
        parent=parent,
        protect=servicer._get_resource_options(said).protect,  # noqa: SLF001 as the SDK reads it
        provider=f"{provider}::" if provider else "",
        # A component has no provider; what has none besides is a provider itself.
        custom=bool(provider) or said.type.startswith("pulumi:providers:"),
    )


def _resources(servicer: Any, request: Any) -> Iterable[Resource]:
    """Every resource of the stack; its properties are what the provider answered."""
    for said in request.resources:
        record = _resource(servicer, said, said.parent)
        id_ = record.inputs.get("id", "")
        yield respelled(
            replace(
                record,
                outputs=record.inputs,
                id=id_ if isinstance(id_, str) else "",
                dependencies=frozenset(said.dependencies),
                property_dependencies={k: frozenset(v.urns) for k, v in said.propertyDependencies.items()},
            )
        )


def start(folder: Path, *, today: date, is_preview: bool, packs: str = "all") -> None:
    """Serve the engine until it ends the process; prints the port it listens on as its first line.

    Args:
        folder: holds ``waivers.yaml`` and ``accepted_types.yaml``.
        today: waivers expire against it.
        is_preview: whether values may still be unknown, until the engine says.
        packs: ``all`` for stacks of this platform, ``portable`` for those of others.

    Raises:
        ValueError: there is no such pack; an engine that starts nothing lets nothing through.
    """
    rules = {str(name): rules for name, rules in PACKS.items()}.get(packs)
    if rules is None:
        raise ValueError(f"SLIPWAY_PACK: should be {', '.join(PACKS)} (got {packs!r})")
    judge_ = Judge(read_accepted(folder / "waivers.yaml"), today, is_preview=is_preview)
    _hear_whether_preview(judge_)
    _read_requests_once(judge_)
    left_out = [rule.id for rule in rules if rule.reads_retention]
    pack.PolicyPack(
        name="slipway",
        enforcement_level=pack.EnforcementLevel.MANDATORY,
        description=f"Slipway's rules. Held by the gate only: {', '.join(left_out)}.",
        policies=[policy_of(rule, judge_) for rule in rules if not rule.reads_retention],
    )
