"""Histories that were recorded replay with today's code; a workflow that goes another way is found."""

import json
from pathlib import Path

import pytest

from runtime.loops.replay import recorded, replayed, saved
from runtime.loops.settings import LoopsError

FOLDER = Path(__file__).parent / "histories"
HISTORIES = recorded(FOLDER)


def test_every_kind_of_workflow_has_histories():
    kinds = {path.stem.partition("-")[0] for path in FOLDER.glob("*.json")}
    assert kinds == {"rollout", "remedy", "evaluate", "drift", "end"}


@pytest.mark.parametrize("history", HISTORIES, ids=lambda h: h.workflow_id)
def test_a_recorded_history_replays(loop, history):
    assert loop.run(replayed([history])) == {history.workflow_id: ""}


def test_code_that_goes_another_way_is_found(loop, tmp_path):
    text = (FOLDER / "remedy-canary.json").read_text()
    assert text.count('"set-shares"') == 1
    (tmp_path / "remedy-canary.json").write_text(text.replace('"set-shares"', '"set-other"'))
    found = loop.run(replayed(recorded(tmp_path)))
    assert found["remedy-canary"].startswith("NondeterminismError: ")


def test_no_prompt_and_no_token_stands_in_a_history():
    for path in FOLDER.glob("*.json"):
        events = json.loads(path.read_text())["events"]
        assert max(len(json.dumps(event)) for event in events) < 20_000


def test_a_history_is_saved_as_it_was_read(tmp_path):
    saved(HISTORIES[0], tmp_path)
    assert recorded(tmp_path)[0].events == HISTORIES[0].events


def test_a_folder_without_histories_is_refused(tmp_path):
    with pytest.raises(LoopsError, match=r"holds no history \(\*\.json\)"):
        recorded(tmp_path)
    (tmp_path / "x.json").write_text("[")
    with pytest.raises(LoopsError, match="cannot be read as histories"):
        recorded(tmp_path)
