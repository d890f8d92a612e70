"""The real pack process, asked over its protocol, says what the gate says; of good stacks and of bad ones."""

import shutil

import pytest
from google.protobuf import empty_pb2

from policies.engine.controls import tags_of
from policies.engine.evaluate import judge
from policies.engine.graph import UNKNOWN, Graph
from policies.packs import ALL
from tests.captured import STACKS, captured
from tests.policies.cases import resource
from tests.policies.pulumi_engine import (
    EXECUTABLE,
    ROOT,
    STARTED_BY_PULUMI,
    analyze,
    analyze_stack,
    hold_only,
    pack,
)
from tests.policies.test_removal import REMOVALS, RULE, mutants

OF_ONE = [rule for rule in ALL if not rule.reads_graph and not rule.reads_retention]
OF_STACK = [rule for rule in ALL if rule.reads_graph and not rule.reads_retention]
CLUSTER = "aws:eks/cluster:Cluster"
DEFINITION = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"


def gate_says(graph, rules):
    return {
        (f.rule, f.urn, f"{graph.by_urn[f.urn].label}: {f.message}") for f in judge(graph, rules).findings
    }


@pytest.mark.parametrize("command", [STARTED_BY_PULUMI, EXECUTABLE], ids=["as-pulumi-does", "as-executable"])
def test_it_starts_from_anywhere_and_knows_every_rule_the_engine_can_hold(command):
    with pack("dev", command=command) as engine:
        info = engine.GetAnalyzerInfo(empty_pb2.Empty())
    assert info.name == "slipway"
    assert sorted(p.name for p in info.policies) == sorted(r.id for r in [*OF_ONE, *OF_STACK])
    assert {p.name: tuple(p.tags) for p in info.policies} == {p.name: tags_of(p.name) for p in info.policies}
    assert info.description.endswith(
        "Held by the gate only: definitions-outlive-their-stack, trials-leave-nothing."
    )


@pytest.mark.parametrize("name", STACKS)
def test_a_good_stack_has_no_violation(name):
    graph = captured(name).graph
    with pack(name) as engine:
        said = [analyze(engine, r) for r in graph]
        of_stack = analyze_stack(engine, graph)
    assert [s for s in said if s != (set(), [])] == []
    assert of_stack == (set(), [])


def test_every_loss_the_gate_finds_the_pack_finds():
    whole = captured("dev").graph
    # Definitions of kinds are most of the stack's bytes, and each of a hundred cases sends the stack to the pack.
    lean = Graph([r for r in whole if r.type != DEFINITION])
    missed = []
    with pack("dev") as engine:
        for parameters in REMOVALS:
            rule, type_, path = parameters.values
            graph = whole if type_.startswith(DEFINITION) else lean
            for name, mutant in mutants(graph, type_, path):
                expected = gate_says(mutant, [RULE[rule]])
                hold_only(engine, rule, RULE)
                if RULE[rule].reads_graph:
                    found, _ = analyze_stack(engine, mutant)
                else:
                    changed = next(r for r in mutant if r.name == name and r.type == type_.partition(" ")[0])
                    found, _ = analyze(engine, changed)
                if not expected or not expected <= found:
                    missed.append((rule, name, path))
                break  # one resource of a kind; the gate's own test tries them all
    assert missed == []


BAD = resource(
    CLUSTER,
    {"vpcConfig": {"endpointPublicAccess": True, "publicAccessCidrs": ["0.0.0.0/0"]}, "version": UNKNOWN},
    name="bad",
)


@pytest.mark.parametrize("called", [True, False], ids=["told-by-a-call", "told-in-the-environment"])
def test_an_unknown_value_hides_nothing_and_is_said_aloud_in_a_preview(called):
    with pack("dev", called=called) as engine:
        violations, open_questions = analyze(engine, BAD)
    expected = gate_says(Graph([BAD]), OF_ONE)
    assert violations == expected
    assert "eks-api-not-public" in {rule for rule, _, _ in violations}
    assert sorted(rule for rule, _ in open_questions) == [
        "cluster-version-is-pinned",
        "versions-are-supported",
    ]
    assert all(f"{BAD.label}: version is not known yet" in question for _, question in open_questions)


