import pytest

from policies.model_objects import merged, moving_source


@pytest.mark.parametrize(
    ("uri", "problem"),
    [
        ("s3://models/minilm-v1/", ""),
        ("s3://models/minilm/v1.2/weights", ""),
        ("gs://models/iris/1/", ""),
        ("pvc://claim/models/2026-11-23", ""),
        ("s3://models/minilm-3f2a9c0d1e5b", ""),
        ("hf://org/model:" + "a" * 40, ""),
        ("hf://org/model", "hf://org/model names no commit"),
        ("hf://org/model:main", "hf://org/model:main names no commit"),
        ("s3://models-v1/minilm", "s3://models-v1/minilm names no version"),
        ("s3://models/llama-3.1-8b/", "s3://models/llama-3.1-8b/ names no version"),
        ("s3://models/v1/current/", "s3://models/v1/current/ is whatever current means today"),
        ("oci+native://host/model:v1", "oci+native://host/model:v1 names no digest"),
    ],
)
def test_a_version_is_a_part_of_the_path_that_does_not_move(uri, problem):
    assert moving_source(uri) == problem


def test_a_merge_adds_and_replaces_and_takes_nothing_away():
    base = {
        "hostNetwork": False,
        "containers": [{"name": "main", "image": "a", "args": ["x", "y"]}, {"name": "side"}],
        "volumes": [{"name": "tmp"}],
    }
    over = {"containers": [{"name": "main", "args": ["z"]}, {"name": "new"}], "volumes": []}
    assert merged(base, over) == {
        "hostNetwork": False,
        "containers": [{"name": "main", "image": "a", "args": ["z"]}, {"name": "side"}, {"name": "new"}],
        "volumes": [{"name": "tmp"}],
    }
