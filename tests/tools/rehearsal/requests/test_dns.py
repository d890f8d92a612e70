"""The cluster's DNS in a rehearsal of requests."""

import struct

from tools.rehearsal.requests.dns import answer, names_of

NAMES = {"engine.models.svc.cluster.local": ["10.100.0.7"], "login.example.com": ["10.244.0.1"]}


def asked(name, type_=1):
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    return (
        b"\x12\x34"
        + struct.pack("!HHHHH", 0x0100, 1, 0, 0, 0)
        + labels
        + b"\x00"
        + struct.pack("!HH", type_, 1)
    )


def test_an_address_is_given_for_a_name():
    said = answer(asked("Engine.models.svc.cluster.local"), NAMES)
    assert said[:2] == b"\x12\x34"
    assert struct.unpack("!HHH", said[2:8]) == (0x8580, 1, 1)
    assert said[-4:] == bytes([10, 100, 0, 7])


def test_a_name_that_nobody_has_does_not_exist():
    assert struct.unpack("!HHH", answer(asked("nobody.models.svc.cluster.local"), NAMES)[2:8]) == (
        0x8583,
        1,
        0,
    )


def test_an_address_of_version_6_is_not_there_but_the_name_is():
    assert struct.unpack("!HHH", answer(asked("login.example.com", 28), NAMES)[2:8]) == (0x8580, 1, 0)


def test_services_have_their_address_and_headless_ones_their_ready_pods():
    def service(name, address):
        return {"metadata": {"namespace": "models", "name": name}, "spec": {"clusterIP": address}}

    slices = [
        {
            "metadata": {"namespace": "models", "labels": {"kubernetes.io/service-name": "picker"}},
            "endpoints": [
                {"addresses": ["10.244.1.2"], "conditions": {"ready": True}},
                {"addresses": ["10.244.1.3"], "conditions": {"ready": False}},
            ],
        }
    ]
    assert names_of([service("engine", "10.100.0.7"), service("picker", "None")], slices) == {
        "engine.models.svc.cluster.local": ["10.100.0.7"],
        "picker.models.svc.cluster.local": ["10.244.1.2"],
    }
