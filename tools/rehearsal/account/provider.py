"""The simulated account behind Pulumi's provider protocol, as a plugin the engine starts in place of the real one."""

import json
from collections.abc import Mapping
from typing import Any, Final

import grpc  # type: ignore[import-untyped]
from google.protobuf import any_pb2, empty_pb2, json_format, struct_pb2
from google.rpc import status_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc
from pulumi.runtime.rpc import UNKNOWN

from tools.rehearsal.account.account import Account, immutable
from tools.rehearsal.account.errors import AwsError
from tools.rehearsal.account.faults import Faults, HalfMadeError
from tools.rehearsal.account.records import Record, at
from tools.rehearsal.account.shapes import shape
from tools.rehearsal.account.site import digits

_SOME, _NONE = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
_NAMES: Final[Mapping[str, str]] = {"aws:eks/nodeGroup:NodeGroup": "nodeGroupName"}
_NAMELESS: Final = frozenset({"aws:ec2/eip:Eip"})
_INSIDE: Final = frozenset({"tagsAll", "__defaults"})
"""Inputs that the provider itself adds."""


def named(type_: str, name: str, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs with the physical name that the provider would give: the logical one and seven digits.

    A resource keeps the name that it has.
    """
    key = _NAMES.get(type_, "name")
    known = shape(type_).inputs
    if key not in known or type_ in _NAMELESS or inputs.get(key) is not None or inputs.get(f"{key}Prefix"):
        return dict(inputs)
    return {**inputs, key: old.get(key) or f"{name}-{digits(f'{type_} {name}', 7)}"}


def changed(type_: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Properties that differ, and those of them for which the resource is made anew."""
    differ = sorted(
        key for key in {*old, *new} - {"__defaults"} if _filled(old.get(key)) != _filled(new.get(key))
    )
    anew = [path for path in immutable(type_) if _filled(at(old, path)) != _filled(at(new, path))]
    return differ, [path.partition(".")[0] for path in anew]


def _filled(value: Any) -> Any:
    """Without what says nothing."""
    if isinstance(value, Mapping):
        return {key: _filled(item) for key, item in value.items() if item is not None}
    return value


class SimulatedAws(provider_pb2_grpc.ResourceProviderServicer):
    """One provider process, as the engine knows it."""

    def __init__(self, account: Account, version: str, faults: Faults) -> None:
        self._account, self._version, self._faults = account, version, faults
        self._tags: dict[str, str] = {}

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802 the protocol's name
        return plugin_pb2.PluginInfo(version=self._version)

    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        differs = request.news != request.old_inputs
        return provider_pb2.DiffResponse(changes=_SOME if differs else _NONE)

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802
        arguments = {key: _loaded(value) for key, value in json_format.MessageToDict(request.args).items()}
        allowed = arguments.get("allowedAccountIds")
        if allowed and self._account.site.account not in allowed:
            context.abort(
                grpc.StatusCode.INVALID_ARGUMENT, f"AWS account ID not allowed: {self._account.site.account}"
            )
        self._tags = dict((arguments.get("defaultTags") or {}).get("tags") or {})
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Check(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        inputs, old = _dict(request.news), _dict(request.olds)
        type_, name = _type(request.urn), request.urn.rpartition("::")[2]
        try:
            known = shape(type_)
        except LookupError as error:
            return provider_pb2.CheckResponse(failures=[provider_pb2.CheckFailure(reason=str(error))])
        inputs = named(type_, name, inputs, old)
        failures = [
            provider_pb2.CheckFailure(property=problem.partition(":")[0], reason=problem)
            for problem in known.problems(inputs, ignored=_INSIDE)
        ]
        if "tagsAll" in known.outputs:
            own = inputs.get("tags")
            inputs["tagsAll"] = UNKNOWN if own == UNKNOWN else {**self._tags, **(own or {})}
        return provider_pb2.CheckResponse(inputs=_struct(inputs), failures=failures)

    def Diff(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        old, new = _dict(request.old_inputs), _dict(request.news)
        for ignored in request.ignoreChanges:
            new.pop(ignored, None)
            old.pop(ignored, None)
        differ, anew = changed(_type(request.urn), old, new)
        return provider_pb2.DiffResponse(
            changes=_SOME if differ else _NONE, diffs=differ, replaces=anew, deleteBeforeReplace=bool(anew)
        )

    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802
        type_, settings = _type(request.urn), _dict(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=_struct(shape(type_).planned(settings)))
        try:
            self._faults.before(type_, request.urn)
            made = self._account.create(type_, settings)
            self._faults.after(type_, request.urn)
        except AwsError as error:
            context.abort(grpc.StatusCode.UNKNOWN, f"creating {type_}: {error}")
        except HalfMadeError as error:
            _abort_with_what_is_there(context, made, str(error))
        return provider_pb2.CreateResponse(id=made.id, properties=_struct(_outputs(made.outputs)))

    def Read(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        found = self._account.read(_type(request.urn), request.id)
        if found is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=found.id, properties=_struct(_outputs(found.outputs)), inputs=_struct(found.settings)
        )

    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802
        type_, settings = _type(request.urn), _dict(request.news)
        if request.preview:
            there = self._account.records.get(type_, request.id)
            known = dict(there.computed) if there is not None else {}
            if type_ == "aws:ec2/launchTemplate:LaunchTemplate":
                known["latestVersion"] = UNKNOWN
            return provider_pb2.UpdateResponse(properties=_struct(_outputs({**settings, **known})))
        try:
            made = self._account.update(type_, request.id, settings)
        except AwsError as error:
            context.abort(grpc.StatusCode.UNKNOWN, f"updating {type_} {request.id}: {error}")
        return provider_pb2.UpdateResponse(properties=_struct(_outputs(made.outputs)))

    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802
        type_ = _type(request.urn)
        try:
            self._account.delete(type_, request.id)
        except AwsError as error:
            context.abort(grpc.StatusCode.UNKNOWN, f"deleting {type_} {request.id}: {error}")
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802
        context.abort(grpc.StatusCode.UNIMPLEMENTED, f"{request.tok}: the program looks nothing up")

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        return empty_pb2.Empty()


def _abort_with_what_is_there(context: Any, made: Record, reason: str) -> None:
    """The protocol's way to say that a resource is there and not finished: the engine keeps it, and updates it next."""
    state = _struct(_outputs(made.outputs))
    detail = any_pb2.Any()
    detail.Pack(
        provider_pb2.ErrorResourceInitFailed(
            id=made.id, properties=state, inputs=_struct(made.settings), reasons=[reason]
        )
    )
    words = f"creating {made.type} {made.id}: {reason}"
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=words, details=[detail])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, words)


def _type(urn: str) -> str:
    return urn.split("::")[2].rpartition("$")[2]


def _outputs(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != "zones_made_with"}


def _loaded(value: Any) -> Any:
    """A provider's own arguments come as JSON in text."""
    if isinstance(value, str) and value[:1] in "{[":
        return json.loads(value)
    return value


def _dict(message: Any) -> dict[str, Any]:
    return dict(json_format.MessageToDict(message))


def _struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(values)
    return made
