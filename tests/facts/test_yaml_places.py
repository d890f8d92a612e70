"""A path in a message leads to a line."""

import pytest

from facts.yaml_places import line_of

TEXT = """\
# a file
config:
  slipway:settings:
    registry:
      credentials:
        docker.io: x
    pools:
      - name: a
      - name: b
        type: c
    flow: {one: 1, two: {three: 3}}
"""
BELOW = ("config", "slipway:settings")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("registry", 4),
        ("registry.credentials.docker.io", 6),
        ("registry.nothing.there", 4),
        ("pools.1.type", 10),
        ("pools.1", 9),
        ("flow.two.three", 11),
        ("nothing", 3),
    ],
)
def test_a_path_has_the_line_of_as_much_as_is_there(path, line):
    assert line_of(TEXT, path, BELOW) == line


def test_what_cannot_be_read_has_no_line():
    assert line_of("a: [", "a") == 0
    assert line_of("", "a") == 0
    assert line_of("a: 1\n", "b") == 0
    assert line_of("a: 1\n", "b", ("x",)) == 0
