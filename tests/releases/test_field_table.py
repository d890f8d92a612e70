from releases.field_table import page

ROWS = [line.split(" | ") for line in page().splitlines() if line.startswith("| `")]


def test_every_level_of_a_record_has_its_rows():
    paths = {row[0].strip("| `") for row in ROWS}
    assert {"model", "artifact.signature.bundle", "evaluations[].floor", "bounds.replicas.maximum"} <= paths
    assert {"fail_soft[].smaller-model", "rollout.steps", "ends", "decision"} & paths


def test_a_field_says_what_it_takes_and_what_its_absence_means():
    rows = {row[0].strip("| `"): row[1:] for row in ROWS}
    assert rows["needs.cpu_only_allowed"][:2] == ["true or false", "`false`"]
    assert rows["artifact.precision"][1] == "refused"
    assert rows["needs.gpu_count"][0] == "whole number, at least 0, at most 8"
