"""The stand-in for ``aws eks get-token`` gives a token where the account has the cluster and a way into it."""

import json

from tests.tools.rehearsal.account.conftest import SITE
from tools.rehearsal.account.account import Account
from tools.rehearsal.account.records import CLUSTER, Record
from tools.rehearsal.account.site import keep
from tools.rehearsal.cluster.get_token import main

ASKED = ["--region", "eu-central-1", "eks", "get-token", "--cluster-name", "c", "--output", "json"]
ENTRY = Record(type="aws:eks/accessEntry:AccessEntry", id="e", settings={"clusterName": "c"})


def account(folder, *records):
    keep(SITE, folder)
    Account(folder, SITE).seed(records)


def test_with_a_cluster_and_an_entry_there_is_a_token(tmp_path, capsys):
    account(tmp_path, Record(type=CLUSTER, id="c", settings={}), ENTRY)
    assert main(tmp_path, "t", ASKED) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["kind"], said["status"]) == ("ExecCredential", {"token": "t"})


def test_without_an_entry_or_a_cluster_there_is_none(tmp_path, capsys):
    account(tmp_path, Record(type=CLUSTER, id="c", settings={}))
    assert main(tmp_path, "t", ASKED) == 1
    assert capsys.readouterr().err == "Unauthorized: c has no access entry\n"
    assert main(tmp_path, "t", [*ASKED[:5], "other"]) == 1
    assert capsys.readouterr().err == "ResourceNotFoundException: no cluster found for name: other\n"


def test_other_calls_are_not_rehearsed(tmp_path, capsys):
    account(tmp_path)
    assert main(tmp_path, "t", ["sts", "get-caller-identity"]) == 1
    assert capsys.readouterr().err == "aws sts get-caller-identity: only eks get-token is rehearsed\n"
