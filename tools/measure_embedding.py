"""The command of an evaluation of an embedding model: ``--model FOLDER --data PAIRS --suite sentence-pairs/spearman``.

Run by an interpreter with tools/evaluation-requirements.txt; prints ``{"value": 0.8605}``, as a worker's
``evaluation.command`` has to.
"""

import argparse
import json
from pathlib import Path

from tools.embed_sentences import Embedder, spearman

_SUITE = "sentence-pairs/spearman"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--suite", required=True)
    asked = parser.parse_args()
    if asked.suite != _SUITE:
        parser.error(f"--suite: should be {_SUITE} (got {asked.suite!r})")
    print(json.dumps({"value": spearman(Embedder(asked.model), asked.data)[1]}))


if __name__ == "__main__":
    main()
