"""``make runtime-image``: builds the images into ``build/`` and compares each with its pin."""

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

_PINS: Final = inputs.ROOT / "facts" / "pins" / "images.yaml"
_CACHE: Final = inputs.ROOT / ".cache" / "runtime-image"
_TARGETS: Final = {"slipway-runtime": "runtime-image", "slipway-loops": "loops-image"}


def lock() -> None:
    """Write the packages of the base, and of what stands on it, again, as apt offers them now."""
    for path in {path for image in inputs.IMAGES.values() for path in image.debian}:
        lines = []
        for line in path.read_text(encoding="utf-8").splitlines():
            name = line.partition(" ")[0]
            if name and not line.startswith("#"):
                content = debian.downloaded(name)
                lines.append(f"{name} {debian.version_of(content)} {hashlib.sha256(content).hexdigest()}")
            else:
                lines.append(line)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def pin(image: str, tag: str, digest: str) -> None:
    """Write tag and digest into the pins, and leave the rest of the file as it is."""
    before, name, after = _PINS.read_text(encoding="utf-8").partition(f"\n{image}:\n")
    after = re.sub(r"(?m)^  version: .*$", f"  version: {tag}", after, count=1)
    after = re.sub(r"(?m)^  digest: .*$", f"  digest: {digest}", after, count=1)
    _PINS.write_text(before + name + after, encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Build; 1 where a pin says something else, 2 where one cannot be built."""
    parser = argparse.ArgumentParser(prog="make runtime-image", description=__doc__)
    parser.add_argument(
        "--lock", action="store_true", help="first lock the base's packages as apt offers them"
    )
    parser.add_argument(
        "--write", action="store_true", help="write tag and digest into facts/pins/images.yaml"
    )
    parser.add_argument("--only", choices=sorted(_TARGETS), help="build one of them")
    said = parser.parse_args(arguments)
    chosen = [said.only] if said.only else list(_TARGETS)
    try:
        if said.lock:
            lock()
        return max(_made(name, is_written=said.write) for name in chosen)
    except ImageError as error:
        for problem in error.problems:
            print(f"runtime-image: {problem}", file=sys.stderr)
        return 2


def _made(name: str, *, is_written: bool) -> int:
    image, target = inputs.IMAGES[name], inputs.ROOT / "build" / _TARGETS[name]
    tag, digest = inputs.tag(image), build(target, _CACHE, image)
    print(f"{target.relative_to(inputs.ROOT)}: {tag}@{digest}")
    if is_written:
        pin(name, tag, digest)
        return 0
    pinned = images()[name]
    if (pinned.version, pinned.digest) != (tag, digest):
        print(
            f"runtime-image: facts/pins/images.yaml: {name}: got {pinned.version}@{pinned.digest}; "
            "`make runtime-image ARGS=--write` writes the one that was built",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
