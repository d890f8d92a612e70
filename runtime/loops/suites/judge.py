"""Whether what came back is what a case has to get: by words, status and schema, never by another model."""

import json

from releases.agent_schema import faults
from runtime.loops.suites.cases import Case, Fits, Refused, Says
from runtime.loops.suites.endpoint import Answered, Endpoint

_OK = 200
_CALLERS_FAULT = range(400, 500)


def held(case: Case, endpoint: Endpoint) -> str:
    """Why a case does not hold; empty where it does.

    Raises:
        AwayError: nobody answers.
    """
    answered = _sent(case, endpoint)
    match case.expect:
        case Refused():
            return _refused(answered, case.expect, endpoint)
        case Says():
            return _says(answered, case.expect)
        case Fits():
            return _fits(answered, case.expect)


def _sent(case: Case, endpoint: Endpoint) -> Answered:
    if case.body is not None:
        return endpoint.send(case.body)
    return endpoint.send_raw((case.raw or "").encode())


def _refused(answered: Answered, wanted: Refused, endpoint: Endpoint) -> str:
    if answered.status not in _CALLERS_FAULT:
        return f"should be refused with 4xx (got {answered.status})"
    after = endpoint.send(wanted.afterwards).status
    return "" if after == _OK else f"a sound request afterwards got {after}"


def _says(answered: Answered, wanted: Says) -> str:
    if answered.status != _OK:
        return f"should be answered (got {answered.status})"
    text = answered.text.casefold()
    if not text.strip():
        return "the answer has no words"
    found = [word for word in wanted.none if word.casefold() in text]
    if found:
        return f"says {found[0]!r}"
    if wanted.any and not any(word.casefold() in text for word in wanted.any):
        return f"says none of {', '.join(map(repr, wanted.any[:8]))}"
    return ""


def _fits(answered: Answered, wanted: Fits) -> str:
    if answered.status != _OK:
        return f"should be answered (got {answered.status})"
    try:
        said = json.loads(answered.text)
    except ValueError:
        return "is no JSON"
    if not isinstance(said, dict):
        return "should be an object"
    return "; ".join(faults(wanted.answer, said))
