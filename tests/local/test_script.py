"""The script of docs/local.md: a canary loses its traffic, a record's limit, a killed worker, a person who is asked."""

from releases.load import load_releases
from tools.local.processes import is_alive
from tools.local.state import read


def test_a_canary_that_burns_the_budget_loses_its_traffic(machine):
    said = machine.up()
    assert "This is not a cluster" in said
    assert "no mesh, no KServe controllers" in " ".join(said.split())
    assert machine.shares() == {"v1": 100, "v2": 0}

    machine.local("canary", "minilm", "v2")
    machine.until(lambda: machine.shares()["v2"] >= 10, "the canary's first step")
    # Fewer failures than the record's own limit, and more than the budget bears: the alert has to act.
    machine.local("break", "v2", "--errors", "0.4")
    machine.until(lambda: machine.shares() == {"v1": 100, "v2": 0}, "the end of v2's traffic")
    machine.until(lambda: machine.run("remedy-minilm-v2").get("ended"), "the end of the remedy")
    machine.until(lambda: machine.run("rollout-minilm").get("ended"), "the end of the rollout")
    assert machine.run("remedy-minilm-v2")["state"].startswith("taken away: ErrorBudgetBurn")

    taken, *steps, incident = machine.events("v2")
    # The fault may come before the second step or after it; what failed never goes on.
    walked = [step["after"]["v2"] for step in steps]
    assert walked == [10, 25, 50][: len(walked)]
    assert (taken["action"], taken["before"]["v2"], taken["after"]) == (
        "take-away",
        walked[-1],
        {"v1": 100, "v2": 0},
    )
    assert (incident["kind"], incident["severity"]) == ("incident", "high")
    assert taken["verified"] is True
    assert taken["decided_by"] == ["a-canary-loses-its-traffic"]
    assert taken["who"] == "slipway-remedy@local"
    # Every event is one of the schema, signed by the key that lies beside the records: or nothing loads.
    loaded = load_releases(machine.layout.models)["minilm"]["v2"]
    assert [incident.severity for incident in loaded.state.open_incidents] == ["high"]

    # No second try beside what is open, whatever v2 answers now.
    machine.local("mend", "v2")
    machine.local("canary", "minilm", "v2")
    machine.until(lambda: machine.run("rollout-minilm").get("ended"), "the refusal of a second canary")
    assert machine.run("rollout-minilm")["state"].startswith("refused: ")
    assert "no-step-beside-an-open-incident" in machine.run("rollout-minilm")["state"]
    assert machine.shares() == {"v1": 100, "v2": 0}

    state = read(machine.layout.state)
    machine.local("down")
    assert [one.name for one in state.processes if is_alive(one)] == []
    assert machine.slipway("local", "down").stdout == "nothing runs\n"


def test_what_the_records_own_limit_catches_goes_back_without_an_alert(machine):
    machine.up()
    machine.local("canary", "minilm", "v2")
    machine.until(lambda: machine.shares()["v2"] >= 10, "the canary's first step")
    machine.local("break", "v2", "--errors", "1")
    machine.until(lambda: machine.run("rollout-minilm").get("ended"), "the end of the rollout")
    assert machine.run("rollout-minilm")["state"].startswith("rolled back")
    assert machine.shares() == {"v1": 100, "v2": 0}
    back = [e for e in machine.events("v2") if e["kind"] == "rollout"][-1]
    assert (back["action"], back["after"], back["decided_by"]) == (
        "rollback",
        {"v1": 100, "v2": 0},
        ["back-is-always-allowed"],
    )
    assert "error-rate" in back["verdict"]


def test_a_killed_worker_leaves_no_step_out_and_none_twice(machine):
    machine.up()
    machine.local("canary", "minilm", "v2")
    machine.until(lambda: machine.shares()["v2"] >= 10, "the canary's first step")
    before = read(machine.layout.state).named("worker")
    machine.local("kill")
    assert not is_alive(before)
    machine.until(lambda: machine.shares() == {"v1": 0, "v2": 100}, "the promotion")
    steps = [e["after"]["v2"] for e in machine.events("v2") if e.get("action") in ("step", "promotion")]
    assert steps == [10, 25, 50, 100]


