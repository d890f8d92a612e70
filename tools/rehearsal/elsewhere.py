"""What stands in the account before the first ``up``: what the bootstrap makes, as its own program declares it."""

from gate.capture.chosen import BOOTSTRAP, chosen
from gate.capture.outputs import Account, computed
from gate.capture.stacks import capture_stack
from gate.core.checkout import ROOT
from tools.rehearsal.account.records import POLICY, ROLE, Record

_WANTED = (ROLE, POLICY)
"""What the stacks name of it."""


def bootstrapped() -> list[Record]:
    """The roles and boundaries of every bootstrap in this checkout."""
    found = []
    for stack in chosen([], ROOT / BOOTSTRAP):
        platform = stack.settings.platform
        account = Account(id=platform.account, region=platform.region)
        for resource in capture_stack(stack, {}).graph.of_type(*_WANTED):
            inputs = dict(resource.inputs)
            identity, outputs = computed(resource.type, inputs, resource.urn, resource.name, account)
            found.append(
                Record(type=resource.type, id=identity, settings=inputs, computed=outputs, elsewhere=True)
            )
    return found
