"""What must hold for certificates: signed by an authority, strong and rotating keys, short lives."""

from collections.abc import Iterable
from typing import Any, Final

from policies.analysis.kubernetes.charts import RELEASE, chart_of
from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, hours, mapping, number, sequence, text

CERTIFICATE: Final = "kubernetes:cert-manager.io/v1:Certificate"
ISSUER: Final = "kubernetes:cert-manager.io/v1:Issuer"
CLUSTER_ISSUER: Final = "kubernetes:cert-manager.io/v1:ClusterIssuer"

_LEAF_HOURS: Final = 398 * 24
"""The longest life browsers accept of a server's certificate (CA/Browser Forum, ballot SC31)."""
_AUTHORITY_HOURS: Final = 10 * 365.25 * 24
_LEAST_BITS: Final = {"RSA": 2048, "ECDSA": 256}


def _issuer_of(certificate: Resource, graph: Graph) -> Resource | None:
    reference = mapping(at(certificate.inputs, "spec.issuerRef"), "spec.issuerRef")
    name = text(reference.get("name"), "spec.issuerRef.name")
    if text(reference.get("kind"), "spec.issuerRef.kind") == "ClusterIssuer":
        return next((i for i in graph.of_type(CLUSTER_ISSUER) if name_of(i) == name), None)
    home = namespace_of(certificate)
    return next((i for i in graph.of_type(ISSUER) if name_of(i) == name and namespace_of(i) == home), None)


def _is_authority(certificate: Resource) -> bool:
    return flag(at(certificate.inputs, "spec.isCA"), "spec.isCA")


def _self_signed(certificate: Resource, graph: Graph) -> Iterable[Offence]:
    names = [
        *sequence(at(certificate.inputs, "spec.dnsNames")),
        *sequence(at(certificate.inputs, "spec.ipAddresses")),
    ]
    usages = {text(usage, "usages") for usage in sequence(at(certificate.inputs, "spec.usages"), "usages")}
    if _is_authority(certificate) and names and "server auth" in usages:
        yield Offence(
            path="spec.isCA",
            problem=f"the server {names[0]} may sign certificates in anybody's name",
            value=True,
        )
    issuer = _issuer_of(certificate, graph)
    if issuer is None or _is_authority(certificate):
        return
    if at(issuer.inputs, "spec.selfSigned") is not None:
        yield Offence(
            path="spec.issuerRef.name",
            problem=f"the certificate signs itself through {name_of(issuer)}",
            value=name_of(issuer),
        )


def _key(certificate: Resource) -> Any:
    return mapping(at(certificate.inputs, "spec.privateKey"), "spec.privateKey")


def _weak_key(certificate: Resource, _graph: Graph) -> Iterable[Offence]:
    key = _key(certificate)
    algorithm = text(key.get("algorithm"), "spec.privateKey.algorithm") or "RSA"
    # Unset, cert-manager makes RSA keys of 2048 bits and ECDSA keys of 256.
    size = number(key.get("size"), "spec.privateKey.size")
    if size is not None and size < _LEAST_BITS.get(algorithm, 0):
        yield Offence(
            path="spec.privateKey.size",
            problem=f"a key of {int(size)} bits ({algorithm})",
            value=size,
            expected=f"at least {_LEAST_BITS[algorithm]}",
        )


def _kept_key(certificate: Resource, _graph: Graph) -> Iterable[Offence]:
    # Unset means Always since cert-manager 1.18.
    if text(_key(certificate).get("rotationPolicy"), "spec.privateKey.rotationPolicy") == "Never":
        yield Offence(
            path="spec.privateKey.rotationPolicy",
            problem="the private key is kept for ever",
            value="Never",
            expected="Always",
        )


def _long_lived(certificate: Resource, _graph: Graph) -> Iterable[Offence]:
    duration = hours(at(certificate.inputs, "spec.duration"), "spec.duration")
    longest = _AUTHORITY_HOURS if _is_authority(certificate) else _LEAF_HOURS
    # Unset means 90 days.
    if duration is not None and duration > longest:
        yield Offence(
            path="spec.duration",
            problem=f"{duration / 24:.0f} days",
            value=at(certificate.inputs, "spec.duration"),
            expected=f"at most {longest / 24:.0f}",
        )


def _unverified_server(issuer: Resource, _graph: Graph) -> Iterable[Offence]:
    if flag(at(issuer.inputs, "spec.acme.skipTLSVerify"), "spec.acme.skipTLSVerify"):
        yield Offence(path="spec.acme.skipTLSVerify", problem="whoever answers may sign", value=True)
    for kind in ("acme", "vault"):
        server = text(at(issuer.inputs, f"spec.{kind}.server"), f"spec.{kind}.server")
        if server.lower().startswith("http://"):
            yield Offence(
                path=f"spec.{kind}.server", problem="no TLS: whoever answers may sign", value=server
            )


def _dropped_definitions(release: Resource, _graph: Graph) -> Iterable[Offence]:
    if chart_of(release) != "cert-manager":
        return
    definitions = mapping(at(release.inputs, "values.crds"), "values.crds")
    is_bundled = flag(definitions.get("enabled"), "values.crds.enabled")
    if is_bundled and not flag(definitions.get("keep"), "values.crds.keep", default=True):
        yield Offence(
            path="values.crds.keep",
            problem="uninstalling deletes every certificate in the cluster",
            value=False,
            expected="must be true",
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="leaf-certificates-come-from-an-authority",
        severity="medium",
        applies_to=(CERTIFICATE,),
        why="Nobody can verify a certificate that signed itself, so callers stop verifying.",
        fix="Name an issuer with a CA or a public authority; self-signed ones are for authorities (isCA).",
        check=_self_signed,
        reads_graph=True,
    ),
    Rule(
        id="certificate-keys-are-strong",
        severity="medium",
        applies_to=(CERTIFICATE,),
        why="A short key can be computed from the certificate.",
        fix="Use ECDSA with 256 bits or RSA with 2048 or more.",
        check=_weak_key,
    ),
    Rule(
        id="certificate-keys-rotate",
        severity="medium",
        applies_to=(CERTIFICATE,),
        why="A renewed certificate on an old key renews the trust in whoever copied that key.",
        fix="Set privateKey.rotationPolicy: Always.",
        check=_kept_key,
    ),
    Rule(
        id="certificates-are-short-lived",
        severity="medium",
        applies_to=(CERTIFICATE,),
        why="cert-manager revokes nothing: a lost key is good for as long as its certificate lives.",
        fix="Set duration to 90 days, at most 398; an authority's to ten years at most.",
        check=_long_lived,
    ),
    Rule(
        id="issuers-verify-their-server",
        severity="high",
        applies_to=(ISSUER, CLUSTER_ISSUER),
        why="Whoever stands between cert-manager and an unverified authority decides what is signed.",
        fix="Use an https server and remove skipTLSVerify.",
        check=_unverified_server,
    ),
    Rule(
        id="certificate-definitions-outlive-their-release",
        severity="low",
        applies_to=(RELEASE,),
        why="With its CRDs go all certificates and issuers, and every secret that is owned by one.",
        fix="Leave crds.keep on.",
        check=_dropped_definitions,
    ),
)
