"""Measures the embedding model again on the held-out sentence pairs and compares with what its record says.

Exit 0: the record's figure is what was measured, and above its floor; 1: it is not; 2: it could not be measured.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from gate.core.checkout import ROOT
from gate.core.environments import environment
from gate.core.errors import GateError
from releases.evaluation import Evaluation
from releases.load import ReleaseError, find, load_releases
from tools.embedding import fetch

_HERE: Final = Path(__file__).parent
PAIRS: Final = ROOT / "releases" / "evaluations" / "sentence-pairs-v1.tsv"
SUITE: Final = ("sentence-pairs", "spearman")
_ROUNDING: Final = 0.0005
"""Libraries for linear algebra add in another order on other processors: the fourth digit may differ."""


def measured() -> float:
    """The rank correlation between the model's similarities and the pairs' scores, to four digits.

    Raises:
        CalledProcessError: the weights could not be fetched, or computing failed.
        GateError: the environment that computes could not be made.
    """
    python = environment(_HERE / "evaluation-requirements.txt", ROOT)
    with tempfile.TemporaryDirectory() as folder:
        weights = fetch(Path(folder))
        done = subprocess.run(  # noqa: S603 our own script in our own environment
            [str(python), str(_HERE / "embed_sentences.py"), str(weights), str(PAIRS)],
            check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
    return float(json.loads(done.stdout)["spearman"])


def contradictions(evaluation: Evaluation, value: float, pairs: bytes) -> Iterator[str]:
    """What a measurement says otherwise than the record."""
    digest = f"sha256:{hashlib.sha256(pairs).hexdigest()}"
    if evaluation.dataset_digest != digest:
        yield f"dataset_digest: the pairs have {digest} (got {evaluation.dataset_digest})"
    if abs(evaluation.value - value) > _ROUNDING:
        yield f"value: measured {value:.4f} (got {evaluation.value:.4f})"
    if value < evaluation.floor:
        yield f"value: measured {value:.4f}, beneath the floor of {evaluation.floor:.4f}"


def main() -> int:
    """The command."""
    try:
        loaded = find(load_releases(), "minilm", "v1")
        recorded = [e for e in loaded.release.evaluations if e.subject == SUITE]
        value = measured()
    except (GateError, ReleaseError, OSError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 2
    said = [p for e in recorded for p in contradictions(e, value, PAIRS.read_bytes())]
    if not recorded:
        said = [f"evaluations: no {' '.join(SUITE)}; measured {value:.4f}"]
    for line in said:
        print(f"{loaded.file}: {line}", file=sys.stderr)
    if not said:
        print(f"{loaded.file}: {' '.join(SUITE)} {value:.4f} on {PAIRS.name}, as recorded; the floor holds")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
