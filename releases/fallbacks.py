"""Whether the models and versions that stand in for others exist, and nobody stands in for themselves by a detour."""

from collections.abc import Iterator, Mapping, Sequence

from releases.fail_soft import SmallerModel
from releases.release import Release

_PREFIX = "releases/models"


def fallback_problems(releases: Mapping[str, Sequence[Release]]) -> Iterator[str]:
    """One line for each fallback that does not exist or closes a circle; ``releases`` holds versions by model."""
    ways = {
        model: sorted({name for release in versions for name, _ in _stand_ins(release)})
        for model, versions in releases.items()
    }
    for _, versions in sorted(releases.items()):
        for release in versions:
            file = f"{_PREFIX}/{release.model}/{release.version}/release.yaml"
            yield from _other_version(release, sorted(one.version for one in versions), file)
            for name, index in _stand_ins(release):
                path = f"{file}: fail_soft.{index}.model"
                if name not in releases:
                    yield f"{path}: no model {name!r}; there are {', '.join(sorted(releases))}"
                    continue
                circle = _way_back(release.model, name, ways)
                if circle:
                    yield f"{path}: {' -> '.join(circle)} is a cycle; let one of them refuse politely"


def _other_version(release: Release, known: Sequence[str], file: str) -> Iterator[str]:
    """The version that loops give this one's traffic to."""
    version = release.rollout.fallback
    if version == release.version:
        yield f"{file}: rollout.fallback: {version} cannot take over from itself"
    elif version is not None and version not in known:
        yield f"{file}: rollout.fallback: no version {version!r} of {release.model}; there are {', '.join(known)}"


def _stand_ins(release: Release) -> list[tuple[str, int]]:
    return [(step.model, i) for i, step in enumerate(release.fail_soft) if isinstance(step, SmallerModel)]


def _way_back(model: str, first: str, ways: Mapping[str, Sequence[str]]) -> list[str]:
    """From a model over its stand-in back to it, or nothing."""
    seen: set[str] = set()
    todo = [[model, first]]
    while todo:
        path = todo.pop()
        if path[-1] == model:
            return path
        if path[-1] in seen:
            continue
        seen.add(path[-1])
        todo.extend([*path, following] for following in reversed(ways.get(path[-1], ())))
    return []
