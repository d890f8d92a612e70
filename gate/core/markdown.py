"""Text of others in Markdown: it stays text, and it calls nobody.

GitHub draws what it finds: emphasis, headings, images, links, and it tells people whose name stands behind an @. A
break of no width, as Renovate sets it, stops the last two, which no backslash does.
"""

import re
from typing import Final

from gate.core.printable import printable

_MEANS_SOMETHING: Final = re.compile(r"([\\|*`\[\]~])")
_EMPHASIS: Final = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_LIST: Final = re.compile(r"^[-+=](?=[-=\s]|$)")
_NUMBERED: Final = re.compile(r"^(\d+)(?=[.)](?:\s|$))")
_CALLS: Final = re.compile(
    r"(?<=(?<![A-Za-z0-9])@)(?=[A-Za-z0-9])|(?<=#)(?=[\d\s]|$)|(?<=GH-)(?=\d)"
    r"|(?:(?<=http:)|(?<=https:)|(?<=ftp:))(?=//)|(?<=www)(?=\.)",
    re.IGNORECASE,
)
"""Within ``@name``, ``#1``, ``https://`` and ``www.``: there GitHub would make a mention, a heading or a link."""
_BREAK: Final = "&#8203;"


def cell(value: object) -> str:
    """Text that Markdown shows as it was written: the star of ``s3:Get*`` too."""
    text = " ".join(printable(value).split("\n")).lstrip()
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _EMPHASIS.sub(r"\\_", _MEANS_SOMETHING.sub(r"\\\1", text))
    text = _NUMBERED.sub(r"\1\\", _LIST.sub(r"\\\g<0>", text))
    return _CALLS.sub(_BREAK, text)


def code(value: object) -> str:
    """Text as code, in a table too: without the backtick that would end it, and the pipe that would end its cell."""
    text = " ".join(printable(value).split()).replace("`", "'").replace("|", "¦")
    return f"`{text}`" if text else "—"
