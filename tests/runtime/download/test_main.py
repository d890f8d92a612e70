"""The program as a process: a big file in little memory, SIGTERM, and a disk that it writes to in one place only."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from runtime.download.listing import STAGING
from runtime.download.order import DIGEST
from tests.runtime.download.conftest import BUCKET, PREFIX, environment

ROOT = Path(__file__).parents[3]
URI = f"s3://{BUCKET}/{PREFIX}"
RECORDS_WRITES = """
import os, runpy, sys
def hook(event, args):
    if event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        print("WROTE", args[0], file=sys.stderr)
    elif event in ("os.mkdir", "os.rename", "os.remove", "os.rmdir"):
        print("WROTE", args[1] if event == "os.rename" else args[0], file=sys.stderr)
sys.addaudithook(hook)
sys.argv = ["download", *sys.argv[1:]]
runpy.run_module("runtime.download", run_name="__main__")
"""


@pytest.fixture
def start(store, tmp_path):
    def run(digest, *command, **given):
        variables = {**environment(store), "PATH": os.environ["PATH"], DIGEST: digest, **given}
        return subprocess.Popen(  # noqa: S603 our own program
            [sys.executable, *(command or ("-m", "runtime.download")), URI, str(tmp_path / "models")],
            cwd=ROOT, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    return run


def test_a_big_file_takes_bounded_memory(store, start, tmp_path):
    """Of 96 MiB no more than the window is held: 7 parts of 4 MiB, and what interpreter and botocore take."""
    content = os.urandom(2**20) * 96
    digest = store.put({"weights.safetensors": content})
    process = start(digest, DOWNLOAD_WORKERS="3", DOWNLOAD_PART_MIB="4")
    peak = 0
    while process.poll() is None:
        try:
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
        except OSError:
            break
        found = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")]
        peak = max([peak, *found])
        time.sleep(0.02)
    assert process.wait(30) == 0, process.stdout.read()
    assert 0 < peak < 100 * 1024, f"{peak} KiB"
    assert (tmp_path / "models" / "weights.safetensors").read_bytes() == content
    process.communicate()


def test_it_writes_below_its_target_only(store, start, tmp_path):
    digest = store.put({"a": b"x", "b/c": b"y"})
    _, said = (process := start(digest, "-B", "-c", RECORDS_WRITES)).communicate(timeout=60)
    assert process.returncode == 0
    written = [line.removeprefix("WROTE ") for line in said.splitlines() if line.startswith("WROTE")]
    models = str(tmp_path / "models")
    assert len(written) > 5
    assert [path for path in written if not path.startswith(models)] == []


def test_sigterm_ends_it_at_once_and_the_next_start_goes_on(store, start, tmp_path):
    files = {"a.bin": b"a" * 4096, "b.bin": b"b" * 4096}
    digest = store.put(files)

    def hangs(start_response):
        time.sleep(3)
        start_response("503 x", [("Content-Length", "0")])
        return [b""]

    store.instead = lambda e: hangs if e["PATH_INFO"].endswith("b.bin") else None
    process = start(digest)
    staged = tmp_path / "models" / STAGING / "a.bin"
    for _ in range(400):
        if staged.exists() and staged.stat().st_size:
            break
        time.sleep(0.05)
    time.sleep(0.3)
    told = time.monotonic()
    process.send_signal(signal.SIGTERM)
    out, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (143, "")
    assert time.monotonic() - told < 2
    assert json.loads(out.splitlines()[-1])["outcome"] == "stopped"
    assert not (tmp_path / "models" / "a.bin").exists()

    store.instead = None
    out, _ = (again := start(digest)).communicate(timeout=60)
    assert again.returncode == 0
    assert json.loads(out.splitlines()[0])["kept"] == 4096
    assert sorted(p.name for p in (tmp_path / "models").iterdir()) == ["a.bin", "b.bin"]


def test_it_says_everything_that_is_wrong_with_its_arguments_and_shows_no_traceback(start):
    out, errors = (process := start("sha256:short", DOWNLOAD_WORKERS="many")).communicate(timeout=60)
    assert (process.returncode, errors) == (2, "")
    assert json.loads(out)["problems"] == [
        "ARTIFACT_DIGEST: should be sha256: and 64 hexadecimal digits, got 'sha256:short'",
        "DOWNLOAD_WORKERS: should be a number from 1 to 64, got 'many'",
    ]


def test_without_a_region_it_says_so(store, start):
    process = start(store.put({"a": b"x"}), AWS_REGION="", AWS_DEFAULT_REGION="", AWS_ENDPOINT_URL_S3="")
    out, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (2, "")
    assert json.loads(out)["outcome"] == "bad_input"
