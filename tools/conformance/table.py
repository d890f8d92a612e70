"""Good and bad objects, what upstream says to each, and which of our rules says the same.

``make conformance`` asks upstream's code about every row, ``make test`` our rules: both are held to one table, so that
a rule that mirrors a webhook can neither miss what it refuses nor refuse what it takes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from facts.strict_yaml import load
from tools.conformance.validators import PROGRAMS, Question, Validators, program_of

FOLDER = Path(__file__).parent / "tables"
_LEAST = 2
"""Bad objects that each program must refuse, or it proves nothing."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One object. ``refused`` is part of what upstream says, empty if it takes the object."""

    name: str
    question: Question
    refused: str = ""
    rules: frozenset[str] = frozenset()
    """Our rules that refuse what upstream refuses, and take what it takes: nearly always one."""
    ours_alone: str = ""
    """Why our rule refuses what upstream takes."""
    theirs_alone: str = ""
    """Why no rule of ours refuses what upstream does."""


@dataclass
class Compared:
    """How upstream's code stands to the table."""

    refused: int = 0
    problems: list[str] = field(default_factory=list)


def rows() -> list[Row]:
    """Every row of every table."""
    return [row for path in sorted(FOLDER.glob("*.yaml")) for row in _read(path)]


def _read(path: Path) -> Iterable[Row]:
    table = load(path.read_text(encoding="utf-8"), path.name)
    objects = table["objects"]
    for row in table["rows"]:
        beside = [objects[name] for name in row.get("beside", ())]
        yield Row(
            name=f"{path.stem}: {row['name']}",
            question=Question(merged(objects[row["object"]], row.get("with", {})), beside),
            rules=frozenset([row["rule"]] if isinstance(row.get("rule"), str) else row.get("rule", ())),
            **{key: row[key] for key in row.keys() - {"name", "object", "with", "beside", "rule"}},
        )


def merged(base: Any, patch: Any) -> Any:
    """A JSON merge patch (RFC 7386): null takes a field away, lists are replaced."""
    if not isinstance(patch, Mapping):
        return patch
    made = dict(base) if isinstance(base, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            made.pop(key, None)
        else:
            made[key] = merged(made.get(key), value)
    return made


def compare(table: Sequence[Row], validators: Validators) -> Compared:
    """What upstream says to every row, against what the row says it does.

    Raises:
        ConformanceError: a validator could not be asked.
    """
    found = Compared()
    refused_by: Counter[str] = Counter()
    for row, answer in zip(table, validators.ask([row.question for row in table]), strict=True):
        if answer is None:
            found.problems.append(f"{row.name}: nobody validates {row.question.kind}")
        elif row.refused and any(row.refused in text for text in answer.refusals):
            found.refused += 1
            refused_by[answer.program] += 1
        elif row.refused:
            said = "; ".join(answer.refusals) or "nothing"
            found.problems.append(
                f"{row.name}: should be refused with {row.refused!r} (upstream says {said})"
            )
        elif answer.refusals:
            found.problems.append(f"{row.name}: should be taken (upstream says {'; '.join(answer.refusals)})")
    for program in PROGRAMS:
        if refused_by[program] < _LEAST:
            found.problems.append(f"{program}: refused {refused_by[program]} objects of the table")
    untried = {kind for kinds in PROGRAMS.values() for kind in kinds} - {
        row.question.kind for row in table if row.refused
    }
    found.problems += [
        f"{kind}: the table has no object that {program_of(kind)} refuses" for kind in sorted(untried)
    ]
    return found
