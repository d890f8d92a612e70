"""The commands that end a platform: the right order, and never for one that is meant to last."""

import shutil

import pytest

from gate.core.errors import GateError
from gate.evaluate.teardown import teardown
from tests.captured import EXAMPLES_FOLDER
from tests.conftest import ROOT


def _durable(stack):
    return f"{stack}: platform.lifecycle is durable; set disposable, bring that up, and ask again"


def test_a_trial_ends_with_its_stack():
    assert teardown("trial", EXAMPLES_FOLDER) == [
        "pulumi destroy --stack trial --yes",
        "pulumi stack rm trial --preserve-config --yes",
    ]


def test_what_stands_on_it_ends_first(tmp_path):
    for folder in ("stacks", "releases"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for stack in ("staging", "staging-models"):
        file = tmp_path / "stacks" / f"Pulumi.{stack}.yaml"
        text = file.read_text(encoding="utf-8")
        file.write_text(
            text.replace("cost_center: ml\n", "cost_center: ml\n      lifecycle: disposable\n"),
            encoding="utf-8",
        )
    assert teardown("staging", tmp_path) == [
        "pulumi destroy --stack staging-models --yes",
        "pulumi stack rm staging-models --preserve-config --yes",
        "pulumi destroy --stack staging --yes",
        "pulumi stack rm staging --preserve-config --yes",
    ]
    assert teardown("staging-models", tmp_path)[0] == "pulumi destroy --stack staging-models --yes"
    assert len(teardown("staging-models", tmp_path)) == 2


def test_a_durable_stack_is_refused_with_every_one_on_it():
    with pytest.raises(GateError) as refused:
        teardown("prod")
    assert str(refused.value).splitlines() == [
        "a durable platform is not torn down by a command:",
        f"  {_durable('prod-models')}",
        f"  {_durable('prod')}",
    ]


def test_a_stack_that_is_not_there_is_named():
    with pytest.raises(GateError, match=r"^nowhere: no such stack; there are dev, "):
        teardown("nowhere")
