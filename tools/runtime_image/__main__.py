"""``make runtime-image``: builds the image into ``build/runtime-image`` and compares it with its pin."""

import argparse
import hashlib
import re
import sys
from collections.abc import Sequence
from typing import Final

from facts.pins import images
from tools.runtime_image import debian, inputs
from tools.runtime_image.build import build
from tools.runtime_image.errors import ImageError

_PIN: Final = "slipway-runtime"
_PINS: Final = inputs.ROOT / "facts" / "pins" / "images.yaml"
_CACHE: Final = inputs.ROOT / ".cache" / "runtime-image"
_TARGET: Final = inputs.ROOT / "build" / "runtime-image"


def lock() -> None:
    """Write the base's packages again, as apt offers them now."""
    lines = [line for line in inputs.BASE.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    for package in inputs.base():
        content = debian.downloaded(package.name)
        found = hashlib.sha256(content).hexdigest()
        lines.append(f"{package.name} {debian.version_of(content)} {found}")
    inputs.BASE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def pin(tag: str, digest: str) -> None:
    """Write tag and digest into the pins, and leave the rest of the file as it is."""
    before, name, after = _PINS.read_text(encoding="utf-8").partition(f"\n{_PIN}:\n")
    after = re.sub(r"(?m)^  version: .*$", f"  version: {tag}", after, count=1)
    after = re.sub(r"(?m)^  digest: .*$", f"  digest: {digest}", after, count=1)
    _PINS.write_text(before + name + after, encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Build; 1 where the pin says something else, 2 where it cannot be built."""
    parser = argparse.ArgumentParser(prog="make runtime-image", description=__doc__)
    parser.add_argument(
        "--lock", action="store_true", help="first lock the base's packages as apt offers them"
    )
    parser.add_argument(
        "--write", action="store_true", help="write tag and digest into facts/pins/images.yaml"
    )
    said = parser.parse_args(arguments)
    try:
        if said.lock:
            lock()
        tag, digest = inputs.tag(), build(_TARGET, _CACHE)
    except ImageError as error:
        for problem in error.problems:
            print(f"runtime-image: {problem}", file=sys.stderr)
        return 2
    print(f"{_TARGET.relative_to(inputs.ROOT)}: {tag}@{digest}")
    if said.write:
        pin(tag, digest)
        return 0
    pinned = images()[_PIN]
    if (pinned.version, pinned.digest) != (tag, digest):
        print(
            f"runtime-image: facts/pins/images.yaml: {_PIN}: got {pinned.version}@{pinned.digest}; "
            "`make runtime-image ARGS=--write` writes the one that was built",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
