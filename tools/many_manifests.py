"""A folder with as many manifests as wanted, made of the corpus: what judging files of others costs as they grow."""

import copy
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import yaml

from gate.core.checkout import ROOT

_IN_A_FILE = 100


@contextmanager
def folder(count: int) -> Iterator[Path]:
    """``count`` objects, good and bad, each under a name of its own, a hundred in a file."""
    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        objects = _objects(count)
        for number in range(0, count, _IN_A_FILE):
            part = yaml.dump_all(islice(objects, _IN_A_FILE), Dumper=yaml.CSafeDumper)
            (root / f"{number:06}.yaml").write_text(part, encoding="utf-8")
        yield root


def _objects(count: int) -> Iterator[dict[str, Any]]:
    paths = sorted((ROOT / "tests" / "corpus" / "kubernetes").glob("*/*.yaml"))
    corpus = [o for path in paths for o in yaml.safe_load_all(path.read_text(encoding="utf-8")) if o]
    for number, like in enumerate(islice(cycle(corpus), count)):
        made = copy.deepcopy(like)
        named = made["metadata"] = made.get("metadata") or {}  # a list has none
        named["name"] = f"{named.get('name', 'x')}-{number}"
        yield made
