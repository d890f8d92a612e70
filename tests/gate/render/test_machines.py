"""Machines against pods on the page, in Markdown, in JSON and in the terminal."""

import io
import json
import re

from rich.console import Console

from gate.render import terminal
from gate.render.json_text import as_json
from gate.render.markdown import as_markdown
from gate.render.page.page import as_html
from gate.report.capacity import capacity
from gate.report.report import Report
from policies.engine.graph import Graph
from tests.gate.render.test_formats import HOSTILE
from tests.policies.analysis.machines.examples import DAEMONS, pods, pool

AGENT = pods("agent", type_=DAEMONS, cpu="100m", memory="64Mi")
CHAT = pods("chat", replicas=2, on="gpu", cpu="4", memory="8Gi", gpu=1)


def _report(*resources):
    return Report(
        subject="stack x", judged_on="2026-11-29", resources=(), capacity=capacity(Graph(resources))
    )


GIVEN = _report(pool(gpu=8), CHAT, AGENT, pods("lost", on="tpu"))
SUM = """\
| g6.2xlarge lets pods ask for | 7,910m | 29,317 MiB | 1 | 58 |
| less the pods of every node | 100m | 64 MiB | 0 | 1 |
| = for the pool's own pods, on each | 7,810m | 29,253 MiB | 1 | 57 |
| asked at least | 8,000m | 16,384 MiB | 2 | 2 |
| = left of 2 x g6.2xlarge | 7,620m | 42,122 MiB | 0 | 112 |
"""
PODS = """\
| DaemonSet models/agent | every node | 100m | 64 MiB | 0 |
| Deployment models/chat | 2 | 4,000m | 8,192 MiB | 1 |
"""


def test_markdown_has_each_pool_and_its_sum():
    text = as_markdown(GIVEN)
    assert "| NodePool gpu | 2 x g6.2xlarge | may grow to 8 GPUs; one machine missing: at worst" in text
    assert SUM in text
    assert PODS in text
    assert "In no pool's sum: Deployment models/lost: no pool in view takes it." in text


def test_the_page_has_the_same_numbers():
    page = as_html(GIVEN, {})
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main")[2]))
    assert '<a href="#machines">' in page
    for line in (*SUM.splitlines(), *PODS.splitlines()):
        assert re.sub(r"\s+", " ", line.replace("|", " ")).strip().replace("'", "&#39;") in said
    assert "Deployment models/lost: no pool in view takes it" in said


def test_the_data_has_them_too():
    data = json.loads(as_json(GIVEN.as_data()))["capacity"]
    assert data["pools"][0]["least"]["left"] == {"cpu_m": 7620, "memory_mib": 42122, "gpus": 0, "pods": 112}


def test_the_terminal_says_pools_and_what_they_mean():
    console = Console(file=io.StringIO(), width=200)
    terminal.show(GIVEN, console, details=True)
    line = next(line for line in console.file.getvalue().splitlines() if line.startswith("NodePool gpu"))
    assert "2 x g6.2xlarge" in line
    assert "may grow to 8 GPUs" in line


def test_without_a_pool_nothing_is_said():
    nothing = _report(CHAT)
    assert "## Machines" not in as_markdown(nothing)
    assert 'id="machines"' not in as_html(nothing, {})


def test_names_of_others_stay_text():
    page = as_html(_report(pool(HOSTILE), pods(HOSTILE, on=HOSTILE), pods("<img>", on="tpu")), {})
    assert page.count("<script") == 1
    assert "<img" not in page
