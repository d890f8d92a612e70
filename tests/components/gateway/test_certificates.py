import json

import pytest
from pydantic import ValidationError

from components.cluster.cluster_addons import ClusterAddonsHandle
from components.foundation.names import Names
from components.gateway.certificate_manifests import authority, internal_issuer, values
from components.gateway.certificates import AcmeSettings, Certificates, CertificatesArgs, CertificatesSettings
from facts.definitions import definitions
from policies.analysis.gateway.objects import DEFINITION
from policies.analysis.kubernetes.charts import RELEASE
from policies.analysis.mesh.objects import NAMESPACE
from policies.engine.evaluate import judge
from policies.rules.gateway.certificates import CERTIFICATE, CLUSTER_ISSUER, RULES
from tests.conftest import Made

ACME = AcmeSettings(email="platform@example.com", zone="models.example.com", zone_id="Z0123456789ABC")
ADDONS = ClusterAddonsHandle()


@pytest.fixture
def handles() -> list[str]:
    return []


@pytest.fixture
def made(deploy, handles: list[str]) -> Made:
    def program() -> None:
        args = CertificatesArgs(settings=CertificatesSettings(), cluster_addons=ADDONS)
        handles.append(str(Certificates("certificates", args).handle.cluster_issuer))

    return deploy(program)


@pytest.fixture
def public(deploy, handles: list[str], names: Names) -> Made:
    def program() -> None:
        args = CertificatesArgs(settings=CertificatesSettings(acme=ACME), cluster_addons=ADDONS, names=names)
        handles.append(str(Certificates("certificates", args).handle.cluster_issuer))

    return deploy(program)


def test_without_a_zone_the_own_authority_signs(made: Made, handles: list[str]) -> None:
    assert handles == ["internal"]
    assert made.children("certificates") == sorted(
        [
            *((DEFINITION, f"certificates-crd-{kind}") for kind in definitions("cert-manager")),
            (CERTIFICATE, "certificates-authority"),
            (CLUSTER_ISSUER, "certificates-bootstrap"),
            (CLUSTER_ISSUER, "certificates-issuer"),
            (NAMESPACE, "certificates-namespace"),
            (RELEASE, "certificates-cert-manager"),
        ]
    )
    assert made.named("certificates-bootstrap").inputs["spec"] == {"selfSigned": {}}
    assert made.named("certificates-authority").inputs == authority()
    assert made.named("certificates-issuer").inputs == internal_issuer()
    assert internal_issuer()["spec"]["ca"]["secretName"] == authority()["spec"]["secretName"]
    assert (
        authority()["spec"]["issuerRef"]["name"]
        == made.named("certificates-bootstrap").inputs["metadata"]["name"]
    )


def test_the_authority_is_one_with_a_rotating_elliptic_key() -> None:
    spec = authority()["spec"]
    assert (spec["isCA"], spec["duration"], spec["usages"]) == (True, "87600h", ["cert sign", "crl sign"])
    assert spec["privateKey"] == {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"}
    assert authority()["metadata"]["namespace"] == "cert-manager"


def test_each_waits_for_the_one_it_names(made: Made) -> None:
    chart = made.named("certificates-cert-manager")
    assert made.named("certificates-namespace").urn in chart.dependencies
    assert chart.urn in made.named("certificates-bootstrap").dependencies
    assert made.named("certificates-bootstrap").urn in made.named("certificates-authority").dependencies
    assert made.named("certificates-authority").urn in made.named("certificates-issuer").dependencies


def test_the_definitions_outlive_the_release(made: Made) -> None:
    kept = [r for r in made.graph if r.retain_on_delete]
    assert [r.name for r in kept] == [f"certificates-crd-{kind}" for kind in definitions("cert-manager")]
    assert {r.urn for r in kept} <= made.graph.waits_for(made.only(RELEASE).urn)
    chart = made.only(RELEASE).inputs
    assert chart["values"] == values()
    assert "crds" not in chart["values"]  # the chart's own default is to bring none
    for part in (values(), values()["webhook"], values()["cainjector"], values()["startupapicheck"]):
        assert part["nodeSelector"]["slipway.dev/pool"] == "system"
    assert (chart["chart"], chart["version"], chart["namespace"]) == (
        "cert-manager",
        "v1.20.2",
        "cert-manager",
    )


def test_with_a_zone_the_edge_gets_a_public_issuer(public: Made, handles: list[str]) -> None:
    assert handles == ["public"]
    assert public.named("certificates-public").inputs["spec"] == {
        "acme": {
            "email": "platform@example.com",
            "server": "https://acme-v02.api.letsencrypt.org/directory",
            "privateKeySecretRef": {"name": "public-account"},
            "solvers": [
                {
                    "selector": {"dnsZones": ["models.example.com"]},
                    "dns01": {"route53": {"hostedZoneID": "Z0123456789ABC"}},
                }
            ],
        }
    }


def test_the_controller_may_write_challenges_of_that_zone_and_no_more(public: Made, names: Names) -> None:
    role = public.only("aws:iam/role:Role").inputs
    assert (role["name"], role["permissionsBoundary"]) == (names.role("certificates"), names.boundary_arn)
    tags = json.loads(role["assumeRolePolicy"])["Statement"][0]["Condition"]["StringEquals"]
    assert tags["aws:RequestTag/kubernetes-namespace"] == ["cert-manager"]
    assert tags["aws:RequestTag/kubernetes-service-account"] == ["cert-manager"]
    statements = json.loads(public.only("aws:iam/rolePolicy:RolePolicy").inputs["policy"])["Statement"]
    zone = "arn:aws:route53:::hostedzone/Z0123456789ABC"
    assert [(s["Action"], s["Resource"]) for s in statements] == [
        (["route53:ChangeResourceRecordSets"], [zone]),
        (["route53:ListResourceRecordSets"], [zone]),
        (["route53:GetChange"], ["arn:aws:route53:::change/*"]),
    ]
    assert statements[0]["Condition"] == {
        "ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsRecordTypes": ["TXT"]}
    }


def test_the_controller_starts_after_its_identity(public: Made) -> None:
    association = public.only("aws:eks/podIdentityAssociation:PodIdentityAssociation")
    assert association.inputs["serviceAccount"] == values()["serviceAccount"]["name"]
    assert association.urn in public.only(RELEASE).dependencies
    assert public.only("aws:iam/rolePolicy:RolePolicy").urn in association.dependencies


def test_no_rule_objects(made: Made, public: Made) -> None:
    for one in (made, public):
        said = judge(one.graph, RULES)
        assert (said.findings, said.undecided, said.faults) == ((), (), ())


def test_a_zone_without_names_is_refused(deploy) -> None:
    args = CertificatesArgs(settings=CertificatesSettings(acme=ACME), cluster_addons=ADDONS)
    with pytest.raises(Exception, match=r"certificates\.acme needs the platform's names"):
        deploy(lambda: Certificates("certificates", args))


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "nobody"},
        {"zone": "localhost"},
        {"zone_id": "example.com"},
        {"server": "http://acme.example/directory"},
    ],
)
def test_what_cannot_be_a_zone_or_a_server_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        AcmeSettings(**{**ACME.model_dump(), **changes})
