"""What a stack's first preview in an empty account would see: outputs are unknown, and rules that need them undecided.

The gate computes what a provider will answer (``gate/capture/outputs``); an engine that previews a stack for the
first time cannot. The difference is what a policy pack alone would have missed until the first update.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gate.capture.stacks import capture_stack
from gate.core.checkout import ROOT
from policies.engine.evaluate import Finding, Undecided, judge
from policies.engine.graph import Graph, Unknown
from policies.packs import ALL
from stacks.load import Stack


@dataclass(frozen=True, kw_only=True)
class FirstPreview:
    """One stack, both ways.

    ``missed`` are findings of the whole view that the first one neither has nor asks about; ``unseen`` are resources
    that the program makes only once an output is known.
    """

    stack: str
    resources: int
    unknown: int
    verdicts: int
    decided: int
    undecided: tuple[Undecided, ...]
    missed: tuple[Finding, ...]
    unseen: tuple[str, ...]
    labels: Mapping[str, str]


def first_previews(stacks: Sequence[Stack], root: Path = ROOT) -> Iterator[FirstPreview]:
    """Both views of each stack, upstreams first; what a stack stands on is there already.

    Raises:
        CaptureError: a stack cannot be run to its end.
    """
    exports: dict[str, Mapping[str, Any]] = {}
    for stack in stacks:
        whole = capture_stack(stack, exports, root)
        exports[stack.name] = whole.exports
        first = capture_stack(stack, exports, root, nothing_exists=True)
        yield _compared(stack.name, whole.graph, first.graph)


def _compared(name: str, whole: Graph, first: Graph) -> FirstPreview:
    all_known, then = judge(whole, ALL), judge(first, ALL)
    said = {(one.rule, one.urn) for one in then.findings}
    said |= {(one.rule, one.urn) for one in then.undecided}
    said |= {(one.rule, one.urn) for one in then.faults}
    return FirstPreview(
        stack=name,
        resources=len(first.resources),
        unknown=sum(1 for resource in first for _ in _unknowns(resource.inputs)),
        verdicts=all_known.decided + len(all_known.undecided),
        decided=then.decided,
        undecided=then.undecided,
        missed=tuple(one for one in all_known.findings if (one.rule, one.urn) not in said),
        unseen=tuple(resource.label for resource in whole if resource.urn not in first.by_urn),
        labels={resource.urn: resource.label for resource in first},
    )


def _unknowns(value: Any) -> Iterator[Unknown]:
    if isinstance(value, Unknown):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _unknowns(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _unknowns(item)
