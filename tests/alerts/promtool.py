"""What ``promtool test rules`` says of rules when time passes: alerts at minutes, from made-up counters."""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

SCRAPE = 30
PER_SCRAPE = 60
"""Requests between two scrapes of a busy model: two a second."""


def program(name: str) -> str:
    """Where one of Prometheus' or Alertmanager's programs stands."""
    found = shutil.which(name)
    assert found, f"{name} is not installed (Debian: apt-get install prometheus prometheus-alertmanager)"
    return found


def _run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([program("promtool"), *arguments], capture_output=True, text=True, check=False)  # noqa: S603 ours


def counter(*phases: tuple[int, float]) -> str:
    """A counter in promtool's words; each phase is (minutes, increase a scrape)."""
    at, said = 0.0, ["0"]
    for minutes, step in phases:
        times = minutes * 60 // SCRAPE
        said.append(f"{at + step:g}+{step:g}x{times - 1}")
        at += step * times
    return " ".join(said)


def check(folder: Path, rules: Sequence[Mapping[str, Any]]) -> None:
    """Fails with what promtool says of rules that Prometheus would not load."""
    path = folder / "rules.yml"
    path.write_text(yaml.safe_dump({"groups": [*rules]}, sort_keys=False), encoding="utf-8")
    done = _run("check", "rules", str(path))
    assert done.returncode == 0, done.stdout + done.stderr


def firing(
    folder: Path, rules: Sequence[Mapping[str, Any]], series: Mapping[str, str], minutes: Sequence[int]
) -> dict[int, set[str]]:
    """Names of the alerts that fire at each of these minutes.

    promtool compares and does not tell; so none is expected, and what it finds instead is read.
    """
    check(folder, rules)
    test = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": f"{SCRAPE}s",
        "tests": [
            {
                "interval": f"{SCRAPE}s",
                "input_series": [{"series": key, "values": values} for key, values in series.items()],
                "promql_expr_test": [{"expr": _FIRING, "eval_time": f"{m}m"} for m in minutes],
            }
        ],
    }
    path = folder / "test.json"
    path.write_text(json.dumps(test), encoding="utf-8")
    done = _run("test", "rules", str(path))
    found: dict[int, set[str]] = {minute: set() for minute in minutes}
    text = done.stdout + done.stderr
    for at, got in _GOT.findall(text):
        found[_minutes(at)] = set(_NAME.findall(got))
    assert any(found.values()) == (done.returncode != 0), text
    return found


_FIRING = 'ALERTS{alertstate="firing"}'
_GOT = re.compile(r"time: (\S+),\s+exp: nil\s+got: (.*)")
_NAME = re.compile(r'alertname="(\w+)"')
_UNITS = {"d": 1440, "h": 60, "m": 1, "s": 0}


def _minutes(text: str) -> int:
    return sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+)([dhms])", text))
