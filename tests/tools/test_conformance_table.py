"""Our rules against the table that ``make conformance`` holds upstream's own code to."""

import re

import pytest

from facts.pins import modules
from policies.engine.catalog import RULES
from policies.engine.evaluate import judge
from policies.engine.graph import Graph, Resource
from tools.conformance import binaries
from tools.conformance.table import merged, rows
from tools.conformance.validators import PROGRAMS, program_of

TABLE = rows()
MIRRORS = [rule for rule in RULES if rule.id in {rule for row in TABLE for rule in row.rules}]


def resource(manifest):
    kind, name = manifest["kind"], manifest["metadata"]["name"]
    type_ = f"kubernetes:{manifest['apiVersion']}:{kind}"
    return Resource(urn=f"urn:{kind}:{name}", type=type_, name=name, inputs=manifest)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_our_rules_say_what_upstream_says(row):
    judged = resource(row.question.object)
    said = judge(Graph([judged, *map(resource, row.question.beside)]), MIRRORS)
    found = {f.rule for f in said.findings if f.urn == judged.urn}
    assert said.faults == ()
    assert said.undecided == ()
    assert found == row.rules


def test_every_row_says_who_refuses():
    """A bad object is refused by both, or the row says why by one alone; a good one by nobody."""
    unclear = [
        row.name
        for row in TABLE
        if bool(row.ours_alone) != (bool(row.rules) and not row.refused)
        or bool(row.theirs_alone) != (bool(row.refused) and not row.rules)
    ]
    assert unclear == []


def test_every_rule_of_the_table_exists():
    assert {rule for row in TABLE for rule in row.rules} == {rule.id for rule in MIRRORS}


def test_every_kind_has_a_good_object_and_a_bad_one():
    for kind in {row.question.kind for row in TABLE}:
        assert program_of(kind) is not None, kind
    bad = {row.question.kind for row in TABLE if row.refused}
    assert bad == {kind for kinds in PROGRAMS.values() for kind in kinds}


def test_a_merge_patch_takes_away_and_replaces_lists():
    assert merged({"a": {"b": 1, "c": [1, 2]}, "d": 1}, {"a": {"b": None, "c": [3]}, "d": {"e": 1}}) == {
        "a": {"c": [3]}, "d": {"e": 1},
    }  # fmt: skip


def test_validators_are_built_from_the_pinned_modules():
    """Istio's alone is not: the module proxy serves one version of it, which docs/conformance.md names."""
    pinned = {pin.module: pin.version for pin in modules().values()}
    built = {}
    for program in PROGRAMS:
        text = (binaries.VALIDATORS / program / "go.mod").read_text(encoding="utf-8")
        built |= dict(re.findall(r"^\t?(?:require )?(\S+) (v\S+)$", text, re.MULTILINE))
    shared = {name: (version, built[name]) for name, version in pinned.items() if name in built}
    assert {name for name, (pin, used) in shared.items() if pin != used} <= {"istio.io/api"}
    assert {
        "github.com/kserve/kserve",
        "github.com/kedacore/keda/v2",
        "sigs.k8s.io/karpenter",
    } <= shared.keys()
