"""What a workflow writes on GitHub, by GitHub's own client.

``gh`` takes the token and the repository from ``GH_TOKEN`` and ``GH_REPO``. Texts go in by standard input: nothing of
them is an argument, and no shell reads them.
"""

import json
import subprocess
from collections.abc import Iterator
from typing import Any, Final

from gate.core.errors import GateError

_COMMENTS: Final = "repos/{owner}/{repo}/issues/{number}/comments"
BOT: Final = "github-actions[bot]"
"""Who writes with a workflow's token; only what it wrote is ever written again."""


def pull_request_at(commit: str) -> int | None:
    """The open pull request whose newest commit this is; nothing if it has moved on or was closed."""
    listed = _json(_gh("pr", "list", "--state", "open", "--limit", "1000", "--json", "number,headRefOid"))
    return next((pull["number"] for pull in listed if pull["headRefOid"] == commit), None)


def put_comment(number: int, mark: str, body: str) -> None:
    """Make the comment that holds a mark, or write it again."""
    path = _COMMENTS.replace("{number}", str(number))
    said = _documents(_gh("api", f"{path}?per_page=100", "--paginate"))
    ours = [c["id"] for page in said for c in page if c["user"]["login"] == BOT and mark in c["body"]]
    if ours:
        _gh(
            "api",
            f"repos/{{owner}}/{{repo}}/issues/comments/{ours[-1]}",
            "--method",
            "PATCH",
            "--input",
            "-",
            body=body,
        )
    else:
        _gh("api", path, "--method", "POST", "--input", "-", body=body)


def put_issue(title: str, body: str) -> str:
    """Open the issue of this title, write it again, or close it where there is nothing to say; what was done."""
    listed = _json(
        _gh("issue", "list", "--state", "open", "--author", BOT, "--limit", "1000", "--json", "number,title")
    )
    number = next((issue["number"] for issue in listed if issue["title"] == title), None)
    path = f"repos/{{owner}}/{{repo}}/issues{'' if number is None else f'/{number}'}"
    if body and number is None:
        _gh("api", path, "--method", "POST", "--input", "-", body=body, title=title)
        return "opened"
    if body:
        _gh("api", path, "--method", "PATCH", "--input", "-", body=body)
        return f"wrote #{number} again"
    if number is not None:
        _gh("api", path, "--method", "PATCH", "--input", "-", state="closed")
        return f"closed #{number}"
    return "nothing to open"


def _gh(*arguments: str, **sent: str) -> str:
    """What the client answers.

    Raises:
        GateError: it is not there, or GitHub refuses.
    """
    try:
        done = subprocess.run(  # noqa: S603 our own arguments
            ["gh", *arguments],  # noqa: S607 the runner's client
            input=json.dumps(sent) if sent else None,
            stdin=None if sent else subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise GateError("gh cannot be started:", [str(error)]) from None
    if done.returncode != 0:
        raise GateError(f"gh {arguments[0]} failed:", done.stderr.strip().splitlines()[-3:] or ["no message"])
    return done.stdout


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise GateError("gh answered something that is no JSON") from None


def _documents(text: str) -> Iterator[Any]:
    """JSON documents one after the other: each page of an answer is one."""
    decoder, place = json.JSONDecoder(), 0
    text = text.strip()
    while place < len(text):
        try:
            found, place = decoder.raw_decode(text, place)
        except ValueError:
            raise GateError("gh answered something that is no JSON") from None
        yield found
        while place < len(text) and text[place].isspace():
            place += 1
