"""Pulumi's mock monitor, keeping everything a rule may ask about.

The monitor runs as a preview: an output without a value is *unknown*, not None, so whoever consumes it
is found out. It hands the request's own struct back with the computed outputs added, and runs on the
event loop's thread, which saves most of what the stock monitor spends (``make bench`` prints it); a test
holds its records equal to the stock monitor's.
"""

import json
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final, NoReturn

from google.protobuf import empty_pb2, struct_pb2
from google.protobuf.message import Message
from pulumi.runtime import mocks
from pulumi.runtime.proto import resource_pb2

from gate.capture.outputs import Account, computed
from gate.capture.structs import may_hold_unknowns, plain, unknown_paths, wired
from gate.core.errors import CaptureError
from policies.engine.graph import UNKNOWN, Resource, Unknown

STACK_TYPE = "pulumi:pulumi:Stack"
REFERENCE_TYPE = "pulumi:pulumi:StackReference"
_PROVIDER: Final = "pulumi:providers:"

ENGINES_ALONE: Final = {
    "transforms": "has a transform, which only an engine applies",
    "hooks": "has a hook, which only an update runs",
    "state_migrations": "migrates its state, which only an engine does",
    "pluginDownloadURL": "downloads its provider's plugin from an address of its own, which nobody here checked",
}
"""Parts of a registration that change what is made or run in a way a capture cannot follow (SDK 3.272.0)."""


class NoMocks(mocks.Mocks):
    """The recorder answers itself; nothing reaches these."""

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise CaptureError(f"the program looked up {args.token}; a preview without an account has no answer")

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        raise CaptureError(f"{args.typ} {args.name} reached the stock monitor")


