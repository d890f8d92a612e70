"""Files reach the store with the digest that S3 must compute too; a program in place of the AWS CLI answers."""

import os
import sys

import pytest

from tests.gate.cli.organisation import files, organisation, run

BUCKET = "example-dev-models-111122223333-eu-central-1"
FAKE = f"""#!{sys.executable}
import base64, hashlib, json, os, pathlib, sys
store, words = pathlib.Path(os.environ["STORE"]), sys.argv[1:]
said = {{words[i]: words[i + 1] for i in range(2, len(words) - 1) if words[i].startswith("--")}}
def path(): return store / said["--bucket"] / said["--key"]
def digest(content): return base64.b64encode(hashlib.sha256(content).digest()).decode()
if os.environ.get("REFUSES"):
    sys.exit("An error occurred (AccessDenied) when calling the operation: no")
if words[1] == "put-object":
    content = pathlib.Path(said["--body"]).read_bytes()
    if digest(content) != said["--checksum-sha256"]:
        sys.exit("An error occurred (BadDigest) when calling the PutObject operation")
    if path().exists():
        sys.exit("An error occurred (PreconditionFailed) when calling the PutObject operation")
    path().parent.mkdir(parents=True, exist_ok=True)
    path().write_bytes(content + os.environ.get("DAMAGE", "").encode())
    print(json.dumps({{"ChecksumSHA256": digest(path().read_bytes())}}))
elif words[1] == "head-object":
    if os.environ.get("UNREADABLE"):
        sys.exit("An error occurred (403) when calling the HeadObject operation: Forbidden")
    print(digest(path().read_bytes()))
else:
    top = store / said["--bucket"]
    found = [p for p in sorted(top.rglob("*")) if p.is_file()]
    rows = [[str(p.relative_to(top)), p.stat().st_size] for p in found]
    print(json.dumps([row for row in rows if row[0].startswith(said["--prefix"])] or None))
"""


@pytest.fixture
def mine(tmp_path, monkeypatch):
    (tmp_path / "bin").mkdir()
    aws = tmp_path / "bin" / "aws"
    aws.write_text(FAKE)
    aws.chmod(0o755)
    monkeypatch.setenv("PATH", f"{aws.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("STORE", str(tmp_path / "store"))
    return released(tmp_path, monkeypatch)


def released(tmp_path, monkeypatch):
    """An organisation with a record of ``minilm/v2``, whose files lie beside it."""
    root = organisation(tmp_path / "mine")
    folder = tmp_path / "files"
    if not folder.exists():
        files(folder)
    for old in (root / "releases/models/minilm/v1/events").iterdir():
        old.unlink()
    assert run("release", "new", "minilm/v2", folder, "--who=me@acme.io", f"--from={root}")[0] == 0
    record = root / "releases/models/minilm/v2/release.yaml"
    lines = [
        line if "CHANGEME" not in line else f"{line.partition(':')[0]}: {0.9 if 'value' in line else 'said'}"
        for line in record.read_text().splitlines()
    ]
    record.write_text("\n".join(lines) + "\n")
    monkeypatch.setattr("gate.cli.release_upload._bucket", lambda *_: BUCKET)
    return root


def upload(mine, *words):
    return run(
        "release", "upload", "minilm/v2", mine.parent / "files", "--stack=dev", *words, f"--from={mine}"
    )


def stored(mine):
    top = mine.parent / "store" / BUCKET / "minilm-v2"
    return sorted(path.name for path in top.iterdir()) if top.is_dir() else []


def test_commands_are_printed_and_nothing_is_done(mine):
    code, out = upload(mine)
    lines = out.splitlines()
    assert (code, len(lines), stored(mine)) == (0, 6, [])
    assert lines[0] == (
        f"aws s3api put-object --bucket {BUCKET} --key minilm-v2/README.md --body {mine.parent}/files/README.md "
        "--checksum-sha256 N2aAodBqP6uyvsdIe6XFuq4uoEhTPXQ235LTBItQv68= --if-none-match '*'"
    )
    assert lines[-1] == "# 5 files; --run does it as the publisher of dev, and verifies"


def test_what_is_uploaded_is_verified_there(mine):
    code, out = upload(mine, "--run")
    assert (code, out.splitlines()[-1]) == (
        0,
        "minilm/v2: the store of dev holds the recorded files, and nothing else",
    )
    assert len(stored(mine)) == 5
    again = upload(mine, "--run")
    assert (again[0], again[1].count("is there already")) == (0, 5)


def test_a_role_that_may_not_read_says_what_it_did_not_compare(mine, monkeypatch):
    upload(mine, "--run")
    monkeypatch.setenv("UNREADABLE", "1")
    code, out = upload(mine, "--run")
    assert (code, out.count("this role may not read it: aws s3api head-object")) == (1, 5)
    assert out.splitlines()[-1].startswith("minilm/v2: NOT shown that the store of dev holds")


def test_another_file_in_its_place_or_beside_it_is_refused(mine):
    upload(mine, "--run")
    folder = mine.parent / "store" / BUCKET / "minilm-v2"
    (folder / "config.json").write_text("{}")
    code, out = upload(mine, "--run")
    assert (code, "config.json: holds another file (SHA-256" in out, "bytes there, and" in out) == (
        1,
        True,
        True,
    )
    (folder / "run.sh").write_text("x")
    code, out = upload(mine, "--run")
    assert (code, out.splitlines()[1]) == (2, f"  s3://{BUCKET}/minilm-v2/run.sh: was not recorded")


def test_damage_on_the_way_is_seen(mine, monkeypatch):
    monkeypatch.setenv("DAMAGE", "x")
    code, out = upload(mine, "--run")
    assert (code, out.count("S3 computed")) == (1, 5)


def test_other_files_than_the_recorded_are_not_uploaded(mine):
    (mine.parent / "files" / "README.md").write_text("other")
    code, out = upload(mine, "--run")
    assert (code, stored(mine)) == (2, [])
    assert out.startswith("the folder holds other files than minilm/v2 records, so nothing is uploaded:\n")


def test_a_store_that_refuses_or_a_tool_that_is_missing_is_one_message(mine, monkeypatch):
    monkeypatch.setenv("REFUSES", "1")
    assert upload(mine, "--run")[1] == (
        "the store was not reached, or refuses:\n  aws s3api list-objects-v2: "
        "An error occurred (AccessDenied) when calling the operation: no\n"
        "  become the stack's publisher first (docs/deploy.md)"
    )
    monkeypatch.setenv("PATH", "/nowhere")
    assert upload(mine, "--run")[1].startswith("the AWS CLI cannot be started:\n")


def test_the_bucket_is_that_of_the_stack(tmp_path):
    from gate.cli.release_upload import _bucket  # noqa: PLC0415 the fixture replaces it elsewhere
    from gate.core.errors import GateError  # noqa: PLC0415 as above

    root = organisation(tmp_path)
    assert _bucket(root, "dev") == BUCKET
    assert _bucket(root, "prod-models") == BUCKET.replace("-dev-", "-prod-")
    with pytest.raises(GateError, match="nope: no such stack"):
        _bucket(root, "nope")
    file = root / "stacks/Pulumi.dev.yaml"
    file.write_text("\n".join(file.read_text().splitlines()[:10]) + "\n")
    with pytest.raises(GateError, match="stack dev has no model_store"):
        _bucket(root, "dev")
