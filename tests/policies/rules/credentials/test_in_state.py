"""Outputs, configuration and inputs of any provider, as a state or a preview shows them."""

import json

import pytest

from gate.ingest.adapters import read_paths
from policies.engine.evaluate import judge
from policies.rules.credentials.in_state import RULES

TOKEN = "eyJhbGciOiJSUzI1NiJ9eyJ.eyJzdWIiOiJzeXN0ZW06c2VydmljZSJ9.c2lnbmF0dXJlc2lnbmF0dXJl"  # noqa: S105 made up
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


def kubeconfig(user):
    return json.dumps({"kind": "Config", "users": [{"name": "ci", "user": user}]})


def state(*resources):
    told = [
        {"urn": f"urn:pulumi:p::q::{type_}::it", "type": type_, "custom": True, "inputs": i, "outputs": o}
        for type_, i, o in resources
    ]
    return {"version": 3, "deployment": {"resources": told}}


def stack(**outputs):
    return state(("pulumi:pulumi:Stack", {}, outputs))


def made(type_, outputs=None, **inputs):
    return state((type_, inputs, outputs or {}))


def preview(**config):
    steps = [{"op": "create", "urn": "u", "newState": {"urn": "urn:pulumi:p::q::a:b:C::c", "type": "a:b:C"}}]
    return {"config": config, "steps": steps}


def found(tmp_path, document):
    path = tmp_path / "it.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    said = judge(read_paths([path]), RULES)
    assert (said.undecided, said.faults) == ((), ())
    return [f.path for f in said.findings]


@pytest.mark.parametrize(
    ("document", "places"),
    [
        (stack(kubeconfig=kubeconfig({"token": TOKEN})), ["outputs.kubeconfig"]),
        (stack(kubeconfig=kubeconfig({"token": "abc123opaque"})), ["outputs.kubeconfig"]),
        (stack(kubeconfig=kubeconfig({"client-key-data": "LS0tLS1CRUdJTg=="})), ["outputs.kubeconfig"]),
        (stack(db={"adminPassword": "v7!Kq2-Zr9xLm"}), ["outputs.db.adminPassword"]),
        (stack(url="postgres://app:v7Kq2Zr9@db:5432/app"), ["outputs.url"]),
        (stack(keys=["AKIAQQQQQQQQQQQQ1234"]), ["outputs.keys[0]"]),
        (made("github:index/actionsSecret:ActionsSecret", plaintextValue="v7Kq2Zr9xLm"), ["plaintextValue"]),
        (made("docker:index/registryImage:RegistryImage", auth={"password": "v7Kq2Zr9"}), ["auth.password"]),
        (made("pulumi:providers:gitlab", token="v7Kq2Zr9xLm"), ["token"]),  # noqa: S106 made up
        (
            made("command:local:Command", create=f"curl -H 'Authorization: Bearer {TOKEN}' https://a"),
            ["create"],
        ),
        (
            made("tls:index/privateKey:PrivateKey", {"privateKeyPem": "-----BEGIN RSA PRIVATE KEY-----\nAA"}),
            ["outputs.privateKeyPem"],
        ),
        (preview(**{"shop:dbPassword": "v7!Kq2-Zr9xLm"}), ["config.shop:dbPassword"]),
    ],
)
def test_a_credential_in_the_open_is_found_where_it_stands(tmp_path, document, places):
    assert found(tmp_path, document) == places


@pytest.mark.parametrize(
    "document",
    [
        stack(kubeconfig=SECRET | {"ciphertext": "v1:abc:def"}),
        stack(kubeconfig=SECRET | {"plaintext": json.dumps(kubeconfig({"token": TOKEN}))}),
        stack(kubeconfig=kubeconfig({"exec": {"command": "aws", "args": ["eks", "get-token"]}})),
        stack(vpcId="vpc-0aa11bb22cc33dd44", endpoint="https://abc.eks.amazonaws.com", secretArn="arn:aws:x"),
        stack(passwordSecretName="db-credentials", apiKey="EMPTY"),
        made(
            "random:index/randomPassword:RandomPassword",
            {"result": SECRET | {"ciphertext": "v1:a"}},
            length=32,
        ),
        made("github:index/actionsSecret:ActionsSecret", plaintextValue=SECRET | {"ciphertext": "v1:a"}),
        made("command:local:Command", create="echo ready", environment={"API_KEY": "${API_KEY}"}),
        made("kubernetes:core/v1:Secret", stringData={"password": "judged by its own rule"}),
        preview(**{"aws:region": "eu-central-1", "shop:dbPassword": "[secret]"}),
        preview(),
    ],
)
def test_what_is_encrypted_or_no_credential_is_left_alone(tmp_path, document):
    assert found(tmp_path, document) == []
