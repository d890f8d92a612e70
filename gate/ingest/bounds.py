"""What files of others may cost, all together: a judgement ends within seconds, in bounded memory."""

from dataclasses import dataclass

LARGEST_FILE = 64 * 1024 * 1024
ALL_FILES = 128 * 1024 * 1024
MOST_VALUES = 2_000_000
"""Scalars, keys, lists and mappings of all files, aliases followed; 10,000 manifests have some 500,000."""
LARGEST_TEXT = 4 * 1024 * 1024
"""Characters of one scalar. Kubernetes takes objects of 1.5 MiB, and a resource of a stack is hardly larger."""
DEEPEST = 200
_LONGEST_NUMBER = 400
"""Digits; what a 64-bit float holds ends at 309."""


class DamageError(ValueError):
    """A file is not what can be judged; the message says why."""


@dataclass
class Bounds:
    """What is left; one for everything that is judged together."""

    bytes_left: int = ALL_FILES
    values_left: int = MOST_VALUES

    @property
    def spent(self) -> bool:
        """Whether a bound is passed: no further file can be read."""
        return self.bytes_left < 0 or self.values_left < 0

    def take_file(self, size: int) -> None:
        """Count a file before it is read."""
        if size > LARGEST_FILE:
            raise DamageError(f"has {size} bytes; more than {LARGEST_FILE} are not read")
        self.take_bytes(size)

    def take_bytes(self, count: int) -> None:
        """Count what is read, or what aliases repeat."""
        self.bytes_left -= count
        if self.bytes_left < 0:
            raise DamageError(f"the files hold more than {ALL_FILES} bytes together; judge them in parts")

    def take_values(self, count: int) -> None:
        """Count values before they are made."""
        self.values_left -= count
        if self.values_left < 0:
            raise DamageError(f"the files hold more than {MOST_VALUES:,} values; judge them in parts")


def too_deep() -> DamageError:
    return DamageError(f"is nested more than {DEEPEST} deep")


def too_long(length: int) -> DamageError:
    return DamageError(f"a text of {length:,} characters; more than {LARGEST_TEXT:,} are not read")


def whole_number(digits: str, base: int = 10) -> int | float:
    """The number as the API server reads it: what does not fit in 64 bits is a float."""
    if len(digits) <= _LONGEST_NUMBER:
        number = int(digits, base)
        if -(2**63) <= number < 2**64:
            return number
        try:
            return float(number)
        except OverflowError:
            pass
    raise DamageError(f"a number of {len(digits):,} digits is none that JSON can hold")
