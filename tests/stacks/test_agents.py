"""What speaks against a stack's choice of agents; whole files of it stand in ``invalid/agents.yaml``."""

import pytest

from components.agents.agent_settings import AgentSettings
from components.loops.workers import LoopsSettings
from releases.agent import Agent
from releases.agent_load import LoadedAgent, find_agent, load_agents
from releases.checks import Environment
from releases.events import Appended
from releases.load import load_releases
from releases.people import People
from stacks.agents import agent_problems, triage_problems
from stacks.load import FOLDER, read_stack

CALLERS = {"reason": "triage-reason", "plan": "triage-plan"}


@pytest.fixture(scope="module")
def models():
    return read_stack("dev").settings.models


@pytest.fixture(scope="module")
def loaded():
    folder = FOLDER.parent / "releases"
    return find_agent(
        load_agents(load_releases(folder / "models"), folder / "agents"), "incident-triage", "v3"
    )


def changed(loaded, **sections):
    data = loaded.agent.model_dump(mode="json", exclude_unset=True)
    for name, value in sections.items():
        data[name] = {**data[name], **value}
    return LoadedAgent(Agent.model_validate(data), loaded.record_digest, loaded.appended)


def problems(loaded, models, account="111122223333", signed_decisions=False, **chosen):
    settings = AgentSettings.model_validate({"version": "v3", "callers": CALLERS, **chosen})
    found = (load_releases(), {"incident-triage": {"v3": loaded}})
    where = Environment(account=account, region="eu-central-1", signed_decisions=signed_decisions)
    return list(
        agent_problems({"incident-triage": settings}, models, found, has_loops=True, environment=where)
    )


def test_what_dev_chose_is_in_order(loaded, models):
    assert problems(loaded, models) == []


def test_an_agent_stands_where_its_model_does(loaded, models):
    assert problems(loaded, {}) == [
        (
            "agents.incident-triage: stands in the stack that runs its model, since it is a caller of it; "
            "this one runs none"
        )
    ]
    assert problems(loaded, {"minilm": models["minilm"]}) == [
        (
            "agents.incident-triage: thinks with support-chat v1 or later, and models hold minilm; "
            "serve it here, or leave "
            "the agent out"
        )
    ]


def test_a_version_that_it_was_not_made_for_is_not_thought_with(loaded, models):
    later = changed(loaded, model={"at_least": "v2"})
    assert problems(later, models) == [
        (
            "agents.incident-triage: may think with support-chat v2 or later, and "
            "models.support-chat.traffic answers with "
            "v1; release a version of the agent that was evaluated with it"
        )
    ]


def test_a_budget_of_tokens_that_no_limit_of_the_gateway_holds_is_refused(loaded, models):
    callers = {"reason": "triage-reasons", "plan": "triage-plan"}
    assert problems(loaded, models, callers=callers) == [
        (
            "agents.incident-triage.callers.reason: no caller of models.support-chat: nothing would "
            "limit its tokens; did "
            "you mean triage-reason? (got 'triage-reasons')"
        )
    ]


def test_an_agent_that_nobody_approved_or_somebody_revoked_does_not_run(loaded, models):
    measured = [appended for appended in loaded.appended if appended.event.kind == "evaluation"]
    assert problems(replace_events(loaded, tuple(measured)), models) == [
        (
            "agents.incident-triage.version: releases/agents/incident-triage/v3/events: no approval "
            "event judged this record; append "
            "one, or take the version out of the stack"
        )
    ]


def test_decisions_of_nobody_count_in_the_example_account_alone(loaded, models):
    (said,) = problems(loaded, models, account="444455556666")
    assert "model-risk@example.com is nobody: that domain is for documentation" in said
    assert said.startswith(
        "agents.incident-triage.version: releases/agents/incident-triage/v3/events/2026-11-30"
    )


def test_who_approves_an_agent_stands_in_the_list_as_an_approver(loaded, models):
    def listed(people):
        found = LoadedAgent(
            loaded.agent, loaded.record_digest, loaded.appended, people=People.model_validate(people)
        )
        return problems(found, models)

    who = "model-risk@example.com"
    assert listed({"people": {who: {"roles": ["approver"]}}}) == []
    (said,) = listed({"people": {"ana@example.com": {"roles": ["approver"]}}})
    assert said.endswith(f"{who} does not stand in releases/people.yaml; add them there, or ask who does")
    (said,) = listed({"people": {who: {"roles": ["reviewer"]}}})
    assert said.endswith("is reviewer in releases/people.yaml, and this is for somebody who is approver")


