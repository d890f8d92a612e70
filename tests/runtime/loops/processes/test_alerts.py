"""Alerts and answers over HTTP, policies that change, a Prometheus that is away: with real processes."""

import json
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from runtime.loops.events.signing import make_key
from tests.runtime.loops import folders
from tests.runtime.loops.people.test_tokens import JWK, token
from tests.runtime.loops.processes.stack import until

CANARY = {"v1": 80, "v2": 20}


def canary(stack, **shares):
    folders.routes(stack.root / "edge" / "routes.json", **(shares or CANARY))
    stack.prometheus.errors["v2"] = 0.3


def test_an_alert_takes_a_canary_s_traffic_within_seconds_and_figures_show_it(stack):
    stack.start("remedy")
    receiver = stack.receive()
    canary(stack)
    begun = time.monotonic()
    # The alert names the model alone, as alerts of objectives do; figures say which version it is.
    assert receiver.alert("ErrorBudgetBurnFast") == (200, {"runs": ["remedy-minilm-v2"]})
    until(lambda: stack.share() == 0, "traffic away", 20)
    away = time.monotonic() - begun
    until(lambda: ("rollout", "take-away") in stack.told(), "verified", 40)
    print(f"alert to traffic away {away:.2f} s, verified {time.monotonic() - begun:.2f} s")  # noqa: T201 a measurement
    assert stack.events()[0]["verified"] is True


def test_an_alert_where_no_canary_is_worse_is_the_stable_s(stack):
    stack.start("remedy")
    receiver = stack.receive()
    canary(stack)
    stack.prometheus.errors = {"v1": 0.3, "v2": 0.0}
    assert receiver.alert("ErrorBudgetBurnFast") == (200, {"runs": ["remedy-minilm-v1"]})
    until(lambda: stack.status("remedy-minilm-v1")["asked"], "the question")
    assert stack.share("v1") == 80


def test_four_alerts_at_once_are_one_run_and_one_event(stack):
    stack.start("remedy")
    receiver = stack.receive()
    canary(stack)
    stack.prometheus.errors = {}
    with ThreadPoolExecutor(4) as four:
        answers = list(four.map(lambda n: receiver.alert(f"Burn{n}", version="v1"), range(4)))
    assert answers == [(200, {"runs": ["remedy-minilm-v1"]})] * 4
    until(lambda: stack.status("remedy-minilm-v1")["asked"], "the question")
    runs = json.loads(stack.command("runs", "--format", "json"))
    assert [run["run"] for run in runs] == ["remedy-minilm-v1"]
    stack.command("approve", "remedy-minilm-v1", "--key", str(stack.root / "ben.pem"))
    until(lambda: ("incident", "high") in stack.told("v1"), "taken away")
    assert sorted(stack.told("v1")) == [
        ("decision", "approved"),
        ("incident", "high"),
        ("rollout", "take-away"),
    ]
    assert stack.share("v2") == 100


def test_what_is_no_webhook_is_refused_and_what_is_too_early_is_tried_again(stack):
    stack.start("remedy")
    receiver = stack.receive()
    assert receiver.post("/alerts", b"{}")[0] == 400
    assert receiver.post("/alerts", b"x" * 1_000_001)[0] == 400
    assert receiver.post("/else", b"{}")[0] == 404
    assert receiver.post("/decide", b"{}", authorization="Bearer x") == (
        403,
        {"error": "this door takes no tokens: people.issuer and people.door are not set"},
    )
    code, said = receiver.alert("Burn", version="v9")
    assert (code, said["error"].splitlines()[0]) == (409, "minilm v9 cannot be read:")
    stack.prometheus.away = True
    assert receiver.alert("ErrorBudgetBurnFast")[0] == 503


def test_who_answers_over_http_is_whose_token_it_is(stack):
    door = stack.root / "door.pem"
    make_key(door, stack.root / "people" / "door.pub")
    (stack.root / "jwks.json").write_text(json.dumps({"keys": [JWK]}))
    issuer = {
        "issuer": "https://id.example.com",
        "audience": "slipway",
        "jwks": str(stack.root / "jwks.json"),
    }
    stack.change(people={"keys": str(stack.root / "people"), "door": str(door), "issuer": issuer})
    stack.start("remedy")
    receiver = stack.receive()
    canary(stack)
    receiver.alert("Burn", version="v1")
    until(lambda: stack.status("remedy-minilm-v1")["asked"], "the question")
    body = json.dumps({"run": "remedy-minilm-v1", "decision": "refused", "who": "eve@example.com"}).encode()
    assert receiver.post("/decide", body, authorization="Bearer forged")[0] == 403
    now = datetime.now(UTC)
    theirs = token(iat=now, exp=now + timedelta(minutes=5))
    said = receiver.post("/decide", body, authorization=f"Bearer {theirs}")
    assert said == (200, {"who": "ana@example.com"})
    until(lambda: stack.told("v1") == [("decision", "refused")], "the decision")
    assert stack.events("v1")[0]["who"] == "ana@example.com"
    history = stack.command("replay", "remedy-minilm-v1", "--save", str(stack.root / "kept"))
    assert "replays" in history
    assert theirs[:20] not in (stack.root / "kept" / "remedy-minilm-v1.json").read_text()


def test_a_policy_that_changes_in_mid_run_counts_from_the_next_act_on(stack):
    policies = stack.root / "policies"
    shutil.copytree(folders.ROOT / "policies" / "actions", policies)
    stack.change(policies=str(policies))
    worker = stack.start("rollout")
    stack.command("rollout", "minilm", "v1", "v2", "--key", str(stack.root / "ana.pem"))
    until(lambda: stack.share() == 5, "the first step")
    stack.kill(worker)
    path = policies / "rollout.cedar"
    path.write_text(
        path.read_text().replace("context.step_allowed && context.held &&", "context.share <= 5 &&", 1)
    )
    stack.start("rollout")
    until(
        lambda: "stays at 5: no policy permits it" in "\n".join(stack.status("rollout-minilm")["lines"]),
        "it stays",
    )
    assert stack.share() == 5
    stack.command("abort", "rollout-minilm", "--key", str(stack.root / "ben.pem"))
    until(lambda: ("rollout", "rollback") in stack.told(), "taken back")
    first, last = stack.events()[0], stack.events()[-1]
    assert first["policy_set"] != last["policy_set"]
    assert last["verdict"] == "ended by ben@example.com"


def test_a_prometheus_that_is_away_holds_the_step_and_then_takes_it_back(stack):
    stack.start("rollout")
    stack.command("rollout", "minilm", "v1", "v2", "--key", str(stack.root / "ana.pem"))
    until(lambda: stack.share() == 5, "the first step")
    stack.prometheus.away = True
    time.sleep(3)
    assert stack.share() == 5
    stack.prometheus.away = False
    until(lambda: stack.share() >= 25, "the second step", 60)


def test_a_run_replays_with_today_s_code(stack):
    stack.start("remedy")
    canary(stack)
    stack.receive().alert("Burn", version="v2")
    until(lambda: ("rollout", "take-away") in stack.told(), "taken away")
    said = stack.command("replay", "remedy-minilm-v2", "--save", str(stack.root / "kept"))
    assert said.splitlines()[-1] == "remedy-minilm-v2: replays"
    assert Path(stack.root / "kept" / "remedy-minilm-v2.json").is_file()
