"""Arguments of the engine that a record decides."""

from dataclasses import replace

import pytest

from components.models.engine_arguments import engine_arguments
from tests.components.model_examples import CHAT


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        (4096, ["--tensor-parallel-size", "2", "--max-model-len", "4096"]),
        (None, ["--tensor-parallel-size", "2"]),
    ],
)
def test_the_context_of_the_record_is_said_where_it_has_one(context, expected):
    assert engine_arguments(replace(CHAT, max_context=context)) == expected
