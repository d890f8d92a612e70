"""A real browser on real reports. Not part of ``make test``: ``make test-browser`` runs it."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from gate.checkov.opinion import not_asked
from gate.evaluate.apply_waivers import load_waivers
from gate.evaluate.audit import QUESTIONS, Asked
from gate.evaluate.judgement import assess
from gate.render.page.agent_page import agent_page
from gate.render.page.audit_page import audit_page
from gate.render.page.compliance_page import compliance_page
from gate.render.page.model_page import index_page, model_page, summary
from gate.render.page.page import as_html
from gate.report.agent_card import agent_cards
from gate.report.compliance import compliance
from gate.report.model_card import model_cards
from gate.report.report import ModelTraffic
from gate.report.served import serving
from policies.engine.evaluate import Finding, Undecided
from stacks.load import read_stack, stack_names
from tests.captured import captured
from tests.conftest import ROOT

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ALONE = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
TRAFFIC = (
    ModelTraffic(model="minilm", shares=(("v1", 100),), words="100 % v1"),
    ModelTraffic(
        model="support-chat",
        shares=(("v1", 99), ("v2", 1), ("v3", 0)),
        words="99 % v1, 1 % v2 (candidate); a controller moves shares from here on: the stack's percent only counts "
        "at creation; v3 is kept warm without traffic (2 x g6.2xlarge, 46.92 USD a day on demand in us-east-1), and "
        "can answer again at once. Take it out of versions after 72 hours",
    ),
)
"""What the stack file says, and what it can say at most."""


@pytest.fixture(scope="session")
def pages(tmp_path_factory) -> dict[str, Path]:
    """Two reports of a committed stack: as it is, and as it would be with everything that can go wrong."""
    waivers = load_waivers(ROOT / "policies" / "waivers.yaml")
    report, _ = assess(
        captured("dev").graph,
        subject="stack dev",
        stack="dev",
        today=date(2026, 11, 28),
        waivers=waivers,
        opinion=not_asked("not asked"),
        shares=TRAFFIC,
        serving=serving(read_stack("dev")),
    )
    urn = next(r.urn for r in report.resources if r.name == "cluster-control-plane")
    broken = type(report)(
        **vars(report)
        | {
            "faults": ("rule x on y: KeyError",),
            "findings": (
                Finding(
                    rule="a-rule", level="mandatory", urn=urn, message="open " + "x" * 300, fix="close it"
                ),
                Finding(rule="b-rule", level="advisory", urn=urn, message="could be better", fix="do"),
            ),
            "undecided": (Undecided(rule="c-rule", level="mandatory", urn=urn, message="not known"),),
        }
    )
    folder = tmp_path_factory.mktemp("pages")
    for name, shown in (("good", report), ("broken", broken)):
        (folder / f"{name}.html").write_text(as_html(shown, waivers), encoding="utf-8")
    stack = read_stack("dev")
    cards = model_cards(stack, report)
    agents = agent_cards(stack, report)
    (folder / "agent.html").write_text(agent_page(agents[0], report), encoding="utf-8")
    (folder / "model.html").write_text(model_page(cards[0], report), encoding="utf-8")
    (folder / "index.html").write_text(index_page([summary(report, "dev", cards, agents)]), encoding="utf-8")
    whole = compliance(report)
    # Some of each: what axe asks of a thousand rows is no other question, and takes minutes.
    some = replace(
        whole, rules=whole.rules[:30], frameworks={name: held[:8] for name, held in whole.frameworks.items()}
    )
    controls = compliance_page(some, report)
    (folder / "controls.html").write_text(controls, encoding="utf-8")
    asked = Asked(ROOT, [read_stack(name) for name in stack_names()], date(2026, 11, 28), date(2026, 11, 28))
    answers = [replace(said, rows=said.rows[:14]) for said in (ask(asked) for ask in QUESTIONS.values())]
    (folder / "audit.html").write_text(audit_page(answers, date(2026, 11, 28)), encoding="utf-8")
    return {path.stem: path for path in folder.iterdir()}


@pytest.fixture(scope="session")
def browser(pages):  # noqa: ARG001 made first: the program and the browser each want the thread's event loop
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert found, "chromium is not installed (Debian: apt-get install chromium)"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=[*ALONE])
        yield started
        started.close()


@pytest.fixture
def show(browser, pages):
    """Open a report; whatever it asks for beside itself or says in the console fails the test."""
    contexts, asked, said = [], [], []

    def opened(name="good", *, width=1280, scheme="light"):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(pages[name].as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    own = {path.as_uri() for path in pages.values()}
    assert [url for url in asked if url.partition("#")[0] not in own] == []
    assert said == []
