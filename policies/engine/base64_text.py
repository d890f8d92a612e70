"""Text that somebody may have written in base64."""

import base64
import binascii


def decoded(said: str) -> str:
    """What a text says, decoded if it is base64 of a text."""
    try:
        return base64.b64decode(said, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return said
