"""Keeps a file with a token by which a pod shows a database of RDS who it is: good for 15 minutes, written every five.

No password stands anywhere: the token is signed with the credentials of the pod's own role, for one host and one user.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import botocore.session
from botocore.exceptions import BotoCoreError

_EVERY_SECONDS: Final = 300.0
_AGAIN_SECONDS: Final = 5.0
_WRONG: Final = 2

Sign = Callable[[str, int, str], str]


def signer(region: str) -> Sign:
    """Signs for a host, a port and a user; nothing is asked of AWS but the pod's credentials."""
    client: Any = botocore.session.get_session().create_client("rds", region_name=region)
    return lambda host, port, user: str(
        client.generate_db_auth_token(DBHostname=host, Port=port, DBUsername=user, Region=region)
    )


def write(file: Path, token: str) -> None:
    """Put a token in place as a whole, for its own user alone: a reader finds the one before or this one."""
    partial = file.with_name(f"{file.name}.partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(token)
    partial.replace(file)


def keep(
    file: Path, token: Callable[[], str], *, once: bool, wait: Callable[[float], None] = time.sleep
) -> int:
    """Write a token, and another one before it ends; where none can be had, say why and ask again.

    With ``once`` it ends after the first, 2 where there is none.
    """
    while True:
        try:
            write(file, token())
        except (BotoCoreError, OSError) as error:
            sys.stderr.write(f"database-token: {type(error).__name__}: {error}\n")
            if once:
                return _WRONG
            wait(_AGAIN_SECONDS)
            continue
        if once:
            return 0
        wait(_EVERY_SECONDS)


def main(arguments: Sequence[str]) -> int:
    """What a container runs."""
    parser = argparse.ArgumentParser(prog="database-token", description=__doc__)
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--region", required=True)
    parser.add_argument("--once", action="store_true", help="end after the first token")
    said = parser.parse_args(arguments)
    sign = signer(said.region)
    return keep(said.file, lambda: sign(said.host, said.port, said.user), once=said.once)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
