"""``make conformance``: a real Kubernetes API server with the real definitions takes every object we make.

And so does the code of the controllers that would refuse some of them later.

    make conformance                 every stack, and every example
    make conformance ARGS='dev'      some, with what they stand on

Exit codes: 0 every object was applied; 1 some were refused; 2 it could not be found out.
"""

import sys
import time
from collections import Counter
from collections.abc import Sequence

from gate.capture.chosen import chosen
from gate.capture.stacks import capture_stack
from gate.core.checkout import ROOT
from gate.core.errors import GateError
from stacks.load import Stack, stack_names
from tools.conformance.binaries import find_or_build, find_or_build_validators
from tools.conformance.cluster import DEFINITION, Outcome, Subject, apply_all, install
from tools.conformance.controls import Controls
from tools.conformance.definitions import definitions
from tools.conformance.errors import ConformanceError
from tools.conformance.server import api_server
from tools.conformance.table import Compared, compare, rows
from tools.conformance.validators import PROGRAMS, Validated, Validators, program_of, validate

ORGANISATIONS = (ROOT, ROOT / "examples")


def subjects(names: Sequence[str]) -> list[Subject]:
    """The named stacks or all, and what they stand on, captured."""
    exports = {}
    found = []
    for stack in _chosen(names):
        above, upstreams = stack.upstream, {}
        while above is not None:
            upstreams[above.name] = exports[above.name]
            above = above.upstream
        captured = capture_stack(stack, upstreams)
        exports[stack.name] = captured.exports
        upstream = stack.upstream.name if stack.upstream else None
        found.append(Subject(stack=stack.name, graph=captured.graph, upstream=upstream))
    return found


def _chosen(names: Sequence[str]) -> list[Stack]:
    """Of the committed stacks and the examples."""
    known = {folder: stack_names(folder / "stacks") for folder in ORGANISATIONS}
    there = [name for stacks in known.values() for name in stacks]
    if lost := [name for name in names if name not in there]:
        raise GateError(
            "stacks are not applied:", [f"{n}: no such stack; there are {', '.join(there)}" for n in lost]
        )
    wanted = {folder: [n for n in stacks if not names or n in names] for folder, stacks in known.items()}
    return [stack for folder, stacks in wanted.items() if stacks for stack in chosen(stacks, folder)]


def conform(names: Sequence[str]) -> int:
    """Apply, print, and return the exit code."""
    started = time.monotonic()
    stacks = subjects(names)
    validators = Validators(find_or_build_validators(PROGRAMS, tell))
    validated, compared = validate(stacks, validators), compare(rows(), validators)
    binaries = find_or_build(tell)
    own = {
        r.object["metadata"]["name"]
        for subject in stacks
        for r in subject.graph
        if r.object is not None and r.object["kind"] == DEFINITION
    }
    kinds = [d for d in definitions(tell) if d["metadata"]["name"] not in own]
    controls = Controls()
    with api_server(binaries) as api:
        tell(f"{len(kinds)} definitions, {len(stacks)} stacks")
        install(api, kinds)
        outcomes = list(apply_all(stacks, api, lambda subject: controls.run(subject.graph, api)))
    return show(outcomes, controls, validated, compared, time.monotonic() - started)


def show(
    outcomes: Sequence[Outcome],
    controls: Controls,
    validated: Validated,
    compared: Compared,
    seconds: float,
) -> int:
    """Print what came of it; the exit code."""
    total: Counter[str] = Counter()
    for outcome in outcomes:
        total.update(outcome.kinds)
        print(
            f"{outcome.stack}: {outcome.objects} objects, {len(outcome.refusals)} refused, {outcome.seconds:.1f} s"
        )
    for kind, count in sorted(total.items()):
        print(f"  {count:5} {kind}")
    for kind, count in sorted(validated.kinds.items()):
        print(f"  {count:5} {kind}: asked of {program_of(kind)}")
    warnings = [*(line for o in outcomes for line in o.warnings), *validated.warnings]
    refusals = [*(line for o in outcomes for line in o.refusals), *validated.refusals]
    faults = [*controls.problems(), *compared.problems]
    for what, lines in (("warned", warnings), ("refused", refusals), ("control", faults)):
        for line in lines:
            print(f"{what}: {line}")
    print(
        f"conformance: {total.total()} objects of {len(total)} kinds applied, {validated.kinds.total()} of them "
        f"asked of upstream's validators, {len(refusals)} refused, "
        f"{controls.refused + compared.refused} controls refused as they must be, {seconds:.0f} s"
    )
    empty = [o.stack for o in outcomes if o.objects == 0]
    if empty or not outcomes or faults:
        print(f"conformance: nothing is proved{': no objects in ' + ', '.join(empty) if empty else ''}")
        return 2
    return 1 if refusals else 0


def tell(text: str) -> None:
    """Progress, beside the result."""
    print(f"conformance: {text}", file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> int:
    """Nothing that goes wrong may look like success, or like a refusal."""
    try:
        return conform(arguments)
    except (ConformanceError, GateError) as error:
        tell(str(error))
    except KeyboardInterrupt:
        tell("interrupted; nothing is proved")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
