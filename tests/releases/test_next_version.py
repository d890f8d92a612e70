"""What a next version keeps of the one before, and what it takes from its files."""

from datetime import date

import pytest
import yaml

from facts.explain import placeholders
from facts.strict_yaml import load
from releases.draft import changeme
from releases.next_version import next_record, stubs
from releases.release import Release
from tests.releases.records import record

DAY = date(2026, 12, 1)


def drafted(change=None):
    """What the files of a next version say, where they say what the version before says."""
    data = record()
    data |= {"version": "v2"}
    data["artifact"] = {
        **{key: data["artifact"][key] for key in ("format", "parameters", "precision", "size_bytes")},
        "uri": f"s3://{{model_bucket}}/{data['model']}-v2/",
        "digest": f"sha256:{'2' * 64}",
    }
    data["origin"] = {"read": DAY}
    data["licence"] = {"name": data["licence"]["name"], "read": DAY}
    for path, value in (change or {}).items():
        section, key = path.split(".")
        data[section][key] = value
    return data


def following(change=None, before=None):
    old = record(change=before or {})
    text = next_record(yaml.safe_dump(old, sort_keys=False), old, drafted(change), "me@acme.io", DAY)
    return old, load(text, "v2")


def test_what_was_chosen_stays():
    old, new = following()
    assert (new["needs"], new["bounds"], new["data"]) == (old["needs"], old["bounds"], old["data"])
    assert new["licence"]["obligations"] == old["licence"]["obligations"]


@pytest.mark.parametrize(
    ("change", "before", "path", "value"),
    [
        ({"artifact.parameters": changeme("x")}, {"artifact.parameters": 7}, "artifact.parameters",
         "CHANGEME: of these files (v1: 7)"),
        ({"artifact.precision": "float16"}, {}, "artifact.precision", "float16"),
        ({"artifact.adapter_of": "maker/base"}, {}, "artifact.adapter_of", "maker/base"),
        ({"needs.max_context": 64}, {"needs.max_context": 256}, "needs.max_context", 64),
        ({"needs.max_context": 512}, {"needs.max_context": 256}, "needs.max_context", 256),
        ({"needs.memory_gib": 90}, {}, "needs.memory_gib", 90),
        ({"needs.task": "reranking", "needs.engine": "huggingface"}, {}, "needs.task", "reranking"),
        ({"origin.base_model": "other"}, {}, "origin.base_model", "other"),
        ({"origin.needs_remote_code": True}, {}, "origin.needs_remote_code", True),
        ({}, {"origin.needs_remote_code": True}, "origin.needs_remote_code", None),
        ({}, {"origin.seed": 7}, "origin.seed", "CHANGEME: the seed of its training (v1: 7)"),
        ({}, {"artifact.image": f"oci://r.example/x@sha256:{'3' * 64}"}, "artifact.image", None),
        ({"licence.name": changeme("as found")}, {"licence.source": "the card"}, "licence.source",
         "CHANGEME: where the licence of these files was found; the card"),
        ({"licence.name": "MIT", "licence.source": "s", "licence.obligations": [],
          "licence.permitted_uses": ["research"]},
         {}, "licence.permitted_uses", ["research"]),
        ({"needs.architecture": {"layers": 3, "kv_heads": 1, "head_dim": 2}},
         {"needs.architecture": {"layers": 2, "kv_heads": 1, "head_dim": 2}}, "needs.architecture",
         {"layers": 3, "kv_heads": 1, "head_dim": 2}),
        ({}, {"needs.gpu_memory_gib": 20.0}, "needs.gpu_memory_gib", "CHANGEME: as measured with these files (v1: 20)"),
    ],
)  # fmt: skip
def test_files_decide_what_is_true_of_files(change, before, path, value):
    section, key = path.split(".")
    assert following(change, before)[1][section].get(key) == value


def test_stubs_are_sections_that_a_record_may_have():
    data = record(remove=[key for key in ("slo", "rollout", "fail_soft", "evaluations") if key in record()])
    text = yaml.safe_dump(data, sort_keys=False)
    added = stubs(text, data)
    uncommented = "\n".join(
        line.removeprefix("# ") for line in added.splitlines() if line and not line.startswith("# Sections")
    )
    filled = load(text + uncommented.replace("64-DIGITS", "1" * 64), "record")
    assert {"slo", "rollout", "fail_soft", "evaluations"} <= filled.keys()
    Release.model_validate(filled)
    assert list(placeholders(filled)) == []
    assert stubs(text + added, data) == ""
