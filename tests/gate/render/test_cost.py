"""A stack's cost on the page and in Markdown."""

import re

from gate.render.markdown import as_markdown, cost_as_markdown
from gate.render.page.page import as_html
from gate.report.cost import cost
from gate.report.report import Report
from policies.engine.graph import Graph
from tests.gate.render.test_formats import HOSTILE
from tests.policies.analysis.cost.test_bill import NAT, model
from tests.policies.analysis.machines.examples import group, pods, pool


def _report(*resources, region="eu-central-1"):
    found = cost(Graph(resources), region, profile="lean", budget=5000)
    return Report(subject="stack x", judged_on="2026-11-29", resources=(), cost=found)


GIVEN = _report(NAT, pool(), model(), group(nodes=3))


def _text(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main")[2]))


def test_markdown_says_headline_planes_pools_releases_and_positions():
    said = as_markdown(GIVEN)
    assert (
        "**$1,459 to $1,459 a month** in eu-central-1, at list prices read on 2026-11-29; "
        "`network.cost` is `lean`; the budget is $5,000."
    ) in said
    assert "| platform plane | $567 | $567 |\n| data plane | $892 | $892 |\n" in said
    assert "| NodePool gpu | $892 | $892 |\n| of it chat/v1 | $892 | $892 |\n" in said
    assert "| NAT gateways |  | 1 | $37.96 | $38 | $38 |" in said
    assert cost_as_markdown(GIVEN.cost, "stack x").startswith("# stack x\n\n**$1,459 to")


def test_the_page_says_the_same_with_a_bar_that_is_described():
    page = as_html(GIVEN, {})
    said = _text(page)
    assert '<a href="#cost">' in page
    assert "$1,459 to $1,459 a month in eu-central-1" in said
    assert "data plane $892 $892" in said
    assert 'aria-label="Least: platform $38, models $892, idle machines $529"' in page
    widths = [float(width) for width in re.findall(r"flex:0 0 ([\d.]+)%", page)]
    assert abs(sum(widths[:3]) - 100) < 0.1


def test_what_is_unknown_is_said_and_no_bar_is_broken_by_it():
    nothing = _report(NAT, region="sa-east-1")
    assert "at least $0 to $0 a month (1 without a known price)" in as_markdown(nothing)
    assert "Without a price, and in no total: NAT gateways." in as_markdown(nothing)
    assert "no price NAT gateways" in _text(as_html(nothing, {}))


def test_without_a_bill_nothing_is_said():
    nothing = Report(subject="files", judged_on="2026-11-29", resources=())
    assert "## Cost" not in as_markdown(nothing)
    assert 'id="cost"' not in as_html(nothing, {})


def test_names_of_others_stay_text():
    page = as_html(_report(pool(HOSTILE), pods(HOSTILE, on=HOSTILE)), {})
    assert page.count("<script") == 1
    assert "<img" not in page
