"""What must hold whatever stands in a file: one clear error, or the same report in every order, without faults."""

import json
import random
import tempfile
from datetime import date
from pathlib import Path

from gate.checkov.opinion import not_asked
from gate.core.errors import GateError
from gate.evaluate.judgement import assess
from gate.ingest.adapters import read_paths
from gate.render.markdown import as_markdown
from gate.report.report import EXIT_CODES
from policies.engine.graph import Graph

TODAY = date(2026, 11, 23)
LONGEST = 2000
"""Characters of one problem: what people can read, whatever the input was."""


def judged(content: bytes, suffix: str) -> str:
    """The verdict on a file, or ``refused``; everything else is a failed assertion."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"file{suffix}")
        path.write_bytes(content)
        try:
            graph = read_paths([path])
        except GateError as error:
            problems = error.problems
        else:
            return passed_or_failed(graph, path)
    assert problems
    assert all(len(problem) < LONGEST for problem in problems)
    return "refused"


def passed_or_failed(graph: Graph, path: Path) -> str:
    """The verdict: the same when it is asked again, and in every order."""
    first = report(graph)
    again = report(read_paths([path]))
    assert first == again, "the same file has two reports"
    shuffled = list(graph)
    random.Random(len(shuffled)).shuffle(shuffled)  # noqa: S311 an order, no secret
    assert first == report(Graph(shuffled)), "the order of the resources changes the report"
    assert json.loads(first)["faults"] == [], "a rule fell over what people may write"
    return str(json.loads(first)["verdict"])


def report(graph: Graph) -> str:
    """The report as data, in which resources stand in the order of their names."""
    made, _ = assess(
        graph, subject="x", stack="files", today=TODAY, waivers={}, opinion=not_asked("not asked")
    )  # fmt: skip
    data = made.as_data()
    assert data["verdict"] in EXIT_CODES
    as_markdown(made)
    data["resources"].sort(key=lambda resource: resource["urn"])
    return json.dumps(data)
