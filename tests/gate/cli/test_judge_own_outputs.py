"""What a preview writes down can be judged again from the files alone, and says the same: nothing against it."""

from datetime import date

import pytest

from gate.checkov.opinion import not_asked
from gate.core.checkout import ROOT
from gate.evaluate.apply_waivers import load_waivers
from gate.evaluate.judgement import assess
from gate.ingest.adapters import read_paths
from gate.render.exports import as_manifests, as_state
from gate.render.json_text import as_json
from tests.captured import STACKS, captured


# Manifests alone lack what conventions ask of the rest of a stack: they are judged as `judge` does unless asked.
@pytest.mark.parametrize(("file", "pack"), [("manifests.yaml", "portable"), ("state.json", "all")])
@pytest.mark.parametrize("stack", STACKS)
def test_a_preview_s_files_pass(stack, file, pack, tmp_path):
    resources = captured(stack).graph.resources
    texts = {
        "manifests.yaml": as_manifests(resources),
        "state.json": as_json(as_state(resources, stack)),
    }
    path = tmp_path / file
    path.write_text(texts[file], encoding="utf-8")
    report, _ = assess(
        read_paths([path]),
        subject=file,
        stack=stack,
        today=date(2026, 11, 28),
        waivers=load_waivers(ROOT / "policies" / "waivers.yaml"),
        opinion=not_asked("not asked"),
        pack=pack,
    )
    assert [f.rule for f in report.findings if not f.waiver and f.level == "mandatory"] == []
    assert (report.verdict, report.undecided, report.faults) == ("pass", (), ())
    assert len(report.resources) > len(texts) * 10
