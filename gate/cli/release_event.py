"""``slipway release event``: a draft of an event, beside the record it judges."""

from datetime import date
from pathlib import Path

from facts.explain import did_you_mean, placeholders
from gate.cli.release_list import console
from gate.cli.release_new import NAME, as_yaml
from gate.core.checkout import ROOT
from gate.core.errors import GateError
from releases.event_draft import draft_event, free_name
from releases.events import KINDS, OF_RUNS
from releases.load import ReleaseError, load_record

_HEAD = "# yaml-language-server: $schema=../../../../event.schema.json\n"


def new_event(name: str, kind: str, today: date, organisation: Path | None) -> None:
    """Write events/DATE-KIND.yaml with the record's digest, and say what is left to fill in.

    Raises:
        GateError: there is no such release or kind, the record is wrong, or nothing can be written.
    """
    named = NAME.match(name)
    if named is None:
        raise GateError(f"name one version: MODEL/VERSION (got {name!r})")
    if kind not in KINDS:
        raise GateError(f"no kind of event {kind!r}; {did_you_mean(kind, sorted(KINDS.keys() - OF_RUNS))}")
    if kind in OF_RUNS:
        raise GateError(f"events of kind {kind} are signed by the run that they tell of; people write none")
    root = (organisation or ROOT).resolve()
    folder = root / "releases" / "models" / named["model"] / named["version"]
    try:
        release, record = load_record(folder)
        data = draft_event(kind, release, record, today)
        target = folder / "events" / free_name(folder / "events", kind, today)
        target.parent.mkdir(exist_ok=True)
        with target.open("x", encoding="utf-8") as stream:
            stream.write(_HEAD + as_yaml(data))
    except ReleaseError as error:
        raise GateError("no event can be written on this record:", error.problems) from None
    except (OSError, ValueError) as error:
        raise GateError("the draft cannot be written:", [str(error)]) from None
    out = console()
    out.print(f"drafted {target.relative_to(root)}", style="bold", markup=False)
    for line in placeholders(data):
        out.print(f"  {line}", markup=False, soft_wrap=True)
    out.print("until they are replaced, every command that reads releases refuses it", markup=False)
