"""``.github/CODEOWNERS``: the lines of it that are made of the list of who may decide about releases."""

from typing import Final

from releases.people import FILE, People

CODEOWNERS: Final = ".github/CODEOWNERS"
BEGIN: Final = "# Made from releases/people.yaml by `slipway people codeowners --write`."
END: Final = "# The end of what is made."


def with_people(text: str, people: People | None) -> str:
    """The text of CODEOWNERS with the lines that the list makes, in the place of those that were made before."""
    kept = text.partition(BEGIN)[0].rstrip() + "\n"
    rest = text.partition(END)[2].strip() if BEGIN in text else ""
    after = f"\n{rest}\n" if rest else ""
    return f"{kept}\n{BEGIN}\n{''.join(_made(people))}{END}\n{after}"


def _made(people: People | None) -> list[str]:
    """Who decides is asked: approvers about the list and approvals, reviewers about licences."""
    if people is None:
        return []
    approvers, reviewers = people.with_role("approver"), people.with_role("reviewer")
    rows = [
        (f"/releases/{FILE}", approvers),
        ("/releases/models/*/*/events/*-approval*", approvers),
        ("/releases/models/*/*/events/*-licence-review*", reviewers),
    ]
    return [f"{path:<47} {' '.join(owners)}\n" for path, owners in rows if owners]
