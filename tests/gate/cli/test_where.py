"""``slipway where``: what a line is about, and what is printed first."""

import sys

import pytest

from gate.cli import app as cli
from gate.cli.where_lines import hits, holds, rule_score, squashed
from gate.cli.where_search import nearest, read, search
from gate.core.errors import GateError
from policies.engine.catalog import RULES
from tests.conftest import ROOT

MODULE = '''"""The edge's probes."""

LIVENESS: Final = "/healthz"


class ProbeSettings(Settings):
    """What may be set."""

    period_seconds: int = 10


def probe(path):
    # the period of a probe
    return {
        "livenessProbe": {"httpGet": {"path": path}},
        "kind": "PeerAuthentication",
        "spec": {"mode": "STRICT"},
    }
'''
PAGE = """# Probes

Text about a startup probe.

| probe | asks |
|---|---|
| readiness | whether requests may come |
"""


def test_where_nothing_is_about_all_words_it_is_about_as_many_as_it_can():
    texts = read(ROOT)
    kept, some = nearest(texts, ["hostPort zebrafish"])
    assert (list(kept), some) == (["hostPort"], search(texts, ["hostPort"]))
    assert list(nearest(texts, ["hostPort"])[0]) == ["hostPort"]
    kept, nothing = nearest(texts, ["zebrafish", "quokka"])
    assert (list(kept), any(nothing.values())) == ([], False)


BY_ID = {rule.id: rule for rule in RULES}


def found(file, text, *words):
    return [(hit.kind, hit.score, hit.line) for hit in hits(file, text, [squashed(word) for word in words])]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["livenessProbe"], [("code", 80, 15)]),
        (["liveness-probe"], [("code", 80, 15)]),
        (["LIVENESS"], [("code", 85, 3), ("code", 40, 15)]),
        (["period_seconds"], [("setting", 90, 9)]),
        (["peerauthentication", "strict"], [("code", 20, 17)]),
        (["robe"], []),
        (["probe", "gateway"], []),
    ],
)
def test_a_line_of_code_is_about_what_it_names_writes_or_has_nearby(words, expected):
    assert found("components/x/edge.py", MODULE, *words) == expected


def test_a_file_counts_by_its_name_and_what_only_judges_comes_later():
    assert found("components/x/probe.py", "A = 1\n", "probe") == [("code", 70, 1)]
    assert found("policies/analysis/probe.py", "A = 1\n", "probe") == [("code", 55, 1)]
    assert found("gate/render/sarif.py", "LEVEL = 1\n", "sarif", "level") == [("code", 80, 1)]


def test_a_page_is_about_its_headings_first_cells_and_lines():
    assert found("docs/x.md", PAGE, "probe") == [("page", 64, 1), ("page", 15, 3), ("page", 75, 5)]
    assert found("docs/glossary.md", PAGE, "readiness") == [("word", 50, 7)]
    asked = "# Documentation\n\n## Where is it?\n\n| Where is a probe? | `probe.py` |\n"
    assert found("docs/README.md", asked, "probe") == [("answer", 95, 5)]


def test_a_word_begins_where_a_word_begins_and_one_of_several_will_do():
    assert holds("addresses", ["address"])
    assert holds("rateLimit: {}", ["rate", "limits"])
    assert not holds("inner backend", ["rbac"])
    assert not holds("investors", ["cors"])


@pytest.mark.parametrize(
    ("rule", "word", "score"),
    [
        ("kms-keys-rotate", "kms-keys-rotate", 100),
        ("ec2-requires-imdsv2", "machine-metadata-needs-a-token", 60),
        ("dynamodb-point-in-time-recovery", "pitr", 45),
        ("kms-keys-rotate", "hostPort", 0),
    ],
)
def test_a_rule_is_found_by_its_id_by_what_it_was_called_and_by_what_it_says(rule, word, score):
    assert rule_score(BY_ID[rule], [squashed(word)]) == score


@pytest.mark.parametrize(
    "word", ["imds", "cors", "rbac", "hostPort", "runAsNonRoot", "confused deputy", "pitr", "psa"]
)
def test_words_of_the_field_find_a_rule(word):
    assert search(_texts(), [word])["rule"]


def test_words_without_letters_are_refused():
    with pytest.raises(GateError, match=r"where: should be words with letters or digits \(got '-- \*'\)"):
        search({}, ["--", "*"])


@pytest.fixture
def slipway(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["slipway", *arguments])
        with pytest.raises(SystemExit) as leaving:
            cli.main()
        return leaving.value.code, capsys.readouterr().out

    return run


def test_the_command_prints_places_by_kind(slipway):
    code, out = slipway("where", "hostPort")
    heads = [line for line in out.splitlines() if not line.startswith(" ")]
    assert (code, heads[:3]) == (0, ["what the word means", "asked before (docs/README.md)", "rules"])
    assert "  policies/rules/kubernetes/pods.py:79  pods-meet-restricted-pss\n" in out


@pytest.mark.parametrize(
    ("words", "file"),
    {
        "customer key": "facts/service_settings.yaml",
        "canary": "runtime/loops/verdict.py",
        "release record field": "releases/release.py",
        "LoadBalancer": "policies/rules/gateway/gateways.py",
        "spot price": "facts/prices.yaml",
        "latest tag": "policies/rules/kubernetes/pods.py",
        "kubectl exec": "policies/rules/kubernetes/rbac.py",
        "wildcards": "policies/rules/aws/iam_policies.py",
        "agent budget": "runtime/loops/agents/ledger.py",
        "agent approval": "runtime/loops/agents/approvals.py",
        "PodDisruptionBudget": "components/models/manifests.py",
        "drift": "runtime/loops/workflows/drift.py",
        "PagerDuty": "components/observability/alerting.py",
        "golden files": "tests/golden/urns/",
        "checkov left out": "gate/evaluate/witnesses.py",
    }.items(),
)
def test_an_answer_is_printed_to_its_last_file(slipway, words, file):
    _, out = slipway("where", *words.split())
    answers = out.partition("asked before (docs/README.md)\n")[2].split("\n")
    assert any(file in line for line in answers if line.startswith("  docs/README.md:"))


def test_nothing_found_is_exit_1(slipway):
    assert slipway("where", "xyzzyplugh") == (1, "nothing is about 'xyzzyplugh': try a word of it, or grep\n")


def _texts():
    return read(ROOT)
