"""From a graph to a report: shape, rules, second opinion, waivers, and what was not seen."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from gate.checkov.opinion import Opinion
from gate.evaluate.apply_waivers import waive
from gate.evaluate.budget_findings import RULE as BUDGET
from gate.evaluate.budget_findings import budget_findings, budget_undecided
from gate.evaluate.selection import EVERYTHING, OTHERS, Selection
from gate.evaluate.witnesses import told_once
from gate.report.capacity import Capacity, capacity
from gate.report.cost import Cost
from gate.report.exposure import exposures
from gate.report.not_evaluated import not_seen, unpinned
from gate.report.permissions import permissions
from gate.report.picture.scene import Scene
from gate.report.report import Exposure, ModelTraffic, Report
from gate.report.series import series_estimate
from gate.report.starts import starts
from gate.schema.shape import check_shapes
from policies.analysis.charts.joined import joined
from policies.engine.catalog import COVERED, NEEDS_NO_RULE
from policies.engine.evaluate import Finding, Undecided, judge
from policies.engine.graph import Graph, Resource
from policies.engine.normalize import respelled
from policies.engine.rule import Rule
from policies.engine.waiver import Waiver
from policies.packs import PACKS, Pack

if TYPE_CHECKING:  # as in `_drawn`
    from gate.report.served import Serving

SHAPE_RULE = "objects-match-their-schema"


def assess(
    graph: Graph,
    *,
    subject: str,
    stack: str,
    today: date,
    waivers: Mapping[str, Waiver],
    opinion: Opinion,
    pack: Pack = "all",
    rules: Sequence[Rule] | None = None,
    noticed: Sequence[Finding] = (),
    shares: Sequence[ModelTraffic] = (),
    roles_above: Graph | None = None,
    machines_above: Sequence[Resource] = (),
    selection: Selection = EVERYTHING,
    billed: Callable[[Graph], Cost | None] = lambda _graph: None,
    serving: "Serving | None" = None,
) -> tuple[Report, frozenset[str]]:
    """Judge a graph; returns the report and the names of the waivers that were used.

    Args:
        graph: what to judge.
        subject: how the report calls it.
        stack: the stack's name, which waivers speak of.
        today: waivers expire against it.
        waivers: accepted findings by name.
        opinion: what checkov said, or why it was not asked.
        pack: the pack whose rules to apply; what it leaves out is told.
        rules: the rules to apply in place of a pack.
        noticed: what the date makes of the releases the stack runs.
        shares: what the stack file says of traffic; nothing for files of others.
        roles_above: the roles of the stacks that this one stands on.
        machines_above: what those run, with the pools they run it on; read, never judged.
        selection: the rules to apply, of our own and of all others; the report names what it leaves out.
        billed: what a graph costs, by the stack's region; nothing for files of others, whose region nobody says.
        serving: what the stack serves, for its picture; files of others have none.
    """
    rules = PACKS[pack] if rules is None else rules
    # One order for everything that follows: in which one resources came must change no byte of a report.
    declared = Graph(sorted(graph, key=lambda r: r.urn), (*graph.elsewhere, *machines_above))
    shapes = check_shapes(declared)
    # As what reaches the API server, and with what charts install: judged like our own; its shape is its project's.
    graph = joined(Graph(map(respelled, declared), declared.elsewhere))
    said = judge(graph, [rule for rule in rules if selection.takes(rule.id)])
    shape_findings = [
        Finding(
            rule=SHAPE_RULE,
            level="mandatory",
            severity="high",
            urn=p.urn,
            object=p.source,
            path=p.path,
            message=f"{p.path}: {p.message}" if p.path else p.message,
            fix="Write the field as the pinned version of its API defines it (docs/gate.md).",
        )
        for p in shapes.problems
    ]
    bill = billed(graph)
    found = [*said.findings, *shape_findings, *noticed, *budget_findings(bill), *opinion.findings]
    waived = waive(
        [finding for finding in found if selection.takes(finding.rule)],
        dict(waivers),
        graph.resources,
        stack,
        today,
    )
    ways_in, machines = exposures(graph), capacity(graph)
    report = Report(
        subject=subject,
        judged_on=today.isoformat(),
        resources=graph.resources,
        findings=told_once(waived.findings, rules),
        undecided=(
            *said.undecided,
            *(budget_undecided(bill) if selection.takes(BUDGET) else ()),
            *(
                Undecided(
                    rule=SHAPE_RULE,
                    level="mandatory",
                    urn=p.urn,
                    object=p.source,
                    message=f"{p.path}: {p.message}",
                )
                for p in shapes.undecided
                if selection.takes(SHAPE_RULE)
            ),
        ),
        faults=(
            *(f"rule {f.rule} on {f.urn}: {f.message}" for f in said.faults),
            *opinion.faults,
            *waived.wrong,
        ),
        not_seen=not_seen(graph, shapes, opinion, pack=pack, covered=COVERED, needs_no_rule=NEEDS_NO_RULE),
        unpinned=unpinned(graph),
        permissions=permissions(graph, roles_above or Graph(())),
        exposures=ways_in,
        starts=starts(graph),
        traffic=shares,
        capacity=machines,
        series=series_estimate(graph),
        cost=bill,
        picture=_drawn(graph, ways_in, machines, serving),
        components={r.urn: graph.component_of(r) for r in graph},
        decided=said.decided,
        pack=pack,
        left_out=selection.left_out([*OTHERS, *(rule.id for rule in rules)])
        if selection != EVERYTHING
        else (),
    )
    return report, waived.used


def _drawn(graph: Graph, ways_in: Sequence[Exposure], machines: Capacity, serving: "Serving | None") -> Scene:
    if serving is None:
        return Scene()
    from gate.report.picture.picture import picture  # noqa: PLC0415 files of others need no releases, which it imports

    return picture(graph, exposures=ways_in, capacity=machines, serving=serving)