@pytest.mark.parametrize("called", [True, False], ids=["told-by-a-call", "told-in-the-environment"])
def test_what_is_still_undecided_during_an_update_is_a_violation(called):
    with pack("dev", preview=False, called=called) as engine:
        violations, open_questions = analyze(engine, BAD)
    undecided = {
        (rule, BAD.urn, f"{BAD.label}: undecided: version is not known yet")
        for rule in ("cluster-version-is-pinned", "versions-are-supported")
    }
    assert open_questions == []
    assert violations == gate_says(Graph([BAD]), OF_ONE) | undecided


WAIVER = """
{name}:
  rule: kms-keys-rotate
  resource: aws:kms/key:Key old
  finding: '{finding}'
  stacks: [dev]
  reason: A test of waivers, which needs a reason of some length.
  owner: somebody
  created: {created}
  expires: {expires}
"""


TODAY = "2026-11-23"
LASTING, LATER = ("2026-11-01", "2026-11-23"), ("2998-12-01", "2999-01-10")
ENDED = ("2020-01-01", "2020-06-01")


@pytest.mark.parametrize(
    ("stack", "dates", "said"),
    [
        ("dev", LASTING, ""),
        ("prod", LASTING, "{}"),
        ("dev", ENDED, "{} (its waiver w expired on 2020-06-01)"),
        ("dev", LATER, "{} (its waiver w is dated 2998-12-01, which is yet to come)"),
    ],
)
def test_waivers_hold_in_their_stack_until_they_expire(tmp_path, stack, dates, said):
    for name in ("policies", "facts"):
        shutil.copytree(ROOT / name, tmp_path / name)
    urn = f"urn:pulumi:{stack}::slipway::aws:kms/key:Key::old"
    key = resource("aws:kms/key:Key", {"enableKeyRotation": False}, name="old", urn=urn)
    (finding,) = judge(Graph([key]), [RULE["kms-keys-rotate"]]).findings
    record = WAIVER.format(name="w", finding=finding.message, created=dates[0], expires=dates[1])
    (tmp_path / "policies" / "waivers.yaml").write_text(record, encoding="utf-8")
    main = tmp_path / "policies" / "__main__.py"
    clock = "datetime.now(tz=UTC).date()"
    assert clock in main.read_text("utf-8")
    main.write_text(
        main.read_text("utf-8").replace(clock, f'datetime.fromisoformat("{TODAY}").date()'), "utf-8"
    )
    command = [*STARTED_BY_PULUMI[:-1], str(tmp_path / "policies")]
    with pack(stack, command=command) as engine:
        hold_only(engine, "kms-keys-rotate", RULE)
        violations, _ = analyze(engine, key)
    expected = said.format(f"{key.label}: {finding.message}")
    assert violations == ({("kms-keys-rotate", key.urn, expected)} if said else set())


def test_secrets_are_read_and_providers_own_keys_are_not():
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "not-a-key"}
    provider = resource(
        "pulumi:providers:aws",
        {"secretKey": secret, "__defaults": ["x"], "allowedAccountIds": "[]"},
        name="aws",
    )
    with pack("dev") as engine:
        violations, _ = analyze(engine, provider)
        of_stack, _ = analyze_stack(engine, Graph([provider]))
    with pack("dev", rules="portable") as engine:
        of_others, _ = analyze(engine, provider)
    found = {rule for rule, _, _ in violations | of_stack}
    assert found == {"aws-providers-hold-no-credentials", "aws-providers-name-their-account"}
    # Where a stack works is a convention of this platform.
    assert {rule for rule, _, _ in of_others} == {"aws-providers-hold-no-credentials"}
