"""The switch of a version for faults: a file that its server reads again before each answer. Pure but for the file."""

import json
import math
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Faults:
    """What a server does wrong; without any, it is the model as it was published."""

    errors: float = 0.0
    """The fraction of requests that fail."""
    slow_ms: int = 0
    """Added to each answer."""
    noise: float = 0.0
    """Noise on the weights, in their own standard deviations."""

    def __post_init__(self) -> None:
        for name, value, most in (
            ("errors", self.errors, 1),
            ("noise", self.noise, 10),
            ("slow_ms", self.slow_ms, 60_000),
        ):
            if not 0 <= value <= most:
                raise ValueError(f"{name} should be from 0 to {most} (got {value})")

    @property
    def words(self) -> str:
        said = []
        if self.errors:
            said.append(f"{self.errors:.0%} of requests fail")
        if self.slow_ms:
            said.append(f"each answer takes {self.slow_ms} ms more")
        if self.noise:
            said.append(f"noise of {self.noise:g} standard deviations on the weights")
        return ", ".join(said) or "no fault"


def fails(number: int, errors: float) -> bool:
    """Whether the n-th request (from 1) is one that fails: spread evenly, the same in every run."""
    return math.floor(number * errors) > math.floor((number - 1) * errors)


def read(path: Path) -> Faults:
    """What the file says; nothing where there is none.

    Raises:
        ValueError: it is no file of faults.
    """
    try:
        return Faults(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Faults()
    except TypeError as error:
        raise ValueError(str(error)) from None


def write(path: Path, faults: Faults) -> None:
    """The server's next answer is given with these."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(faults)) + "\n", encoding="utf-8")
    os.replace(fresh, path)  # noqa: PTH105 the same call on every system
