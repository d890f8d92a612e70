"""``python -m gate.live.ask doctor|status``: a plan on standard input, answers on standard output, as JSON."""

import json
import sys
from dataclasses import asdict
from datetime import datetime
from typing import Any

from gate.live.ask.account import caller
from gate.live.ask.api_server import connect
from gate.live.ask.aws import Aws
from gate.live.ask.check import OK, CannotAskError
from gate.live.ask.doctor import doctor
from gate.live.ask.status import status


def answer(question: str, asked: dict[str, Any]) -> dict[str, Any]:
    """What one question answers; ``fault`` holds why status could not be told."""
    plan = asked["plan"]
    aws = Aws(plan["region"])
    if question == "doctor":
        return {"checks": [asdict(one) for one in doctor(aws, plan, datetime.fromisoformat(asked["now"]))]}
    first = caller(aws, plan)
    if first.verdict != OK:
        return {"fault": first.says}
    try:
        return status(connect(aws, plan["cluster"]), plan)
    except CannotAskError as error:
        return {"fault": str(error)}


if __name__ == "__main__":
    json.dump(answer(sys.argv[1], json.load(sys.stdin)), sys.stdout)
