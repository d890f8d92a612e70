"""In whatever order resources come, every report says the same: byte for byte."""

import random
from dataclasses import replace
from datetime import date

import pytest

from gate.checkov.opinion import not_asked
from gate.evaluate.judgement import assess
from gate.render.json_text import as_json
from gate.render.junit import as_junit
from gate.render.markdown import as_markdown
from gate.render.page.page import as_html
from gate.render.sarif import as_sarif
from policies.engine.evaluate import judge
from policies.engine.graph import UNKNOWN, Graph
from policies.packs import ALL
from tests.captured import STACKS, captured


def reports(resources):
    report, used = assess(
        Graph(resources),
        subject="test",
        stack="test",
        today=date(2026, 11, 28),
        waivers={},
        opinion=not_asked("not asked"),
    )
    return (
        used,
        as_json(report.as_data()),
        as_markdown(report),
        as_html(report, {}),
        as_json(as_sarif(report)),
        as_junit(report),
    )


def findings(resources):
    """What rules find in an order as it comes, as the policy pack's do.

    A rule that asks whether some neighbour is there may stop at one that says yes, before it meets one that is not
    known: what is undecided may then differ. The gate itself sorts first.
    """
    said = judge(Graph(resources), ALL)
    return said.findings, said.faults


def damaged(resources):
    """Every third resource without one of its properties: findings and open questions have an order too."""
    made = []
    for number, resource in enumerate(resources):
        keys = sorted(resource.inputs)
        if not keys or number % 3 == 0:
            made.append(resource)
        elif number % 3 == 1:
            made.append(
                replace(
                    resource,
                    inputs={k: v for k, v in resource.inputs.items() if k != keys[number % len(keys)]},
                )
            )
        else:
            made.append(replace(resource, inputs={**resource.inputs, keys[number % len(keys)]: UNKNOWN}))
    return made


@pytest.mark.parametrize("change", [list, damaged], ids=["as-committed", "damaged"])
@pytest.mark.parametrize("name", STACKS)
def test_shuffling_resources_changes_no_report(name, change):
    resources = change(captured(name).graph.resources)
    expected, said = reports(resources), findings(resources)
    for order in (list(reversed(resources)), random.Random(1).sample(resources, len(resources))):  # noqa: S311 an order, no secret
        assert findings(order) == said
        assert reports(order) == expected
