import pytest

from gate.affected import affected
from gate.stacks import chosen
from tests.captured import STACKS


@pytest.mark.parametrize(
    ("path", "touched"),
    [
        ("README.md", []),
        ("docs/gate.md", []),
        ("releases/README.md", []),
        ("tests/gate/test_affected.py", []),
        (".github/workflows/ci.yml", []),
        ("requirements-dev.txt", []),
        ("stacks/Pulumi.staging.yaml", ["staging", "staging-models"]),
        ("stacks/Pulumi.prod-models.yaml", ["prod-models"]),
        ("releases/models/minilm/v1/release.yaml", ["dev", "prod-models", "staging-models"]),
        ("releases/models/nobody-runs-it/v1/release.yaml", []),
        ("releases/load.py", STACKS),
        ("stacks/settings.py", STACKS),
        ("components/network.py", STACKS),
        ("policies/waivers.yaml", STACKS),
        ("tools/checkov-requirements.txt", STACKS),
        ("requirements.txt", STACKS),
    ],
)
def test_a_file_touches_the_stacks_that_are_made_of_it(path, touched):
    assert sorted(affected([path], chosen([]))) == sorted(touched)


def test_files_add_up():
    paths = ["docs/gate.md", "stacks/Pulumi.prod-models.yaml", "stacks/Pulumi.dev.yaml"]
    assert affected(paths, chosen([])) == ["dev", "prod-models"]
