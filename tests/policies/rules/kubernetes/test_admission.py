from policies.analysis.gateway.objects import DEFINITION
from policies.engine.graph import UNKNOWN
from policies.rules.kubernetes.admission import API_SERVICE, BINDINGS, KYVERNO, KYVERNO_CEL, POLICIES, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

OTHER = [Case(resource("kubernetes:core/v1:Service", {}))]
LET_IN = "what breaks it is let in"


def policy(type_, **spec):
    return resource(type_, {"spec": spec})


def kyverno(action=None, **spec):
    checked = {"pattern": {}, **({"failureAction": action} if action else {})}
    return policy(KYVERNO[0], rules=[{"name": "labels", "validate": checked}], **spec)


def constraint(action):
    return policy("kubernetes:constraints.gatekeeper.sh/v1beta1:K8sRequiredLabels", enforcementAction=action)


CASES = {
    "admission-policies-refuse": RuleCases(
        passing=[
            Case(policy(POLICIES[0], failurePolicy="Fail")),
            Case(policy(BINDINGS[0], validationActions=["Deny", "Audit"])),
            Case(kyverno("Enforce")),
            Case(kyverno(validationFailureAction="enforce")),
            Case(policy(KYVERNO[0], rules=[{"name": "label", "mutate": {}}])),
            Case(policy(KYVERNO_CEL[0])),
            Case(constraint("deny")),
            Case(constraint(None)),
        ],
        failing=[
            Case(
                policy(POLICIES[1], failurePolicy="Ignore"),
                findings=["failurePolicy is Ignore: what it refuses passes while it cannot be asked"],
            ),
            Case(
                policy(BINDINGS[0], validationActions=["Warn", "Audit"]),
                findings=[f"validationActions Warn, Audit: {LET_IN}"],
            ),
            Case(kyverno(), findings=[f"rule labels: no failureAction, which is Audit: {LET_IN}"]),
            Case(
                kyverno("Audit", validationFailureAction="Enforce"),
                findings=[f"rule labels: Audit: {LET_IN}"],
            ),
            Case(
                policy(KYVERNO[2], rules=[{"name": "signed", "verifyImages": [{"failureAction": "Audit"}]}]),
                findings=[f"rule signed: Audit: {LET_IN}"],
            ),
            Case(
                kyverno("Enforce", webhookConfiguration={"failurePolicy": "Ignore"}),
                findings=["failurePolicy is Ignore: what it refuses passes while it cannot be asked"],
            ),
            Case(
                policy(KYVERNO_CEL[1], validationActions=["Audit"]),
                findings=[f"validationActions Audit: {LET_IN}"],
            ),
            Case(constraint("dryrun"), findings=[f"enforcementAction dryrun: {LET_IN}"]),
        ],
        not_applicable=OTHER,
        undecided=[Case(policy(BINDINGS[0], validationActions=UNKNOWN)), Case(kyverno(UNKNOWN))],
    ),
    "api-extensions-are-verified": RuleCases(
        passing=[
            Case(policy(API_SERVICE, caBundle="LS0t")),
            Case(policy(DEFINITION, conversion={"strategy": "None"})),
        ],
        failing=[
            Case(
                policy(API_SERVICE, insecureSkipTLSVerify=True),
                findings=["insecureSkipTLSVerify takes whoever answers for the service"],
            ),
            Case(
                policy(DEFINITION, conversion={"webhook": {"clientConfig": {"url": "HTTP://c.example.com"}}}),
                findings=["objects are converted by HTTP://c.example.com, in plain text"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(policy(API_SERVICE, insecureSkipTLSVerify=UNKNOWN))],
    ),
}

test_cases = cases_test(RULES, CASES)
