"""A model that is served: what is sent to it, and its answer's status and words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

_MOST_BYTES: Final = 1_000_000


class AwayError(Exception):
    """Nobody answers: that is no figure."""


@dataclass(frozen=True)
class Answered:
    """A status, and the words of the first choice; empty where there are none."""

    status: int
    text: str


@dataclass(frozen=True)
class Endpoint:
    """An address that takes POST. ``name`` is what the model is called there; chat is asked without chance."""

    url: str
    name: str = ""
    seconds: float = 60.0

    def send(self, body: Mapping[str, Any]) -> Answered:
        if "messages" in body:
            body = {"model": self.name, "temperature": 0, "seed": 0, **body}
        return self.send_raw(json.dumps(body).encode())

    def send_raw(self, content: bytes) -> Answered:
        """Send bytes as they stand.

        Raises:
            AwayError: there is no answer at all.
        """
        request = Request(self.url, data=content, headers={"content-type": "application/json"})  # noqa: S310 the settings' own
        try:
            with urlopen(request, timeout=self.seconds) as answer:  # noqa: S310 as above
                return Answered(answer.status, _words(answer.read(_MOST_BYTES)))
        except HTTPError as error:
            with error:
                return Answered(error.code, "")
        except (URLError, OSError) as error:
            raise AwayError(f"{self.url}: does not answer: {error}") from None


def _words(content: bytes) -> str:
    """Of an answer in the form of chat completions; another form has no words."""
    try:
        said = json.loads(content)["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError):
        return ""
    return said if isinstance(said, str) else ""
