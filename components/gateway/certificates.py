"""Who signs certificates: the platform's own authority inside, a public one for what the world sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pydantic import Field

from components.cluster.cluster_addons import ClusterAddonsHandle
from components.foundation.base import Handle, PlatformComponent, Settings
from components.foundation.definitions import define
from components.foundation.helm import release
from components.foundation.kubernetes_object import KubernetesObject
from components.foundation.names import Names
from components.foundation.registry import UPSTREAM, Registry
from components.foundation.system_namespace import system_namespace
from components.foundation.well_known import CERT_MANAGER
from components.gateway.certificate_manifests import (
    CONTROLLER_ACCOUNT,
    INTERNAL_ISSUER,
    PUBLIC_ISSUER,
    authority,
    bootstrap_issuer,
    dns_statements,
    internal_issuer,
    public_issuer,
    values,
)
from components.identity.pod_roles import ControllerParts, PodRoleArgs, controller_role

LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory"


class AcmeSettings(Settings):
    """``certificates.acme:``: a publicly trusted certificate for the edge, proven by a DNS zone's records."""

    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
    zone: str = Field(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$")
    zone_id: str = Field(pattern=r"^Z[A-Z0-9]{3,31}$")
    server: str = Field(default=LETS_ENCRYPT, pattern=r"^https://")


class CertificatesSettings(Settings):
    """``certificates:`` in a stack file. Without ``acme`` our own authority signs the edge's too."""

    acme: AcmeSettings | None = None


@dataclass(frozen=True, kw_only=True)
class CertificatesArgs:
    """What :class:`Certificates` needs. ``names`` only where ``settings.acme`` is given, for its role."""

    settings: CertificatesSettings
    cluster_addons: ClusterAddonsHandle
    names: Names | None = None
    registry: Registry = UPSTREAM


@dataclass(frozen=True, kw_only=True)
class CertificatesHandle(Handle):
    """What others may use of :class:`Certificates`: the issuer of what callers see at the edge."""

    cluster_issuer: pulumi.Input[str]


class Certificates(PlatformComponent):
    """cert-manager, an authority of its own and, where a zone is named, a publicly trusted issuer.

    The authority's certificate is in no trust store outside: without ``acme``, callers must be given it.
    """

    TYPE = "slipway:mesh:Certificates"

    def __init__(self, name: str, args: CertificatesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        namespace = KubernetesObject(
            f"{name}-namespace",
            system_namespace(CERT_MANAGER),
            self.child_opts(depends_on=list(args.cluster_addons.ready)),
        )
        # A controller pod admitted before its association exists never gets credentials.
        identity = self._dns_identity(name, args)
        crds = define(self, name, "cert-manager")
        chart = release(
            f"{name}-cert-manager",
            "cert-manager",
            CERT_MANAGER,
            values(),
            self.child_opts(depends_on=[*crds, namespace, *identity, *args.cluster_addons.ready]),
            registry=args.registry,
        )
        # Each waits for the one it names: an issuer is refused until the webhook answers, and unready until
        # its secret exists.
        first = KubernetesObject(f"{name}-bootstrap", bootstrap_issuer(), self.child_opts(depends_on=[chart]))
        signed = KubernetesObject(
            f"{name}-authority", authority(), self.child_opts(depends_on=[chart, first])
        )
        issuers = [
            KubernetesObject(f"{name}-issuer", internal_issuer(), self.child_opts(depends_on=[chart, signed]))
        ]
        acme = args.settings.acme
        if acme is not None:
            manifest = public_issuer(
                email=acme.email, server=acme.server, zone=acme.zone, zone_id=acme.zone_id
            )
            issuers.append(
                # Registering the account is the controller's work: it must run, with its credentials.
                KubernetesObject(f"{name}-public", manifest, self.child_opts(depends_on=[chart, *identity]))
            )
        self.handle = CertificatesHandle(
            cluster_issuer=INTERNAL_ISSUER if acme is None else PUBLIC_ISSUER, ready=(chart, *issuers)
        )
        self.register_outputs({})

    def _dns_identity(self, name: str, args: CertificatesArgs) -> Sequence[pulumi.Resource]:
        """The controller's role in the DNS zone, where there is one."""
        if args.settings.acme is None:
            return []
        if args.names is None:
            raise ValueError(
                "certificates.acme needs the platform's names for the role that writes its DNS zone"
            )
        # Credentials without permissions would fail the first order, and the next try is an hour away.
        return controller_role(
            self,
            ControllerParts(
                role=f"{name}-dns-role",
                permissions=f"{name}-dns-policy",
                association=f"{name}-dns-association",
            ),
            PodRoleArgs(
                names=args.names,
                role="certificates",
                namespace=CERT_MANAGER,
                service_account=CONTROLLER_ACCOUNT,
                statements=dns_statements(args.names, args.settings.acme.zone_id),
                after=args.cluster_addons.ready,
            ),
            args.names.cluster,
        )
