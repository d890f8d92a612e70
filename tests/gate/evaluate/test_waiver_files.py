"""Files of waivers that cannot be read end with one clear error."""

import pytest

from gate.core.errors import GateError
from gate.evaluate.apply_waivers import load_waivers

BROKEN = {
    "x: 3\n": "x: should be a mapping (got 3)",
    "- 1\n": "should be a mapping",
    "x: {rule: a}\n": "x.created: is required",
    "x: [\n": "did not find expected node content",
    "x: 1\nx: 2\n": "the key 'x' stands here twice",
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), BROKEN.items())
def test_a_broken_file_of_waivers_is_a_clear_error(tmp_path, text, said):
    (tmp_path / "waivers.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(GateError) as error:
        load_waivers(tmp_path / "waivers.yaml")
    assert said in str(error.value)


def test_no_file_of_waivers_holds_none(tmp_path):
    assert load_waivers(tmp_path / "waivers.yaml") == {}
    (tmp_path / "waivers.yaml").write_text("# none\n", encoding="utf-8")
    assert load_waivers(tmp_path / "waivers.yaml") == {}


def test_a_file_of_waivers_that_is_not_utf8_is_a_clear_error(tmp_path):
    (tmp_path / "waivers.yaml").write_bytes(b"\xff")
    with pytest.raises(GateError, match=r"waivers.yaml cannot be read:"):
        load_waivers(tmp_path / "waivers.yaml")
