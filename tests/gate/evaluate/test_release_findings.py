"""What a day makes of releases stands in the report, on what serves them."""

from datetime import date

import pytest

from gate.evaluate.release_findings import agent_findings, release_findings, shares_of
from policies.engine.graph import Graph
from releases.measured import GivenShare
from stacks.load import read_stack
from tests.conftest import ROOT
from tests.policies.cases import resource
from tests.releases.events_examples import event
from tests.releases.test_checks import GRANTED, loaded

SERVICE = resource(
    "kubernetes:serving.kserve.io/v1beta1:InferenceService",
    {"metadata": {"name": "minilm", "labels": {"slipway.dev/model": "minilm"}}},
    name="minilm",
)
OTHER = resource(
    "kubernetes:serving.kserve.io/v1beta1:InferenceService",
    {"metadata": {"name": "other", "labels": {"slipway.dev/model": "other"}}},
    name="other",
)
ENDED = loaded(events=(*GRANTED, event("sunset", 7)))


def test_a_finding_names_the_service_and_the_file():
    (found,) = release_findings(Graph([OTHER, SERVICE]), [ENDED], date(2027, 2, 1))
    assert (found.rule, found.level, found.urn) == ("release:sunset-is-ahead", "mandatory", SERVICE.urn)
    assert found.message.startswith(
        "releases/models/minilm/v1/events/2026-11-07-sunset.yaml: ends: its sunset was on 2027-01-31"
    )


def test_a_release_that_nothing_serves_is_told_all_the_same():
    (found,) = release_findings(Graph([OTHER]), [ENDED], date(2027, 2, 1))
    assert found.urn == ""


def test_long_before_nothing_is_said():
    assert release_findings(Graph([SERVICE]), [ENDED], date(2026, 11, 23)) == []


def _served(digest):
    labels = {"slipway.dev/model": "minilm", "slipway.dev/version": loaded().release.version}
    predictor = {"labels": labels, "annotations": {"slipway.dev/artifact-digest": digest}}
    return resource(
        SERVICE.type, {"metadata": {"name": "minilm"}, "spec": {"predictor": predictor}}, name="minilm"
    )


def test_the_digest_that_is_served_is_the_records():
    digest = loaded().release.artifact.digest
    assert release_findings(Graph([_served(digest)]), [loaded()], date(2026, 11, 23)) == []


def test_a_digest_that_is_not_the_records_is_refused():
    other = "sha256:" + "f" * 64
    (found,) = release_findings(Graph([_served(other)]), [loaded()], date(2026, 11, 23))
    assert (found.rule, found.level) == ("release:served-digest-is-the-records", "mandatory")
    record = loaded().release
    assert found.message == (
        f"spec.predictor.annotations[slipway.dev/artifact-digest]: got {other}, "
        f"the record {record.identity} says {record.artifact.digest}"
    )


def test_a_candidate_that_nobody_measured_is_refused():
    shares = {("minilm", "v1"): GivenShare(percent=10, is_candidate=True)}
    (found,) = release_findings(
        Graph([SERVICE]), [loaded(change={"evaluations": []})], date(2026, 11, 23), shares
    )
    assert (found.rule, found.level, found.urn) == ("release:shares-are-measured", "mandatory", SERVICE.urn)
    assert found.message == (
        "releases/models/minilm/v1/release.yaml: rollout.evaluation: the record's digest has no evaluation event "
        "(got 10 per cent)"
    )


def test_the_shares_of_a_stack_are_those_of_its_file():
    stack = read_stack("examples-canary", ROOT / "examples" / "stacks")
    assert shares_of(stack)["income", "v2"] == GivenShare(percent=10, is_candidate=True)
    assert shares_of(stack)["income", "v1"] == GivenShare(percent=90)


@pytest.mark.parametrize(
    ("today", "expected"),
    [(date(2026, 11, 30), []), (date(2027, 2, 1), ["advisory"]), (date(2027, 3, 1), ["mandatory"])],
)
def test_an_agent_whose_figures_are_old_is_a_finding(today, expected):
    found = agent_findings(read_stack("dev"), today)
    assert [finding.level for finding in found] == expected
    for finding in found:
        assert (finding.rule, finding.urn) == ("release:agents-are-measured", "")
        assert finding.file == "releases/agents/incident-triage/v3/events/2026-11-30-evaluation.yaml"
        assert finding.fix == (
            "Measure it again: slipway release evaluate agents/incident-triage/v3 --with support-chat/v1 --script FILE."
        )
