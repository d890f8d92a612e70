"""What the provider tells the engine about names and changes."""

import grpc
import pytest
from google.protobuf import struct_pb2
from google.rpc import status_pb2
from pulumi.runtime.proto import provider_pb2

from tools.rehearsal.account.faults import Faults, Point
from tools.rehearsal.account.provider import SimulatedAws, changed, named

GROUP = "aws:eks/nodeGroup:NodeGroup"
ROLE = "aws:iam/role:Role"


def test_a_resource_without_a_name_gets_one_and_keeps_it():
    first = named(ROLE, "edge", {"path": "/"}, {})
    assert first["name"].startswith("edge-")
    assert len(first["name"]) == len("edge-") + 7
    assert named(ROLE, "edge", {"path": "/"}, {"name": "edge-old"})["name"] == "edge-old"
    assert "nodeGroupName" in named(GROUP, "g", {}, {})
    assert named("aws:ec2/vpc:Vpc", "v", {}, {}) == {}
    assert named(ROLE, "edge", {"name": "own"}, {}) == {"name": "own"}


def test_a_change_of_what_cannot_change_makes_it_anew():
    old = {"name": "a", "description": "x", "tags": {"a": "1", "b": None}}
    assert changed(ROLE, old, {**old, "tags": {"a": "1"}}) == ([], [])
    assert changed(ROLE, old, {**old, "description": "y"}) == (["description"], [])
    assert changed(ROLE, old, {**old, "name": "b"}) == (["name"], ["name"])


class Context:
    """What gRPC gives to a call."""

    def set_trailing_metadata(self, metadata):
        self.metadata = dict(metadata)

    def abort(self, code, words):
        self.said = (code, words)
        raise RuntimeError(words)


def created(account, tmp_path, point):
    faults, context = Faults(tmp_path), Context()
    faults.set(point)
    settings = struct_pb2.Struct()
    settings.update({"description": "d"})
    urn = "urn:pulumi:dev::slipway::aws:kms/key:Key::k"
    asked = provider_pb2.CreateRequest(urn=urn, properties=settings)
    with pytest.raises(RuntimeError):
        SimulatedAws(account, "7.0.0", faults).Create(asked, context)
    return context, list(account.records.of("aws:kms/key:Key"))


def test_what_is_made_half_way_is_told_with_its_id(account, tmp_path):
    context, (made,) = created(account, tmp_path, Point(when="after", then="half"))
    assert context.said[0] == grpc.StatusCode.UNKNOWN
    status = status_pb2.Status.FromString(context.metadata["grpc-status-details-bin"])
    detail = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(detail)
    assert (detail.id, detail.reasons[0].partition(":")[0]) == (made.id, "waiting for it to become active")
    assert detail.inputs["description"] == "d"


def test_what_is_throttled_is_not_made(account, tmp_path):
    context, found = created(account, tmp_path, Point(when="before", then="throttle"))
    assert context.said[1] == "creating aws:kms/key:Key: ThrottlingException: Rate exceeded"
    assert found == []
