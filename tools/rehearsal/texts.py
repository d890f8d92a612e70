"""Changes of the project's own files, in the rehearsal's copy: one text in place of another."""

from dataclasses import dataclass
from pathlib import Path

from gate.core.errors import GateError


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text that a file holds once, and what comes in its place."""

    file: str
    old: str
    new: str

    @property
    def back(self) -> "Text":
        return Text(file=self.file, old=self.new, new=self.old)


def exchange(project: Path, text: Text) -> str:
    """Write the file with the new text; what it held before.

    Raises:
        GateError: it does not hold the old text, or more than once, so that nothing would be shown.
    """
    file = project / text.file
    before = file.read_text(encoding="utf-8")
    if before.count(text.old) != 1:
        raise GateError(
            f"{text.file}: holds {text.old!r} {before.count(text.old)} times; this change needs it once"
        )
    file.write_text(before.replace(text.old, text.new), encoding="utf-8")
    return before
