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
                findings=["spec.failurePolicy: what it refuses passes while it cannot be asked; Fail"],
            ),
            Case(
                policy(BINDINGS[0], validationActions=["Warn", "Audit"]),
                findings=["spec.validationActions: Warn, Audit: what breaks it is let in; Deny"],
            ),
            Case(
                kyverno(),
                findings=[
                    (
                        "spec.rules[0].validate.failureAction: not set, which is Audit: what breaks the rule "
                        "labels is let in; Enforce"
                    )
                ],
            ),
            Case(
                kyverno("Audit", validationFailureAction="Enforce"),
                findings=[
                    "spec.rules[0].validate.failureAction: Audit: what breaks the rule labels is let in; Enforce"
                ],
            ),
            Case(
                policy(KYVERNO[2], rules=[{"name": "signed", "verifyImages": [{"failureAction": "Audit"}]}]),
                findings=[
                    "spec.rules[0].verifyImages[0].failureAction: Audit: what breaks the rule signed is let in; Enforce"
                ],
            ),
            Case(
                kyverno("Enforce", webhookConfiguration={"failurePolicy": "Ignore"}),
                findings=[
                    "spec.webhookConfiguration.failurePolicy: what it refuses passes while it cannot be asked; Fail"
                ],
            ),
            Case(
                policy(KYVERNO_CEL[1], validationActions=["Audit"]),
                findings=["spec.validationActions: Audit: what breaks it is let in; Deny"],
            ),
            Case(
                constraint("dryrun"),
                findings=["spec.enforcementAction: dryrun: what breaks it is let in; deny"],
            ),
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
                findings=["spec.insecureSkipTLSVerify: whoever answers for the service is believed"],
            ),
            Case(
                policy(DEFINITION, conversion={"webhook": {"clientConfig": {"url": "HTTP://c.example.com"}}}),
                findings=[
                    (
                        "spec.conversion.webhook.clientConfig.url: objects are converted by "
                        "HTTP://c.example.com, in plain text"
                    )
                ],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(policy(API_SERVICE, insecureSkipTLSVerify=UNKNOWN))],
    ),
}

test_cases = cases_test(RULES, CASES)
