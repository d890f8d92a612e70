"""A token for a database: for one host and user, in place as a whole, renewed before it ends."""

import stat

import pytest

from runtime import database_token
from runtime.database_token import keep, main, signer


@pytest.fixture
def credentials(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-nobody")


@pytest.mark.usefixtures("credentials")
def test_a_token_is_signed_for_one_host_and_one_user():
    token = signer("eu-central-1")("runs.example.com", 5432, "example_dev_temporal")
    assert token.startswith("runs.example.com:5432/?Action=connect&DBUser=example_dev_temporal&")
    assert "X-Amz-Expires=900" in token


@pytest.mark.usefixtures("credentials")
def test_the_program_writes_one_for_its_user_alone(tmp_path):
    file = tmp_path / "token"
    words = [
        "--file",
        str(file),
        "--host",
        "h",
        "--port",
        "5432",
        "--user",
        "u",
        "--region",
        "eu-central-1",
        "--once",
    ]
    assert main(words) == 0
    assert file.read_text(encoding="ascii").startswith("h:5432/")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["token"]


class EnoughError(Exception):
    """Ends the loop of a test."""


def test_a_token_is_renewed_and_a_failure_is_asked_again_soon(tmp_path, capsys):
    waited, tokens = [], iter(["one", OSError("no credentials"), "two"])

    def token():
        found = next(tokens)
        if isinstance(found, OSError):
            raise found
        return found

    def wait(seconds):
        waited.append(seconds)
        if len(waited) == 3:
            raise EnoughError

    with pytest.raises(EnoughError):
        keep(tmp_path / "token", token, once=False, wait=wait)
    assert waited == [300.0, 5.0, 300.0]
    assert (tmp_path / "token").read_text(encoding="ascii") == "two"
    assert capsys.readouterr().err == "database-token: OSError: no credentials\n"


def test_the_first_that_cannot_be_had_ends_it(tmp_path, capsys):
    def token():
        raise OSError("no credentials")

    assert keep(tmp_path / "token", token, once=True) == 2
    assert "no credentials" in capsys.readouterr().err
    assert database_token._EVERY_SECONDS < 900
