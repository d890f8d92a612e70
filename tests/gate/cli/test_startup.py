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


@pytest.mark.parametrize("words", [["config", "check"], ["release", "list"], ["--help"]], ids=" ".join)
def test_no_service_of_a_provider_is_imported(words):
    done = subprocess.run(  # noqa: S603 our own interpreter and words
        [sys.executable, "-c", _ASK.format(words=words)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    modules = json.loads(done.stdout.splitlines()[-1])
    # Each service has one; the packages themselves load them when a name of theirs is asked for.
    loaded = [
        m for m in modules if m.startswith(("pulumi_aws.", "pulumi_kubernetes.")) and m.endswith("._inputs")
    ]
    services = [m for m in loaded if m not in {"pulumi_aws._inputs", "pulumi_kubernetes._inputs"}]
    assert services == []
    assert words != ["--help"] or "pulumi" not in modules
    # All rules are most of a second.
    assert words[0] == "release" or "policies.engine.catalog" not in modules


def test_judging_files_of_others_need_not_load_pulumi():
    asked = "import sys, gate.evaluate.judgement; print('pulumi' in sys.modules)"
    said = subprocess.run(  # noqa: S603 our own interpreter
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout == "False\n"
