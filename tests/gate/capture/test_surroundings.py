"""What a program asks of the machine, or does there, ends its capture; what it tries to do does not happen."""

import os
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pulumi
import pytest

from gate.capture.capture import capture
from gate.capture.outputs import Account
from gate.core.errors import CaptureError

ROOT = Path(__file__).parents[3]
HERE = "tests/gate/capture/test_surroundings.py:"
ACCOUNT = Account(id="111122223333", region="eu-central-1")
CONFIG = {"slipway:settings": "{}"}
EMPTY = {"prod": {}}


def problems(program, upstreams=None):
    with pytest.raises(CaptureError) as error:
        capture(program, stack="test", account=ACCOUNT, root=ROOT, config=CONFIG, upstreams=upstreams)
    return error.value.problems


def _send():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"x", ("192.0.2.1", 9))


def _forked():
    if os.fork() == 0:  # a child that nobody stopped must not go on with the tests
        os._exit(0)


ASKED = {
    "an environment variable": (lambda: os.environ.get("CI"), "reads the environment variable CI"),
    "one in another way": (lambda: os.getenv("USER"), "reads the environment variable USER"),
    "whether there is one": (lambda: "CI" in os.environ, "reads the environment variable CI"),
    "all of them": (lambda: dict(os.environ), "reads all environment variables"),
    "one within a text": (lambda: os.path.expandvars("$CI"), "reads the environment variable CI"),
    "a home": (lambda: str(Path.home()), "reads the environment variable HOME"),
    "whether a file is there": (lambda: Path("/tmp/on-ci").exists(), "looks for /tmp/on-ci"),  # noqa: S108
    "one in another way, too": (lambda: os.access("/etc/hosts", os.R_OK), "looks for /etc/hosts"),
    "a file of the machine": (lambda: Path("/etc/hosts").read_text(), "reads /etc/hosts"),
    "a folder of the machine": (lambda: os.listdir("/etc"), "lists /etc"),  # noqa: PTH208
    "what is not committed": ((ROOT / "build" / "switch").exists, f"looks for {ROOT}/build/switch"),
    "another configuration key": (
        lambda: pulumi.Config("slipway").get_bool("breakGlass"),
        "reads the configuration key slipway:breakGlass, which a stack file cannot hold (slipway:settings can)",
    ),
    "another configuration key, below": (
        lambda: pulumi.runtime.config.get_config("aws:region"),
        "reads the configuration key aws:region, which a stack file cannot hold (slipway:settings can)",
    ),
}
DONE = {
    "a command": (lambda: subprocess.run(["aws", "iam", "create-user"], check=False), "runs the command aws"),  # noqa: S607
    "a command of a shell": (lambda: os.system("true"), "runs the command true"),  # noqa: S605, S607
    "a process": (_forked, "makes another process"),
    "an address": (lambda: socket.getaddrinfo("e.example", 80), "asks for the address of e.example"),
    "a connection": (lambda: socket.create_connection(("192.0.2.1", 9)), "asks for the address of 192.0.2.1"),
    "a packet": (_send, "sends to 192.0.2.1 9"),
    "a file that is written": (
        lambda: (ROOT / "left-behind").write_text("x"),
        f"writes {ROOT}/left-behind",
    ),
    "a folder that is made": ((ROOT / "left").mkdir, f"makes the folder {ROOT}/left"),
    "a file that is removed": ((ROOT / "Makefile").unlink, f"removes {ROOT}/Makefile"),
    "a variable that is set": (
        lambda: os.environ.update(AWS_PROFILE="prod"),
        "sets the environment variable AWS_PROFILE",
    ),
}


@pytest.mark.parametrize(("program", "said"), (ASKED | DONE).values(), ids=ASKED | DONE)
def test_it_ends_the_capture_and_says_where(program, said):
    found = problems(program)
    assert any(f"the program {said}" in line for line in found)
    assert all(line.endswith(": a capture follows from the checkout alone") for line in found)


def test_what_was_refused_did_not_happen():
    assert (ROOT / "Makefile").exists()
    assert not (ROOT / "left-behind").exists()
    assert "AWS_PROFILE" not in os.environ


def test_a_refusal_that_is_swallowed_is_still_a_problem():
    def quiet():
        with suppress(Exception):
            subprocess.run(["true"], check=False)  # noqa: S607

    assert problems(quiet) == (
        (
            f"{HERE}{quiet.__code__.co_firstlineno + 2}: the program runs the command true: a capture follows from "
            "the checkout alone"
        ),
    )


def test_files_of_the_checkout_and_modules_are_read_in_silence():
    def program():
        (ROOT / "Pulumi.yaml").read_text(encoding="utf-8")
        list((ROOT / "stacks").iterdir())
        for name in ("wsgiref.util", "wave"):
            sys.modules.pop(name, None)
            __import__(name)

    capture(program, stack="test", account=ACCOUNT, root=ROOT)


def test_nothing_is_watched_afterwards():
    before = os.stat, type(os.environ).__getitem__, pulumi.config.get_config
    capture(lambda: None, stack="test", account=ACCOUNT, root=ROOT)
    assert before == (os.stat, type(os.environ).__getitem__, pulumi.config.get_config)
    assert subprocess.run(["true"], check=False).returncode == 0  # noqa: S607


@pytest.mark.parametrize(
    "compares",
    [
        lambda name: name == "organization",
        lambda name: name != "organization",
        lambda name: name in {"organization", "acme"},
        lambda name: name.startswith("org"),
        lambda name: "org" in name,
    ],
)
def test_whoever_compares_the_organisation_is_told(compares):
    found = problems(lambda: compares(pulumi.get_organization()))
    assert found == (
        found[0].partition(": ")[0]
        + ": the program asks which organisation it is of; what it does in another one is judged by nobody",
    )


@pytest.mark.parametrize(
    "stranger", ["evilcorp/otherproject/prod", "organization/other/prod", "evil/slipway/prod"]
)
def test_a_stack_of_another_organisation_or_project_is_not_the_upstream(stranger):
    assert problems(lambda: pulumi.StackReference(stranger), EMPTY) == (
        (
            f"the program refers to stack {stranger!r}, which is of another organisation or project than its own "
            "(organization/slipway/STACK)"
        ),
    )


@pytest.mark.parametrize("own", ["prod", "organization/slipway/prod"])
def test_the_upstream_has_two_names(own):
    capture(
        lambda: pulumi.StackReference(own), stack="test", account=ACCOUNT, root=ROOT, upstreams={"prod": {}}
    )
