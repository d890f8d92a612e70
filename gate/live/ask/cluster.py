"""What runs in the cluster against what the stack declares: charts, certificates, digests, who asks."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from gate.live.ask.account import Plan
from gate.live.ask.api_server import ApiServer, NotAnsweredError, in_namespace
from gate.live.ask.check import CannotAskError, Check, check, listed
from gate.live.ask.versions import Version, versions

_WORKLOADS: Final = tuple(
    ("apis/apps/v1", plural) for plural in ("deployments", "daemonsets", "statefulsets")
)
_WEBHOOKS: Final = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
"""What a chart without workloads is known by (Istio's base)."""
_HELM: Final = "meta.helm.sh/release-name"
"""Helm writes it on all that a release installs; the label ``helm.sh/chart`` most charts write themselves."""
_NOT_FOUND: Final = 404
Connect = Callable[[], ApiServer]


def admitted(connect: Connect) -> Check:
    """As whom the API server takes the caller."""
    return check(
        "caller",
        "kubernetes",
        "the API server's SelfSubjectReview",
        lambda: (True, f"it knows the caller as {connect().who()}"),
    )


def charts(connect: Connect, plan: Plan) -> Iterator[Check]:
    """Each chart: the version that its workloads say. Helm's own records are secrets, and are not read."""
    for chart in plan["charts"]:
        yield check(
            "charts",
            f"{chart['namespace']}/{chart['release']}",
            f"what Helm marks as {chart['release']} in {chart['namespace']}",
            partial(_chart, connect, chart),
        )


def _chart(connect: Connect, chart: Mapping[str, Any]) -> tuple[bool, str]:
    api = connect()
    namespaced = [in_namespace(group, chart["namespace"], plural) for group, plural in _WORKLOADS]
    mine = [
        one
        for path in (namespaced if chart["has_workloads"] else [_WEBHOOKS])
        for one in api.list(path)
        if (one["metadata"].get("annotations") or {}).get(_HELM) == chart["release"]
    ]
    if not mine:
        return False, f"nothing of it is there; the stack has {chart['version']}"
    wanted = f"{chart['chart']}-{chart['version']}"
    said = {label for one in mine if (label := (one["metadata"].get("labels") or {}).get("helm.sh/chart"))}
    # A label holds no plus sign: Helm's charts write an underscore.
    if said:
        return said == {wanted.replace("+", "_")}, f"{listed(said)}; the stack has {wanted}"
    tags = {
        container["image"].partition("@")[0].rpartition("/")[2].partition(":")[2]
        for one in mine
        for container in one.get("spec", {}).get("template", {}).get("spec", {}).get("containers", ())
    }
    if chart["version"] in tags:
        return True, f"its images are tagged {chart['version']}"
    raise CannotAskError(
        f"nothing of it names its chart; its images are tagged {listed(tags - {''}) or 'nothing'}"
    )


def certificates(connect: Connect, plan: Plan, now: datetime) -> Iterator[Check]:
    """Each certificate that the stack asks for: ready, and past its time to be renewed by nothing."""
    for one in plan["certificates"]:
        path = f"{in_namespace('apis/cert-manager.io/v1', one['namespace'], 'certificates')}/{one['name']}"
        yield check(
            "certificates",
            f"{one['namespace']}/{one['name']}",
            f"GET {path}",
            partial(_certificate, connect, path, now),
        )


def _certificate(connect: Connect, path: str, now: datetime) -> tuple[bool, str]:
    try:
        status = connect().get(path).get("status") or {}
    except NotAnsweredError as error:
        if error.code != _NOT_FOUND:
            raise
        return False, "it is not there"
    ready: Mapping[str, Any] = next((c for c in status.get("conditions") or () if c["type"] == "Ready"), {})
    if ready.get("status") != "True":
        return False, f"not ready ({ready.get('reason', 'cert-manager has said nothing yet')})"
    ends, renews = (datetime.fromisoformat(status[key]) for key in ("notAfter", "renewalTime"))
    said = f"ends {ends:%Y-%m-%d}, in {(ends - now).days} days"
    if ends <= now:
        return False, f"it ended {ends:%Y-%m-%d}"
    if renews <= now:
        return False, f"{said}; it should have been renewed {renews:%Y-%m-%d}"
    return True, f"{said}; is renewed {renews:%Y-%m-%d}"


def running(api: ApiServer, plan: Plan) -> list[Version]:
    """The versions that serve now.

    Raises:
        CannotAskError: one of the listings was refused.
    """
    found = []
    for group, namespace, plural, kind in (
        (
            "apis/serving.kserve.io/v1alpha2",
            plan["models_namespace"],
            "llminferenceservices",
            "LLMInferenceService",
        ),
        ("apis/serving.kserve.io/v1beta1", plan["models_namespace"], "inferenceservices", "InferenceService"),
        ("apis/gateway.networking.k8s.io/v1", plan["models_namespace"], "httproutes", "HTTPRoute"),
        ("apis/aigateway.envoyproxy.io/v1beta1", plan["edge_namespace"], "aigatewayroutes", "AIGatewayRoute"),
    ):
        # Items of a list do not repeat their kind.
        found += [{**one, "kind": kind} for one in api.list(in_namespace(group, namespace, plural))]
    return versions(found)


def digests(connect: Connect, plan: Plan) -> Iterator[Check]:
    """Each version against its record: what runs is of the artifact that was reviewed, and nothing else runs."""
    declared = {f"{one['model']}/{one['version']}": one for one in plan["versions"]}
    found: list[Version] = []

    def ask() -> tuple[bool, str]:
        found.extend(running(connect(), plan))
        others = sorted({one.name for one in found} - declared.keys())
        if others:
            return False, f"{listed(others)} runs, and no stack file declares it"
        return True, f"{len(found)} run, all declared"

    listing = check("digests", "versions", "the services of the models' namespace", ask)
    yield listing
    for name, one in declared.items():
        yield check(
            "digests",
            name,
            "its annotation slipway.dev/artifact-digest",
            partial(_digest, listing, found, name, one),
        )


def _digest(listing: Check, found: list[Version], name: str, one: Mapping[str, Any]) -> tuple[bool, str]:
    if listing.verdict == "could not ask":
        raise CannotAskError("as of versions")
    runs = next((version for version in found if version.name == name), None)
    if runs is None:
        return False, "it does not run"
    if runs.digest != one["digest"]:
        return False, f"{runs.digest or 'no digest'} runs; the record has {one['digest']}"
    return True, f"{runs.digest[:19]}... as in the record"
