"""What licences permit and ask for: a row for every name a record may give, and records that agree with it."""

from typing import Any, get_args

import pytest
from pydantic import ValidationError

from facts.explain import explain
from facts.licences import licence_terms
from releases.licence import LicenceName
from releases.release import Release
from tests.releases.records import record


def test_every_licence_a_record_may_name_has_its_terms() -> None:
    assert sorted(licence_terms()) == sorted(get_args(LicenceName))
    assert all(terms.source.startswith("https://") for terms in licence_terms().values())


def problems(**changes: Any) -> list[str]:
    try:
        Release.model_validate(record(change={f"licence.{key}": value for key, value in changes.items()}))
    except ValidationError as error:
        return explain(error, Release)
    return []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"permitted_uses": ["commercial", "redistribution"]}, []),
        (
            {"name": "CC-BY-NC-4.0", "permitted_uses": ["commercial"]},
            ["licence: permitted_uses names commercial, which CC-BY-NC-4.0 does not permit"],
        ),
        ({"name": "CC-BY-NC-4.0", "permitted_uses": ["research", "redistribution"]}, []),
        ({"name": "gemma-terms", "obligations": ["the prohibited use policy, for callers too"]}, []),
    ],
)
def test_uses_agree_with_the_licence(changes: dict[str, Any], said: list[str]) -> None:
    assert problems(**changes) == said


@pytest.mark.parametrize("name", [name for name, terms in licence_terms().items() if terms.serving])
def test_a_community_licence_without_obligations_was_not_read(name: str) -> None:
    (said,) = problems(name=name, obligations=[])
    assert said.startswith(f"licence: obligations is empty, and {name} asks whoever serves it for: ")
