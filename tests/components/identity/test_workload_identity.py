"""An association. Mocks cannot prove that credentials arrive in a pod."""

import pulumi
import pulumi_aws as aws

from components.identity.workload_identity import WorkloadIdentity, WorkloadIdentityArgs


def _identity(after=()):
    return WorkloadIdentity(
        "minilm",
        WorkloadIdentityArgs(
            cluster_name="example-test",
            namespace="models",
            service_account="minilm-v1",
            role_arn="arn:aws:iam::111122223333:role/example-test-model-reader",
        ),
        pulumi.ResourceOptions(depends_on=list(after)),
    )


def test_one_service_account_gets_one_role_and_keeps_its_session_tags(deploy):
    association = deploy(_identity).only("aws:eks/podIdentityAssociation:PodIdentityAssociation")

    assert {k: v for k, v in association.inputs.items() if k != "tagsAll"} == {
        "clusterName": "example-test",
        "namespace": "models",
        "serviceAccount": "minilm-v1",
        "roleArn": "arn:aws:iam::111122223333:role/example-test-model-reader",
        "tags": {"Name": "minilm-association", "component": "WorkloadIdentity"},
    }


def test_workloads_wait_for_the_association(deploy):
    handles = []
    deploy(lambda: handles.append(_identity().handle))

    [handle] = handles
    assert [type(resource) for resource in handle.ready] == [aws.eks.PodIdentityAssociation]


def test_the_association_waits_for_what_its_caller_names(deploy):
    made = deploy(lambda: _identity(after=[aws.iam.Role("reader", assume_role_policy="{}")]))
    association = made.only("aws:eks/podIdentityAssociation:PodIdentityAssociation")

    assert made.named("reader").urn in association.dependencies
