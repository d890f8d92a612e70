"""What must hold for clusters of Ray: nobody outside gives them work, and what they run is in their image.

Ray runs whatever its head is sent (docs.ray.io, "Security", read 2026-11): its port is a shell for those who reach it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import yaml

from facts.strict_yaml import YamlProblem, plain
from policies.analysis.kserve.model_hubs import is_repository, tells_offline
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import UndecidedError, at, mapping, sequence, text

_API: Final = "kubernetes:ray.io/"
_VERSIONS: Final = ("v1", "v1alpha1")
_CLUSTERS: Final = {
    f"{_API}{version}:{kind}": path
    for version in _VERSIONS
    for kind, path in (
        ("RayCluster", "spec"),
        ("RayService", "spec.rayClusterConfig"),
        ("RayJob", "spec.rayClusterSpec"),
    )
}
"""Each kind, and where the cluster that it makes is described."""
_WRITTEN: Final = ("spec.serveConfigV2", "spec.runtimeEnvYAML")
_OUTSIDE: Final = {"NodePort": "a port of every node", "LoadBalancer": "a load balancer"}
_INSTALLERS: Final = ("pip", "uv", "conda")
_FETCHED: Final = ("working_dir", "py_modules")
_WEB: Final = ("http://", "https://", "git+", "git://")


def _open_head(made: Resource, _graph: Graph) -> Iterable[Offence]:
    cluster = mapping(at(made.inputs, _CLUSTERS[made.type]), _CLUSTERS[made.type])
    mode = text(at(cluster, "authOptions.mode"), "authOptions.mode")
    if mode != "disabled" and at(cluster, "authOptions") is not None:  # who has no token is turned away
        return
    for path in ("headGroupSpec.serviceType", "headGroupSpec.headService.spec.type"):
        kind = text(at(cluster, path), path)
        if kind in _OUTSIDE:
            yield Offence(
                path=f"{_CLUSTERS[made.type]}.{path}",
                problem=f"the head takes jobs from whoever reaches {_OUTSIDE[kind]}",
                value=kind,
            )


def _fetches(made: Resource, _graph: Graph) -> Iterable[Offence]:
    for path in _WRITTEN:
        said = text(at(made.inputs, path), path)
        if said:
            found = _found(_parsed(said, path), path.endswith("YAML"))
            yield from (Offence(path=path, problem=what, value=value) for what, value in found)


def _parsed(said: str, path: str) -> Any:
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(said, Loader=yaml.CSafeLoader)):
            raise UndecidedError(f"{path} repeats itself by aliases, which nobody unfolds here")
        return plain(said, path)
    except (yaml.YAMLError, YamlProblem):
        raise UndecidedError(f"{path} is not YAML") from None


def _found(config: Any, is_environment: bool) -> Iterator[tuple[str, str]]:
    """What is wrong in a text of configuration, and the value."""
    if is_environment:
        yield from _in_environment(mapping(config, "runtimeEnvYAML"))
        return
    for environment in _called("runtime_env", config):
        yield from _in_environment(environment)
    is_offline = any(
        tells_offline(mapping(environment.get("env_vars"), "env_vars"))
        for environment in _called("runtime_env", config)
    )
    if not is_offline:
        for loading in _called("model_loading_config", config):
            yield from _from_a_hub(loading)


def _in_environment(environment: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for installer in _INSTALLERS:
        if environment.get(installer):
            yield f"packages are installed at start (runtime_env.{installer})", installer
    for name in _FETCHED:
        value = environment.get(name)
        for source in [value] if isinstance(value, str) else sequence(value, name):
            if text(source, name).startswith(_WEB):
                yield f"code of {source} is run (runtime_env.{name})", source


def _from_a_hub(loading: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A source is a hub's name unless it is a path or a store (Ray Serve LLM, "Model loading", read 2026-11)."""
    source = loading.get("model_source") or loading.get("model_id")
    if isinstance(source, str) and is_repository(source):
        yield f"{source} is taken from a hub (model_loading_config)", source


def _called(name: str, value: Any) -> Iterator[Mapping[str, Any]]:
    """Every mapping of that name, at any depth."""
    if isinstance(value, Mapping):
        if isinstance(value.get(name), Mapping):
            yield value[name]
        for below in value.values():
            yield from _called(name, below)
    elif isinstance(value, list):
        for below in value:
            yield from _called(name, below)


RULES: tuple[Rule, ...] = (
    Rule(
        id="ray-takes-no-jobs-from-outside",
        severity="critical",
        applies_to=tuple(_CLUSTERS),
        why="A job is any program: whoever reaches the head of a cluster without a token runs code in it.",
        fix="Leave the head's service at ClusterIP, reach it through a gateway, and keep authOptions.mode at token.",
        check=_open_head,
    ),
    Rule(
        id="ray-runs-what-its-image-holds",
        severity="high",
        applies_to=tuple(_CLUSTERS),
        why="What is fetched at start is in no digest and no review, and whoever answers the request chooses it.",
        fix="Build packages and code into the image; let model_source name a folder or a store of one's own.",
        check=_fetches,
    ),
)
