"""An account by moto, and a cluster in it whose API answers on loopback."""

import base64
import copy

import boto3
import pytest
from moto import mock_aws
from moto.eks.models import eks_backends
from moto.servicequotas.exceptions import NoSuchResource
from moto.servicequotas.models import ServiceQuotasBackend

from gate.live.ask.aws import Aws
from tests.gate.live.api_server import FakeApi

ACCOUNT = "111122223333"
REGION = "eu-central-1"
SECRET = "a-secret-that-nobody-prints"  # noqa: S105 it is none
DIGEST = "sha256:" + "1" * 64


@pytest.fixture
def api(tmp_path):
    served = FakeApi(tmp_path)
    yield served
    served.close()


@pytest.fixture
def quotas_of(monkeypatch):
    """EC2's quotas, of which moto knows none: those that an account has of its own."""
    own = {"L-DB2E81BA": 64.0, "L-1216C47A": 128.0}

    def get(_backend, service_code, quota_code):
        if service_code != "ec2" or quota_code not in own:
            raise NoSuchResource
        return {"QuotaCode": quota_code, "Value": own[quota_code]}

    monkeypatch.setattr(ServiceQuotasBackend, "get_service_quota", get)
    return own


@pytest.fixture
def account(monkeypatch, quotas_of, api):  # noqa: ARG001 pytest wants fixtures of fixtures by argument
    """The account that the plan wants: roles, cluster, add-ons; its API server is the one on loopback."""
    monkeypatch.setenv("MOTO_ACCOUNT_ID", ACCOUNT)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        eks = boto3.client("eks", region_name=REGION)
        role = f"arn:aws:iam::{ACCOUNT}:role/cluster"
        eks.create_cluster(name="example-dev", version="1.35", roleArn=role, resourcesVpcConfig={})
        cluster = eks_backends[ACCOUNT][REGION].clusters["example-dev"]
        cluster.endpoint = api.address
        cluster.certificate_authority = {"data": base64.b64encode(api.authority.encode()).decode()}
        iam = boto3.client("iam", region_name=REGION)
        # moto has names of its own for service-linked roles.
        iam.create_role(
            RoleName="AWSServiceRoleForAmazonEKS",
            Path="/aws-service-role/eks.amazonaws.com/",
            AssumeRolePolicyDocument="{}",
        )
        yield


@pytest.fixture
def aws(account):  # noqa: ARG001 as above
    return Aws(REGION)


PLAN = {
    "stack": "dev",
    "account": ACCOUNT,
    "region": REGION,
    "cluster": "example-dev",
    "kubernetes_version": "1.35",
    "quotas": [
        {"code": "L-DB2E81BA", "name": "G and VT", "vcpus": 64.0, "least_vcpus": 8.0, "pools": ["gpu-l4"]}
    ],
    "unknown_quotas": [],
    "pools": [{"name": "gpu-l4", "types": ["g4dn.xlarge"], "zones": ["eu-central-1a"]}],
    "reservations": [],
    "linked_roles": [],
    "add_ons": {},
    "charts": [
        {"release": "keda", "namespace": "keda", "chart": "keda", "version": "2.18.0", "has_workloads": True}
    ],
    "certificates": [{"namespace": "edge", "name": "edge-certificate"}],
    "versions": [{"model": "chat", "version": "v1", "digest": DIGEST, "share": 1.0}],
    "models_namespace": "models",
    "edge_namespace": "edge",
}


@pytest.fixture
def plan():
    return copy.deepcopy(PLAN)
