"""What commands import: a check of settings must not pay for the SDKs of providers."""

import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT

_ASK = """
import json, sys
sys.argv = ["slipway", *{words!r}]
from gate.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print()
print(json.dumps(sorted(sys.modules)))
"""


_DRAWING = {"jinja2", "gate.render.markdown", "gate.report.picture.picture"}
_PROVISIONING = {"pulumi", "google.protobuf", "components", "stacks", "bootstrap"}
_RULES = "policies.engine.catalog"
UNNEEDED = {
    "config check": {_RULES, *_DRAWING},
    "release list": {_RULES, *_PROVISIONING, *_DRAWING},
    "policies": {*_PROVISIONING, "releases.load"},
    "judge FILE": {*_PROVISIONING, *_DRAWING, "releases.load", "gate.render.sarif", "gate.checkov.asking"},
    "--help": {_RULES, *_PROVISIONING, *_DRAWING, "gate.report"},
}
"""What each command works without: it is half a second of imports and more."""


@pytest.mark.parametrize("command", UNNEEDED)
def test_a_command_imports_no_more_than_it_needs(command, tmp_path):
    manifest = tmp_path / "map.yaml"
    manifest.write_text(
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: b}}", encoding="utf-8"
    )
    words = [str(manifest) if word == "FILE" else word for word in command.split()]
    done = subprocess.run(  # noqa: S603 our own interpreter and words
        [sys.executable, "-c", _ASK.format(words=words)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    modules = json.loads(done.stdout.splitlines()[-1])
    assert sorted(UNNEEDED[command].intersection(modules)) == []
    # Each service has one; the packages themselves load them when a name of theirs is asked for.
    loaded = [
        m for m in modules if m.startswith(("pulumi_aws.", "pulumi_kubernetes.")) and m.endswith("._inputs")
    ]
    services = [m for m in loaded if m not in {"pulumi_aws._inputs", "pulumi_kubernetes._inputs"}]
    assert services == []
