"""Stands in for ``aws eks get-token``: a token for the deploy role, once the account has its cluster and its way in.

``python -m tools.rehearsal.cluster.get_token ACCOUNT_FOLDER TOKEN [the arguments of aws]``
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tools.rehearsal.account.account import Account
from tools.rehearsal.account.records import CLUSTER
from tools.rehearsal.account.site import site_of

_ENTRY: Final = "aws:eks/accessEntry:AccessEntry"


def main(folder: Path, token: str, arguments: Sequence[str]) -> int:
    """Print the credential; 1 where AWS or the cluster would say no."""
    if "get-token" not in arguments or "--cluster-name" not in arguments:
        print(f"aws {' '.join(arguments)}: only eks get-token is rehearsed", file=sys.stderr)
        return 1
    name = arguments[arguments.index("--cluster-name") + 1]
    records = Account(folder, site_of(folder)).records
    if records.get(CLUSTER, name) is None:
        print(f"ResourceNotFoundException: no cluster found for name: {name}", file=sys.stderr)
        return 1
    if not any(one.settings.get("clusterName") == name for one in records.of(_ENTRY)):
        print(f"Unauthorized: {name} has no access entry", file=sys.stderr)
        return 1
    said = {"apiVersion": "client.authentication.k8s.io/v1beta1", "kind": "ExecCredential"}
    print(json.dumps({**said, "spec": {}, "status": {"token": token}}))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:]))
