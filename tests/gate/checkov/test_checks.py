"""What is known of a check of checkov, read from its package."""

import pytest

from gate.checkov.checks import Check, known_check
from gate.core.errors import GateError


@pytest.fixture
def root(tmp_path):
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "checkov-requirements.txt").write_text("checkov==9.8.7 \\\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def package(root):
    folder = root / ".cache" / "checkov" / "lib" / "python3.11" / "site-packages" / "checkov"
    checks = folder / "terraform" / "checks"
    checks.mkdir(parents=True)
    (checks / "a.py").write_text('name = "Keys \'turn\'"\nid = "CKV_AWS_7"\n', encoding="utf-8")
    (checks / "b.yaml").write_text(
        'metadata:\n  id: "CKV2_AWS_5"\n  name: "Groups are used"\n', encoding="utf-8"
    )
    (checks / "c.json").write_text(
        '{"metadata": {"name": "Buckets tell", "id": "CKV2_AWS_62"}}', encoding="utf-8"
    )
    other = folder / "bicep" / "checks"
    other.mkdir(parents=True)
    (other / "d.py").write_text('name = "x"\nid = "CKV_AZURE_1"\n', encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("id_", "title"),
    [("CKV_AWS_7", "Keys 'turn'"), ("CKV2_AWS_5", "Groups are used"), ("CKV2_AWS_62", "Buckets tell")],
)
def test_a_title_is_read_from_every_kind_of_file(package, id_, title):
    assert known_check(id_, package) == Check(id=id_, title=title, version="9.8.7")


def test_without_checkov_it_says_so(root):
    assert (
        known_check("CKV_AWS_7", root).title
        == "not known here: checkov is not installed (make preview installs it)"
    )


@pytest.mark.parametrize("id_", ["CKV_AWS_70", "CKV_AZURE_1"])
def test_a_check_that_the_gate_never_runs_is_refused(package, id_):
    with pytest.raises(GateError, match=rf"^no check '{id_}' for terraform or kubernetes in checkov 9.8.7$"):
        known_check(id_, package)


@pytest.mark.parametrize("id_", ["CKV", "CKV_AWS_7.*", "../x", ""])
def test_what_is_no_id_is_refused(root, id_):
    with pytest.raises(GateError, match=r"checkov calls its checks CKV_AWS_7"):
        known_check(id_, root)
