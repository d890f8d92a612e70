"""The one error of these commands: a sentence, and the problems one a line."""

from collections.abc import Sequence


class LocalError(Exception):
    """Something people can put right; nothing was left half done."""

    def __init__(self, said: str, problems: Sequence[str] = ()) -> None:
        super().__init__("\n  ".join([said, *problems]))
