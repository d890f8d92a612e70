"""The page and the tables of controls and rules."""

import csv
import io
import re

from facts.controls import frameworks
from gate.render.page.compliance_page import compliance_page, controls_csv, rules_csv
from gate.report.compliance import Compliance, ControlStanding, RuleStanding, compliance
from policies.engine.catalog import RULES
from tests.gate.report.test_compliance import report
from tests.policies.cases import resource

__all__ = ["report"]


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_a_table_has_a_row_for_each_control_and_one_for_each_rule(report):
    found = compliance(report)
    assert len(rows(controls_csv(found))) == sum(len(f.controls) for f in frameworks().values())
    rules = rows(rules_csv(found))
    assert {row["rule"] for row in rules} >= {rule.id for rule in RULES}
    one = next(row for row in rules if row["rule"] == "eks-api-not-public")
    assert (one["state"], one["resources"], one["looked at"]) == ("passes", "1", "cluster-control-plane")


def test_no_cell_is_a_formula_and_none_breaks_its_row():
    rule = RuleStanding(
        rule="r", state="waived", looked_at=[resource("a:b:C", {}, "=cmd()")], waivers=["@x\n"]
    )
    one = ControlStanding(
        framework="=F", control="1", title='say "a", b', state="waived", rules=[rule], said="-"
    )
    found = Compliance(rules=[rule], frameworks={"=F": [one]})
    (said,) = rows(controls_csv(found))
    assert (said["framework"], said["asks"], said["missing, or why"]) == ("'=F", 'say "a", b', "'-")
    assert rows(rules_csv(found))[0]["looked at"] == "'=cmd()"


def test_the_page_says_each_control_with_its_state_and_asks_for_nothing(report):
    page = compliance_page(compliance(report), report)
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "5.4.1" in said
    assert "No certificate" in said
    assert re.findall(r'(?:src|href)="(?!#|data:|report.html|compliance.csv|rules.csv)[^"]*"', page) == []


def test_nobodys_text_becomes_markup(report):
    rule = RuleStanding(rule="<img>", state="fails", looked_at=[], waivers=["<script>x</script>"])
    one = ControlStanding(
        framework="<b>", control="<i>", title="<u>", state="fails", rules=[rule], said="<s>"
    )
    page = compliance_page(Compliance(rules=[rule], frameworks={"<b>": [one]}), report)
    assert not {"<img>", "<script>x", "<u>", "<s>"} & set(re.findall(r"<[^>]+>x?", page))
