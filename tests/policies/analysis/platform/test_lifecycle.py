"""Who may go without protection: only a trial of this platform."""

import pytest

from policies.analysis.platform.lifecycle import is_disposable
from policies.engine.graph import Graph
from tests.policies.cases import OURS, resource

BUCKET = "aws:s3/bucket:Bucket"
FOREIGN = resource("aws:sqs/queue:Queue", {})


@pytest.mark.parametrize(
    ("tags", "beside", "answer"),
    [
        ({"lifecycle": "disposable"}, OURS, True),
        ({"lifecycle": "disposable", "environment": "trial"}, OURS, True),
        ({"lifecycle": "disposable", "environment": "Production"}, OURS, False),
        ({"lifecycle": "disposable"}, FOREIGN, False),
        ({"lifecycle": "durable"}, OURS, False),
        ({}, OURS, False),
    ],
)
def test_a_tag_of_others_excuses_nothing(tags, beside, answer):
    bucket = resource(BUCKET, {"tagsAll": tags})
    assert is_disposable(bucket, Graph([bucket, beside])) is answer
