"""``slipway expiring``: waivers, sunsets and licence reviews by their end, and silent where nothing ends."""

import io
import json
from datetime import date

import pytest
import yaml
from rich.console import Console
from typer.testing import CliRunner

from gate.cli.app import app
from gate.cli.expiring import End, as_markdown, ends, run
from gate.core.errors import GateError
from policies.engine.waiver import Waiver
from tests.releases.events_examples import event
from tests.releases.test_checks import GRANTED, loaded

TODAY = date(2027, 1, 1)


def waiver(expires):
    return Waiver(
        rule="keys-rotate", resource="aws:kms/key:Key a|b", finding="is off", stacks=["dev"],
        reason="because of a reason that is long", owner="ml", created=date(2026, 11, 1), expires=expires,
    )  # fmt: skip


WAIVERS = {"over": waiver(date(2026, 12, 31)), "late": waiver(date(2027, 3, 1)), "last": waiver(TODAY)}
RELEASES = {"minilm": {"v1": loaded(events=(*GRANTED, event("sunset", 7)))}}


def names(within):
    return [(e.kind, e.name, e.days) for e in ends(WAIVERS, RELEASES, TODAY, within)]


def test_days_are_counted_to_the_last_one():
    assert names(0) == [("waiver", "over", -1), ("waiver", "last", 0)]
    assert names(29) == names(0)
    assert names(30) == [*names(0), ("sunset", "minilm v1", 30)]
    assert names(59) == [*names(30), ("waiver", "late", 59)]


def test_a_licence_review_that_runs_out_is_told():
    review = event("licence-review", 8, expires=date(2027, 1, 15))
    (end,) = ends({}, {"minilm": {"v1": loaded(events=(*GRANTED, review))}}, TODAY, 30)
    assert end == End(
        ends=date(2027, 1, 15),
        kind="licence review",
        name="minilm v1",
        owner="search",
        what="Apache-2.0",
        days=14,
    )


def test_markdown_is_a_table_or_nothing():
    text = as_markdown(ends(WAIVERS, {}, TODAY, 0))
    assert text.splitlines()[2:] == [
        "| 2026-12-31 | over | waiver | over | ml | keys-rotate, aws:kms/key:Key a\\|b |",
        "| 2027-01-01 | 0 days | waiver | last | ml | keys-rotate, aws:kms/key:Key a\\|b |",
    ]
    assert as_markdown([]) == ""


@pytest.fixture
def said(tmp_path):
    (tmp_path / "releases" / "models").mkdir(parents=True)
    (tmp_path / "policies").mkdir()
    record = yaml.safe_dump({"late": WAIVERS["late"].model_dump()})
    (tmp_path / "policies" / "waivers.yaml").write_text(record, encoding="utf-8")

    def answer(within, form="text"):
        out = io.StringIO()
        run(TODAY, within, form, Console(file=out, width=160), tmp_path)
        return out.getvalue()

    return answer


def test_it_reads_the_checkout(said, tmp_path):
    assert [line.split() for line in said(59).splitlines()] == [
        ["ends", "left", "kind", "name", "owner", "what"],
        ["2027-03-01", "59", "days", "waiver", "late", "ml", "keys-rotate,", "aws:kms/key:Key", "a|b"],
    ]
    assert said(58) == "nothing ends within 58 days\n"
    assert said(58, "markdown") == ""
    assert json.loads(said(59, "json"))[0]["ends"] == "2027-03-01"
    (tmp_path / "policies" / "waivers.yaml").write_text("a: 1", encoding="utf-8")
    with pytest.raises(GateError, match=r"waivers.yaml has 1 problems"):
        said(1)
    (tmp_path / "releases" / "models" / "stray.txt").write_text("", encoding="utf-8")
    with pytest.raises(GateError, match="stray"):
        said(1)


def test_a_wrong_format_is_refused():
    refused = CliRunner().invoke(app, ["expiring", "--format", "xml"])
    assert str(refused.exception) == "--format: should be text, json, markdown (got 'xml')"
