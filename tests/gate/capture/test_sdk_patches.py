"""Private names of the SDK stand in one module, and another version of it is left as it is."""

import ast
from dataclasses import replace

import pytest
from pulumi.runtime import resource as registering
from pulumi.runtime import resource_cycle_breaker as breaker

from gate.capture import sdk_patches
from gate.capture.stacks import capture_stack
from gate.core.errors import CaptureError
from stacks.load import read_stack
from tests.captured import captured
from tests.conftest import ROOT

OWN = (registering._get_stack_trace, breaker._reachable, breaker._add_dep)


def patched_now():
    return (registering._get_stack_trace, breaker._reachable, breaker._add_dep)


def test_the_pinned_sdk_is_the_one_the_patches_were_read_for():
    assert sdk_patches.is_known_sdk()
    with sdk_patches.patched(ROOT):
        assert not set(patched_now()) & set(OWN)
    assert patched_now() == OWN


def test_another_version_keeps_its_own_code(monkeypatch):
    monkeypatch.setattr(sdk_patches, "version", lambda _package: "3.273.0")
    with sdk_patches.patched(ROOT):
        assert patched_now() == OWN


def test_a_name_that_is_gone_keeps_its_own_code_too(monkeypatch):
    monkeypatch.delattr(breaker, "_add_dep")
    with sdk_patches.patched(ROOT):
        assert (registering._get_stack_trace, breaker._reachable) == OWN[:2]


def test_a_capture_without_patches_records_the_same(monkeypatch):
    monkeypatch.setattr(sdk_patches, "is_known_sdk", lambda: False)
    found = capture_stack(read_stack("staging-models"), {"staging": captured("staging").exports}, ROOT)
    # In whatever order: without them what is registered at the same time arrives as it happens. And a provider's place
    # in the source is then, in some processes, its constructor in the SDK.
    assert by_urn(found.graph) == by_urn(captured("staging-models").graph)


def by_urn(graph):
    return {
        resource.urn: replace(resource, position="")
        if resource.type.startswith("pulumi:providers:")
        else resource
        for resource in graph
    }


def test_what_cannot_be_done_without_fails_the_capture():
    with pytest.raises(
        CaptureError, match=r"pulumi .* has no object\._data: the gate was written for 3\.272\.0"
    ):
        sdk_patches.state_of(object())


def test_no_other_module_of_the_gate_touches_a_private_name_of_the_sdk():
    allowed = {"_getframe", "_processes"}  # of Python's own
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.attr}"
        for path in sorted((ROOT / "gate").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr.startswith("_")
        and not node.attr.startswith("__")
        and not (isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"})
        and node.attr not in allowed
    ]
    assert found == []
