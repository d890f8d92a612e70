"""Calls to AWS: each reads, none waits long, and what is refused is told by its code alone."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from gate.live.ask.check import CannotAskError

_CONFIG: Final = Config(
    connect_timeout=5,
    read_timeout=20,
    retries={"max_attempts": 3, "mode": "standard"},
    user_agent_extra="slipway-doctor",
)


class Aws:
    """Clients of one region. AWS's own sentences are not repeated: some quote what was signed."""

    def __init__(self, region: str) -> None:
        self.region = region
        self._session = boto3.session.Session(region_name=region)
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """The client of a service, made at the first call."""
        if service not in self._clients:
            self._clients[service] = self._session.client(service, config=_CONFIG)
        return self._clients[service]

    def credentials(self) -> Any:
        """What requests are signed with; for the token of the Kubernetes API alone.

        Raises:
            CannotAskError: there are none.
        """
        try:
            found = self._session.get_credentials()
        except BotoCoreError as error:
            raise CannotAskError(f"no token was made: {_words(error)}") from None
        if found is None:
            raise CannotAskError("no token was made: there are no credentials of AWS here")
        return found

    def ask(self, service: str, operation: str, **arguments: Any) -> Mapping[str, Any]:
        """What one call answers.

        Raises:
            CannotAskError: no credentials, no way there, or a refusal; ``code`` holds AWS's word for it.
        """
        try:
            answer: Mapping[str, Any] = getattr(self.client(service), operation)(**arguments)
        except ClientError as error:
            raise RefusedError(service, operation, error.response.get("Error", {}).get("Code", "?")) from None
        except BotoCoreError as error:
            raise CannotAskError(f"{service}:{operation} was not asked: {_words(error)}") from None
        return answer

    def pages(self, service: str, operation: str, key: str, **arguments: Any) -> Iterator[Any]:
        """Everything a listing answers, page by page."""
        try:
            for page in self.client(service).get_paginator(operation).paginate(**arguments):
                yield from page[key]
        except ClientError as error:
            raise RefusedError(service, operation, error.response.get("Error", {}).get("Code", "?")) from None
        except BotoCoreError as error:
            raise CannotAskError(f"{service}:{operation} was not asked: {_words(error)}") from None


class RefusedError(CannotAskError):
    """AWS answered with an error."""

    def __init__(self, service: str, operation: str, code: str) -> None:
        self.code = code
        super().__init__(f"{service}:{operation} answered {code}")


_SAID: Final = {
    "NoCredentialsError": "there are no credentials of AWS here",
    "PartialCredentialsError": "the credentials of AWS here are incomplete",
    "TokenRetrievalError": "the session of AWS has ended; sign in again",
    "SSOTokenLoadError": "the session of AWS has ended; sign in again",
    "UnauthorizedSSOTokenError": "the session of AWS has ended; sign in again",
    "EndpointConnectionError": "AWS was not reached",
    "ConnectTimeoutError": "AWS was not reached in 5 seconds",
    "ReadTimeoutError": "AWS did not answer in 20 seconds",
}


def _words(error: BotoCoreError) -> str:
    return _SAID.get(type(error).__name__, type(error).__name__)
