"""One specification laid over another, against what Kubernetes' own code makes of it.

``pod_merges.json`` holds pairs and their merge by ``strategicpatch`` of k8s.io/apimachinery v0.35.4, called as KServe
v0.20.0 calls it: a patch from an empty PodSpec.
"""

import json
from pathlib import Path

import pytest

from policies.analysis.kubernetes.strategic_merge import merged

CASES = json.loads((Path(__file__).parent / "pod_merges.json").read_text(encoding="utf-8"))
PRESENT = ("emptyDir",)
"""Present though empty: what it is stands in its name."""


def normal(value):
    """Without what is empty, which Kubernetes does not write; lists of objects in one order, as a merge has none."""
    if isinstance(value, dict):
        kept = {name: normal(inner) for name, inner in value.items()}
        return {
            name: inner for name, inner in kept.items() if inner not in (None, {}, [], "") or name in PRESENT
        }
    if isinstance(value, list):
        listed = [normal(inner) for inner in value]
        is_of_objects = all(isinstance(inner, dict) for inner in listed)
        return (
            sorted(listed, key=lambda inner: json.dumps(inner, sort_keys=True)) if is_of_objects else listed
        )
    return value


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_merge_is_what_kubernetes_makes_of_it(case):
    before = json.dumps(case)
    assert normal(merged(case["base"], case["over"])) == normal(case["merged"])
    assert json.dumps(case) == before


def test_nothing_over_something_is_something():
    assert merged({"hostNetwork": True}, {}) == {"hostNetwork": True}
    assert merged({}, {"containers": [{"name": "main"}]}) == {"containers": [{"name": "main"}]}
