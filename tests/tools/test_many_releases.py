"""What is measured must be a real organisation: other names, the same contents, every event about its record."""

from releases.load import load_releases
from releases.trust import trust_problems
from stacks.load import read_stack
from tools.many_releases import organisation


def test_there_are_as_many_models_as_asked_for_and_all_of_them_may_run():
    with organisation("dev", 5) as root:
        stack = read_stack("dev", root / "stacks")
        assert len(stack.plans) == 5
        releases = load_releases(root / "releases" / "models")
        assert sorted(releases) == sorted(stack.plans)
        every = [one for versions in releases.values() for one in versions.values()]
        assert all(one.state.is_approved for one in every)
        assert [problem for one in every for problem in trust_problems(one, signed_only=True)] == []
    assert not root.exists()
