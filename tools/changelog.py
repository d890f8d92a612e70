"""``make changelog``: moves what stands in ``changelog.d`` under Unreleased in CHANGELOG.md, by file name."""

import sys
from pathlib import Path
from typing import Final

HEADING: Final = "## Unreleased\n"


def folded(changelog: str, fragments: list[str]) -> str:
    """The changelog with all fragments' points first under its newest heading.

    Raises:
        ValueError: the changelog has no heading for what is not released.
    """
    before, heading, after = changelog.partition(HEADING)
    if not heading:
        raise ValueError(f"CHANGELOG.md has no heading {HEADING.strip()!r}")
    return f"{before}{heading}\n{''.join(fragments)}{after}"


def main(root: Path) -> int:
    """Fold and remove the fragments; 0 also where there are none."""
    paths = sorted((root / "changelog.d").glob("*.md"))
    if not paths:
        print("changelog.d holds nothing")
        return 0
    changelog = root / "CHANGELOG.md"
    try:
        text = folded(changelog.read_text(encoding="utf-8"), [p.read_text(encoding="utf-8") for p in paths])
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    changelog.write_text(text, encoding="utf-8")
    for path in paths:
        path.unlink()
    print(f"moved {len(paths)} fragments to CHANGELOG.md")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).parents[1]))
