"""The recorder takes short cuts for speed; everything the program sees must be what the SDK's own mocks give it."""

import json
import subprocess
import sys

import pytest

from gate.capture.stacks import capture_stack
from gate.core.checkout import ROOT
from stacks.load import read_stack


def stock_capture(stack):
    command = [sys.executable, "-m", "tools.stock_monitor", stack]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 our own module
    return json.loads(said.stdout)


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_the_recorder_keeps_what_the_stock_monitor_keeps(name):
    ours = {r.urn: r for r in capture_stack(read_stack(name), {}).graph}
    said = stock_capture(name)
    stock = said["resources"]

    assert sorted(ours) == sorted(stock)
    differing = {
        (urn, key): (value, stock[urn].get(key))
        for urn, resource in ours.items()
        for key, value in {**resource.inputs, **resource.outputs}.items()
        if key != "tagsAll" and value != stock[urn].get(key)
    }
    assert differing == {}
    waiting = {urn: sorted(r.dependencies) for urn, r in ours.items()}
    stock_waiting = {urn: said["dependencies"][urn] for urn in ours}
    assert waiting == stock_waiting
