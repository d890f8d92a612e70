import json

from policies.engine.graph import UNKNOWN
from policies.rules.aws.program_calls import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource
from tests.policies.model_examples import API

ROLE = "arn:aws:iam::111122223333:role/reader"
BUCKET = "arn:aws:s3:::models"
LIST = {"Sid": "List", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": BUCKET}
GET = {"Sid": "Get", "Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{BUCKET}/*"}


def association(**said):
    inputs = {"clusterName": "c", "namespace": "models", "serviceAccount": "chat", "roleArn": ROLE, **said}
    return resource("aws:eks/podIdentityAssociation:PodIdentityAssociation", inputs)


def role(*statements, **said):
    policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    made = resource(
        "aws:iam/role:Role",
        {"name": "reader", **said},
        name="reader",
        outputs={"arn": ROLE, "name": "reader"},
    )
    return made, resource("aws:iam/rolePolicy:RolePolicy", {"role": "reader", "policy": policy}, name="p")


def model(**predictor):
    said = {"serviceAccountName": "chat", "model": {"storageUri": "s3://models/chat/"}, **predictor}
    inputs = {"metadata": {"name": "chat", "namespace": "models"}, "spec": {"predictor": said}}
    return resource(f"{API}/v1beta1:InferenceService", inputs, name="chat")


BY_PREFIX = {**LIST, "Condition": {"StringLike": {"s3:prefix": "chat/*"}}}
OURS = model(storageContainerName="slipway-verified")
CASES = {
    "programs-may-make-their-calls": RuleCases(
        passing=[
            Case(association(), (*role(LIST, GET), model())),
            Case(association(), (*role(BY_PREFIX, GET), OURS)),
            Case(association(), (OURS,)),  # the role stands in another stack
            Case(association(), (*role(), model(model={"storageUri": "pvc://disk"}))),
        ],
        failing=[
            Case(
                association(),
                (*role(BY_PREFIX, GET), model()),
                [
                    (
                        "roleArn: storage-initializer calls HeadBucket on arn:aws:s3:::models, refused by the "
                        "role's policies: allowed only under a condition that the call does not meet (List)"
                    )
                ],
            ),
            Case(
                association(),
                (*role(LIST), OURS),
                [
                    (
                        "roleArn: download calls GetObject on arn:aws:s3:::models/chat/*, refused by the role's "
                        "policies: not allowed"
                    )
                ],
            ),
            Case(
                association(),
                (*role(LIST, GET, {**GET, "Effect": "Deny", "Sid": "Closed"}), OURS),
                [
                    (
                        "roleArn: download calls GetObject on arn:aws:s3:::models/chat/*, refused by the role's "
                        "policies: denied (Closed)"
                    )
                ],
            ),
            Case(
                association(policy=json.dumps({"Version": "2012-10-17", "Statement": [LIST]})),
                (*role(LIST, GET), OURS),
                [
                    (
                        "roleArn: download calls GetObject on arn:aws:s3:::models/chat/*, refused by its session "
                        "policy: not allowed"
                    )
                ],
            ),
        ],
        not_applicable=[Case(model())],
        undecided=[
            Case(association(roleArn=UNKNOWN), (*role(LIST, GET), model())),
            Case(association(namespace=UNKNOWN), (*role(LIST, GET), model())),
        ],
    )
}
test_cases = cases_test(RULES, CASES)
