"""What traffic will do, in words: shares, what waits beside them, and at what price."""

from dataclasses import replace

import pytest

from components.models.settings import ModelSettings
from gate.report.traffic import traffic
from releases.load import LoadedRelease
from releases.release import Release
from stacks.load import read_stack
from tests.releases.records import record

DEV = read_stack("dev")
NOTHING = "; no objective: nothing is promised, and no alert is made"
POOL = {"pool": "l4", "replicas": {"min": 3, "max": 3}}


def said(traffic_line, versions, *, base="chat-on-gpu", chosen=POOL, change=None):
    """The words for one model of the dev stack with these versions."""
    model = record(base)["model"]
    found = []
    for version in versions:
        changes = {
            "version": version,
            "artifact.uri": f"s3://{{model_bucket}}/{model}-{version}/",
            **(change or {}),
        }
        found.append(LoadedRelease(Release.model_validate(record(base, changes)), "sha256:" + "a" * 64))
    settings = ModelSettings.model_validate(
        {"versions": dict.fromkeys(versions, chosen), "traffic": traffic_line}
    )
    stack = replace(
        DEV, releases=found, settings=DEV.settings.model_copy(update={"models": {model: settings}})
    )
    (line,) = traffic(stack)
    assert line.model == model
    assert [version for version, _ in line.shares] == list(versions)
    assert line.words.endswith(NOTHING) or "slo" in (change or {})
    return line.words.removesuffix(NOTHING)


def test_what_is_promised_is_said_of_the_version_that_is_stable():
    slo = {
        "window_days": 30,
        "objectives": [
            {"indicator": "availability", "target": 0.995},
            {"indicator": "inter-token-latency", "target": 0.9, "value_ms": 75},
        ],
    }
    assert said({"stable": "v1"}, ["v1"], change={"slo": slo}) == (
        "100 % v1; promised over 30 days: 99.5% of requests succeed, 90% of requests see a token within 75 ms"
    )


def test_one_version_answers_everything():
    assert said({"stable": "v1"}, ["v1"]) == "100 % v1"


def test_a_candidate_is_called_one():
    assert (
        said({"stable": "v1", "candidate": "v2", "percent": 10}, ["v1", "v2"])
        == "90 % v1, 10 % v2 (candidate)"
    )


def test_what_waits_beside_it_has_a_price():
    assert said({"stable": "v10"}, ["v9", "v10"]) == (
        "100 % v10; v9 is kept warm without traffic (3 x g6.2xlarge, 70.39 USD a day on demand in us-east-1), and "
        "can answer again at once. Take it out of versions after 24 hours"
    )


def test_on_the_processor_it_takes_of_its_pool():
    chosen = {"replicas": {"min": 2, "max": 4}}
    assert said({"stable": "v2"}, ["v1", "v2"], base="embedding-on-cpu", chosen=chosen) == (
        "100 % v2; v1 is kept warm without traffic (4 CPUs and 4 GiB of pool cpu), and can answer again at "
        "once. Take it out of versions after 24 hours"
    )


def test_a_version_that_may_be_at_zero_is_not_called_warm():
    chosen = {"replicas": {"min": 0, "max": 4}}
    assert said({"stable": "v2"}, ["v1", "v2"], base="embedding-on-cpu", chosen=chosen) == (
        "100 % v2; v1 is kept without traffic and may be at zero (replicas.min is 0): it costs nothing then, and its "
        "way back waits for a start. Take it out of versions after 24 hours"
    )


def test_the_window_is_that_of_the_version_that_took_over():
    words = said({"stable": "v2"}, ["v1", "v2"], change={"rollout": {"rollback_window_hours": 72}})
    assert words.endswith("after 72 hours")


def test_where_a_controller_moves_shares_the_percent_is_a_beginning():
    words = said(
        {"stable": "v1", "candidate": "v2", "percent": 1},
        ["v1", "v2"],
        change={"rollout": {"driver": "controller"}},
    )
    assert words == (
        "99 % v1, 1 % v2 (candidate); a controller moves shares from here on: the stack's percent only counts at "
        "creation"
    )


def test_a_condition_that_nothing_reads_is_said():
    words = said(
        {"stable": "v1", "candidate": "v2", "percent": 1},
        ["v1", "v2"],
        change={"rollout": {"abort": [{"metric": "error-rate", "above": 0.02}]}},
    )
    assert words == (
        "99 % v1, 1 % v2 (candidate); rollout.abort is declared and enforced by nothing: a person takes the "
        "candidate back"
    )


@pytest.mark.parametrize("name", ["dev", "prod-models"])
def test_every_model_of_a_stack_is_told(name):
    stack = read_stack(name)
    assert [line.model for line in traffic(stack)] == sorted(stack.settings.models)
