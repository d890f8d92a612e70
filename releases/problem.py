"""One reason against serving a release."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "illustrative",
    "licence-not-reviewed",
    "licence-refused",
    "licence-obligations",
    "not-approved",
    "approval-refused",
    "nobody",
    "people",
    "unsigned-decision",
    "four-eyes",
    "objectives",
    "residency",
    "use",
    "remote-code",
    "replicas",
    "placement",
    "revoked",
    "evaluation",
    "unsigned",
    "retention",
    "adapter",
    "share",
    "limits",
]


@dataclass(frozen=True)
class Problem:
    """One reason against it; ``path`` is the file and the value in it that says so."""

    kind: Kind
    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"
