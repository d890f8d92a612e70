"""``slipway release event`` drafts an event that nothing accepts until somebody decided."""

import shutil

import pytest
import yaml
from typer.testing import CliRunner

from gate.cli.app import app
from gate.core.checkout import ROOT
from gate.core.errors import GateError
from releases.events import KINDS, OF_RUNS
from releases.load import ReleaseError, find, load_releases

SAYS = {
    "licence-review": {"decision": "accepted"},
    "evaluation": {},
    "approval": {"decision": "refused"},
    "incident": {"name": "leak", "severity": "high", "status": "open", "summary": "It repeated a prompt."},
    "deprecation": {"reason": "old"},
    "revocation": {"reason": "poisoned"},
    "sunset": {"ends": yaml.safe_load("2027-01-31"), "reason": "old"},
}


@pytest.fixture
def organisation(tmp_path):
    shutil.copytree(ROOT / "releases" / "models", tmp_path / "releases" / "models")
    return tmp_path


def run(organisation, kind, name="minilm/v1"):
    words = ["release", "event", name, kind, "--today=2026-12-01", f"--from={organisation}"]
    return CliRunner().invoke(app, words)


def events(organisation):
    return organisation / "releases" / "models" / "minilm" / "v1" / "events"


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - OF_RUNS))
def test_what_is_drafted_is_accepted_once_it_is_decided(organisation, kind):
    result = run(organisation, kind)
    assert result.stdout.startswith(f"drafted releases/models/minilm/v1/events/2026-12-01-{kind}.yaml\n")
    path = events(organisation) / f"2026-12-01-{kind}.yaml"
    with pytest.raises(ReleaseError) as refused:
        load_releases(organisation / "releases" / "models")
    assert all("replace the placeholder" in problem for problem in refused.value.problems)

    data = yaml.safe_load(path.read_text())
    data |= {"who": "a@example.com", "evidence": ["ticket"]} | SAYS[kind]
    if kind == "evaluation":
        data["evaluation"] |= {"value": 0.9, "by": "a@example.com"}
    path.write_text(yaml.safe_dump(data, sort_keys=False))
    loaded = find(load_releases(organisation / "releases" / "models"), "minilm", "v1")
    assert loaded.events[-1].kind == kind


def test_a_second_one_of_a_day_has_a_name_of_its_own(organisation):
    for name in ("2026-12-01-approval.yaml", "2026-12-01-approval-2.yaml", "2026-12-01-approval-3.yaml"):
        run(organisation, "approval")
        assert (events(organisation) / name).is_file()


def test_an_acceptance_is_asked_for_each_obligation(organisation):
    path = organisation / "releases" / "models" / "minilm" / "v1" / "release.yaml"
    path.write_text(path.read_text().replace("name: Apache-2.0", "name: gemma-terms"))
    run(organisation, "licence-review")
    data = yaml.safe_load((events(organisation) / "2026-12-01-licence-review.yaml").read_text())
    assert [line.split(",")[0] for line in data["obligations_met"]] == [
        "CHANGEME: acceptable-use",
        "CHANGEME: pass-on",
    ]


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("minilm", "approval", r"name one version: MODEL/VERSION \(got 'minilm'\)"),
        ("../minilm/v1", "approval", "name one version"),
        ("minilm/v1", "aproval", r"no kind of event 'aproval'; did you mean approval\?"),
        ("minilm/v9", "approval", "minilm/v9/release.yaml: is missing; slipway release new drafts one"),
    ],
)
def test_what_cannot_be_drafted_is_one_clear_word(organisation, name, kind, message):
    before = sorted(organisation.rglob("*"))
    with pytest.raises(GateError, match=message):
        raise run(organisation, kind, name).exception
    assert sorted(organisation.rglob("*")) == before


@pytest.mark.parametrize("kind", sorted(OF_RUNS))
def test_events_of_runs_are_not_written_by_people(organisation, kind):
    result = run(organisation, kind)
    assert str(result.exception) == (
        f"events of kind {kind} are signed by the run that they tell of; people write none"
    )
