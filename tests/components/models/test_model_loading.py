"""How a model's files reach its pod. The figures are others'; what follows from them is ours."""

import pytest

from components.models.model_loading import Starts, load_seconds, seconds, start_path

S3 = "s3://models/chat-v1/"
IMAGE = "oci://111122223333.dkr.ecr.eu-central-1.amazonaws.com/example/chat@sha256:" + "1" * 64
NATIVE = "oci+native://" + IMAGE.removeprefix("oci://")
GB = 10**9


def _chosen(size_gb, starts_on_a_node, *, uri=S3, image=IMAGE):
    starts = Starts(per_day=starts_on_a_node / 30, nodes=1)
    return start_path(size_bytes=int(size_gb * GB), uri=uri, image=image, starts=starts)


@pytest.mark.parametrize(
    ("path", "size_gb", "first", "took"),
    [
        ("s3", 14, True, 137.8),
        ("s3", 140, False, 2442),
        ("s3", 77, True, (137.8 + 2319) / 2),
        ("s3", 7, True, 68.9),
        ("s3", 280, True, 4638),
        ("s3", 0.1, True, 11.4),
        ("image-volume", 0.1, True, 11.4),
        ("image-volume", 140, True, 4586),
        ("image-volume", 0.1, False, 11.7),
        ("image-volume", 700, False, 11.7),
    ],
)
def test_a_start_takes_what_was_measured(path, size_gb, first, took):
    assert seconds(path, int(size_gb * GB), first=first) == pytest.approx(took)


@pytest.mark.parametrize(
    ("size_gb", "starts", "kind"),
    [(14, 1, "s3"), (14, 3, "s3"), (14, 4, "image-volume"), (140, 1, "s3"), (140, 2, "image-volume")],
)
def test_an_image_wins_once_a_node_starts_a_model_often_enough(size_gb, starts, kind):
    chosen = _chosen(size_gb, starts)
    assert chosen.kind == kind
    assert chosen.uri == (S3 if kind == "s3" else NATIVE)


def test_the_reasons_hold_the_figures_of_both():
    assert _chosen(14, 4).reasons == (
        "image-volume: 478 s for 4 starts of 14.00 GB on a node (443 s the first, 12 s each after)",
        "s3: 523 s for 4 starts of 14.00 GB on a node (138 s the first, 128 s each after)",
    )


def test_where_there_is_one_location_there_is_no_choice():
    only_s3 = _chosen(140, 100, image=None)
    assert (only_s3.kind, only_s3.uri) == ("s3", S3)
    assert "image-volume: the record names no image (artifact.image)" in only_s3.reasons
    only_image = _chosen(1, 1, uri=IMAGE, image=None)
    assert (only_image.kind, only_image.uri) == ("image-volume", NATIVE)
    assert (only_image.cold_seconds, only_image.warm_seconds) == (pytest.approx(443 / 14), 11.7)


def test_an_image_by_tag_is_refused():
    with pytest.raises(ValueError, match=r"^oci://x/y:v1: a model lies in s3:// or in oci://\.\.\.@sha256:$"):
        _chosen(1, 1, image="oci://x/y:v1")


@pytest.mark.parametrize(("per_day", "nodes", "count"), [(0, 3, 1), (1, 1, 30), (2, 4, 15), (0.01, 1, 1)])
def test_starts_are_counted_for_one_node_and_one_is_always_there(per_day, nodes, count):
    assert Starts(per_day=per_day, nodes=nodes).on_one_node == count


@pytest.mark.parametrize(("per_day", "nodes"), [(-1, 1), (1, 0)])
def test_impossible_starts_are_refused(per_day, nodes):
    with pytest.raises(ValueError, match=rf"\(got {per_day}, {nodes}\)$"):
        Starts(per_day=per_day, nodes=nodes)


@pytest.mark.parametrize(("size_gb", "allowed"), [(0.1, 600), (30, 600), (40, 720), (140, 2220)])
def test_a_probe_allows_the_files_to_be_read_twice(size_gb, allowed):
    assert load_seconds(int(size_gb * GB)) == allowed
