"""``slipway release verify``, with a stand-in for model-signing; `make verify-releases` asks the real one."""

import json
import sys
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from gate.cli import release_verify as command_release_verify
from gate.cli.app import app
from gate.core.checkout import ROOT
from gate.core.errors import GateError
from gate.evaluate import verification
from gate.evaluate.verification import verify
from releases.contents import size_bytes
from releases.digest import manifest
from releases.load import LoadedRelease
from releases.release import Release
from tests.releases.records import record
from tests.releases.test_signature import bundle, statement

SIGNED = {"identity": "us", "public_key": f"sha256:{'1' * 64}", "bundle": f"sha256:{'2' * 64}"}
BY_IDENTITY = {
    "identity": "a@example.com",
    "issuer": "https://issuer.example",
    "bundle": f"sha256:{'2' * 64}",
}


@pytest.fixture
def weights(tmp_path):
    folder = tmp_path / "weights"
    folder.mkdir()
    header = json.dumps({"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()
    (folder / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + bytes(8))
    (folder / "config.json").write_text("{}")
    return folder


@pytest.fixture
def beside(tmp_path):
    folder = tmp_path / "record"
    folder.mkdir()
    return folder


def loaded(weights, **changes):
    true = {
        "artifact.digest": manifest(weights).digest,
        "artifact.size_bytes": size_bytes(weights),
        "artifact.parameters": 2,
    }
    return LoadedRelease(Release.model_validate(record(change=true | changes)), f"sha256:{'3' * 64}")


def stand_in(monkeypatch, tmp_path, script):
    """A program in model-signing's place, which notes how it was called."""
    tool = tmp_path / "bin" / "model_signing"
    tool.parent.mkdir()
    note = f"open({str(tmp_path / 'called')!r}, 'w').write(' '.join(sys.argv[1:]))"
    tool.write_text("\n".join([f"#!{sys.executable}", "import sys", note, script, ""]))
    tool.chmod(0o755)
    monkeypatch.setattr(verification, "environment", lambda _pins, _root: tool.parent / "python")


@pytest.fixture
def signed_for(monkeypatch, tmp_path):
    def put(script):
        stand_in(monkeypatch, tmp_path, script)
        return tmp_path / "called"

    return put


def problems(checks):
    return {check.asked: check.problems for check in checks if check.problems}


def test_true_files_pass_every_check(weights, beside):
    checks = verify(loaded(weights), weights, beside, ROOT)
    assert problems(checks) == {}
    assert [(check.asked, check.found) for check in checks] == [
        ("contents", "2 files, none of them a program"),
        ("artifact.digest", manifest(weights).digest),
        ("artifact.size_bytes", str(size_bytes(weights))),
        ("artifact.parameters", "2"),
        ("origin.needs_remote_code", "false"),
        ("artifact.signature", "none: nobody vouches for the files"),
    ]


def test_everything_that_differs_is_said_at_once(weights, beside):
    true = loaded(weights)
    (weights / "extra.pkl").write_bytes(b"x")
    other = replace(true, release=Release.model_validate(record()))
    said = problems(verify(other, weights, beside, ROOT))
    assert said == {
        "contents": ("extra.pkl: a pickle runs code when it is loaded; convert it to safetensors",),
        "artifact.digest": (
            f"the record says {other.release.artifact.digest}, the files have {manifest(weights).digest}",
        ),
        "artifact.size_bytes": (f"the record says 91618861, the files have {size_bytes(weights)}",),
        "artifact.parameters": ("the record says 22713216, the files have 2",),
    }


def test_a_signatures_manifest_names_the_files_that_differ(weights, beside, monkeypatch, tmp_path):
    stand_in(monkeypatch, tmp_path, "sys.exit('Verification failed with error: Signature mismatch')")
    resources = [
        {"name": "config.json", "algorithm": "sha256", "digest": "0" * 64},
        {"name": "gone.json", "algorithm": "sha256", "digest": "0" * 64},
    ]
    (beside / "signature.json").write_text(bundle(statement(predicate={"resources": resources})))
    wrong = loaded(weights, **{"artifact.digest": f"sha256:{'5' * 64}", "artifact.signature": SIGNED})
    said = problems(verify(wrong, weights, beside, ROOT))
    assert said["artifact.digest"][1:] == (
        "gone.json: is missing",
        "model.safetensors: was not signed",
        "config.json: is another file than was signed",
    )
    assert said["artifact.signature"] == (
        "model-signing: Verification failed with error: Signature mismatch",
    )


@pytest.mark.parametrize(
    ("signature", "way"),
    [
        (SIGNED, "key --public_key {beside}/signature.pub"),
        (BY_IDENTITY, "sigstore --identity a@example.com --identity_provider https://issuer.example"),
    ],
)
def test_model_signing_is_asked_about_every_file(signed_for, weights, beside, signature, way):
    called = signed_for("print('Verification succeeded')")
    checks = verify(loaded(weights, **{"artifact.signature": signature}), weights, beside, ROOT)
    assert (problems(checks), checks[-1].found) == ({}, f"by {signature['identity']}")
    assert called.read_text() == (
        f"verify {way.format(beside=beside)} --signature {beside}/signature.json --no-ignore-git-paths {weights}"
    )


@pytest.mark.parametrize("script", ["sys.exit(1)", "print('nothing to see')", "sys.exit(0)"])
def test_only_its_own_word_is_a_yes(weights, beside, monkeypatch, tmp_path, script):
    stand_in(monkeypatch, tmp_path, script)
    checks = verify(loaded(weights, **{"artifact.signature": SIGNED}), weights, beside, ROOT)
    assert list(problems(checks)) == ["artifact.signature"]


def test_a_tool_that_is_not_there_is_no_verdict(weights, beside, monkeypatch, tmp_path):
    monkeypatch.setattr(verification, "environment", lambda _pins, _root: tmp_path / "none" / "python")
    with pytest.raises(GateError, match="the signature could not be checked"):
        verify(loaded(weights, **{"artifact.signature": SIGNED}), weights, beside, ROOT)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / "link").symlink_to(folder / "model.safetensors"),
        lambda folder: (folder / "config.json").write_bytes(b"junk"),
    ],
)
def test_files_that_cannot_be_read_are_no_verdict(weights, beside, spoil):
    true = loaded(weights)
    spoil(weights)
    with pytest.raises(GateError, match="the files cannot be verified"):
        verify(true, weights, beside, ROOT)


