"""Definitions of custom kinds (CRDs) as objects of ours, from the pinned modules."""

import pulumi

from components.foundation.base import PlatformComponent
from components.foundation.kubernetes_object import KubernetesObject
from facts.definitions import definitions


def define(component: PlatformComponent, name: str, *sets: str) -> list[pulumi.Resource]:
    """Every object of these sets (``facts/pins/crds.yaml``), below a component that is called ``name``.

    No chart brings them: Helm could not record all definitions of a gateway in one Secret, and two charts that hold
    one kind would race for it. They stay when the component goes: with a definition go all objects of its kind.
    """
    return [
        KubernetesObject(f"{name}-crd-{key}", manifest, component.child_opts(retain_on_delete=True))
        for set_ in sets
        for key, manifest in definitions(set_).items()
    ]
