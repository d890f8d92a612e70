"""Whatever stands in a file, reading and judging it ends in records or one clear error, never in anything else."""

import json
import tempfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gate.checkov.opinion import not_asked
from gate.core.errors import GateError
from gate.evaluate.judgement import assess
from gate.ingest.adapters import read_paths
from gate.report.report import EXIT_CODES

SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab*&{}:/-", max_size=5)
KINDS = st.sampled_from(["Pod", "List", "Gateway", "Service", "Secret"]) | SCALARS
KEYS = st.sampled_from(
    ["apiVersion", "kind", "metadata", "spec", "items", "name", "containers", "template", "data"]
)
DATA = st.recursive(
    SCALARS, lambda below: st.lists(below, max_size=3) | st.dictionaries(KEYS, below, max_size=4)
)
OBJECTS = st.fixed_dictionaries({"apiVersion": st.just("v1"), "kind": KINDS, "metadata": DATA, "spec": DATA})


def judged(content: bytes, suffix: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"file{suffix}")
        path.write_bytes(content)
        with suppress(GateError):
            graph = read_paths([path])
            report, _ = assess(
                graph,
                subject="x",
                stack="files",
                today=date(2026, 11, 23),
                waivers={},
                opinion=not_asked("x"),
            )
            json.dumps(report.as_data())
            assert report.verdict in EXIT_CODES
            assert report.faults == (), "a rule fell over what people may write"


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.binary(max_size=60), st.sampled_from([".yaml", ".json"]))
def test_bytes(content, suffix):
    judged(content, suffix)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(OBJECTS)
def test_objects_of_any_shape(data):
    judged(yaml.safe_dump(data).encode(), ".yaml")