class Recorder(mocks.MockMonitor):
    """Records every registration of one stack's program; ``nothing_exists``: as an account's first preview does."""

    def __init__(
        self,
        account: Account,
        root: Path,
        upstreams: Mapping[str, Mapping[str, Any]],
        *,
        nothing_exists: bool = False,
    ) -> None:
        super().__init__(NoMocks())
        self.nothing_exists = nothing_exists
        self.account = account
        self.root = root
        self.upstreams = upstreams
        self.recorded: dict[str, Resource] = {}
        self.exports: dict[str, Any] = {}
        self.problems: list[str] = []
        self.references = ""  # what the whole name of a stack begins with: organisation and project
        self._default_tags: dict[str, Mapping[str, str]] = {}

    def Invoke(self, request: Any) -> Any:  # noqa: N802 the protocol's name
        """Lookups have no answer here: refused by name."""
        message = f"the program looked up {request.tok}; a preview without an account has no answer"
        self.problems.append(message)
        raise CaptureError(message)

    Call = Invoke

    def ExistsResource(self, request: Any) -> Any:  # noqa: N802 the protocol's name
        """Whether something is there already is a lookup too."""
        self._refuse(f"the program asked whether a {request.type} ({request.id}) exists; nobody here knows")

    def RegisterStackTransform(self, _request: Any) -> Any:  # noqa: N802 the protocol's name
        """What an engine would ask back is never asked here, so that the resources are other ones than judged."""
        self._refuse("the program registers a transform, which only an engine applies")

    RegisterStackInvokeTransform = RegisterStackTransform

    def RegisterResourceHook(self, request: Any) -> Any:  # noqa: N802 the protocol's name
        """Code that an update runs beside the resources is seen by nobody."""
        self._refuse(f"the program registers the hook {request.name!r}, which only an update runs")

    RegisterErrorHook = RegisterResourceHook

    def _refuse(self, message: str) -> NoReturn:
        self.problems.append(message)
        raise CaptureError(message)

    def ReadResource(self, request: Any) -> Any:  # noqa: N802 the protocol's name
        """Only references to other stacks are read; they answer with the captured upstream's exports."""
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type != REFERENCE_TYPE:
            self.problems.append(f"the program read an existing {request.type} ({request.name})")
            raise CaptureError(self.problems[-1])
        whole = request.name
        stack = whole.removeprefix(self.references)
        if "/" in stack:
            self._refuse(
                f"the program refers to stack {whole!r}, which is of another organisation or project than its own "
                f"({self.references}STACK)"
            )
        if stack not in self.upstreams:
            self._refuse(f"the program refers to stack {stack!r}, which its settings do not name as upstream")
        state = struct_pb2.Struct()
        state.update({"name": request.name, "outputs": dict(self.upstreams[stack]), "secretOutputNames": []})
        self.recorded[urn] = Resource(
            urn=urn,
            type=request.type,
            name=request.name,
            inputs={"name": request.name},
            id=request.name,
            parent=request.parent,
        )
        return resource_pb2.ReadResourceResponse(urn=urn, properties=state)

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 the protocol's name
        """Record the request; answer with its own inputs and what the provider would compute."""
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == STACK_TYPE:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        for name, why in ENGINES_ALONE.items():
            value = getattr(request, name)
            if value.ByteSize() if isinstance(value, Message) else value:
                self._refuse(f"{request.type} {request.name}: {why}")
        self._check_plugin(request)
        if urn in self.recorded:
            self.problems.append(f"two resources share the name {request.name} ({request.type}): {urn}")
            raise CaptureError(self.problems[-1])
        secrets: set[str] = set()
        inputs = plain(request.object, secrets)
        identity = ""
        outputs: dict[str, Any] = {}
        if not self.nothing_exists and may_hold_unknowns(request.object):
            self._find_unknowns(request, inputs)
        if request.custom:
            identity, outputs = computed(request.type, inputs, urn, request.name, self.account)
            if self.nothing_exists:
                identity, outputs = "", {name: inputs.get(name, UNKNOWN) for name in outputs}
            self._merge_default_tags(request, inputs, outputs)
            secrets |= {f"tagsAll{p.removeprefix('tags')}" for p in secrets if p.partition(".")[0] == "tags"}
        self.recorded[urn] = self._record(request, urn, identity, inputs, outputs, secrets)
        self.resources[urn] = mocks.MockMonitor.ResourceRegistration(urn, identity, {**inputs, **outputs})
        request.object.update(wired(outputs))
        return resource_pb2.RegisterResourceResponse(urn=urn, id=identity, object=request.object)

    def _check_plugin(self, request: Any) -> None:
        """The plugin that an engine starts is the one that the installed SDK was made with."""
        package = request.type.removeprefix(_PROVIDER).partition(":")[0]
        installed = _installed(package) if request.custom and request.version else ""
        if installed and request.version.removeprefix("v") != installed:
            self._refuse(
                f"{request.type} {request.name}: asks for version {request.version} of the {package} provider's "
                f"plugin, and {installed} is pinned"
            )

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 the protocol's name
        """Keep the stack's own exports."""
        if f"::{STACK_TYPE}::" in request.urn:
            self.exports = plain(request.outputs)
            if self.nothing_exists:
                return empty_pb2.Empty()
            self.problems.extend(
                f"export {path} has no value: gate/capture/outputs does not compute it"
                for path in unknown_paths(self.exports)
            )
        return empty_pb2.Empty()

    def _find_unknowns(self, request: Any, inputs: Mapping[str, Any]) -> None:
        for path in unknown_paths(inputs):
            top = path.partition(".")[0]
            sources = sorted(
                f"{u.split('::')[2].rpartition('$')[2]} {u.rpartition('::')[2]}"
                for u in request.propertyDependencies[top].urns
            )
            self.problems.append(
                f"{request.type} {request.name}: {path} has no value; it comes from "
                f"{', '.join(sources) or 'an output'}, whose outputs gate/capture/outputs does not compute"
            )

    def _merge_default_tags(self, request: Any, inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
        """As the provider would: ``tagsAll`` holds the provider's default tags under the resource's own."""
        if request.type == "pulumi:providers:aws":
            tags = inputs.get("defaultTags") or {}
            if isinstance(tags, str):  # providers receive nested values as JSON text
                tags = json.loads(tags)
            self._default_tags[self.make_urn(request.parent, request.type, request.name)] = tags.get(
                "tags", {}
            )
        elif _is_taggable(request.type):
            default = self._default_tags.get(request.provider.rpartition("::")[0], {})
            own = inputs.get("tags") or {}
            # Tags that nobody knows make an unknown whole; the capture has named them as a problem already.
            inputs["tagsAll"] = own if isinstance(own, Unknown) else {**default, **own}
            outputs["tagsAll"] = inputs["tagsAll"]

    def _record(  # noqa: PLR0917 one value a part of the record, called once
        self,
        request: Any,
        urn: str,
        identity: str,
        inputs: Mapping[str, Any],
        outputs: Mapping[str, Any],
        secrets: set[str],
    ) -> Resource:
        position = ""
        if request.sourcePosition.uri:
            path = Path(request.sourcePosition.uri.removeprefix("file://"))
            shown = path.relative_to(self.root) if path.is_relative_to(self.root) else Path(path.name)
            position = f"{shown}:{request.sourcePosition.line}"
        return Resource(
            urn=urn,
            type=request.type,
            name=request.name,
            inputs=inputs,
            id=identity,
            custom=request.custom,
            remote=request.remote,
            parent=request.parent,
            provider=request.provider,
            dependencies=frozenset(request.dependencies),
            property_dependencies={
                k: frozenset(v.urns) for k, v in request.propertyDependencies.items() if v.urns
            },
            outputs=outputs,
            aliases=tuple(a.urn or a.spec.name for a in request.aliases),
            protect=request.protect,
            retain_on_delete=request.retainOnDelete,
            ignore_changes=tuple(request.ignoreChanges),
            position=position,
            secret_properties=frozenset(secrets),
        )


@cache
def _installed(package: str) -> str:
    """The version of a provider's SDK that is installed; nothing where there is none."""
    try:
        return version(f"pulumi-{package}")
    except PackageNotFoundError:
        return ""


def _is_taggable(type_: str) -> bool:
    """Whether the AWS resource has ``tagsAll``, read from the SDK class the program has imported."""
    package, _, rest = type_.partition(":")
    if package != "aws":
        return False
    module, _, name = rest.partition(":")
    loaded = sys.modules.get(f"pulumi_aws.{module.partition('/')[0]}")
    return hasattr(getattr(loaded, name, None), "tags_all")
