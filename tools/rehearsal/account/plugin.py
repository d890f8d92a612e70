"""The program that the engine starts as its AWS provider: ``python -m tools.rehearsal.account.plugin FOLDER``."""

import sys
from importlib.metadata import version
from pathlib import Path

from pulumi.runtime.proto import provider_pb2_grpc

from tools.rehearsal.account.account import Account
from tools.rehearsal.account.faults import Faults
from tools.rehearsal.account.provider import SimulatedAws
from tools.rehearsal.account.site import site_of
from tools.rehearsal.serving import serve


def main(folder: Path) -> None:
    account = Account(folder, site_of(folder))
    provider = SimulatedAws(account, version("pulumi-aws"), Faults(folder))
    serve(lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
