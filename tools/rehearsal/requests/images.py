"""What stands for each image: a program that was built or installed, where the image has it, and how it is run."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

HERE: Final = Path(__file__).parent
_OF_LLM_D: Final = "no-hit-lru-scorer"
Words = list[str]


@dataclass(frozen=True, kw_only=True)
class Image:
    """``entrypoint`` is the image's own; ``translated`` turns a command into the one that is run instead."""

    entrypoint: tuple[str, ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    translated: Callable[[Words], Words] = list
    what: str = ""
    """What is run, where it is not the image's own program."""


def name_of(image: str) -> str:
    """The last part of an image's name: ``docker.io/envoyproxy/envoy:v1@sha256:...`` is ``envoy``."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]


def images(programs: Mapping[str, Path]) -> dict[str, Image]:
    """By the last part of an image's name."""

    def one(program: str, inside: str, *, what: str = "") -> Image:
        return Image(entrypoint=(inside,), files={inside: programs[program]}, what=what)

    python = {sys.base_prefix: Path(sys.base_prefix)}
    return {
        "envoy": one("envoy", "/usr/local/bin/envoy"),
        "gateway": one("envoy-gateway", "/usr/local/bin/envoy-gateway"),
        "ai-gateway-controller": one("ai-gateway-controller", "/app/controller"),
        "ai-gateway-extproc": one("ai-gateway-extproc", "/app/extproc"),
        "ratelimit": one("ratelimit", "/bin/ratelimit"),
        "kserve-controller": one("kserve-controller", "/manager"),
        "llmisvc-controller": one("llmisvc-controller", "/manager"),
        "llm-d-router-endpoint-picker": Image(
            entrypoint=("/app/epp",),
            files={"/app/epp": programs["epp"]},
            translated=without_its_own,
            what="the picker of the Gateway API's inference extension, in place of llm-d's",
        ),
        "agent": one("agent", "/ko-app/agent"),
        "redis": Image(
            entrypoint=("/usr/local/bin/redis-server",),
            files={"/usr/local/bin/redis-server": programs["redis-server"]},
            what="Debian's Redis, in place of the image's version",
        ),
        "llm-d-cuda": Image(
            files={"/app/simulator": programs["llm-d-inference-sim"]},
            translated=as_simulator,
            what="llm-d-inference-sim, in place of vLLM",
        ),
        "huggingfaceserver": Image(
            files={"/app/engine.py": HERE / "engine_stand_in.py", **python},
            translated=lambda words: [f"{sys.base_prefix}/bin/python3", "/app/engine.py", *_model(words)],
            what="a server of ours that answers in the words of KServe's, with vectors that mean nothing",
        ),
    }


def _model(words: Sequence[str]) -> Words:
    return [word for word in words if word.startswith("--model_name=")]


def without_its_own(words: Words) -> Words:
    """A picker's command, its configuration without the one plugin that only llm-d's has."""
    return [_shorter(word) if "EndpointPickerConfig" in word else word for word in words]


def _shorter(text: str) -> str:
    config = yaml.safe_load(text)
    gone = {one.get("name", one["type"]) for one in config["plugins"] if one["type"] == _OF_LLM_D}
    config["plugins"] = [one for one in config["plugins"] if one["type"] != _OF_LLM_D]
    for profile in config.get("schedulingProfiles", ()):
        profile["plugins"] = [one for one in profile["plugins"] if one["pluginRef"] not in gone]
    return json.dumps(config)


def as_simulator(words: Words) -> Words:
    """``vllm serve MODEL --port 8000 …``, as far as the simulator knows it."""
    said = ["/app/simulator", "--mode", "echo"]
    for flag in ("--port", "--served-model-name", "--max-model-len"):
        if flag in words:
            said += [flag, words[words.index(flag) + 1]]
    name = words[words.index("--served-model-name") + 1] if "--served-model-name" in words else "model"
    return [*said, "--model", name]


def played(images_: Mapping[str, Image], container: Mapping[str, Any]) -> Image | None:
    """What runs in a container's place; none where nothing does."""
    return images_.get(name_of(container["image"]))
