"""The tag is the hash of what goes into the image, so a program that changed is never pulled under its old name."""

from facts.pins import images
from tools.runtime_image import inputs


def test_the_pin_is_the_tag_of_what_stands_here():
    assert images()["slipway-runtime"].version == inputs.tag(), "write it into facts/pins/images.yaml"


def test_what_goes_in_is_the_download_and_what_it_imports():
    names = [path.as_posix() for path in inputs.code()]
    assert names[:3] == ["releases/__init__.py", "releases/digest.py", "runtime/__init__.py"]
    assert "runtime/download/__main__.py" in names
    assert all(name.startswith("runtime/download/") for name in names[3:])


def test_the_tag_changes_with_a_file_(tmp_path, monkeypatch):
    before = inputs.tag()
    for path in [*inputs.code(), inputs.REQUIREMENTS.relative_to(inputs.ROOT)]:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes((inputs.ROOT / path).read_bytes())
    monkeypatch.setattr(inputs, "REQUIREMENTS", tmp_path / "runtime/requirements.txt")
    monkeypatch.setattr(inputs, "ROOT", tmp_path)
    assert inputs.tag() == before
    (tmp_path / "runtime/download/run.py").write_text("x = 1\n", encoding="utf-8")
    assert inputs.tag() != before
