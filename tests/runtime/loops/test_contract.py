from dataclasses import FrozenInstanceError

import pytest
from temporalio.converter import default

from runtime.loops.contract import Decision, Figures, Histogram, Statement
from tests.runtime.loops.examples import DRIFT, END_OF_LIFE, EVALUATION, V2, remedy, rollout

DECISION = Decision(
    answer="ask", policies=("stable-asks",), inputs="sha256:1", policy_set="sha256:2", problems=("x",)
)
STATEMENT = Statement(
    run="remedy-minilm-v2",
    question=1,
    decision="approved",
    who="ana@example.org",
    at="2026-11-29T12:00:00Z",
    signature="00",
)


@pytest.mark.parametrize(
    "value",
    [
        rollout(),
        remedy(),
        EVALUATION,
        DRIFT,
        END_OF_LIFE,
        DECISION,
        STATEMENT,
        Figures(requests=10.0, errors=1.0),
        Histogram(edges=(1.0, 2.0), counts=(3.0, 4.0, 5.0)),
    ],
    ids=lambda v: type(v).__name__,
)
def test_what_history_keeps_comes_back_as_it_was_and_is_small(value):
    converter = default().payload_converter
    payloads = converter.to_payloads([value])
    assert converter.from_payloads(payloads, [type(value)]) == [value]
    assert len(payloads[0].data) < 1500


def test_what_was_said_stays():
    with pytest.raises(FrozenInstanceError):
        V2.version = "v3"


def test_only_allowed_allows():
    assert [DECISION.allows, Decision(answer="refused", policies=(), inputs="", policy_set="").allows] == [
        False,
        False,
    ]
    assert Decision(answer="allowed", policies=("a",), inputs="", policy_set="").allows


def test_no_request_is_no_error():
    assert Figures(requests=0.0, errors=0.0).error_rate == 0.0
    assert Figures(requests=200.0, errors=5.0).error_rate == 0.025
