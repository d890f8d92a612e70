"""How large weights are where their name says so, and whether the GPUs a pod is sent to hold them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from facts.accelerators import gpu_instances
from facts.engines import engines
from policies.analysis.engines.pods import EnginePod
from policies.analysis.engines.splitting import devices
from policies.analysis.engines.started import Started, started
from policies.engine.rule import Offence
from policies.engine.values import at, mapping, text

_PARAMETERS: Final = re.compile(
    r"(?:^|[-_/.])(?:(\d{1,3})x)?(\d{1,4}(?:\.\d{1,3})?)b(?=$|[-_/.:])", re.IGNORECASE
)
_EXPERTS_SHARE: Final = 0.8
"""Experts (8x7B) share their attention: Mixtral 8x7B has 46.7 billion, 8x22B 141 (mistral.ai, read 2026-11-29)."""
_WORDS: Final = re.compile(r"[-_/.:]")
_QUANTIZED: Final = ("--quantization", "-q", "--quantize", "--dtype", "--load-format")
_TYPE: Final = ("node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type")


def gigabytes(engine: Started) -> float | None:
    """The size of the weights by what their name says; None where it says nothing, or a variable stands in it.

    It is the least they can be: whatever says that they are packed counts.
    """
    name = engine.model()
    found = _PARAMETERS.search(name)
    if found is None or "$" in name:
        return None
    billions = float(found[2]) * (int(found[1]) * _EXPERTS_SHARE if found[1] else 1)
    said = {*_WORDS.split(name.lower()), *((engine.value([o]) or "").lower() for o in _QUANTIZED)}
    sizes = [
        size for size, words in engines().bytes_per_parameter.items() if _any_of(words, said, name.lower())
    ]
    return billions * min(sizes, default=2)


def _any_of(words: list[str], said: set[str], name: str) -> bool:
    return any(word in said or ("-" in word and word in name) for word in words)


def too_large(pod: EnginePod) -> Iterator[Offence]:
    """Where weights alone are larger than the memory of the GPUs, on a machine that the pod names."""
    if pod.is_shared or pod.group:
        return
    selector = mapping(at(pod.spec, "nodeSelector"), "nodeSelector")
    named = next((text(selector[key], key) for key in _TYPE if key in selector), "")
    machine = gpu_instances().get(named)
    for path, container, engine in started(pod) if machine else ():
        count, size = devices(container), gigabytes(engine)
        if machine and count and size and not _offloads(engine, container):
            room = count * machine.gpu_memory_mib * 2**20 / 1e9
            if size > room:
                yield Offence(
                    path=f"{path}.resources.limits",
                    problem=(
                        f"the weights of {engine.model()} take {size:g} GB, and {count} x {machine.gpu} of {named} "
                        f"have {room:.0f} GB"
                    ),
                    value=count,
                )


def _offloads(engine: Started, _container: Mapping[str, Any]) -> bool:
    return engine.value(["--cpu-offload-gb", "--n-gpu-layers", "-ngl", "--offload"]) is not None
