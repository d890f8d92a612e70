"""What report.json tells of a finding's value: what a reader can take in, and nothing that may be a credential."""

import pytest

from gate.report.report import Report
from policies.engine.evaluate import Finding

PATH = "spec.predictor.model.storageUri"


def told(value, path=PATH, rule="models-ask-no-hub"):
    finding = Finding(rule=rule, level="mandatory", urn="u", message="m", path=path, value=value)
    (said,) = Report(subject="s", judged_on="2026-11-29", resources=(), findings=(finding,)).as_data()[
        "findings"
    ]
    return said.get("value")


@pytest.mark.parametrize("value", [False, 0, 7.5, "hf://org/chat", "0.0.0.0/0", "", "engine:latest"])
def test_short_values_are_told(value):
    assert told(value) == value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("env[0].value", "AKIA" + "IOSFODNN7EXAMPLQ"),
        ("data.password", "summer"),
        ("spec.api_key", "k-1"),
        ("env[0].value", "q7Zr2LmXw9Tk4Vb8Ny3Hc6Jd"),
        (PATH, "a" * 121),
        (PATH, "two\nlines"),
        (PATH, {"a": 1}),
        ("", "hf://org/chat"),
    ],
)
def test_what_may_be_a_credential_and_what_is_long_is_not(path, value):
    assert told(value, path) is None
