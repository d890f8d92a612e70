"""What a program does that a capture cannot follow ends it with one problem, and never with fewer resources."""

import asyncio
import atexit
import sys
import threading
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pytest
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import SETTINGS

import gate.capture.recorder
import gate.evaluate.judgement
import policies.engine.catalog
from gate.capture.capture import capture
from gate.capture.outputs import Account
from gate.capture.recorder import ENGINES_ALONE
from gate.core.errors import CaptureError

ROOT = Path(__file__).parents[3]
OPEN = [{"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["0.0.0.0/0"]}]


def problems(program):
    with pytest.raises(CaptureError) as error:
        capture(program, stack="test", account=Account(id="111122223333", region="eu-central-1"), root=ROOT)
    return error.value.problems


def group(**options):
    return aws.ec2.SecurityGroup("group", opts=pulumi.ResourceOptions(**options))


def opened(args):
    return pulumi.ResourceTransformResult({**args.props, "ingress": OPEN}, args.opts)


def hooks():
    return pulumi.ResourceHookBinding(before_create=[pulumi.ResourceHook("open", lambda _args: None)])


async def _later():
    await asyncio.sleep(60)


def _unawaited():
    SETTINGS.kept = asyncio.get_event_loop().create_task(_later())


def _forgotten():
    group()
    SETTINGS.outputs.clear()


class _Deaf:
    def __getattr__(self, _name):
        return lambda *_args: resource_pb2.RegisterResourceResponse(urn="u")


def _another_monitor():
    SETTINGS.monitor = _Deaf()


def _asks():
    if not pulumi.runtime.is_dry_run():
        group()


def _applies_to_nothing():
    api = aws.apigatewayv2.Api("api", protocol_type="HTTP")
    api.api_endpoint.apply(lambda _endpoint: group())


UNFOLLOWED = {
    "a transform": (lambda: group(transforms=[opened]), "group: has a transform, which only an engine applies"),
    "a transform of the stack": (
        lambda: pulumi.runtime.register_resource_transform(opened),
        "registers a transform, which only an engine applies",
    ),
    "a hook": (lambda: group(hooks=hooks()), "registers the hook 'open', which only an update runs"),
    "a plugin of its own": (
        lambda: group(plugin_download_url="https://example.com/plugins"),
        "group: downloads its provider's plugin from an address of its own",
    ),
    "a plugin of another version": (
        lambda: group(version="0.0.1-evil"),
        "group: asks for version 0.0.1-evil of the aws provider's plugin, and 7.",
    ),
    "an unfinished task": (_unawaited, "the program ended before _later did: await what it starts"),
    "a list of the SDK that is emptied": (_forgotten, "the program ended before"),
    "another monitor": (_another_monitor, "put another monitor in the place of the one that records it"),
    "a question": (_asks, ": the program asks whether this is a preview"),
    "resources in an apply that never runs": (
        _applies_to_nothing,
        ": this apply did not run, since an output of api has no value",
    ),
    "something for the end": (lambda: atexit.register(print, end=""), "what runs at the process's end is not seen"),
    "leaving": (lambda: sys.exit(0), "the program left by itself (exit code 0) before its end"),
}  # fmt: skip


@pytest.mark.parametrize(("program", "said"), UNFOLLOWED.values(), ids=UNFOLLOWED)
@pytest.mark.filterwarnings("ignore")
def test_what_cannot_be_followed_is_a_problem(program, said):
    assert said in "\n".join(problems(program))


def test_a_thread_that_goes_on_is_a_problem_and_one_that_ended_is_none():
    end = threading.Event()
    going = threading.Thread(target=end.wait, name="going")
    try:
        assert problems(going.start) == ("the program ended before its thread going did: join it",)
    finally:
        end.set()
        going.join()

    def done():
        thread = threading.Thread(target=lambda: None)
        thread.start()
        thread.join()

    capture(done, stack="test", account=Account(id="111122223333", region="eu-central-1"), root=ROOT)


def _nothing(*_args, **_kwargs):
    return None


TAMPERED = {
    "a method": (
        lambda patch: patch.setattr(gate.capture.recorder.Recorder, "ReadResource", _nothing),
        "gate.capture.recorder.Recorder.ReadResource",
    ),
    "a function": (
        lambda patch: patch.setattr(gate.evaluate.judgement, "judge", _nothing),
        "gate.evaluate.judgement.judge",
    ),
    "a default": (
        lambda patch: patch.setitem(gate.evaluate.judgement.assess.__kwdefaults__, "rules", ()),
        "gate.evaluate.judgement.assess",
    ),
    "the rules": (
        lambda patch: patch.setattr(policies.engine.catalog, "RULES", ()),
        "policies.engine.catalog.RULES",
    ),
    "a table": (
        lambda patch: patch.setitem(policies.engine.catalog.NEEDS_NO_RULE, "x", "y"),
        "NEEDS_NO_RULE",
    ),
    "the SDK": (lambda patch: patch.setattr(pulumi.runtime.rpc, "serialize_property", _nothing), "rpc."),
}


@pytest.mark.parametrize(("change", "part"), TAMPERED.values(), ids=TAMPERED)
def test_a_program_that_changes_the_gate_is_found_out(monkeypatch, change, part):
    said = problems(lambda: change(monkeypatch))
    assert any(f"the program changed {part}" in one or f".{part}" in one for one in said), said


NEITHER = {
    "acceptSecrets", "acceptResources", "supportsPartialValues", "supportsResultReporting", "accepts_byte_string",
    "version", "packageRef", "pluginChecksums", "providers", "parentStackTraceHandle", "stackTrace", "snippetId",
    "aliasURNs", "aliasSpecs", "customTimeouts", "additionalSecretOutputs", "hideDiffs", "envVarMappings",
    "deleteBeforeReplace", "deleteBeforeReplaceDefined", "replaceOnChanges", "replace_with", "replacement_trigger",
    "deletedWith", "importId",
}  # fmt: skip
"""How the SDK and the engine speak, and when something is replaced: nothing of what is made."""
RECORDED = {
    "type", "name", "parent", "custom", "object", "protect", "dependencies", "provider", "propertyDependencies",
    "ignoreChanges", "retainOnDelete", "aliases", "sourcePosition", "remote",
}  # fmt: skip


def test_every_part_of_a_registration_is_recorded_or_refused_or_makes_nothing():
    """A newer SDK's new part turns this red, until somebody has looked at it."""
    there = {field.name for field in resource_pb2.RegisterResourceRequest.DESCRIPTOR.fields}
    assert there == RECORDED | NEITHER | set(ENGINES_ALONE)