def test_damaged_weights_are_other_weights(weights, beside):
    """Nothing is counted in them, and nobody is told that they are what was recorded."""
    true = loaded(weights)
    (weights / "model.safetensors").write_bytes(b"junk")
    found = problems(verify(true, weights, beside, ROOT))
    assert list(found) == ["contents", "artifact.digest", "artifact.size_bytes"]
    assert found["contents"] == ("model.safetensors: the header's length cannot be 1802401130 in 4 bytes",)


def test_code_in_the_files_that_the_record_does_not_tell_of_is_named(weights, beside):
    (weights / "config.json").write_text('{"auto_map": {"AutoModel": "modeling.Mine"}}')
    found = problems(verify(loaded(weights), weights, beside, ROOT))
    assert found == {
        "origin.needs_remote_code": (
            (
                "config.json: auto_map names code that comes with the weights, and the record says "
                "needs_remote_code: false"
            ),
        )
    }
    assert (
        problems(verify(loaded(weights, **{"origin.needs_remote_code": True}), weights, beside, ROOT)) == {}
    )


def test_packed_weights_are_not_counted(weights, beside):
    """A file of four-bit weights holds fewer numbers than the model has, and scales besides."""
    packed = {"artifact.precision": "int4", "artifact.parameters": 16}
    checks = verify(loaded(weights, **packed), weights, beside, ROOT)
    assert problems(checks) == {}
    assert "artifact.parameters" not in {check.asked for check in checks}


def run(*words):
    return CliRunner().invoke(app, ["release", "verify", *words])


def test_the_command_says_which_and_ends_with_1(weights, monkeypatch):
    # support-chat/v1 is illustrative: no files have its digest.
    result = run("support-chat/v1", str(weights), "--format=json")
    said = json.loads(result.stdout)
    assert (result.exit_code, said["is_true"]) == (1, False)
    assert [check["asked"] for check in said["checks"] if check["problems"]] == [
        "artifact.digest",
        "artifact.size_bytes",
        "artifact.parameters",
    ]
    text = run("support-chat/v1", str(weights)).stdout.splitlines()
    assert text[-1] == "support-chat/v1: the files are NOT what was recorded"
    monkeypatch.setattr(command_release_verify, "verify", lambda *_: [verification.Check("all", "well")])
    fine = run("support-chat/v1", str(weights))
    assert (fine.exit_code, fine.stdout.splitlines()[-1]) == (
        0,
        "support-chat/v1: the files are what was recorded",
    )


@pytest.mark.parametrize(
    "words", [("minilm", "."), ("minilm/v9", "."), ("support-chat/v1", "/no/such/folder")]
)
def test_what_cannot_be_asked_is_an_error(words):
    result = run(*words)
    assert isinstance(result.exception, GateError)


def test_the_signing_tool_can_be_installed_by_pip_alone():
    """sigstore-rekor-types asks for pydantic[email]: without the extra pip finds a name that is not pinned."""
    pins = (ROOT / "tools" / "signing-requirements.txt").read_text()
    assert "\nsigstore-rekor-types==" in pins
    assert "\npydantic[email]==" in pins
