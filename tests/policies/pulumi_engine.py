"""Pulumi's engine as the policy pack sees it: starts the pack's process and asks it over gRPC."""

import os
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from gate.capture.structs import wired

ROOT = Path(__file__).parent.parent.parent
PYTHON = ROOT / ".cache" / "pack" / "bin" / "python"
STARTED_BY_PULUMI = [str(PYTHON), "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(ROOT / "policies")]
EXECUTABLE = [str(ROOT / "policies" / "slipway-policies"), "127.0.0.1:1"]
LARGEST = [("grpc.max_receive_message_length", 1 << 28), ("grpc.max_send_message_length", 1 << 28)]


@contextmanager
def pack(stack, *, command=STARTED_BY_PULUMI, preview=True, called=True, rules="all"):
    """An analyzer client of a running pack; the process is ended with the block.

    ``called``: as the engine tells a pack what it is about to do (CLI 3.259), by a call and not in the environment.
    """
    assert PYTHON.exists(), "the pack's environment is missing: make pack"
    told = {
        "PULUMI_PROJECT": "slipway",
        "PULUMI_STACK": stack,
        "PULUMI_DRY_RUN": "true" if preview else "false",
    }
    settings = {"PATH": os.environ["PATH"], "SLIPWAY_PACK": rules, **({} if called else told)}
    with (
        tempfile.TemporaryDirectory() as elsewhere,
        subprocess.Popen(command, cwd=elsewhere, env=settings, stdout=subprocess.PIPE) as process,  # noqa: S603 our own pack
    ):
        try:
            port = int(process.stdout.readline())
            with grpc.insecure_channel(f"127.0.0.1:{port}", options=LARGEST) as channel:
                client = analyzer_pb2_grpc.AnalyzerStub(channel)
                if called:
                    client.ConfigureStack(
                        analyzer_pb2.AnalyzerStackConfigureRequest(
                            stack=stack, project="slipway", dry_run=preview
                        )
                    )
                yield client
        finally:
            process.kill()


def _struct(properties):
    made = struct_pb2.Struct()
    made.update(wired(dict(properties)))
    return made


def _options(resource):
    return analyzer_pb2.AnalyzerResourceOptions(protect=resource.protect, parent=resource.parent)


def analyze(client, resource):
    """{(rule, urn, message)} and the diagnostics of what could not be run, for one resource alone."""
    request = analyzer_pb2.AnalyzeRequest(
        type=resource.type,
        properties=_struct(resource.inputs),
        urn=resource.urn,
        name=resource.name,
        options=_options(resource),
    )
    return _read(client.Analyze(request), resource.urn)


def hold_only(client, rule, rules):
    """Switch every other rule off, as a policy configuration may."""
    request = analyzer_pb2.ConfigureAnalyzerRequest()
    for other in rules:
        level = analyzer_pb2.MANDATORY if other == rule else analyzer_pb2.DISABLED
        request.policyConfig[other].enforcementLevel = level
    client.Configure(request)


def analyze_stack(client, graph):
    """The same for a whole stack; properties are what the provider answers, as the engine sends them."""
    resources = [
        analyzer_pb2.AnalyzerResource(
            type=r.type,
            properties=_struct({**r.inputs, **r.outputs}),
            urn=r.urn,
            name=r.name,
            options=_options(r),
            parent=r.parent,
            provider=analyzer_pb2.AnalyzerProviderResource(urn=r.provider.rpartition("::")[0]),
            dependencies=sorted(r.dependencies),
            propertyDependencies={
                key: analyzer_pb2.AnalyzerPropertyDependencies(urns=sorted(urns))
                for key, urns in r.property_dependencies.items()
            },
        )
        for r in graph
    ]
    return _read(client.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=resources)), "")


def _read(response, urn):
    violations, open_questions = set(), []
    for said in response.diagnostics:
        if said.enforcementLevel == analyzer_pb2.ADVISORY and "can't run policy" in said.message:
            open_questions.append((said.policyName, said.message))
        else:
            message = said.message.removeprefix(f"{said.description}\n")
            violations.add((said.policyName, said.urn or urn, message))
    return violations, open_questions
