"""Who may go without protection: only a trial of this platform."""

import pytest

from policies.analysis.platform.lifecycle import is_disposable
from policies.engine.evaluate import judge
from policies.engine.graph import Graph
from policies.packs import PACKS
from tests.policies.cases import resource

BUCKET = "aws:s3/bucket:Bucket"


@pytest.mark.parametrize(
    ("tags", "answer"),
    [
        ({"lifecycle": "disposable"}, True),
        ({"lifecycle": "disposable", "environment": "trial"}, True),
        ({"lifecycle": "disposable", "environment": "Production"}, False),
        ({"lifecycle": "durable"}, False),
        ({}, False),
    ],
)
def test_a_trial_may_go_and_production_never(tags, answer):
    assert is_disposable(resource(BUCKET, {"tagsAll": tags})) is answer


@pytest.mark.parametrize(("pack", "findings"), [("portable", 1), ("all", 0)])
def test_a_tag_of_others_excuses_nothing(pack, findings):
    emptied = resource(BUCKET, {"tagsAll": {"lifecycle": "disposable"}, "forceDestroy": True})
    rules = [rule for rule in PACKS[pack] if rule.id == "data-is-protected-from-deletion"]
    assert len(judge(Graph([emptied]), rules).findings) == findings
