"""What stands outside workflows: events as files, keys, statements, tokens, records and settings."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from releases.load import ReleaseError, load_version
from runtime.loops import begin
from runtime.loops.__main__ import main
from runtime.loops.build import world_of
from runtime.loops.contract import Appendix, Histogram, Statement
from runtime.loops.events.folder import EventRefusedError, FolderEvents
from runtime.loops.events.git import GitEvents
from runtime.loops.events.signing import KeyFile
from runtime.loops.people.statements import attested, known_keys
from runtime.loops.references import FolderReferences, digest_of, text_of
from runtime.loops.settings import LoopsError, load_settings
from tests.runtime.loops import folders


@pytest.fixture
def checkout(tmp_path):
    folders.make(tmp_path)
    return tmp_path


def appendix(root, step=0, **changes):
    loaded = load_version(root / "releases" / "models" / "minilm" / "v2")
    event = {
        "kind": "rollout",
        "date": folders.TODAY.isoformat(),
        "who": "slipway-rollout@dev",
        "record": loaded.record_digest,
        "evidence": [],
        "run": "rollout-minilm/1",
        "step": step,
        "decided_by": ["a-good-step-leads-to-the-next"],
        "policy_set": loaded.record_digest,
        "action": "step",
        "before": {"v1": 100, "v2": 0},
        "after": {"v1": 95, "v2": 5},
        "verdict": "first",
        **changes,
    }
    return Appendix(release=begin.ref(loaded), run="rollout-minilm/1", step=step, event=event)


def events(root):
    return FolderEvents(root / "releases" / "models", KeyFile.load(root / "bot.pem"))


def test_an_event_is_written_once_and_verifies(checkout):
    out = events(checkout)
    names = [out.append(appendix(checkout, step)) for step in (0, 1, 0, 1)]
    day = folders.TODAY
    assert names == [f"{day}-rollout.yaml", f"{day}-rollout-2.yaml"] * 2
    loaded = load_version(checkout / "releases" / "models" / "minilm" / "v2")
    assert [e.kind for e in loaded.events].count("rollout") == 2


def test_a_step_ten_is_not_step_one(checkout):
    out = events(checkout)
    assert out.append(appendix(checkout, 10)) != out.append(appendix(checkout, 1))


def test_a_damaged_event_is_refused_with_its_path(checkout):
    name = events(checkout).append(appendix(checkout))
    folder = checkout / "releases" / "models" / "minilm" / "v2"
    path = folder / "events" / name
    path.write_text(path.read_text().replace("v1: 95", "v1: 90").replace("v2: 5", "v2: 10"))
    with pytest.raises(ReleaseError) as caught:
        load_version(folder)
    assert caught.value.problems[0].startswith(
        f"releases/models/minilm/v2/events/{name}: signature: is not the key's over what the event says"
    )


def test_what_does_not_fit_the_schema_is_not_written(checkout):
    with pytest.raises(EventRefusedError, match=r"after should add up to 100"):
        events(checkout).append(appendix(checkout, after={"v1": 5}))
    assert not list((checkout / "releases" / "models" / "minilm" / "v2" / "events").glob("*rollout*"))


def test_events_are_commits_of_a_branch(checkout):
    def git(*words):
        return subprocess.run(  # noqa: S603 git in a folder of ours
            ["git", "-C", str(checkout), *words],  # noqa: S607 as above
            check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip

    git("init", "-q", "-b", "main")
    git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "--allow-empty", "-m", "begin")
    git("branch", "events")
    out = GitEvents(events(checkout), checkout, "events", "slipway@dev.invalid")
    name = out.append(appendix(checkout))
    assert out.append(appendix(checkout)) == name
    assert git("log", "--format=%an %s", "events").splitlines() == [
        "slipway@dev.invalid minilm-v2: rollout, by rollout-minilm/1",
        "a begin",
    ]


def said(**changes):
    statement = Statement(
        run="remedy-minilm-v1", question=1, decision="approved", who="ana@example.com", at="now", signature=""
    )
    return replace(statement, **changes)


def test_a_person_speaks_for_nobody_else(checkout):
    keys = known_keys(checkout / "people")
    ana = KeyFile.load(checkout / "ana.pem")
    assert keys.verify(attested(said(), ana)) == "ana@example.com"
    for other in (
        said(who="ben@example.com"),
        said(run="another"),
        said(question=2),
        said(decision="refused"),
    ):
        forged = replace(other, signature=attested(said(), ana).signature)
        with pytest.raises(PermissionError, match=r"^nobody who is known here signed"):
            keys.verify(forged)
    with pytest.raises(PermissionError, match=r"^nobody who is known here signed what ben"):
        keys.verify(attested(said(who="ben@example.com"), ana))


def test_a_door_speaks_for_those_whose_token_it_saw(checkout):
    assert main(["key", str(checkout / "door.pem"), str(checkout / "people" / "door.pub")]) == 0
    door = KeyFile.load(checkout / "door.pem")
    assert (
        known_keys(checkout / "people").verify(attested(said(who="eve@example.com"), door))
        == "eve@example.com"
    )


def test_facts_are_those_of_record_and_events(checkout):
    world = world_of(load_settings(checkout / "loops.yaml"))
    facts = world.releases.facts("minilm", "v2", folders.TODAY.isoformat())
    assert (facts.word, facts.steps, facts.evaluation_age_days, facts.open_incidents) == (
        "approved",
        (5, 25, 50, 100),
        0,
        0,
    )
    with pytest.raises(LookupError, match=r"there is no record of minilm v9$"):
        world.releases.facts("minilm", "v9", folders.TODAY.isoformat())


def test_a_reference_that_was_changed_is_none(tmp_path):
    histogram = Histogram(edges=(1.0, 2.0), counts=(5.0, 6.0, 7.0))
    digest = digest_of(histogram)
    path = tmp_path / f"{digest.removeprefix('sha256:')}.json"
    path.write_text(text_of(histogram))
    assert FolderReferences(tmp_path).read(digest) == histogram
    path.write_text(text_of(histogram).replace("5.0", "50.0"))
    with pytest.raises(LookupError, match=r"it was changed$"):
        FolderReferences(tmp_path).read(digest)


def change(root, **changes):
    data = yaml.safe_load((root / "loops.yaml").read_text())
    (root / "loops.yaml").write_text(yaml.safe_dump({**data, **changes}))


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"environment": "Dev", "extra": 1}, ["environment: should be lower-case", "extra: "]),
        (
            {"prometheus": {"url": "localhost", "queries": folders.QUERIES}},
            ["prometheus.url: should be an address"],
        ),
        ({"shares": {"kind": "carrier-pigeon"}}, ["shares"]),
        ({"minute_seconds": 0}, ["minute_seconds: "]),
    ],
)
def test_settings_that_are_wrong_are_named_at_once(checkout, changes, problems):
    change(checkout, **changes)
    with pytest.raises(LoopsError) as caught:
        load_settings(checkout / "loops.yaml")
    for problem in problems:
        assert any(line.startswith(problem) for line in caught.value.problems), caught.value.problems


def test_everything_that_a_worker_lacks_is_named_before_any_run(checkout, capsys):
    (checkout / "people").rename(checkout / "gone")
    (checkout / "releases" / "keys" / "bot.pub").unlink()
    policies = checkout / "policies"
    policies.mkdir()
    for path in (folders.ROOT / "policies" / "actions").iterdir():
        (policies / path.name).write_bytes(path.read_bytes())
    text = (policies / "remedy.cedar").read_text()
    (policies / "remedy.cedar").write_text(text.replace("context.others", "context.othres", 1))
    change(checkout, policies=str(policies))
    assert main(["check", "--settings", str(checkout / "loops.yaml")]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "the loops cannot run:"
    assert "    remedy.cedar:3: a-canary-loses-its-traffic: attribute `othres` in context" in lines[2]
    assert f"  {checkout}/people: holds no key (*.pub): nobody could answer a run" in lines
    assert lines[-1] == (
        f"  events: the public half of the key stands in no file of {checkout}/releases/keys; commit it there"
    )


@pytest.mark.parametrize(
    ("candidate", "changes", "said"),
    [
        ("v3", {}, "minilm v3 cannot be read:"),
        ("v1", {}, "minilm: v1 cannot take over from itself"),
        (
            "v4",
            {"rollout": {"steps": [5, 100]}},
            "releases/models/minilm/v4/release.yaml: rollout.driver: is 'stack'",
        ),
        (
            "v5",
            {"rollout": {**folders.ROLLOUT, "steps": [50, 25, 100]}},
            "steps should rise (got [50, 25, 100])",
        ),
        (
            "v6",
            {"rollout": {**folders.ROLLOUT, "abort": [{"metric": "time-to-first-token-p95-ms", "above": 5}]}},
            "exports no such series",
        ),
    ],
)
def test_a_rollout_that_may_not_begin_says_why(checkout, candidate, changes, said):
    if changes:
        folders.write_version(checkout / "releases" / "models", candidate, **changes)
    settings = load_settings(checkout / "loops.yaml")
    with pytest.raises(LoopsError) as caught:
        begin.rollout_request(settings, "minilm", "v1", candidate, "ana@example.com")
    assert said in str(caught.value)


def test_bounds_are_the_record_s_and_a_minute_may_be_shorter(checkout):
    settings = load_settings(checkout / "loops.yaml")
    bounds = begin.rollout_request(settings, "minilm", "v1", "v2", "ana@example.com").bounds
    assert (bounds.steps, bounds.hold_seconds, bounds.minimum_requests) == ((5, 25, 50, 100), 2.0, 100)
    assert [(a.metric, a.above) for a in bounds.aborts] == [("error-rate", 0.02), ("latency-p95-ms", 500.0)]


def test_a_run_knows_from_its_record_who_may_not_approve_it(checkout):
    rollout = {**folders.ROLLOUT, "four_eyes": True}
    folders.write_version(checkout / "releases" / "models", "v2", rollout=rollout)
    people = {"ana@example.com": {"roles": ["approver"], "same_as": ["a.na@example.com"]}}
    (checkout / "releases" / "people.yaml").write_text(yaml.safe_dump({"people": people}))
    settings = load_settings(checkout / "loops.yaml")
    bounds = begin.rollout_request(settings, "minilm", "v1", "v2", "ana@example.com").bounds
    hands = ("a.na@example.com", "ana@example.com", "risk@example.com")
    assert (bounds.four_eyes, bounds.no_approvers) == (True, hands)
    facts = world_of(settings).releases.facts("minilm", "v2", folders.TODAY.isoformat())
    assert (facts.four_eyes, facts.no_approvers) == (True, hands[2:])


def test_a_key_that_is_nobody_s_begins_nothing(checkout, capsys):
    key = checkout / "bot.pem"
    words = ["rollout", "minilm", "v1", "v2", "--key", str(key), "--settings", str(checkout / "loops.yaml")]
    assert main(words) == 2
    assert capsys.readouterr().err == f"--key {key}: this key belongs to nobody who is known here\n"


def test_temporal_that_is_away_is_one_line(checkout, capsys):
    assert main(["runs", "--settings", str(checkout / "loops.yaml")]) == 2
    assert capsys.readouterr().err.startswith("temporal.address: 127.0.0.1:1 does not answer: ")


def test_the_private_key_is_its_owner_s_alone(checkout):
    assert Path(checkout / "ana.pem").stat().st_mode & 0o777 == 0o600
    assert main(["key", str(checkout / "ana.pem"), str(checkout / "other.pub")]) == 2
