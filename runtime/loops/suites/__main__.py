"""``python -m runtime.loops.suites``: the command that an evaluation runs against a model that is served.

Prints ``{"value": 0.95, "cases": 20, "failed": ["..."]}``: the fraction of cases that hold. Names of cases are told,
never what was sent or answered.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from runtime.loops.suites.cases import CaseError, read
from runtime.loops.suites.endpoint import AwayError, Endpoint
from runtime.loops.suites.judge import held

ERROR = 2


def main(words: Sequence[str] | None = None) -> int:
    """Measure; 2 where there is no figure."""
    asked = _parser().parse_args(words)
    metric = asked.suite.partition("/")[2]
    endpoint = Endpoint(asked.endpoint, asked.name, asked.seconds)
    try:
        cases = read(asked.data, metric)
        said = {case.name: held(case, endpoint) for case in cases}
    except (CaseError, AwayError) as error:
        print(error, file=sys.stderr)
        return ERROR
    failed = {name: why for name, why in said.items() if why}
    for name in failed:
        print(f"{name}: does not hold", file=sys.stderr)
    print(json.dumps({"value": 1 - len(failed) / len(said), "cases": len(said), "failed": sorted(failed)}))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m runtime.loops.suites", description=__doc__)
    parser.add_argument("--endpoint", required=True, help="where it answers, with its path")
    parser.add_argument("--name", default="", help="what the model is called there")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long an answer may take")
    parser.add_argument("--model", help="the folder of its files; what is asked is the endpoint")
    parser.add_argument("--data", type=Path, required=True, help="the cases, one JSON object a line")
    parser.add_argument("--suite", required=True, help="SUITE/METRIC, such as guardrails/refusals")
    return parser


if __name__ == "__main__":
    sys.exit(main())
