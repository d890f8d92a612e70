"""Texts by which Pulumi's wire, its states and its previews mark a secret, a resource and an unknown value.

They are those of the Pulumi SDK 3.272.0 (``pulumi/runtime/rpc.py``). Files of others are read by them without the SDK.
"""

from typing import Final

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 the wire's mark for "secret", itself none
UNKNOWN_MARK: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""Unknown string, and what the Python SDK sends for any unknown."""
UNKNOWN_MARKS: Final = frozenset(
    {
        UNKNOWN_MARK,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # unknown bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # unknown number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # unknown array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # unknown asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # unknown archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # unknown object
    }
)
RESOURCE_SIGNATURE: Final = "5cf8f73096256a8f31e491e813e4eb8e"


def is_unknown_mark(text: str) -> bool:
    """Whether a text is what the wire and previews put in place of an unknown value."""
    return text in UNKNOWN_MARKS
