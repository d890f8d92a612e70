"""An organisation of its own to change: stack files and releases of this checkout, in a repository of git."""

import json
import shutil
import subprocess
from pathlib import Path

from typer.testing import CliRunner

from gate.cli.app import app
from gate.core.errors import GateError
from tests.conftest import ROOT
from tests.releases.test_draft import weights

BERT = {
    "architectures": ["BertModel"],
    "num_hidden_layers": 6,
    "num_attention_heads": 12,
    "hidden_size": 384,
    "max_position_embeddings": 512,
    "torch_dtype": "float32",
}
CARD = "---\nlicense: apache-2.0\n---\n# A model\n"


def organisation(folder: Path) -> Path:
    """A copy of the committed stacks and releases, committed on a day of its own."""
    for part in ("releases/models", "releases/agents", "stacks"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    shutil.copy(ROOT / "releases/people.yaml", folder / "releases")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.email", "model-risk@example.com")
    git(folder, "config", "user.name", "Risk")
    git(folder, "config", "commit.gpgsign", "false")
    commit(folder, "2026-11-29T10:00:00+00:00")
    return folder


def second_version(root: Path) -> Path:
    """The same files as ``minilm/v1`` once more, as a version that was reviewed, measured and approved."""
    record = root / "releases/models/minilm"
    (record / "v2" / "events").mkdir(parents=True)
    text = (record / "v1" / "release.yaml").read_text()
    text = text.replace("version: v1", "version: v2").replace("-v1/", "-v2/")
    (record / "v2" / "release.yaml").write_text(text)
    for name in ("signature.json", "signature.pub"):
        (record / "v2" / name).write_bytes((record / "v1" / name).read_bytes())
    said = ("--evidence=x", "--today=2026-11-29", f"--from={root}")
    for words in (("review", "minilm/v2", "--who=licences@example.com"), ("approve", "minilm/v2")):
        assert run("release", *words, *said)[0] == 0
    assert run("release", "evaluate", "minilm/v2", "--value=0.87", *said)[0] == 0
    return root


def commit(folder: Path, when: str) -> None:
    """Everything that is there, at a time."""
    git(folder, "add", "-A")
    times = {"GIT_COMMITTER_DATE": when, "GIT_AUTHOR_DATE": when}
    git(folder, "commit", "-q", "--allow-empty", "-m", when, **times)


def git(folder: Path, *words: str, **environment: str) -> str:
    done = subprocess.run(  # noqa: S603 git, our own arguments
        ["git", "-C", str(folder), *words],  # noqa: S607 whichever git there is
        check=True,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(folder), **environment},
    )
    return done.stdout


def files(folder: Path) -> Path:
    """An embedding model's files, small."""
    folder.mkdir()
    weights(folder / "model.safetensors", "F32", 4)
    (folder / "config.json").write_text(json.dumps(BERT))
    (folder / "modules.json").write_text("[]")
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 256}')
    (folder / "README.md").write_text(CARD)
    return folder


def run(*words: object) -> tuple[int, str]:
    """A command's exit code and what it printed; an error's message, where it ends with one."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    if isinstance(result.exception, GateError):
        return 2, str(result.exception)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def key_in(folder: Path, kind: str = "ed25519") -> Path:
    """A new SSH key without a passphrase; its public half stands beside it."""
    key = folder / f"id_{kind}"
    subprocess.run(  # noqa: S603 ssh-keygen, our own arguments
        ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "test", "-f", str(key)],  # noqa: S607 whichever there is
        check=True,
        capture_output=True,
    )
    return key
