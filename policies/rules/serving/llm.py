"""What must hold for a language model alone: the GPUs it is split over, and a number of replicas."""

from collections.abc import Iterable
from typing import Final

from policies.analysis.kserve.llm import all_pods, gpus
from policies.analysis.kserve.objects import LLM
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, mapping, number

_ENGINES: Final = {"spec": "template", "spec.prefill": "prefill.template"}
"""Where the engine of each part stands."""


def _too_few_gpus(service: Resource, graph: Graph) -> Iterable[Offence]:
    found = dict(all_pods(service, graph))
    for part, place in _ENGINES.items():
        split = number(at(service.inputs, f"{part}.parallelism.tensor"), "parallelism.tensor") or 1
        copies = number(at(service.inputs, f"{part}.parallelism.dataLocal"), "parallelism.dataLocal") or 1
        if place in found and split * copies > 1 and gpus(found[place]) < split * copies:
            yield Offence(
                path=f"{part}.parallelism",
                problem=f"the engine is split over {split * copies:g} GPUs and its limit is {gpus(found[place]):g}",
                value=dict(mapping(at(service.inputs, f"{part}.parallelism"))),
            )


def _uncounted(service: Resource, _graph: Graph) -> Iterable[Offence]:
    for part in _ENGINES:
        spec = mapping(at(service.inputs, part), part)
        scaling = mapping(at(spec, "scaling"), "scaling")
        if scaling and number(at(scaling, "maxReplicas"), "maxReplicas") is None:
            yield Offence(path=f"{part}.scaling.maxReplicas", problem="is not set")
        least = number(at(scaling, "minReplicas"), "minReplicas")
        most = number(at(scaling, "maxReplicas"), "maxReplicas")
        if least is not None and most is not None and least > most:
            yield Offence(
                path=f"{part}.scaling.minReplicas",
                problem=f"{least:g} is above maxReplicas ({most:g})",
                value=least,
            )
        if scaling and at(spec, "replicas") is not None:
            yield Offence(
                path=f"{part}.replicas",
                problem="stands beside scaling: two writers of one number",
                value=at(spec, "replicas"),
            )


RULES: tuple[Rule, ...] = (
    Rule(
        id="language-models-get-the-gpus-they-split-over",
        severity="high",
        applies_to=LLM,
        why="An engine that is split over more GPUs than it gets never starts, on a machine that is paid for.",
        fix="Let resources.limits name as many GPUs as parallelism.tensor times dataLocal.",
        check=_too_few_gpus,
        reads_graph=True,
    ),
    Rule(
        id="language-models-are-bounded-in-number",
        severity="high",
        applies_to=LLM,
        why="GPUs are what costs: a scaler without a ceiling takes all there are.",
        fix="Set scaling.maxReplicas, or replicas without scaling.",
        check=_uncounted,
    ),
)

PLATFORM: tuple[Rule, ...] = ()
