"""What must hold for a Helm release: exactly one version, over TLS, whole or not at all, no secret in its values."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.kubernetes.charts import RELEASE
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, mapping, text

_EXACT: Final = re.compile(r"v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
_SECRET_KEY: Final = re.compile(
    r"(password|passwd|passphrase|token|api[-_]?key|private[-_]?key|access[-_]?key|secret[-_]?key"
    r"|client[-_]?secret|credentials)$",
    re.IGNORECASE,
)
_IS_REFERENCE: Final = re.compile(r"^\$(?:__(?:file|env))?[({]|\{\{")
"""``$(NAME)``, ``${NAME}``, Grafana's ``$__file{path}`` and ``{{ template }}`` are filled in elsewhere."""
_PRIVATE_KEY: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_ACCESS_KEY_ID: Final = re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b")


def _is_local(chart: str) -> bool:
    return chart.startswith(("./", "../", "/"))


def _unpinned(release: Resource, _graph: Graph) -> Iterable[Offence]:
    if _is_local(text(at(release.inputs, "chart"), "chart")):
        return
    version = text(at(release.inputs, "version"), "version")
    if not version:
        yield Offence(path="version", problem="none: every update takes the newest chart")
    elif not _EXACT.fullmatch(version):
        yield Offence(path="version", problem=f"{version} is a range", value=version, expected="one version")
    if flag(at(release.inputs, "devel"), "devel"):
        yield Offence(path="devel", problem="takes pre-releases", value=True)


def _plain_source(release: Resource, _graph: Graph) -> Iterable[Offence]:
    chart = text(at(release.inputs, "chart"), "chart")
    repository = text(at(release.inputs, "repositoryOpts.repo"), "repositoryOpts.repo")
    for path, address in (("chart", chart), ("repositoryOpts.repo", repository)):
        if "://" in address and not address.startswith(("https://", "oci://")):
            yield Offence(
                path=path,
                problem=f"{address} is not fetched over TLS",
                value=address,
                expected="https or oci",
            )
    if not repository and "://" not in chart and not _is_local(chart):
        yield Offence(
            path="repositoryOpts.repo",
            problem=f"none: {chart} comes from whatever repository this machine calls so",
        )


def _left_half_way(release: Resource, _graph: Graph) -> Iterable[Offence]:
    if flag(at(release.inputs, "skipAwait"), "skipAwait"):
        yield Offence(
            path="skipAwait",
            problem="what waits for the release starts before its webhooks answer",
            value=True,
        )
    if not flag(at(release.inputs, "atomic"), "atomic"):
        yield Offence(
            path="atomic",
            problem="a failed update stays half applied",
            value=at(release.inputs, "atomic"),
            expected="must be true",
        )


def _scalars(value: Any, path: str) -> Iterator[tuple[str, str, str]]:
    """(path, key, text) of every text in a tree of values; what is unknown is not written there."""
    if isinstance(value, Mapping):
        name = value.get("name") if isinstance(value.get("value"), str) else None  # an environment variable
        for key, item in value.items():
            if key == "value" and isinstance(name, str):
                yield f"{path}.value", name, item
            else:
                yield from _scalars(item, f"{path}.{key}")
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _scalars(item, f"{path}[{index}]")
    elif isinstance(value, str):
        yield path, path.rpartition(".")[2], value


def _inline_secrets(release: Resource, _graph: Graph) -> Iterable[Offence]:
    values = mapping(at(release.inputs, "values"), "values")
    for path, key, value in _scalars(values, "values"):
        if _PRIVATE_KEY.search(value) or _ACCESS_KEY_ID.search(value):
            yield Offence(path=path, problem="holds a key")
        elif _SECRET_KEY.search(key) and value.strip() and not _IS_REFERENCE.search(value):
            yield Offence(path=path, problem="holds a secret in plain text")


RULES: tuple[Rule, ...] = (
    Rule(
        id="charts-have-one-version",
        severity="medium",
        applies_to=(RELEASE,),
        why="A range installs something else tomorrow, with rights in the whole cluster.",
        fix="Pin the exact version in facts/pins/charts.yaml.",
        check=_unpinned,
    ),
    Rule(
        id="charts-come-over-tls",
        severity="high",
        applies_to=(RELEASE,),
        why="Whoever stands between could hand out another chart.",
        fix="Name an https:// repository or an oci:// chart.",
        check=_plain_source,
    ),
    Rule(
        id="chart-values-hold-no-secrets",
        severity="critical",
        applies_to=(RELEASE,),
        why="Values stand in the state, in the release's own Secret and in every diff.",
        fix="Let the chart read an existing Secret, or give the pod an identity.",
        check=_inline_secrets,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="helm-releases-are-atomic",
        severity="high",
        aliases=("releases-are-whole",),
        applies_to=(RELEASE,),
        why="Half a controller admits, mutates and routes as it likes.",
        fix="Set atomic and leave skip_await off.",
        check=_left_half_way,
        reads_graph=True,
    ),
)
