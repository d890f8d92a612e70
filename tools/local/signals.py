"""What is watched for drift here: how long the sentences are that callers send. Pure."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Final

NAME: Final = "input-characters"
SERIES: Final = "slipway_signal_input_characters"
EDGES: Final = (16.0, 24.0, 32.0, 48.0, 64.0, 96.0, 128.0)
"""Upper bounds of the bins; what is longer stands in one more."""


def counts(sentences: Iterable[str], times: int = 1) -> tuple[float, ...]:
    """How many sentences fall into each bin, if all of them come that often."""
    lengths = [len(sentence) for sentence in sentences]
    cumulative = [sum(length <= edge for length in lengths) for edge in EDGES] + [len(lengths)]
    return tuple(float(times * (above - below)) for below, above in pairwise([0, *cumulative]))


def query() -> str:
    """Its buckets of one version, as Prometheus counted them: for the loops' settings."""
    name = SERIES.replace("input_characters", "{signal}")
    return f'sum by (le) (increase({name}_bucket{{namespace="models",version="{{version}}"}}[{{window}}]))'
