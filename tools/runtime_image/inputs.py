"""What the image is made of, and its tag: another tag is another content, known before anything is built."""

import hashlib
from pathlib import Path
from typing import Final

from facts.pins import Image, images

ROOT: Final = Path(__file__).parent.parent.parent
REQUIREMENTS: Final = ROOT / "runtime" / "requirements.txt"
BASE: Final = "python"
"""The pin of the image ours stands on."""
RECIPE: Final = "1"
"""Raised when layers are made in another way, so that the tag changes with them."""
_CODE: Final = ("releases/__init__.py", "releases/digest.py", "runtime/__init__.py")


def code() -> list[Path]:
    """The files of ours that go in, below the root, in order."""
    program = (ROOT / "runtime" / "download").glob("*.py")
    return sorted([*(Path(name) for name in _CODE), *(path.relative_to(ROOT) for path in program)])


def base() -> Image:
    """The image below, by digest.

    Raises:
        ValueError: its pin names none.
    """
    found = images()[BASE]
    if not found.digest:
        raise ValueError(f"facts/pins/images.yaml: {BASE}.digest: should name the base image's content")
    return found


def tag() -> str:
    """``src-`` and what the hash of everything that goes in begins with."""
    total = hashlib.sha256(f"{RECIPE}\n{base().digest}\n".encode())
    for path in [*code(), REQUIREMENTS.relative_to(ROOT)]:
        content = hashlib.sha256((ROOT / path).read_bytes()).hexdigest()
        total.update(f"{content}  {path.as_posix()}\n".encode())
    return f"src-{total.hexdigest()[:16]}"
