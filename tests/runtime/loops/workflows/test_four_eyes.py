"""Two people answer for a promotion: whoever began the run or had a hand in the version says no, and never yes."""

from dataclasses import replace

import pytest

from runtime.loops.events.signing import KeyFile, make_key
from runtime.loops.settings import LoopsError
from runtime.loops.starting import Answer, answer
from tests.runtime.loops.examples import BOUNDS
from tests.runtime.loops.memory import Parts
from tests.runtime.loops.workflows.test_rollout import ASKS, CONFIDENTIAL, statement, walk  # noqa: F401 a fixture


def test_who_began_it_does_not_approve_it_where_four_eyes_are_asked_for(walk):  # noqa: F811 the fixture
    parts = Parts(v1=100)
    parts.releases.known["v2"] = CONFIDENTIAL

    async def approve(handle, environment):
        await environment.sleep(5 * 3600)
        await handle.signal("decide", statement(who="ana@example.org"))

    outcome, status = walk(parts, approve, environment="prod", bounds=replace(BOUNDS, four_eyes=True))
    assert outcome["result"] == "rolled back"
    assert outcome["reason"] == f"refused by nobody, {ASKS}"
    assert any(
        line.endswith("ana@example.org had a hand in it; somebody else approves") for line in status["lines"]
    )


def test_the_question_stays_open_for_others_where_its_author_said_yes(walk):  # noqa: F811 the fixture
    parts = Parts(v1=100)
    parts.releases.known["v2"] = CONFIDENTIAL
    bounds = replace(BOUNDS, four_eyes=True, no_approvers=("maker@example.org",))

    async def approve(handle, environment):
        await environment.sleep(5 * 3600)
        status = await handle.query("status")
        assert status["asked"]["no_approvers"] == ["ana@example.org", "maker@example.org"]
        for who in ("ana@example.org", "maker@example.org", "ben@example.org"):
            await handle.signal("decide", statement(who=who))

    outcome, _ = walk(parts, approve, environment="prod", bounds=bounds)
    assert outcome["result"] == "promoted"
    assert [e["who"] for e in parts.events.said if e["kind"] == "decision"] == ["ben@example.org"]


def test_an_author_s_no_counts(walk):  # noqa: F811 the fixture
    parts = Parts(v1=100)
    parts.releases.known["v2"] = CONFIDENTIAL

    async def refuse(handle, environment):
        await environment.sleep(5 * 3600)
        await handle.signal("decide", statement(decision="refused", who="ana@example.org"))

    outcome, _ = walk(parts, refuse, environment="prod", bounds=replace(BOUNDS, four_eyes=True))
    assert outcome["reason"] == f"refused by ana@example.org, {ASKS}"


@pytest.mark.parametrize("who", ["ana@example.org", "maker@example.org"])
def test_four_eyes_that_the_record_asks_for_meanwhile_are_held_by_policy(walk, who):  # noqa: F811 the fixture
    """The run began without them; the activity that acts reads the record again."""
    parts = Parts(v1=100)
    parts.releases.known["v2"] = CONFIDENTIAL | {"four_eyes": True, "no_approvers": ("maker@example.org",)}

    async def approve(handle, environment):
        await environment.sleep(5 * 3600)
        await handle.signal("decide", statement(who=who))

    outcome, _ = walk(parts, approve, environment="prod")
    assert (outcome["result"], outcome["reason"]) == ("rolled back", "who-began-it-does-not-approve-it")


def test_whoever_may_not_approve_is_told_before_anything_is_sent(walk, tmp_path):  # noqa: F811 the fixture
    parts = Parts(v1=100)
    parts.releases.known["v2"] = CONFIDENTIAL
    make_key(tmp_path / "ana.pem", tmp_path / "ana.pub")

    async def approve(handle, environment):
        await environment.sleep(5 * 3600)
        said = Answer(run=handle.id, decision="approved", who="ana@example.org")
        with pytest.raises(LoopsError, match=r"asks for another pair of eyes: ana@example\.org began it"):
            await answer(environment.client, said, KeyFile.load(tmp_path / "ana.pem"))
        await handle.signal("decide", statement(decision="aborted", question=0))

    outcome, status = walk(parts, approve, environment="prod", bounds=replace(BOUNDS, four_eyes=True))
    assert outcome["reason"] == "ended by ben@example.org"
    assert not any("had a hand in it" in line for line in status["lines"])
