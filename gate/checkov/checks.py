"""What is known of a check of checkov: its title, read from the pinned package without running it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gate.core.errors import GateError

_ID: Final = re.compile(r"CKV2?_[A-Z0-9]+_[0-9]+")
_TITLE: Final = re.compile(r"""\bname"?\s*[:=]\s*(?P<quote>["'])(?P<title>.+?)(?P=quote)""")
_PIN: Final = re.compile(r"^checkov==(?P<version>\S+)", re.MULTILINE)
_FRAMEWORKS: Final = ("terraform", "kubernetes")
"""What the gate lets checkov read."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """A check of checkov at the version that is pinned."""

    id: str
    title: str
    version: str


def known_check(id_: str, root: Path) -> Check:
    """The check of this id, as the environment that ``make preview`` installs has it.

    Raises:
        GateError: the id is none of checkov's, or the installed version has no such check.
    """
    if not _ID.fullmatch(id_):
        raise GateError(f"no check {id_!r}; checkov calls its checks CKV_AWS_7 or CKV2_AWS_5")
    pin = _PIN.search((root / "tools" / "checkov-requirements.txt").read_text(encoding="utf-8"))
    version = pin["version"] if pin else "of an unknown version"
    packages = sorted((root / ".cache" / "checkov").glob("lib/python*/site-packages/checkov"))
    if not packages:
        return Check(
            id=id_,
            title="not known here: checkov is not installed (make preview installs it)",
            version=version,
        )
    title = next(_titles(packages[0], id_), "")
    if not title:
        raise GateError(f"no check {id_!r} for {' or '.join(_FRAMEWORKS)} in checkov {version}")
    return Check(id=id_, title=title, version=version)


def _titles(package: Path, id_: str) -> Iterator[str]:
    mark = re.compile(rf"""["' ]{id_}["'\s]""")
    for framework in _FRAMEWORKS:
        for path in sorted((package / framework / "checks").rglob("*")):
            if path.suffix not in {".py", ".yaml", ".json"}:
                continue
            text = path.read_text(encoding="utf-8", errors="replace")
            if id_ in text and mark.search(text) and (title := _TITLE.search(text)):
                yield title["title"]
