"""What the command line and the environment say, and every problem with it."""

from pathlib import Path

import pytest

from runtime.download.order import DIGEST, PART_MIB, WORKERS, Order, order
from runtime.download.outcome import DownloadError, Outcome

GOOD = "sha256:" + "a" * 64


def test_an_order_with_its_defaults():
    assert order(["s3://acme-dev-models/minilm-v1/", "/mnt/models"], {DIGEST: GOOD}) == Order(
        bucket="acme-dev-models", prefix="minilm-v1/", target=Path("/mnt/models"), digest=GOOD,
        workers=12, part_bytes=16 * 2**20,
    )  # fmt: skip


def test_workers_and_parts_can_be_told():
    found = order(["s3://acme/a/b/", "/m"], {DIGEST: GOOD, WORKERS: "64", PART_MIB: "1"})
    assert (found.workers, found.part_bytes, found.prefix) == (64, 2**20, "a/b/")


@pytest.mark.parametrize(
    ("arguments", "environment", "problems"),
    [
        ([], {DIGEST: GOOD}, ["arguments: should be URI TARGET, got 0: "]),
        (
            ["s3://acme/minilm-v1", "models"],
            {DIGEST: GOOD.upper(), WORKERS: "0", PART_MIB: "65"},
            [
                "URI: should be s3://BUCKET/FOLDER/ without . and .., got 's3://acme/minilm-v1'",
                "TARGET: should be a path from the root, got 'models'",
                f"ARTIFACT_DIGEST: should be sha256: and 64 hexadecimal digits, got '{GOOD.upper()}'",
                "DOWNLOAD_WORKERS: should be a number from 1 to 64, got '0'",
                "DOWNLOAD_PART_MIB: should be a number from 1 to 64, got '65'",
            ],
        ),
        (
            ["s3://acme/../other/", "/m"],
            {},
            [
                "URI: should be s3://BUCKET/FOLDER/ without . and .., got 's3://acme/../other/'",
                "ARTIFACT_DIGEST: should be sha256: and 64 hexadecimal digits, got ''",
            ],
        ),
    ],
)
def test_every_problem_is_told_at_once(arguments, environment, problems):
    with pytest.raises(DownloadError) as error:
        order(arguments, environment)
    assert (error.value.outcome, list(error.value.problems)) == (Outcome.BAD_INPUT, problems)
