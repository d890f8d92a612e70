"""How sensitive data may be: the words of release records, of retention settings and of prefixes in a bucket."""

from typing import Final

DATA_CLASSES: Final = ("public", "internal", "confidential", "restricted")
"""From the most open to the most closed."""