def test_an_unsigned_yes_to_an_agent_does_not_count_where_the_stack_asks(loaded, models):
    def said(*signed):
        found = LoadedAgent(loaded.agent, loaded.record_digest, loaded.appended, frozenset(signed))
        return problems(found, models, signed_decisions=True)

    (unsigned,) = said()
    assert "this stack counts signed decisions only" in unsigned
    assert unsigned.startswith(
        "agents.incident-triage.version: releases/agents/incident-triage/v3/events/2026-11-30-approval.yaml: "
    )
    assert said("2026-11-30-approval.yaml") == []


@pytest.mark.parametrize(
    ("data_class", "signed", "why"),
    [
        ("internal", False, None),
        ("internal", True, "this stack asks"),
        ("restricted", False, "data_class restricted asks"),
    ],
)
def test_who_measured_an_agent_does_not_approve_it_where_other_eyes_are_asked_for(
    loaded, models, data_class, signed, why
):
    data = loaded.agent.model_dump(mode="json", exclude_unset=True)
    data |= {"data_class": data_class}
    data["memory"] = {"retention_days": {"internal": 30, data_class: 30}}
    found = LoadedAgent(
        Agent.model_validate(data),
        loaded.record_digest,
        tuple(measured_by(appended, "model-risk@example.com") for appended in loaded.appended),
        frozenset({"2026-11-30-approval.yaml"}),
        loaded.people,
    )

    wrong = [
        line.partition(": who: ")[2]
        for line in problems(found, models, signed_decisions=signed)
        if "eyes" in line
    ]

    assert wrong == (
        [
            f"model-risk@example.com measured it too, and {why} for another pair of eyes; somebody else approves"
        ]
        if why
        else []
    )


def measured_by(appended, who):
    event = appended.event
    if event.kind != "evaluation":
        return appended
    figure = event.evaluation.model_copy(update={"by": who})
    return Appended(event.model_copy(update={"evaluation": figure}), appended.name)


def replace_events(loaded, events):
    return LoadedAgent(loaded.agent, loaded.record_digest, events)


def test_a_host_outside_the_cluster_needs_its_addresses(loaded, models):
    tools = {
        name: tool.model_dump(mode="json", exclude_unset=True) for name, tool in loaded.agent.tools.items()
    }
    tools["read-alerts"]["reaches"] = "https://alerts.example.com"
    assert problems(changed(loaded, tools=tools), models) == [
        (
            "agents.incident-triage.addresses.alerts.example.com: is required: a tool of "
            "incident-triage-v3 reaches it, "
            "and no way leads there"
        )
    ]


NO_AGENT = "loops.triage.agent: no agent of this stack: alerts would begin runs that nothing works on"


def triage(agents, *, runs_models=True, **chosen):
    repository = {"url": "https://git.example.com/ml/slipway.git", "ranges": ["192.0.2.10/32"]}
    asked = {"agent": "incident-triage", "version": "v2", **chosen}
    loops = LoopsSettings.model_validate({"repository": repository, "triage": asked})
    return list(triage_problems(loops, agents, runs_models=runs_models))


def test_alerts_begin_an_agent_that_runs_here_in_its_version():
    running = {
        "incident-triage": AgentSettings.model_validate({"version": "v2", "callers": CALLERS}),
    }
    assert triage(running) == []
    assert triage(running, version="v1") == [
        "loops.triage.version: should be v2, which agents.incident-triage runs (got 'v1')"
    ]
    assert triage(running, agent="incident-triag") == [
        f"{NO_AGENT}; did you mean incident-triage? (got 'incident-triag')"
    ]
    assert triage({}) == [f"{NO_AGENT}; add it to agents, or leave triage out (got 'incident-triage')"]
    # A platform whose models and agents are another stack's: that one is asked, which loads this one first.
    assert triage({}, runs_models=False) == []
    assert list(triage_problems(None, {}, runs_models=True)) == []
