import pytest

from tools.changelog import folded, main

TEXT = "# Changelog\n\n## Unreleased\n\n- Old.\n"


def test_fragments_come_first_in_the_order_of_their_names(tmp_path):
    (tmp_path / "CHANGELOG.md").write_text(TEXT, encoding="utf-8")
    (tmp_path / "changelog.d").mkdir()
    for name, point in (("b.md", "- Second.\n"), ("a.md", "- First,\n  long.\n")):
        (tmp_path / "changelog.d" / name).write_text(point, encoding="utf-8")
    assert main(tmp_path) == 0
    said = (tmp_path / "CHANGELOG.md").read_text(encoding="utf-8")
    assert said == "# Changelog\n\n## Unreleased\n\n- First,\n  long.\n- Second.\n\n- Old.\n"
    assert list((tmp_path / "changelog.d").iterdir()) == []
    assert main(tmp_path) == 0
    assert (tmp_path / "CHANGELOG.md").read_text(encoding="utf-8") == said


def test_without_a_heading_nothing_is_moved(tmp_path, capsys):
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n", encoding="utf-8")
    (tmp_path / "changelog.d").mkdir()
    (tmp_path / "changelog.d" / "a.md").write_text("- A.\n", encoding="utf-8")
    assert main(tmp_path) == 2
    assert capsys.readouterr().err == "CHANGELOG.md has no heading '## Unreleased'\n"
    assert (tmp_path / "changelog.d" / "a.md").exists()


def test_the_text_alone():
    with pytest.raises(ValueError, match="no heading"):
        folded("", ["- A.\n"])