def test_a_drift_waits_for_a_person_and_does_what_they_say(machine):
    machine.up()
    machine.local("drift")
    machine.until(lambda: machine.run("drift-minilm").get("asks"), "the question of the drift")
    assert machine.run("drift-minilm")["asks"] == (
        "take 100 per cent away from minilm-v1: drift of input-characters"
    )
    machine.local("kill")  # the question is Temporal's, not the worker's
    machine.local("refuse", "drift-minilm")
    machine.until(lambda: len(machine.events("v1")) == 2, "the refusal's event")
    assert machine.shares() == {"v1": 100, "v2": 0}

    # It is told once until it was quiet again.
    machine.local("drift", "--over")
    machine.until(lambda: "input-characters: quiet" in machine.told("drift-minilm"), "a quiet window")
    machine.local("drift")
    machine.until(lambda: machine.run("drift-minilm").get("asks"), "the second question")
    done = machine.slipway("approve", "drift-minilm", "--settings", str(machine.layout.loops))
    assert done.returncode == 0, done.stdout + done.stderr
    machine.until(lambda: machine.shares() == {"v1": 0, "v2": 100}, "the end of v1's traffic")
    machine.until(lambda: len(machine.events("v1")) == 6, "the incident")
    told = [(e["kind"], e.get("decision") or e.get("action"), e["who"]) for e in machine.events("v1")]
    assert sorted(told[:5]) == sorted(
        [
            ("drift", None, "slipway-drift@local"),
            ("decision", "refused", "bo@example.com"),
            ("drift", None, "slipway-drift@local"),
            ("decision", "approved", "bo@example.com"),
            ("rollout", "take-away", "slipway-drift@local"),
        ]
    )
    # Every event is one of the schema and verifies, or nothing loads.
    assert len(load_releases(machine.layout.models)["minilm"]["v1"].state.open_incidents) == 1


def test_the_triage_agent_asks_before_a_canary_loses_its_traffic(machine):
    machine.up()
    assert "alerts begin incident-triage now, and no remedy beside it" in machine.local("triage")
    assert machine.slipway("local", "triage").stderr.strip() == "the triage agent runs already"
    machine.local("canary", "minilm", "v2")
    machine.until(lambda: machine.shares()["v2"] >= 10, "the canary's first step")
    machine.local("break", "v2", "--errors", "0.4")

    def runs():
        return [run for run in machine.status()["runs"] or () if run["run"].startswith("agent-")]

    machine.until(lambda: any(run["asks"] for run in runs()), "the agent's question")
    (run,) = runs()
    assert run["asks"].startswith("step 2.0: take-away (irreversible); its arguments and what undoes it: ")
    # However long the alerts go on, nothing takes the traffic away before somebody says so.
    before = machine.shares()
    assert before["v2"] > 0
    shown = machine.local("journal", run["run"])
    assert "'tool': 'take-away'" in shown
    assert "'version': 'v2'" in shown

    machine.local("approve", run["run"])
    machine.until(lambda: machine.run(run["run"]).get("ended"), "the end of the agent's run")
    assert machine.run(run["run"])["state"].startswith("done")
    assert machine.shares() == {"v1": 100, "v2": 0}
    told = [(e["kind"], e.get("action") or e.get("severity"), e["who"]) for e in machine.events("v2")]
    assert ("rollout", "take-away", "slipway-remedy@local") in told
    assert ("incident", "high", "slipway-remedy@local") in told
    journal = machine.local("journal", run["run"])
    assert "take-away: ask (a-person-is-asked-before-an-effect)" in journal
    assert "take-away: allowed (a-person-approved-this-step)" in journal
    assert "Its traffic is away, and figures show it." in journal
    # However many alerts told of it, it was one run.
    assert [one["run"] for one in runs()] == [run["run"]]
