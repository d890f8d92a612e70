"""The stand-in for the Kubernetes provider: objects and releases go into :class:`Objects` as the engine orders them."""

import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import grpc  # type: ignore[import-untyped]
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from tools.rehearsal.account.faults import Faults
from tools.rehearsal.objects.store import ApiError, Objects, immutable
from tools.rehearsal.serving import serve

RELEASE: Final = "kubernetes:helm.sh/v3:Release"
_SOME, _NONE = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE


class SimulatedKubernetes(provider_pb2_grpc.ResourceProviderServicer):
    """One provider process."""

    def __init__(self, objects: Objects, faults: Faults) -> None:
        self._objects, self._faults = objects, faults

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802 the protocol's name
        return plugin_pb2.PluginInfo(version=version("pulumi-kubernetes"))

    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        differs = request.news != request.old_inputs
        return provider_pb2.DiffResponse(changes=_SOME if differs else _NONE)

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Check(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        old, new = _dict(request.old_inputs), _dict(request.news)
        differ = sorted(key for key in {*old, *new} if old.get(key) != new.get(key))
        fields = ("name", "namespace") if _type(request.urn) == RELEASE else immutable(str(new.get("kind")))
        anew = {path.partition(".")[0] for path in fields if _at(old, path) != _at(new, path)}
        return provider_pb2.DiffResponse(
            changes=_SOME if differ else _NONE,
            diffs=differ,
            replaces=sorted(anew),
            deleteBeforeReplace=bool(anew),
        )

    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802
        inputs = _dict(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=_struct(inputs))
        self._faults.before(_type(request.urn), request.urn)
        identity = self._put(_type(request.urn), inputs, context)
        self._faults.after(_type(request.urn), request.urn)
        return provider_pb2.CreateResponse(id=identity, properties=_struct(_outputs(request.urn, inputs)))

    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802
        inputs = _dict(request.news)
        if not request.preview:
            self._put(_type(request.urn), inputs, context)
        return provider_pb2.UpdateResponse(properties=_struct(_outputs(request.urn, inputs)))

    def Read(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        if _type(request.urn) == RELEASE:
            found = self._objects.releases.get(request.id)
        else:
            found = self._objects.get(_dict(request.inputs))
        if found is None:
            return provider_pb2.ReadResponse()
        outputs = _outputs(request.urn, found)
        return provider_pb2.ReadResponse(id=request.id, properties=_struct(outputs), inputs=_struct(found))

    def Delete(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        if _type(request.urn) == RELEASE:
            self._objects.uninstall(request.id)
        else:
            self._objects.remove(_dict(request.properties))
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802
        context.abort(grpc.StatusCode.UNIMPLEMENTED, f"{request.tok}: the program looks nothing up")

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        return empty_pb2.Empty()

    def _put(self, type_: str, inputs: Mapping[str, Any], context: Any) -> str:
        try:
            if type_ == RELEASE:
                self._objects.install(inputs)
                return f"{inputs['namespace']}/{inputs['name']}"
            self._objects.apply(inputs)
        except ApiError as error:
            name = inputs["name"] if type_ == RELEASE else inputs["metadata"]["name"]
            context.abort(grpc.StatusCode.UNKNOWN, f"{type_.rpartition(':')[2]} {name}: {error}")
        meta = inputs["metadata"]
        return f"{meta['namespace']}/{meta['name']}" if meta.get("namespace") else str(meta["name"])


def _outputs(urn: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    if _type(urn) != RELEASE:
        return dict(inputs)
    status = {"name": inputs.get("name"), "namespace": inputs.get("namespace"), "status": "deployed"}
    return {**inputs, "status": {**status, "version": inputs.get("version")}}


def _type(urn: str) -> str:
    return urn.split("::")[2].rpartition("$")[2]


def _at(value: Any, path: str) -> Any:
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _dict(message: Any) -> dict[str, Any]:
    return dict(json_format.MessageToDict(message))


def _struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(dict(values))
    return made


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    provider = SimulatedKubernetes(Objects(folder), Faults(folder))
    serve(lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server))
